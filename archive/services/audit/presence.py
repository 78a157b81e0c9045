"""Both directions between the ledger and `bags/`: what it does not know, and what is not there.

One walk, two folders deep; nothing below a bag is looked at. What seems wrong is settled afterwards, when the
newest ledger and the intents of writers at work are known (`settle`): the walk itself accuses nobody.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Container, Iterator

from archive.core import findings
from archive.core.copies import CopyForm
from archive.core.errors import StorageError
from archive.core.findings import Finding
from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.core.litter import litter
from archive.core.outcomes import BagOutcome
from archive.services.audit.faults import LEDGER_BACK
from archive.services.opened import OpenedArchive
from archive.storage.audits.plan import AuditPlan
from archive.storage.bags.bag_files import TAG_MANIFEST
from archive.storage.copies.names import bag_name, bag_of_name, bag_place
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.disk.kinds import link_at, may_be_there
from archive.storage.intents import IntendedBag, leaving
from archive.storage.layout import FOLDERS, bag_path, shard
from archive.storage.ledger.folder import LEDGER

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_BRING_BACK = "archive repair brings it back from a copy that has it whole"
_BRING_AGAIN = "archive copy --to, with this folder, brings it again from the archive"


class Presence:
    """What was found in `bags/`.

    `absent` are held bags that are not in their folder, `back` those in theirs that are not held any more.
    """

    def __init__(
        self,
        target: OpenedArchive,
        plan: AuditPlan,
        form: CopyForm = CopyForm.FOLDER,
        *,
        is_copy: bool = False,
    ) -> None:
        self.findings: list[Finding] = []
        self.absent: list[str] = []
        self.pending = 0
        self._target = target
        self._bags = str(target.layout.bags)
        self._plan = plan
        self._form = form
        self._is_copy = is_copy
        self.back: list[str] = []

    # -- the walk ------------------------------------------------------------------------------------------

    def walk(self) -> None:
        """Compares every name in `bags/` with the ledger."""
        names = set()
        try:
            # Of the ledger's its verification says so.
            self.findings += (one for one in linked_folders(self._target) if one.place != LEDGER)
            with os.scandir(self._bags) as listing:
                shards = sorted(listing, key=lambda entry: os.fsencode(entry.name))
        except (FileNotFoundError, NotADirectoryError):
            shards = []
        except OSError as trouble:
            self.findings.append(_unreadable("bags", trouble))
            return
        for entry in shards:
            if _is_shard(entry.name) and entry.is_dir(follow_symlinks=False):
                names.add(entry.name)
                self._walk_shard(entry.name)
            else:
                self.findings.append(self._stray(f"bags/{entry.name}", entry))
        for name in sorted(set(self._plan.shards()) - names):
            self._note_absent(self._plan.in_shard(name), ())

    def _walk_shard(self, name: str) -> None:
        is_folder_form = self._form is CopyForm.FOLDER
        try:
            descriptor = os.open(f"{self._bags}/{name}", _FOLDER)
            try:
                with os.scandir(descriptor) as listing:
                    expected = self._plan.in_shard(name)
                    there: set[str] = set()
                    entries = {entry.name: entry for entry in listing}
                    for entry in sorted(entries.values(), key=lambda one: os.fsencode(one.name)):
                        if is_folder_form and entry.name in expected and entry.is_dir(follow_symlinks=False):
                            there.add(entry.name)  # nearly all of them
                            continue
                        bag = self._bag(entry)
                        if bag in expected:
                            there.add(bag)
                        elif bag_of_name(entry.name, self._form) not in expected:
                            self._judge_unexpected(name, bag, entry)
            finally:
                os.close(descriptor)
        except OSError as trouble:
            self.findings.append(_unreadable(f"bags/{name}", trouble))
            return
        self._note_absent(expected, there)
        for bag, state in expected.items():
            if state != "held" and bag_name(bag, self._form) in entries:
                self.back.append(bag)

    def _bag(self, entry: "os.DirEntry[str]") -> str:
        """The bag that the entry is by name and kind; empty where it is none."""
        is_bag = entry.is_file if self._form is CopyForm.TAR else entry.is_dir
        return (bag_of_name(entry.name, self._form) or "") if is_bag(follow_symlinks=False) else ""

    def _judge_unexpected(self, folder: str, bag: str, entry: "os.DirEntry[str]") -> None:
        place = f"bags/{folder}/{entry.name}"
        if bag:
            self._plan.found.add_stranger(bag, place)
        else:
            self.findings.append(self._stray(place, entry))

    def _stray(self, place: str, entry: "os.DirEntry[str]") -> Finding:
        what = litter(entry.name)
        if what is None:
            message = f"{_kind(entry)} that the ledger does not know"
            return findings.error("FIX-UNLISTED", place, message, remedy="find out who put it there")
        remedy = "remove it" if self._is_copy else "archive tidy sets it aside"
        return findings.error("FIX-LITTER", place, f"{what}: not part of the archive", remedy=remedy)

    def _note_absent(self, expected: dict[str, str], there: Container[str]) -> None:
        held = sorted(bag for bag, state in expected.items() if state == "held")
        self.absent += [bag for bag in held if bag not in there]

    # -- afterwards ----------------------------------------------------------------------------------------

    def settle_pending(self, intended: IntendedBag) -> None:
        """A bag of an unfinished command, with the digest that its intent names, is pending."""
        place = bag_path(intended.bag)
        found = self._plan.found
        if found.is_stranger(intended.bag, place) and self._digest(intended.bag) == intended.tag_manifest:
            found.drop_stranger(intended.bag, place)
            self.pending += 1

    def settle_unknown(self, *, complete: bool) -> int:
        """Judges the folders that are still nobody's; the ledger's newest entries have been taken in.

        Where the ledger is not `complete` nobody can say that it does not know a bag: how many are such.
        """
        unjudged = 0
        for name, place in self._plan.found.strangers():
            known = self._plan.state(name) is not None
            if known and place == bag_place(name, self._form):
                continue  # committed while the audit ran
            if not may_be_there(os.path.join(self._target.root, place)):
                continue  # taken back by a writer's recovery
            if not complete and not known:
                unjudged += 1
                continue
            finding = _unknown(name, place, known=known)
            self.findings.append(finding)
            self._plan.found.add_unknown(name, place, finding.to_json())
        return unjudged

    def settle_back(self) -> None:
        """Judges the bags in `bags/` that are not held any more: a writer may still have to move them."""
        if not self.back:
            return
        at_work = leaving(self._target.layout.staging)
        for bag in self.back:
            place = bag_place(bag, self._form)
            if bag in at_work.bags:
                message = "withdrawn; an unfinished command has still to move it"
                self.findings.append(findings.note("BAG-LEAVING", place, message))
            elif at_work.unread is not None:
                message = f"may be a bag that an unfinished command has to move: staging: {at_work.unread}"
                self.findings.append(findings.error("FIX-UNREADABLE", place, message))
            elif may_be_there(os.path.join(self._target.root, place)):
                self.findings.append(self._back(bag, place))

    def _back(self, bag: str, place: str) -> Finding:
        aside = bag_place(bag, self._form, withdrawn=True)
        if self._plan.state(bag) == "disposed":
            message = "was disposed of, and its bag lies in bags/ again"
            remedy = "find out who put it there, and destroy it, as the authority for the disposal says"
        elif self._is_copy:
            message = "was withdrawn, and its bag lies in bags/ again"
            remedy = "archive copy --to, with this folder, sets it aside"
        elif may_be_there(os.path.join(self._target.root, aside)):
            message = "was withdrawn, and its bag lies in bags/ again, beside the one in quarantine"
            remedy = (
                f"find out who put it there, and move it out of the archive: {aside} is the one that is kept"
            )
        else:
            message = "was withdrawn, and its bag lies in bags/ again, and not in quarantine"
            remedy = f"find out who put it there, and move it to {aside}"
        return findings.error("BAG-WITHDRAWN", place, message, remedy=remedy)

    def settle_absent(
        self, is_aside: Callable[[str], bool], *, left: Collection[str] = frozenset()
    ) -> list[str]:
        """The held bags that are not there, once withdrawals made meanwhile are known; in the plan, too.

        Of one that `is_aside` nobody can say that it is missing: an entry may have withdrawn it. One that is
        to be `left` on a copy although it was withdrawn since is missing from it as a held one is.
        """
        missing = []
        remedy = _BRING_AGAIN if self._is_copy else _BRING_BACK
        for bag in self.absent:
            outcome = self._plan.found.outcome(bag)
            if self._plan.state(bag) != "held" and bag not in left:
                continue
            if outcome not in {None, BagOutcome.MISSING}:
                continue
            if is_aside(bag):
                self._settle_aside(bag, was_looked_for=outcome is not None)
                continue
            if outcome is not None:
                continue
            message = "missing: the ledger holds this bag, and storage has no such folder"
            finding = findings.error("FIX-BAG-MISSING", bag_path(bag), message, remedy=remedy)
            self._plan.found.add(bag, BagOutcome.MISSING.value, [finding.to_json()], 0, 0)
            missing.append(bag)
        return missing

    def _settle_aside(self, bag: str, *, was_looked_for: bool) -> None:
        message = "lies in quarantine; entries of the ledger, one of which may withdraw it, are not known"
        finding = findings.warning("BAG-UNJUDGED", bag_place(bag, self._form), message, remedy=LEDGER_BACK)
        if was_looked_for:
            self._plan.found.add(bag, BagOutcome.UNREADABLE.value, [finding.to_json()], 0, 0)
        else:
            self.findings.append(finding)

    def _digest(self, bag: str) -> str | None:
        try:
            descriptor = os.open(self._target.layout.bag(bag), _FOLDER)
            try:
                text = read_plain(TAG_MANIFEST, HELD_MANIFEST_BYTES, dir_fd=descriptor)
            finally:
                os.close(descriptor)
        except (OSError, StorageError, NotAPlainFileError):
            return None
        return None if text is None else hashlib.sha512(text).hexdigest()


def linked_folders(target: OpenedArchive) -> Iterator[Finding]:
    """The archive's own folders that are links."""
    for name in FOLDERS:
        try:
            is_link = link_at(target.root / name)
        except OSError as trouble:
            yield _unreadable(name, trouble)
            continue
        if is_link:
            message = "is a link" + ("; nothing that reads bags follows it" if name == "bags" else "")
            remedy = f"make {name}/ a folder again: what lies elsewhere can be exchanged unseen"
            yield findings.error("FIX-LINK", name, message, remedy=remedy)


def _unreadable(place: str, trouble: OSError) -> Finding:
    message = f"cannot be read: {trouble.strerror}; nothing is known of what it holds"
    return findings.error("FIX-UNREADABLE", place, message)


def _unknown(name: str, place: str, *, known: bool) -> Finding:
    message = "no entry of the ledger knows this bag"
    remedy = "find out who put it there; nothing vouches for it, and nothing removes it"
    if known:
        message = "a held bag lies here in another folder than its own"
        remedy = f"look where it came from; its place is {bag_path(name)}"
    return findings.error("BAG-UNKNOWN", place, message, remedy=remedy)


def _is_shard(name: str) -> bool:
    return len(name) == len(shard("00")) and all(char in "0123456789abcdef" for char in name)


def _kind(entry: "os.DirEntry[str]") -> str:
    if entry.is_symlink():
        return "a link, which is not followed,"
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError:
        return "something unreadable"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a file" if stat.S_ISREG(mode) else "a special file"
