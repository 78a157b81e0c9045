"""Where two histories part: the first entry that differs, from one authentic root and what hashes are left.

A hash is authentic where it and its neighbour give an authentic hash above them. Sources may lie: what they
give is believed only where it gives the root that somebody kept (RFC 9162 §2.1.1 for the shape of the tree).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from archive.core.ledger.merkle import node_hash, split_point

# The hash over the entries [start, end) as a source has it, or None where it has none.
RangeHash = Callable[[int, int], bytes | None]


class Parting(NamedTuple):
    """The first entry that differs is `first` or a later one up to `last`; all before `first` are proven."""

    first: int
    last: int

    @property
    def is_exact(self) -> bool:
        """True where it is known to the entry."""
        return self.first == self.last

    def __str__(self) -> str:
        if self.is_exact:
            return f"entry {self.first} is the first that differs"
        return f"the first that differs lies between entry {self.first} and entry {self.last}"


def first_difference(
    size: int, root: bytes, ours: RangeHash, others: Sequence[RangeHash] = ()
) -> Parting | None:
    """Where the entries that `ours` hashes part from the tree of that size and root; None where nowhere.

    `others` are sources in which hashes of that tree may have survived. Each level asks for half the range
    of the one above: over all 2 · size entries are hashed by each source.
    """
    if size == 0 or ours(0, size) == root:
        return None
    start, end, wanted = 0, size, root
    while end - start > 1:
        middle = start + split_point(end - start)
        halves = _authentic(start, middle, end, wanted, (ours, *others))
        if halves is None:
            break
        left, right = halves
        if ours(start, middle) == left:
            start, wanted = middle, right
        else:
            end, wanted = middle, left
    return Parting(start, end - 1)


def _authentic(
    start: int, middle: int, end: int, wanted: bytes, sources: Sequence[RangeHash]
) -> tuple[bytes, bytes] | None:
    """The two hashes below an authentic one, where the sources have them."""
    lefts = _distinct(source(start, middle) for source in sources)
    rights = _distinct(source(middle, end) for source in sources)
    for left in lefts:
        for right in rights:
            if node_hash(left, right) == wanted:
                return left, right
    return None


def _distinct(hashes: Iterable[bytes | None]) -> list[bytes]:
    return list(dict.fromkeys(each for each in hashes if each is not None))
