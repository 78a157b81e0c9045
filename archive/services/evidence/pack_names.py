"""The named parts of a pack held to the ledger: manifests of runs, and the two manifests of each bag."""

from collections.abc import Collection, Iterator
from pathlib import Path

from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.versions import V1_0
from archive.core.errors import BagFormatError
from archive.core.expectation import Expectation
from archive.core.findings import Finding, error, warning
from archive.core.ledger.entries import Entry, EntryType
from archive.core.limits.archives import RUN_MANIFEST_BYTES
from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.storage.audits.plan import AuditPlan
from archive.storage.bags.held_bag import MANIFEST, TAG_MANIFEST
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.disk.streamed_file import sha512_of_plain
from archive.storage.layout import bag_path

_UNKNOWN = "the ledger records no such"


def _left_out(path: str) -> Finding:
    message = "the ledger records it, and the pack says that it was left out: nothing is known of it"
    return warning("PACK-LEFT-OUT", path, message)


class NamedParts:
    """What lies in `runs/` and `bags/` of an unpacked pack; `complete` where it says that it has them all.

    `left_out` are the paths of runs and folders of bags that it says it lacks: each of them becomes a
    finding. Memory grows with the members of the pack, not with the ledger.
    """

    def __init__(self, root: Path, *, complete: bool, left_out: Collection[str] = ()) -> None:
        self._root = root
        self._complete = complete
        self._left_out = set(left_out)
        self._unknown_runs = {path.name.removesuffix(".json") for path in root.glob("runs/*.json")}
        self._of_runs: list[Finding] = []

    def take(self, entry: Entry) -> None:
        """The next entry of the ledger: a run is judged as it is closed."""
        if entry.type != EntryType.RUN_CLOSED or not entry.run:
            return
        self._unknown_runs.discard(entry.run)
        path = f"runs/{entry.run}.json"
        if self._complete and self._is_left_out(path):
            self._of_runs.append(_left_out(path))
            return
        self._of_runs += self._judged(path, str(entry.get("manifest")), RUN_MANIFEST_BYTES, self._complete)

    def findings(self, plan: AuditPlan) -> Iterator[Finding]:
        """What is not as the entries record it, once the plan has taken all of them."""
        yield from self._of_runs
        for run in sorted(self._unknown_runs):
            yield error("PACK-MEMBER", f"runs/{run}.json", f"{_UNKNOWN} run")
        there = {path.relative_to(self._root).as_posix() for path in self._root.glob("bags/*/*")}
        for bag in plan.held_ids():
            if self._complete and self._is_left_out(bag_path(bag)):
                yield _left_out(bag_path(bag))
            elif self._complete or bag_path(bag) in there:
                yield from self._bag(plan.expectation(bag), required=self._complete)
            there.discard(bag_path(bag))
        for path in sorted(there):  # withdrawn ones need not be there
            known = plan.expectation(path.rpartition("/")[2])
            if known is not None and bag_path(known.bag) == path:
                yield from self._bag(known, required=False)
            else:
                yield error("PACK-MEMBER", path, f"{_UNKNOWN} bag")
        for path in sorted(self._left_out):
            message = "said to be left out, and there, or nothing that a pack would have"
            yield error("PACK-MEMBER", path, message)

    def _is_left_out(self, path: str) -> bool:
        """True, once, for a part that is said to be left out, and is not there."""
        if path not in self._left_out or (self._root / path).exists():
            return False
        self._left_out.discard(path)
        return True

    def _bag(self, known: Expectation | None, *, required: bool) -> Iterator[Finding]:
        if known is None:
            return
        folder = bag_path(known.bag)
        path = f"{folder}/{TAG_MANIFEST}"
        found = list(self._judged(path, known.tag_manifest, HELD_MANIFEST_BYTES, required))
        yield from found
        listed = None if found else self._listed(path)
        recorded = known.payload_manifest or listed
        if recorded is not None:
            yield from self._judged(f"{folder}/{MANIFEST}", recorded, HELD_MANIFEST_BYTES, required)

    def _listed(self, path: str) -> str | None:
        """The digest of the payload manifest in a tag manifest that the ledger vouches for."""
        try:
            raw = read_plain(str(self._root / path), HELD_MANIFEST_BYTES)
            files = parse_manifest(raw or b"", name=TAG_MANIFEST, version=V1_0, payload=False).entries
        except (NotAPlainFileError, BagFormatError):
            return None
        return next((digest for name, digest in files if name == MANIFEST), None)

    def _judged(self, path: str, recorded: str, limit: int, required: bool) -> Iterator[Finding]:
        expected = f"sha512:{recorded}"
        target = self._root / path
        if not target.exists():
            if required:
                message = "the ledger records it, and the pack does not have it"
                yield error("PACK-MEMBER", path, message, expected=expected)
        elif (found := sha512_of_plain(str(target), limit)) != recorded:
            told = None if found is None else f"sha512:{found}"  # larger than any of ours
            message = "not the bytes that the ledger records"
            yield error("PACK-MEMBER", path, message, expected=expected, found=told)
