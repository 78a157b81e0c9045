"""Both directions between the ledger and `bags/`: what it does not know, and what is not there."""

import os
import stat

from archive.core import findings
from archive.core.findings import Finding
from archive.core.ids import is_uuid7
from archive.core.litter import litter
from archive.storage.audit_plan import AuditPlan
from archive.storage.layout import bag_path, shard

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Presence:
    """One walk over `bags/`, two folders deep; nothing below a bag is looked at."""

    def __init__(self, bags: str, plan: AuditPlan, pending: dict[str, str]) -> None:
        self.findings: list[Finding] = []
        self.unknown: list[tuple[str, Finding]] = []
        self.missing: list[tuple[str, Finding]] = []
        self.pending = 0
        self._bags = bags
        self._plan = plan
        self._pending = pending

    def look(self) -> None:
        """Compares every name in `bags/` with the ledger."""
        try:
            with os.scandir(self._bags) as listing:
                shards = sorted(listing, key=lambda entry: os.fsencode(entry.name))
        except OSError as trouble:
            self._unreadable("bags", trouble)
            return
        names = set()
        for entry in shards:
            names.add(entry.name)
            if entry.is_dir(follow_symlinks=False) and _is_shard(entry.name):
                self._look_in(entry.name)
            else:
                self.findings.append(_stray(f"bags/{entry.name}", entry.name, entry))
        for name in sorted(set(self._plan.shards()) - names):
            self._absent(self._plan.in_shard(name))

    def _look_in(self, name: str) -> None:
        try:
            descriptor = os.open(f"{self._bags}/{name}", _FOLDER)
            try:
                with os.scandir(descriptor) as listing:
                    entries = {entry.name: entry for entry in listing}
            finally:
                os.close(descriptor)
        except OSError as trouble:
            self._unreadable(f"bags/{name}", trouble)
            return
        expected = self._plan.in_shard(name)
        for bag in sorted(entries.keys() - expected.keys(), key=os.fsencode):
            self._judge_unknown(name, bag, entries[bag])
        absent = {bag: state for bag, state in expected.items() if bag not in entries}
        self._absent(absent)
        for bag, state in expected.items():
            if state == "withdrawn" and bag in entries:
                place = bag_path(bag)
                message = "was withdrawn, and its bag lies in bags/ again"
                self.findings.append(findings.error("BAG-WITHDRAWN", place, message))

    def _judge_unknown(self, folder: str, name: str, entry: "os.DirEntry[str]") -> None:
        place = f"bags/{folder}/{name}"
        if name in self._pending and shard(name) == folder:
            self.pending += 1
            return
        if not entry.is_dir(follow_symlinks=False) or not is_uuid7(name):
            self.findings.append(_stray(place, name, entry))
            return
        if shard(name) != folder and self._plan.expectation(name) is not None:
            message = "a held bag lies here in another folder than its own"
            remedy = f"look where it came from; its place is {bag_path(name)}"
        else:
            message = "no entry of the ledger knows this bag"
            remedy = "find out who put it there; nothing vouches for it, and nothing removes it"
        self.unknown.append((name, findings.error("BAG-UNKNOWN", place, message, remedy=remedy)))

    def _absent(self, expected: dict[str, str]) -> None:
        for bag, state in sorted(expected.items()):
            if state == "held":
                message = "the ledger holds it, storage does not"
                remedy = "bring it back from another copy"
                finding = findings.error("FIX-BAG-MISSING", bag_path(bag), message, remedy=remedy)
                self.missing.append((bag, finding))

    def _unreadable(self, place: str, trouble: OSError) -> None:
        message = f"cannot be read: {trouble.strerror}; nothing is known of what it holds"
        self.findings.append(findings.error("FIX-UNREADABLE", place, message))


def _is_shard(name: str) -> bool:
    return len(name) == 2 and all(char in "0123456789abcdef" for char in name)


def _stray(place: str, name: str, entry: "os.DirEntry[str]") -> Finding:
    what = litter(name)
    if what is not None:
        return findings.error(
            "FIX-LITTER", place, f"{what}: not part of the archive", remedy="remove it: archive tidy"
        )
    kind = "a link" if entry.is_symlink() else _kind(entry)
    return findings.error(
        "FIX-UNLISTED", place, f"{kind} that the ledger does not know", remedy="find out who put it there"
    )


def _kind(entry: "os.DirEntry[str]") -> str:
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError:
        return "something unreadable"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a file" if stat.S_ISREG(mode) else "a special file"
