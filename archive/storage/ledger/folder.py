"""The files of a ledger by name: C2SP tlog-tiles below `ledger/`, read without following links."""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from archive.core.errors import EvidenceError, StorageError
from archive.core.ledger.merkle import HASH_BYTES, SubtreeHash, complete_subtree
from archive.core.ledger.tiles import TILE_WIDTH, TilePath, decode_bundle, split_hashes, subtree_in_tile
from archive.core.limits.ledger import BUNDLE_BYTES, NOTE_BYTES
from archive.core.litter import litter
from archive.core.text import printable
from archive.storage.disk.durable import NotAPlainFileError, read_plain, storage_error
from archive.storage.disk.kinds import folder_at, known_link, link_lies_at

LEDGER = "ledger"
CHECKPOINT = "checkpoint"
# The signed checkpoint of a commit until the rename that makes it the ledger's: while it is there, the
# same bytes under checkpoints/<size> are an unfinished commit and no rollback.
NEW_CHECKPOINT = "checkpoint.new"
CHECKPOINTS = "checkpoints"
TILES = "tile"
TIMESTAMPS = "timestamps"
STATEMENTS = "statements"
OWN_NAMES = frozenset({CHECKPOINT, NEW_CHECKPOINT, CHECKPOINTS, TILES, TIMESTAMPS, STATEMENTS})
# Marks from outside: the name of the folder of each, and its files in their order.
MARK_NAME = re.compile("(0|[1-9][0-9]{0,18})-[0-9a-f]{32}")
MARK_FILES: Final[Mapping[str, tuple[str, ...]]] = {
    TIMESTAMPS: ("checkpoint", "request.tsq", "response.tsr"),
    STATEMENTS: ("statement.txt", "signature"),
}

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_LEFTOVER = re.compile(r"\.[0-9]{1,19}\.[0-9a-f]{16}\.tmp")
_REMEDY = "run `archive ledger verify`; put the file back from another copy of the archive"


def is_size(name: str) -> bool:
    """True for a size in decimal digits as it names a file."""
    return _SIZE.fullmatch(name) is not None


def is_leftover(name: str) -> bool:
    """True for what `replace_file` leaves of a checkpoint of some size when it is killed."""
    return _LEFTOVER.fullmatch(name) is not None


class Listed(NamedTuple):
    """A name found below the ledger's folder; the tile that it spells, if it is one; whether it is a link."""

    name: str
    tile: TilePath | None
    is_link: bool


