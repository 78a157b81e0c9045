"""Hashes over ranges of entries as each kind of file in a ledger gives them, believed by nobody yet."""

from collections.abc import Iterator
from functools import lru_cache

from archive.core.errors import EvidenceError, StorageError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.first_difference import RangeHash
from archive.core.ledger.merkle import Frontier, leaf_hash, range_hash
from archive.core.ledger.note import NoteError, parse
from archive.core.ledger.tiles import TILE_HEIGHT, TILE_WIDTH, level_sizes
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.ledger.folder import CHECKPOINTS, LedgerFolder

_KEPT_TILES = 16


class LedgerRanges:
    """What the entries, the tiles of each level and the kept checkpoints of a ledger say, each by itself.

    Also beyond the checkpoint: what a rollback left on disk may be what somebody kept a checkpoint of.
    """

    def __init__(self, archive: str) -> None:
        self._folder = LedgerFolder(archive)
        self._hashes = lru_cache(maxsize=_KEPT_TILES)(self._folder.hashes)

    def from_entries(self, start: int, end: int) -> bytes | None:
        """The hash over [start, end) from the entries themselves; None where one is not there."""
        tree = Frontier()
        try:
            for number in range(start // TILE_WIDTH, -(-end // TILE_WIDTH)):
                first = number * TILE_WIDTH
                bundle = self._folder.bundle(number, min(TILE_WIDTH, end - first))
                tree.extend(map(leaf_hash, bundle[max(start - first, 0) :]))
        except (EvidenceError, StorageError):
            return None
        return tree.root()

    def others(self, size: int) -> list[RangeHash]:
        """The other sources for a tree of that size: each tile level, the highest first, and checkpoints."""
        levels = [self._from_tiles(level) for level in reversed(range(len(level_sizes(size))))]
        return [*levels, self._from_checkpoints]

    def _from_tiles(self, highest: int) -> RangeHash:
        def subtree(level: int, index: int) -> bytes:
            tile_level = min(level // TILE_HEIGHT, highest)
            count = 1 << (level - TILE_HEIGHT * tile_level)
            tree = Frontier()
            tree.extend(self._row(tile_level, index * count, count))
            return tree.root()

        def source(start: int, end: int) -> bytes | None:
            try:
                return range_hash(start, end, subtree)
            except (EvidenceError, StorageError):
                return None

        return source

    def _row(self, level: int, first: int, count: int) -> Iterator[bytes]:
        end = first + count
        for number in range(first // TILE_WIDTH, -(-end // TILE_WIDTH)):
            begin = number * TILE_WIDTH
            yield from self._hashes(level, number, min(TILE_WIDTH, end - begin))[max(first - begin, 0) :]

    def signed_roots(self) -> dict[int, bytes]:
        """The root that each kept checkpoint states at its size, signatures unverified."""
        try:
            sizes = self._folder.checkpoint_sizes()
        except (EvidenceError, StorageError):
            return {}
        return {size: root for size in sizes if size and (root := self._from_checkpoints(0, size))}

    def _from_checkpoints(self, start: int, end: int) -> bytes | None:
        if start:
            return None
        try:
            raw = self._folder.read_note(f"{CHECKPOINTS}/{end}")
            return _claimed_root(raw, end) if raw is not None else None
        except (NotAPlainFileError, StorageError, NoteError):
            return None


def _claimed_root(raw: bytes, size: int) -> bytes | None:

    found = Checkpoint.parse_text(parse(raw).text)
    return found.root if found.size == size else None
