"""Both directions between the ledger's repairs and `quarantine/damaged/`, where damaged bytes are kept."""

import hashlib
import json
import os
import stat
from collections.abc import Callable, Collection, Iterator
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from archive.core import findings
from archive.core.errors import ArchiveError
from archive.core.findings import Finding
from archive.core.ids import is_uuid7
from archive.core.limits.archives import REPAIR_RECORD_BYTES, RUN_MANIFEST_BYTES
from archive.core.litter import litter
from archive.core.outcomes import FileOutcome
from archive.core.repair_record import VERSION as RECORD_VERSION
from archive.core.repair_record import RepairRecord, exact
from archive.services.audit.newest import Newest
from archive.services.opened import OpenedArchive
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.vouched import KnownRepair
from archive.storage.bags.bag_restoration import FILES
from archive.storage.disk.durable import NotAPlainFileError, read_plain, remedy_of
from archive.storage.disk.kinds import kind_of
from archive.storage.disk.streamed_file import sha512_of_plain
from archive.storage.intents import NOBODY, AtWork, under_repair
from archive.storage.layout import DAMAGED, damaged_path, own_damaged_path, repair_record_path
from archive.storage.own_files_set_aside import unlisted

_TOP: Final = f"quarantine/{DAMAGED}"
_MOVED: Final = frozenset({FileOutcome.ALTERED, FileOutcome.UNREADABLE, FileOutcome.UNLISTED})
_OWN: Final = "archive"  # stands there for the archive's own files


class Kept(NamedTuple):
    """A file that a repair set aside; one of more than so many bytes is another, and is not read."""

    sha512: str
    most: int


class SetAsideByRepairs:
    """`quarantine/damaged/` as it was listed; it is judged once the newest entries are known."""

    def __init__(self, target: OpenedArchive, plan: AuditPlan, *, is_copy: bool = False) -> None:
        self._target = target
        self._is_copy = is_copy
        self._plan = plan
        self._places: list[tuple[str, str, str]] = []
        self._strangers: list[str] = []

    def walk(self, names: Callable[[str], list[str]]) -> None:
        """Lists what is there, with a function that gives the names in a folder of the archive."""
        for shard in names(_TOP):
            if shard == _OWN:
                for run in names(f"{_TOP}/{_OWN}"):
                    self._places.append(("", run, own_damaged_path(run)))
                continue
            for bag in names(f"{_TOP}/{shard}"):
                if not is_uuid7(bag):
                    self._strangers.append(f"{_TOP}/{shard}/{bag}")
                    continue
                for run in names(f"{_TOP}/{shard}/{bag}"):
                    place = f"{_TOP}/{shard}/{bag}/{run}"
                    if place == damaged_path(bag, run) and is_uuid7(run):
                        self._places.append((bag, run, place))
                    else:
                        self._strangers.append(place)

    def verify(self, newest: Newest | None, links: Collection[str], *, read: bool) -> Iterator[Finding]:
        """What does not hold; with `read` every byte that was set aside is compared with the record of it.

        `links` are the folders above that are none, so that nothing is read through them.
        """
        # No command works in a copy, and it keeps the records alone: damaged bytes stay with the archive.
        at_work = NOBODY if self._is_copy else under_repair(self._target.layout.staging)
        if newest is not None:
            newest.catch_up()  # behind the intents: one of them may have ended meanwhile
        for place in self._strangers:
            yield _stranger(place)
        not_followed = set(links)
        yield from self._judge_places(at_work, not_followed)
        for repair in self._plan.vouched.repairs():
            place = repair_record_path(repair.bag, repair.run)
            if not_followed and not not_followed.isdisjoint(map(str, PurePosixPath(place).parents)):
                continue
            if self._plan.state(repair.bag) != "disposed":
                yield from self._judge(repair, read=read and not self._is_copy)

    def _judge_places(self, at_work: AtWork, not_followed: set[str]) -> Iterator[Finding]:
        """What lies where no repair that the ledger knows put it; links are added to what is not followed."""
        for bag, run, place in self._places:
            try:
                kind = kind_of(self._target.root / place)
            except OSError as trouble:
                yield _unread(place, trouble)
                continue
            if kind is None:
                continue
            if kind == stat.S_IFLNK:
                not_followed.add(place)
                yield linked(place)
            elif self._plan.state(bag) == "disposed":
                message = "was disposed of, and what was set aside of it lies here"
                yield findings.error("QUARANTINE-DISPOSED", place, message)
            elif self._plan.vouched.repair(bag, run) is None:
                if bag in at_work.bags or (not bag and run in at_work.runs):
                    yield _pending(place)
                else:
                    yield _stranger(place) if at_work.unread is None else unknown(place, at_work.unread)

    def _judge(self, repair: KnownRepair, *, read: bool) -> Iterator[Finding]:
        place = repair_record_path(repair.bag, repair.run)
        try:
            data = read_plain(str(self._target.root / place), REPAIR_RECORD_BYTES)
        except NotAPlainFileError:
            data = b""
        except ArchiveError as trouble:
            yield _unreadable(place, trouble.message, trouble.remedy)
            return
        found = None if data is None else hashlib.sha512(data).hexdigest()
        if data is None or found != repair.record:
            message = "the record of this repair is " + ("missing" if found is None else "altered")
            yield findings.error("QUARANTINE-RECORD", place, message, expected=repair.record, found=found)
        elif read:
            yield from self._compare(repair, data)

    def _compare(self, repair: KnownRepair, data: bytes) -> Iterator[Finding]:
        above = os.path.dirname(place := repair_record_path(repair.bag, repair.run))
        folder = f"{above}/{FILES}"
        try:
            aside = _set_aside(data) if repair.bag else _own_files_set_aside(data)
        except (ArchiveError, ValueError):  # of a newer program: the ledger has its digest, and it holds
            return
        kept = {path: one for path, one in aside.items() if one is not None}
        try:
            is_there = kind_of(self._target.root / folder) is not None
        except OSError as trouble:
            yield _unread(folder, trouble)
            return
        if kept and not is_there:
            message = f"nothing is left of what a repair set aside here: {len(kept):,} in its record"
            remedy = "so it is after a restore: copies keep the record of a repair, not what it set aside"
            yield findings.warning("QUARANTINE-ALTERED", folder, message, remedy=remedy)
        else:
            for path, one in kept.items():
                yield from self._compare_file(f"{folder}/{path}", one)
        # The folder is there also where nothing was set aside, because what was put back had been missing.
        known = {place, f"{folder}/", *(f"{folder}/{path}" if path else folder for path in aside)}
        unread: dict[str, OSError] = {}
        for name in sorted(unlisted(self._target.root, above, known, unread), key=os.fsencode):
            yield _stranger(name)
        yield from (_unread(place, trouble) for place, trouble in unread.items())

    def _compare_file(self, place: str, kept: Kept) -> Iterator[Finding]:
        try:
            found = sha512_of_plain(str(self._target.root / place), kept.most)
        except ArchiveError as trouble:
            yield _unreadable(place, trouble.message, trouble.remedy)
            return
        if found != kept.sha512:
            message = "is not what a repair set aside here"
            yield findings.warning("QUARANTINE-ALTERED", place, message, expected=kept.sha512, found=found)


