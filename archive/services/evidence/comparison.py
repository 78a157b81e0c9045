"""Today's ledger held against checkpoints that others kept: what contradicts them, from which entry on."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.core.findings import Finding, error
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.first_difference import Parting, RangeHash, first_difference
from archive.services.evidence.kept import KeptNote
from archive.storage.ledger.ranges import LedgerRanges

_COMPARE = "compare the archive with its other copies: one of its histories is not the true one"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What contradicts the kept checkpoints, and how far they prove the entries.

    `proven` is the size of the largest of them that the entries give, 0 where they give none.
    """

    findings: tuple[Finding, ...]
    proven: int


def compare(
    kept: Sequence[KeptNote],
    now: Checkpoint,
    roots: Mapping[int, bytes],
    ranges: LedgerRanges,
    signed: Mapping[int, bytes],
) -> Comparison:
    """Holds the entries against every kept checkpoint.

    `roots` has those of the entries at every kept size, as far as the entries are there without a gap, and
    `signed` the roots that the archive's own checkpoints sign. Each finding names the first entry that
    differs, or between which entries it lies, or up to where the entries are proven.
    """
    found_roots = {}
    for each in kept:  # behind an entry that its tile contradicts there is none: then what lies there counts
        size = each.checkpoint.size
        found_roots[size] = roots.get(size) or ranges.from_entries(0, size)
    agreed = [
        each.checkpoint.size for each in kept if found_roots[each.checkpoint.size] == each.checkpoint.root
    ]
    known: dict[tuple[int, int], bytes] = {}
    for each in kept:
        known |= each.hashes
        known[0, each.checkpoint.size] = each.checkpoint.root
    found = []
    agreed.sort()
    for each in sorted(kept, key=lambda each: each.checkpoint.size):
        size, root = each.checkpoint.size, each.checkpoint.root
        below = bisect_left(agreed, size)
        same = agreed[below - 1] if below else 0
        if size > now.size:
            found.append(_truncated(each, now.size, same, _locate(each, ranges, known)))
        elif (ours := found_roots[size]) is not None and ours != root:
            parting = _narrowed(_locate(each, ranges, known), same, roots, signed)
            found.append(_rewritten(each, ours, parting, {*signed, now.size}))
    return Comparison(tuple(found), max((size for size in agreed if size <= now.size), default=0))


def _locate(kept: KeptNote, ranges: LedgerRanges, known: Mapping[tuple[int, int], bytes]) -> Parting | None:
    """Where the entries on disk part from the kept tree, as far as hashes of it are left anywhere."""
    size, root = kept.checkpoint.size, kept.checkpoint.root

    def from_kept(start: int, end: int) -> bytes | None:
        return known.get((start, end))

    others: Iterable[RangeHash] = (from_kept, *ranges.others(size))
    return first_difference(size, root, ranges.from_entries, tuple(others))


def _narrowed(
    parting: Parting | None, same: int, roots: Mapping[int, bytes], signed: Mapping[int, bytes]
) -> Parting:
    """The parting between what other checkpoints settle: those kept, and those that the archive still has."""
    first, last = parting if parting is not None else Parting(0, 0)
    first = max(first, min(same, last))
    contradicted = [size for size, root in signed.items() if size in roots and roots[size] != root]
    below = [size for size in contradicted if first < size <= last]
    return Parting(first, min(below) - 1 if below else last)


def _truncated(kept: KeptNote, size: int, same: int, parting: Parting | None) -> Finding:
    gone = kept.checkpoint.size - size
    entries = "entry is" if gone == 1 else "entries are"
    where = f"entry {size} is the first that is gone"
    if parting is None:
        where += ", and all of them still lie on disk: only the checkpoint is an older one"
    elif parting.last < size:
        where = f"{parting}; from entry {size} on all are gone"
    elif parting.first == size:
        where += "; those before it are proven to be the ones of this checkpoint"
    elif same:
        where += f"; the first {same} are proven by another checkpoint that was kept"
    return error(
        "LEDGER-TRUNCATED",
        kept.place,
        f"the ledger ends before this checkpoint: {gone} {entries} gone; {where}",
        expected=f"{kept.checkpoint.size} entries or more",
        found=f"{size} entries",
        remedy="this is an older copy, or its end was cut off: find a copy that reaches the checkpoint",
    )


def _rewritten(kept: KeptNote, root: bytes, parting: Parting, own: set[int]) -> Finding:
    size = kept.checkpoint.size
    code, message = "LEDGER-REWRITTEN", f"the first {size} entries are not those of this checkpoint"
    if size in own:
        code, message = "LEDGER-FORK", f"two different ledgers of {size} entries were signed"
    proven = f"; the first {parting.first} are proven" if parting.first else ""
    expected, found = (f"root {value.hex()}" for value in (kept.checkpoint.root, root))
    return error(
        code,
        kept.place,
        f"{message}; {parting}{proven}",
        expected=expected,
        found=found,
        remedy=_COMPARE,
    )
