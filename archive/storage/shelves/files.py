"""A shelf of plain files: an original brought again, wherever and under whatever name."""

import os
import stat
from collections.abc import Iterator
from hashlib import sha512
from pathlib import Path
from typing import Final

from archive.storage.shelves.offer import Offer, blocks_of
from archive.storage.spool import open_spool

_OLD: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_TABLE: Final = "CREATE TABLE files (digest TEXT, path BLOB, PRIMARY KEY (digest, path)) WITHOUT ROWID;"


class FilesShelf:
    """Every regular file at or below a path, found by its digest; each is read once when first asked.

    Links are not followed, pipes and devices not opened; what cannot be read is passed over.
    """

    def __init__(self, top: Path, name: str) -> None:
        self.name = name
        self._top = top
        self._db = open_spool(_TABLE)
        self._read = False

    def offers(self, bag: str, path: str, digest: str) -> Iterator[Offer]:  # noqa: ARG002
        """See Shelf."""
        if not self._read:
            self._read_all()
        rows = self._db.execute("SELECT path FROM files WHERE digest = ? ORDER BY path", (digest,)).fetchall()
        for (raw,) in rows:
            yield self._offer(os.fsdecode(raw))

    def close(self) -> None:
        """See Shelf."""
        self._db.close()

    def _offer(self, path: str) -> Offer:
        return Offer(self.name, os.path.relpath(path, self._top.parent), lambda: _blocks(path))

    def _read_all(self) -> None:
        self._read = True
        for path in self._paths():
            found = sha512()
            try:
                for block in _blocks(path):
                    found.update(block)
            except OSError:
                continue
            row = (found.hexdigest(), os.fsencode(path))
            self._db.execute("INSERT OR IGNORE INTO files VALUES (?, ?)", row)

    def _paths(self) -> Iterator[str]:
        if not self._top.is_dir():
            yield str(self._top)
            return
        for folder, folders, names in os.walk(self._top):
            folders.sort()
            yield from (os.path.join(folder, name) for name in sorted(names))


def _blocks(path: str) -> Iterator[bytes]:
    descriptor = os.open(path, _OLD)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "no regular file")
    yield from blocks_of(descriptor)
