"""Litter beside the bags: what an audit names there, and what of it is litter by kind, too."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from archive.core.errors import ArchiveError
from archive.core.findings import Finding
from archive.core.ledger.ledger_findings import LedgerCode
from archive.core.limits.archives import LITTER_BYTES
from archive.core.limits.bags import MAX_DEPTH
from archive.core.litter import litter
from archive.core.outcomes import FileOutcome
from archive.core.repair_record import Displaced
from archive.services.audit.both_directions import BothDirections
from archive.services.audit.evidence import Evidence
from archive.services.audit.newest import Newest
from archive.services.audit.verdict import could_not_look
from archive.services.opened import OpenedArchive
from archive.services.tidy.bag_litter import NEITHER, BagLitter, Left, Litter, why_left
from archive.storage.audits.plan import AuditPlan
from archive.storage.disk.kinds import something_at
from archive.storage.disk.streamed_file import sha512_of_plain

# What an audit calls litter, each in its part of the archive.
LITTER_CODES: Final = frozenset(
    {"FIX-LITTER", "QUARANTINE-LITTER", "NOTE-LITTER", "AUDIT-LITTER", "CATALOG-LITTER"}
)


def find_beside(
    archive: OpenedArchive, plan: AuditPlan, evidence: Evidence, newest: Newest | None
) -> BagLitter:
    """What an audit would call litter beside the bags; no byte of what was withdrawn is read for it.

    What it could not look at may hold some, and is told as left, unread.
    """
    directions = BothDirections(archive, plan, evidence, "")
    directions.look(newest, withdrawn_too=False)
    found = (*evidence.findings, *directions.findings)
    listed = _by_kind(archive.root, [one.place for one in found if _is_about_litter(one)])
    unread = {
        one.place: Left(one.place, one.message, unread=True, remedy=one.remedy)
        for one in found
        if _is_unread(one)
    }
    return listed._replace(left=(*listed.left, *unread.values()))


def still_there(root: Path, found: BagLitter) -> BagLitter:
    """The same without what somebody, a recovery perhaps, has moved meanwhile."""
    return found._replace(litter=tuple(one for one in found.litter if something_at(root / one.path)))


def displaced(root: Path, found: Iterable[Litter]) -> tuple[Displaced, ...]:
    """The same for the record, with digests of files no larger than litter can be.

    A file that cannot be read has no digest.
    """
    return tuple(_displaced(root, one) for one in found)


def _is_about_litter(finding: Finding) -> bool:
    if finding.code == LedgerCode.UNKNOWN_FILE:  # strangers of every kind
        return litter(os.path.basename(finding.place)) is not None
    return finding.code in LITTER_CODES


def _is_unread(finding: Finding) -> bool:
    return could_not_look(finding) or finding.code == "CATALOG-NOT-JUDGED"


def _by_kind(root: Path, places: Iterable[str]) -> BagLitter:
    taken: dict[str, Litter] = {}
    left: dict[str, Left] = {}
    for place in places:
        name = os.path.basename(place)
        try:
            status = os.lstat(root / place)
        except OSError as trouble:
            left[place] = Left(place, f"could not be looked at: {trouble.strerror}", unread=True)
            continue
        is_folder = stat.S_ISDIR(status.st_mode)
        if not (is_folder or stat.S_ISREG(status.st_mode)):
            left[place] = Left(place, NEITHER)
        elif why := why_left(name, is_folder=is_folder):
            left[place] = Left(place, why)
        elif is_folder and (mixed := _why_mixed(root / place)) is not None:
            left[place] = mixed._replace(path=place)
        else:
            taken[place] = Litter(place, litter(name) or "", None if is_folder else status.st_size)
    by_bytes = {place: os.fsencode(place) for place in (*taken, *left)}
    return BagLitter(
        tuple(taken[place] for place in sorted(taken, key=by_bytes.__getitem__)),
        tuple(left[place] for place in sorted(left, key=by_bytes.__getitem__)),
    )


def _why_mixed(folder: Path) -> Left | None:
    """Why a folder stays: links, pipes and devices are nothing that a desktop keeps in its folders."""
    waiting = [(folder, 1)]
    try:
        while waiting:
            above, depth = waiting.pop()
            if depth > MAX_DEPTH:
                return Left("", f"more than {MAX_DEPTH} folders deep")
            with os.scandir(above) as listing:
                for entry in listing:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((above / entry.name, depth + 1))
                    elif not entry.is_file(follow_symlinks=False):
                        return Left("", "holds a link, or what is no file")
    except OSError as trouble:
        return Left("", f"could not be read: {trouble.strerror}", unread=True)
    return None


def _displaced(root: Path, one: Litter) -> Displaced:
    digest = None
    if one.size is not None:
        try:
            digest = sha512_of_plain(str(root / one.path), LITTER_BYTES)
        except ArchiveError:
            digest = None
    return Displaced(path=one.path, outcome=FileOutcome.UNLISTED.value, sha512=digest, size=one.size)