def _set_aside(record: bytes) -> dict[str, Kept | None]:
    """All that a repair of a bag moved away; None where it is no file, or was not read."""
    return {
        one.path: None if one.sha512 is None else Kept(one.sha512, one.size or 0)
        for one in RepairRecord.parse(record).set_aside
    }


def _own_files_set_aside(record: bytes) -> dict[str, Kept | None]:
    """The same of a repair of the archive's own files; ValueError where the record is none.

    What no copy had stayed in its place; of a run that was killed the record says no place at all.
    """
    try:
        document = json.loads(record)
        if document["version"] != RECORD_VERSION:
            raise ValueError("of a newer program")
        return {
            exact(row["path"]): None
            if row.get("found") is None
            else Kept(str(row["found"]), RUN_MANIFEST_BYTES)
            for row in document["files"]
            if row["outcome"] in _MOVED and row.get("place", "") is not None
        }
    except (KeyError, TypeError, RecursionError) as trouble:
        raise ValueError(f"not the record of a repair: {trouble}") from trouble


def linked(place: str) -> Finding:
    """A link stands where quarantine has a folder."""
    remedy = "make it a folder again: what lies elsewhere can be exchanged unseen"
    return findings.error("FIX-LINK", place, "is a link, which is not followed", remedy=remedy)


def unknown(place: str, unread: str) -> Finding:
    """Whether an unfinished command accounts for it cannot be told, because its intent was not read."""
    return _unreadable(place, f"may be what an unfinished command has to do with: staging: {unread}", None)


def _unread(place: str, trouble: OSError) -> Finding:
    message = f"cannot be read: {trouble.strerror}; nothing is known of what it holds"
    return _unreadable(place, message, remedy_of(trouble))


def _unreadable(place: str, message: str, remedy: str | None) -> Finding:
    return findings.error("QUARANTINE-UNREADABLE", place, message, remedy=remedy)


def _stranger(place: str) -> Finding:
    if (kind := litter(os.path.basename(place))) is not None:
        return findings.warning("QUARANTINE-LITTER", place, f"is {kind}, and no part of the archive")
    return findings.warning("QUARANTINE-UNKNOWN", place, "no entry of the ledger set this aside here")


def _pending(place: str) -> Finding:
    return findings.note("QUARANTINE-REPAIR-PENDING", place, "an unfinished repair set this aside")
