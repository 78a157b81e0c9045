"""The audit of one bag in a tar, as a copy may keep it: read in place, judged as one in folders is."""

from archive.core.expectation import Expectation
from archive.core.findings import Finding
from archive.core.outcomes import BagOutcome
from archive.services.audit.bag import BagResult, without_unfinished
from archive.services.audit.judgement import is_intact, judge
from archive.storage.copies.names import TAR
from archive.storage.copies.tar_reading import read_tar_bag

# What these say is that nobody could look, not that the tar is wrong.
_COULD_NOT_LOOK = frozenset({"SER-CHANGED"})
# The tar was read to its end all the same, or ends there.
_NOTHING_BEHIND = frozenset({"COPY-TAR", "SER-TRUNCATED"})


def audit_tar_bag(shard: int, folder: str, expectation: Expectation) -> BagResult:
    """Read the tar of a bag below the descriptor `shard` in full and judge it.

    `folder` is the bag's name without the ending. Never raises for what storage holds or does.
    """
    return _judged(shard, folder, expectation, hashing=True)


def look_tar_bag(shard: int, folder: str, expectation: Expectation) -> BagResult:
    """Compare the headers' names and sizes only, and the two manifests' digests."""
    return _judged(shard, folder, expectation, hashing=False)


def _judged(shard: int, folder: str, expectation: Expectation, *, hashing: bool) -> BagResult:
    bag = expectation.bag
    name = f"{folder}{TAR}"
    reading, fault, offset = read_tar_bag(
        shard, name, bag, files=expectation.files, most_bytes=expectation.most_bytes, hashing=hashing
    )
    reading = without_unfinished(reading, expectation)
    if fault is None and hashing and is_intact(reading, expectation):
        size = sum(size for _, size in reading.files.values())
        return BagResult(bag, expectation.entry, BagOutcome.INTACT, len(reading.files), size, ())
    outcome, findings = judge(reading, expectation)
    if fault is not None:
        found: Finding = fault.at(name, name, offset)
        outcome = BagOutcome.UNREADABLE if fault.code in _COULD_NOT_LOOK else BagOutcome.DAMAGED
        if fault.code not in _NOTHING_BEHIND:
            findings = tuple(one for one in findings if not _is_absence(one))
        findings = (found, *findings)
    read = [size for digest, size in reading.files.values() if digest]
    return BagResult(bag, expectation.entry, outcome, len(read), sum(read), findings)


def _is_absence(finding: Finding) -> bool:
    """True for what is said of files that were not met: they may lie behind where reading ended."""
    return finding.code == "FIX-MISSING" or (finding.code == "FIX-SIZE" and finding.place == "data/")