class LedgerFolder:
    """Reads the ledger of one archive file by file; names are relative to the ledger's folder."""

    def __init__(self, archive: str) -> None:
        self.path = os.path.join(archive, LEDGER)

    def at(self, name: str) -> str:
        """The path of a name below the ledger's folder."""
        return os.path.join(self.path, name)

    def read(self, name: str, limit: int) -> bytes | None:
        """The bytes of a plain file or None; raises as `read_plain` does."""
        return read_plain(self.at(name), limit)

    def read_note(self, name: str) -> bytes | None:
        """The bytes of a signed note or None; raises as `read_plain` does."""
        return self.read(name, NOTE_BYTES)

    def read_exact(self, tile: TilePath) -> bytes | None:
        """The bytes of that very tile or bundle, or None; raises as `read_plain` does."""
        limit = BUNDLE_BYTES if tile.level is None else TILE_WIDTH * HASH_BYTES
        return self.read(str(tile), limit)

    def find(self, tile: TilePath) -> tuple[TilePath, bytes] | None:
        """A tile or bundle that begins with the wanted one: itself, the full one, or a wider partial one.

        A reader that judges by an older checkpoint may come after its partial tiles were superseded.
        """
        for _ in range(_TRIES):
            wider = [width for width in self.partial_widths(tile) if width > tile.width]
            for width in dict.fromkeys((tile.width, *wider, TILE_WIDTH)):
                candidate = tile._replace(width=width)
                raw = self.read_exact(candidate)
                if raw is not None:
                    return candidate, raw
        return None

    def partial_widths(self, tile: TilePath) -> list[int]:
        """The widths of the partial tiles on disk of the tile's place, ascending."""
        folder = os.path.dirname(self.at(str(tile._replace(width=1))))
        try:
            names = os.listdir(folder)
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as trouble:
            raise storage_error(trouble, folder, "list the folder") from trouble
        return sorted(int(name) for name in names if is_size(name) and 0 < int(name) < TILE_WIDTH)

    def hashes(self, level: int, number: int, width: int, *, exact: bool = False) -> list[bytes]:
        """The first `width` hashes of a tile; EvidenceError naming the file where they are not there.

        `exact` takes them from no wider tile.
        """
        actual, raw = self._found(TilePath(level, number, width), exact=exact)
        if len(raw) != actual.width * HASH_BYTES:
            raise EvidenceError(
                f"ledger/{actual}: {actual.width * HASH_BYTES} bytes expected, found {len(raw)}",
                remedy=_REMEDY,
            )
        return split_hashes(raw)[:width]

    def bundle(self, number: int, width: int, *, exact: bool = False) -> list[bytes]:
        """The first `width` entries of a bundle; EvidenceError naming the file where they are not there.

        `exact` takes them from no wider bundle.
        """
        actual, raw = self._found(TilePath(None, number, width), exact=exact)
        found, trouble = decode_bundle(raw, actual.width)
        if trouble is not None:
            raise EvidenceError(f"ledger/{actual}: {trouble}", remedy=_REMEDY)
        return found[:width]

    def subtrees(self) -> SubtreeHash:
        """Hashes of complete subtrees from the tiles; a few tiles are kept while a proof is made of them."""
        tile_hashes = lru_cache(maxsize=16)(self.hashes)

        def subtree(level: int, index: int) -> bytes:
            tile_level, number, first, count = subtree_in_tile(level, index)
            return complete_subtree(tile_hashes(tile_level, number, first + count)[first:])

        return subtree

    def _found(self, tile: TilePath, *, exact: bool) -> tuple[TilePath, bytes]:
        try:
            if exact:
                raw = self.read_exact(tile)
                found = (tile, raw) if raw is not None else None
            else:
                found = self.find(tile)
        except NotAPlainFileError as trouble:
            raise EvidenceError(str(trouble), remedy=_REMEDY) from trouble
        if found is None:
            raise EvidenceError(f"ledger/{tile}: missing", remedy=_REMEDY)
        return found

    def checkpoint_names(self) -> list[str]:
        """The names in the folder of all signed checkpoints, in no order."""
        return self._names(CHECKPOINTS)

    def checkpoint_sizes(self) -> list[int]:
        """The sizes, ascending, that these names spell."""
        return sorted(int(name) for name in self.checkpoint_names() if is_size(name))

    def leftovers(self) -> list[str]:
        """What a rewriting of a kept checkpoint left when it was killed, below the ledger's folder."""
        return sorted(f"{CHECKPOINTS}/{name}" for name in self.checkpoint_names() if is_leftover(name))

    def strangers(self) -> list[str]:
        """Names directly below the ledger's folder that are no part of a ledger.

        With what desktop programs left among the marks from outside, whose readers pass over it, and what
        else lies beside the files of a mark.
        """
        found = {*self._names("")} - OWN_NAMES
        for kind, files in MARK_FILES.items():
            for mark in self._names(kind):
                if litter(mark) is not None:
                    found.add(f"{kind}/{mark}")
                elif MARK_NAME.fullmatch(mark) and not known_link(self.at(f"{kind}/{mark}")):
                    found.update(f"{kind}/{mark}/{name}" for name in self._beside(f"{kind}/{mark}", files))
        return sorted(found)

    def _beside(self, folder: str, files: Iterable[str]) -> set[str]:
        with contextlib.suppress(EvidenceError, StorageError):  # whoever reads its files says so
            return {*self._names(folder)} - {*files}
        return set()

    def linked(self) -> list[str]:
        """The ledger's folder and those in it that are links; those below `tile/` are met by the walk."""
        names = ["", CHECKPOINTS, TILES, TIMESTAMPS, STATEMENTS]
        for kind in (TIMESTAMPS, STATEMENTS):
            with contextlib.suppress(EvidenceError, StorageError):  # `strangers` lists it, too, and says so
                names += (f"{kind}/{name}" for name in self._names(kind))
        return [name for name in names if known_link(self.at(name).rstrip("/"))]

    def walk_tiles(self) -> Iterator[Listed]:
        """Every name below `tile/` that is no folder, in the order of the file system; links not followed."""
        yield from self._walk(TILES)

    def _walk(self, name: str) -> Iterator[Listed]:
        path = self.at(name)
        try:
            with os.scandir(path) as listing:
                children = [
                    (child.name, child.is_dir(follow_symlinks=False), child.is_symlink()) for child in listing
                ]
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as trouble:
            raise storage_error(trouble, path, "list the folder") from trouble
        for child, is_folder, is_link in children:
            inner = f"{name}/{child}"
            if is_folder and TilePath.parse(inner) is None and inner.count("/") < _MAX_DEPTH:
                yield from self._walk(inner)
            else:
                yield Listed(inner, TilePath.parse(inner), is_link)

    def has_folder(self, name: str, *, filled: bool = False) -> bool:
        """True where a folder, and no link to one, has the name; with `filled` only one that holds something.

        What storage does not show is none: whoever reads or removes it then is told why.
        """
        path = self.at(name)
        try:
            return folder_at(path) and (not filled or bool(os.listdir(path)))
        except OSError:
            return False

    def _names(self, folder: str) -> list[str]:
        path = self.at(folder) if folder else self.path
        try:
            return os.listdir(path)
        except FileNotFoundError:
            return []
        except NotADirectoryError as trouble:
            raise EvidenceError(f"{printable(path)}: not a folder", remedy=_REMEDY) from trouble
        except OSError as trouble:
            raise storage_error(trouble, path, "list the folder") from trouble

    def refuse_links(self, name: str) -> None:
        """StorageError where the named folder, or one above it up to the ledger's own, is a link.

        Nothing is written or removed through one; also where storage does not say whether it is one.
        """
        parts = name.split("/")
        for depth in range(len(parts) + 1):
            path = os.path.join(self.path, *parts[:depth])
            if link_lies_at(path):
                raise StorageError(
                    f"{printable(path)}: a link where the ledger has a folder",
                    remedy="put the folder itself there; nothing is written through a link",
                )


# tile, level, x-folders of an index below 10**18, .p folder
_MAX_DEPTH = 9
# A writer may remove all that was just listed, but only after it committed a still wider tile.
_TRIES = 5
