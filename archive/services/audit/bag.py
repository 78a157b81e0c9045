"""The audit of one held bag: read every byte, and judge it by what the ledger promises."""

from typing import NamedTuple

from archive.core.expectation import Expectation
from archive.core.findings import Finding
from archive.core.outcomes import BagOutcome
from archive.services.audit.judgement import is_intact, judge, wanted_later
from archive.storage.bags.bag_files import BagReading, read_bag, read_later
from archive.storage.disk.descriptors import hindrance


class BagResult(NamedTuple):
    """What one audit established about one bag.

    `files` and `bytes` count what was read in this bag, tag files included; an intact bag has no findings.
    `linked` are the paths of files that have another name too, through which they could be changed.
    """

    bag: str
    entry: int
    outcome: BagOutcome
    files: int
    bytes: int
    findings: tuple[Finding, ...]
    linked: tuple[str, ...] = ()


def audit_bag(shard: int, folder: str, expectation: Expectation) -> BagResult:
    """Read the bag in `folder` below the descriptor `shard` in full and judge it.

    Never raises for what storage holds or does; reading follows no link and opens no pipe or device.
    """
    reading = without_unfinished(read_bag(shard, folder, files=expectation.files), expectation)
    if is_intact(reading, expectation):
        return _intact(reading, expectation)
    if reading.trouble is None and (later := wanted_later(reading, expectation)):
        read_later(shard, folder, reading, later, expectation.most_bytes)
        if is_intact(reading, expectation):
            return _intact(reading, expectation)
    return _judged(reading, expectation)


def look_bag(shard: int, folder: str, expectation: Expectation) -> BagResult:
    """Compare names and sizes only, and the two manifests' digests.

    An outcome of intact means no more than that no difference was seen: the caller says so.
    """
    reading = read_bag(shard, folder, files=expectation.files, hashing=False)
    return _judged(without_unfinished(reading, expectation), expectation)


def unreached_bag(expectation: Expectation, trouble: OSError) -> BagResult:
    """What the trouble of opening a folder above a bag says of it: missing, or that nothing is known."""
    reading = BagReading()
    reading.trouble = hindrance(trouble)
    return _judged(reading, expectation)


def without_unfinished(reading: BagReading, expectation: Expectation) -> BagReading:
    """What was read of a bag without what no entry holds yet, as the expectation says."""
    if expectation.beforehand:
        from archive.services.audit.unfinished import without_later_ones

        return without_later_ones(reading, expectation.tag_manifest)
    if expectation.unfinished is None:
        return reading
    from archive.services.audit.unfinished import without_revision

    return without_revision(reading, expectation.unfinished, expectation.tag_manifest)


def _intact(reading: BagReading, expectation: Expectation) -> BagResult:
    files = reading.files
    total = sum([size for _, size in files.values()])
    linked = tuple(reading.linked)
    return BagResult(expectation.bag, expectation.entry, BagOutcome.INTACT, len(files), total, (), linked)


def _judged(reading: BagReading, expectation: Expectation) -> BagResult:
    read = [size for digest, size in reading.files.values() if digest]
    outcome, findings = judge(reading, expectation)
    linked = tuple(reading.linked)
    return BagResult(expectation.bag, expectation.entry, outcome, len(read), sum(read), findings, linked)
