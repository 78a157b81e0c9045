"""The tree of a ledger computed anew, and which of two sources is right where they differ.

Each leaf hash is there twice: in the entry itself and in the tile of level 0. Where they differ, the tile
above (or, for the last tile, the signed root) says which one the tree was made of; the final root proves it.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.merkle import complete_subtree
from archive.core.ledger.tiles import TILE_WIDTH, TilePath, TreeEdge

Leaves = Sequence[bytes]


class Source(StrEnum):
    """Where a leaf hash comes from."""

    ENTRIES = "entries"
    TILE = "tile"


class Difference(NamedTuple):
    """Entries of one bundle whose hashes are not those of the tile."""

    number: int
    width: int
    indexes: tuple[int, ...]
    right: Source


class LedgerTree:
    """Takes bundle after bundle and grows the tree from the leaf hashes that it settles on."""

    def __init__(
        self, checkpoint: Checkpoint, recorded: Callable[[int], bytes | None], sizes: Iterable[int] = ()
    ) -> None:
        """`recorded` gives what level 1 on disk has for a full tile; `sizes`, ascending, ask for roots."""
        self._checkpoint = checkpoint
        self._recorded = recorded
        self._sizes = iter(sizes)
        self._next = next(self._sizes, None)
        self._edge: TreeEdge | None = TreeEdge()
        self.differences: list[Difference] = []
        self.roots: dict[int, bytes] = {}

    @property
    def root(self) -> bytes | None:
        """The root over everything taken, or None where leaves are unknown."""
        return self._edge.root() if self._edge is not None else None

    @property
    def is_proven(self) -> bool:
        """True once the whole tree gives the root that was signed."""
        edge = self._edge
        return edge is not None and (edge.size, edge.root()) == (self._checkpoint.size, self._checkpoint.root)

    def partial_tiles(self) -> list[tuple[TilePath, bytes]]:
        """The partial tiles of the tree as computed; none where leaves are unknown."""
        return self._edge.partial_tiles() if self._edge is not None else []

    def take(
        self, number: int, width: int, from_entries: Leaves, from_tile: Leaves | None
    ) -> tuple[Leaves | None, list[tuple[TilePath, bytes]]]:
        """The settled leaf hashes of the next bundle, and the tiles that became full by them.

        `from_entries` is shorter than `width` where the bundle is torn or missing. None where neither source
        is whole: from there on no root can be computed.
        """
        leaves = self._settle(number, width, from_entries, from_tile)
        if leaves is None or self._edge is None:
            self._edge = None
            return leaves, []
        full: list[tuple[TilePath, bytes]] = []
        done, start = 0, self._edge.size
        while self._next is not None and self._next <= start + width:
            cut = max(self._next - start, done)
            full += self._edge.extend(leaves[done:cut])
            self.roots[self._next] = self._edge.root()
            done, self._next = cut, next(self._sizes, None)
        full += self._edge.extend(leaves[done:])
        return leaves, full

    def _settle(self, number: int, width: int, entries: Leaves, tile: Leaves | None) -> Leaves | None:
        if tile is None:
            return entries if len(entries) == width else None
        first = number * TILE_WIDTH
        indexes = tuple(
            first + place
            for place, (ours, theirs) in enumerate(zip(entries, tile, strict=False))
            if ours != theirs
        )
        if not indexes:
            return tile
        right = Source.TILE if len(entries) < width else self._arbitrate(number, entries, tile)
        self.differences.append(Difference(number, width, indexes, right))
        return tile if right is Source.TILE else entries

    def _arbitrate(self, number: int, entries: Leaves, tile: Leaves) -> Source:
        if len(entries) == TILE_WIDTH:
            recorded = self._recorded(number)
            tile_is_right = recorded is not None and complete_subtree(tile) == recorded
            return Source.TILE if tile_is_right else Source.ENTRIES
        if self._edge is None:
            return Source.ENTRIES
        trial = self._edge.copy()
        trial.extend(tile)
        return Source.TILE if trial.root() == self._checkpoint.root else Source.ENTRIES
