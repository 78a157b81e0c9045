"""The Merkle tree of RFC 6962 §2.1 over SHA-256: roots, proofs and their verification.

A proof here is a list of 32-byte hashes in the order of the RFCs. Nothing is read: hashes of complete
subtrees come from a callable, so the same code serves files, a mirror or a test.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()  # RFC 6962 §2.1: MTH({})

# Gives the hash of the complete subtree of 2**level leaves that is the index-th of its level.
SubtreeHash = Callable[[int, int], bytes]

_sha256 = hashlib.sha256
_SIZE_BYTES = 8


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry), RFC 6962 §2.1."""
    return _sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), RFC 6962 §2.1."""
    return _sha256(b"\x01" + left + right).digest()


def complete_subtree(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of neighbouring hashes."""
    if not hashes or len(hashes) & (len(hashes) - 1):
        raise ValueError(f"a power of two of hashes expected, {len(hashes)} given")
    row = list(hashes)
    while len(row) > 1:
        pairs = iter(row)
        row = [_sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return row[0]


class Frontier:
    """The tree so far as the roots of its complete subtrees: O(log n) state from which the tree grows.

    One peak for each bit that is set in the size, the largest subtree first.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self._size = size
        self._peaks = list(peaks)
        if size < 0 or len(self._peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves does not have {len(self._peaks)} peaks")
        if any(len(peak) != HASH_BYTES for peak in self._peaks):
            raise ValueError(f"every peak is {HASH_BYTES} bytes")

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        peaks, size = self._peaks, self._size
        while size & 1:
            leaf = _sha256(b"\x01" + peaks.pop() + leaf).digest()
            size >>= 1
        peaks.append(leaf)
        self._size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add the hashes of the next leaves, in order."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """The Merkle tree hash over all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def copy(self) -> "Frontier":
        """An independent frontier in the same state."""
        return Frontier(self._size, self._peaks)

    def to_bytes(self) -> bytes:
        """Eight bytes of size, big-endian, then the peaks."""
        return self._size.to_bytes(_SIZE_BYTES, "big") + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Frontier":
        """The frontier that `to_bytes` wrote; ValueError where the bytes are none."""
        if len(raw) < _SIZE_BYTES or (len(raw) - _SIZE_BYTES) % HASH_BYTES:
            raise ValueError(f"{len(raw)} bytes are no frontier")
        starts = range(_SIZE_BYTES, len(raw), HASH_BYTES)
        return cls(
            int.from_bytes(raw[:_SIZE_BYTES], "big"), [raw[start : start + HASH_BYTES] for start in starts]
        )


def peaks_of(size: int) -> list[tuple[int, int]]:
    """(level, index) of the complete subtrees that make up a tree of that size, the largest first."""
    peaks = []
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            peaks.append((level, start >> level))
            start += 1 << level
    return peaks


def root_of(size: int, subtree: SubtreeHash) -> bytes:
    """The Merkle tree hash over the first `size` leaves."""
    return range_hash(0, size, subtree)


def range_hash(start: int, end: int, subtree: SubtreeHash) -> bytes:
    """The hash over leaves [start, end) where start is a multiple of a power of two >= end - start.

    Such is every range that is a node of a tree.
    """
    peaks = peaks_of(end - start)
    if not peaks:
        return EMPTY_ROOT
    hashes = [subtree(level, (start >> level) + index) for level, index in peaks]
    root = hashes.pop()
    while hashes:
        root = node_hash(hashes.pop(), root)
    return root


def split_point(size: int) -> int:
    """The largest power of two smaller than size (RFC 9162 §2.1.1)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, subtree: SubtreeHash) -> list[bytes]:
    """PATH(index, D[size]) of RFC 9162 §2.1.3.1; ValueError where the leaf is not in the tree."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return [range_hash(start, end, subtree) for start, end in inclusion_ranges(index, size)]


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The leaves [start, end) that each hash of an inclusion proof covers, the leaf's sibling first."""
    siblings = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split_point(end - start)
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    return siblings[::-1]


def consistency_proof(first: int, second: int, subtree: SubtreeHash) -> list[bytes]:
    """PROOF(first, D[second]) of RFC 9162 §2.1.4.1; ValueError unless 0 < first <= second."""
    if not 0 < first <= second:
        raise ValueError(f"no consistency proof from {first} to {second}")
    ranges = []
    start, end = 0, second
    while end != first:
        middle = start + split_point(end - start)
        if first <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # SUBPROOF(m, D[m], b): the subtree itself is known to the verifier only where it is the whole
        ranges.append((start, end))
    return [range_hash(left, right, subtree) for left, right in reversed(ranges)]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """True where the proof shows that the leaf hash stands at the index (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, current = index, size - 1, leaf
    for sibling in proof:
        if len(sibling) != HASH_BYTES or last == 0:
            return False
        if place & 1 or place == last:
            current = node_hash(sibling, current)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            current = node_hash(current, sibling)
        place >>= 1
        last >>= 1
    return last == 0 and current == root


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """True where the proof shows that the second tree begins with the first (RFC 9162 §2.1.4.2).

    Equal sizes need an empty proof and equal roots; every tree extends the empty one.
    """
    if not 0 <= first <= second or any(len(step) != HASH_BYTES for step in proof):
        return False
    if first == second:
        return first_root == second_root and not proof
    if first == 0:
        return first_root == EMPTY_ROOT and not proof
    steps = list(proof)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    if not steps:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place >>= 1
        last >>= 1
    older = newer = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            older = node_hash(step, older)
            newer = node_hash(step, newer)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            newer = node_hash(newer, step)
        place >>= 1
        last >>= 1
    return last == 0 and older == first_root and newer == second_root
