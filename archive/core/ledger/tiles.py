"""Tiles and entry bundles (c2sp.org/tlog-tiles): how a tree lies in files, and the tree's growing edge.

A tile holds up to 256 neighbouring hashes of one level, a hash of level n standing for 256**n leaves.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archive.core.ledger.merkle import HASH_BYTES, Frontier, complete_subtree, peaks_of
from archive.core.limits.ledger import ENTRY_BYTES, TILE_LEVEL

TILE_WIDTH = 256
TILE_HEIGHT = 8

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<number>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class TilePath(NamedTuple):
    """Which tile: its level (None for an entry bundle), its place in it and its width (256 when full)."""

    level: int | None
    number: int
    width: int = TILE_WIDTH

    def __str__(self) -> str:
        """The path below the ledger's folder, like `tile/0/x001/067.p/5`."""
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
        place = "".join(f"x{group}/" for group in groups[:-1]) + groups[-1]
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{place}{partial}"

    @property
    def end(self) -> int:
        """How many leaves a tree must have for the tile to exist."""
        return (self.number * TILE_WIDTH + self.width) << (TILE_HEIGHT * (self.level or 0))

    @classmethod
    def parse(cls, path: str) -> "TilePath | None":
        """The tile that a path names, or None where it is not the one spelling of a tile."""
        match = _PATH.fullmatch(path)
        if match is None or len(match["number"]) > 40:
            return None
        level = None if match["level"] == "entries" else int(match["level"])
        number = int(match["number"].replace("x", "").replace("/", ""))
        tile = cls(level, number, int(match["width"] or TILE_WIDTH))
        known = (level or 0) <= TILE_LEVEL and tile.width <= TILE_WIDTH
        return tile if known and str(tile) == path else None


def level_sizes(size: int) -> list[int]:
    """How many hashes each tile level of a tree has, level 0 first."""
    sizes = []
    while size:
        sizes.append(size)
        size >>= TILE_HEIGHT
    return sizes


def edge_tiles(size: int) -> list[TilePath]:
    """The partial hash tiles of a tree, level 0 first; full tiles are no part of it."""
    return [
        TilePath(level, count // TILE_WIDTH, count % TILE_WIDTH)
        for level, count in enumerate(level_sizes(size))
        if count % TILE_WIDTH
    ]


def tile_widths(size: int, level: int | None) -> Iterator[tuple[int, int]]:
    """(number, width) of all tiles of a level in a tree, in order."""
    count = size >> (TILE_HEIGHT * (level or 0))
    for number in range(count // TILE_WIDTH):
        yield number, TILE_WIDTH
    if count % TILE_WIDTH:
        yield count // TILE_WIDTH, count % TILE_WIDTH


def subtree_in_tile(level: int, index: int) -> tuple[int, int, int, int]:
    """(tile level, tile number, first, count): the hashes of a tile that a complete subtree covers.

    The subtree is the index-th of 2**level leaves.
    """
    tile_level, height = divmod(level, TILE_HEIGHT)
    start = index << height
    return tile_level, start // TILE_WIDTH, start % TILE_WIDTH, 1 << height


def split_hashes(raw: bytes) -> list[bytes]:
    """The hashes of a tile; ValueError where the length is not 1 to 256 hashes."""
    if not raw or len(raw) % HASH_BYTES or len(raw) > TILE_WIDTH * HASH_BYTES:
        raise ValueError(f"{len(raw)} bytes are not 1 to {TILE_WIDTH} hashes")
    return [raw[start : start + HASH_BYTES] for start in range(0, len(raw), HASH_BYTES)]


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """The entries, each behind its length as a big-endian uint16; ValueError where one is too long."""
    for entry in entries:
        if len(entry) > ENTRY_BYTES:
            raise ValueError(f"an entry has at most {ENTRY_BYTES} bytes, not {len(entry)}")
    return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])


class Bundle(NamedTuple):
    """The entries of a bundle as far as they are whole, and what is wrong behind them."""

    entries: list[bytes]
    trouble: str | None


def decode_bundle(raw: bytes, width: int) -> Bundle:
    """The first `width` entries of a bundle; fewer, with the reason, where the bytes are torn.

    Bytes behind those entries are trouble too.
    """
    entries: list[bytes] = []
    place, end = 0, len(raw)
    while len(entries) < width:
        start = place + 2
        place = start + int.from_bytes(raw[place:start], "big")
        if start > end or place > end:
            return Bundle(entries, f"ends after {len(entries)} of {width} entries")
        entries.append(raw[start:place])
    return Bundle(entries, None if place == end else f"{end - place} bytes behind its {width} entries")


class TreeEdge:
    """The right edge of a tiled tree: grows leaf by leaf and yields every tile that becomes full."""

    __slots__ = ("_frontier", "_levels")

    def __init__(self, size: int = 0, levels: Sequence[Sequence[bytes]] = ()) -> None:
        """The edge of a tree of that size, from the hashes of its partial tile at each level.

        Raises ValueError where the widths are not those of the size.
        """
        counts = level_sizes(size)
        if [len(row) for row in levels] != [count % TILE_WIDTH for count in counts]:
            raise ValueError(f"these are not the partial tiles of a tree of {size}")
        self._levels = [list(row) for row in levels]

        def subtree(level: int, index: int) -> bytes:
            tile_level, _, first, count = subtree_in_tile(level, index)
            return complete_subtree(self._levels[tile_level][first : first + count])

        self._frontier = Frontier(size, [subtree(level, index) for level, index in peaks_of(size)])

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._frontier.size

    @property
    def room(self) -> int:
        """How many leaves the last tile of level 0 still takes, 1 to 256."""
        return TILE_WIDTH - self.size % TILE_WIDTH

    def root(self) -> bytes:
        """The Merkle tree hash over all leaves so far."""
        return self._frontier.root()

    def extend(self, leaves: Sequence[bytes]) -> list[tuple[TilePath, bytes]]:
        """Add leaf hashes, at most `room`; the tiles that became full by it, level 0 first."""
        if len(leaves) > self.room:
            raise ValueError(f"{len(leaves)} leaves, room for {self.room}")
        full: list[tuple[TilePath, bytes]] = []
        self._frontier.extend(leaves)
        row: Sequence[bytes] = leaves
        level = 0
        while row:
            if level == len(self._levels):
                self._levels.append([])
            hashes = self._levels[level]
            hashes.extend(row)
            if len(hashes) < TILE_WIDTH:
                break
            number = (self.size >> (TILE_HEIGHT * (level + 1))) - 1
            full.append((TilePath(level, number), b"".join(hashes)))
            row = [complete_subtree(hashes)]
            self._levels[level] = []
            level += 1
        return full

    def partial_tiles(self) -> list[tuple[TilePath, bytes]]:
        """The partial tiles of the tree as it is, level 0 first."""
        return [(tile, b"".join(self._levels[tile.level or 0])) for tile in edge_tiles(self.size)]

    def copy(self) -> "TreeEdge":
        """An independent edge in the same state."""
        return TreeEdge(self.size, self._levels)
