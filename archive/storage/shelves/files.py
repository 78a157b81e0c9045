"""A shelf of plain files: an original brought again, wherever and under whatever name."""

import os
import stat
from collections.abc import Iterator
from hashlib import sha512
from pathlib import Path
from typing import Final

from archive.storage.disk.spool import open_spool
from archive.storage.shelves.offer import Offer, blocks_of, bounded, is_refusal

_OLD: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_TABLES: Final = """
CREATE TABLE there (size INTEGER, path BLOB, PRIMARY KEY (size, path)) WITHOUT ROWID;
CREATE TABLE files (digest TEXT, path BLOB, PRIMARY KEY (digest, path)) WITHOUT ROWID;
"""


class FilesShelf:
    """Every regular file at or below a path, found by its digest.

    Each is read once, when something is looked for that is not smaller than it.
    Links are not followed, pipes and devices not opened. Of what cannot be read, which may be anything that
    is looked for and is not smaller, the first is offered last.
    """

    def __init__(self, top: Path, name: str) -> None:
        self.name = name
        self._top = top
        self._db = open_spool(_TABLES)
        self._read_to: int | None = None  # bytes of the largest files that were read
        self._refused: tuple[str, OSError] | None = None

    def offers(self, bag: str, path: str, digest: str, most: int) -> Iterator[Offer]:  # noqa: ARG002
        """See Shelf."""
        self._read_up_to(most)
        rows = self._db.execute("SELECT path FROM files WHERE digest = ? ORDER BY path", (digest,)).fetchall()
        for (raw,) in rows:
            yield self._offer(os.fsdecode(raw))
        if self._refused is not None:
            path, trouble = self._refused
            yield self._offer(path)._replace(blocks=lambda: _again(path, trouble))

    def close(self) -> None:
        """See Shelf."""
        self._db.close()

    def _offer(self, path: str) -> Offer:
        base = self._top.parent
        return Offer(self.name, os.path.relpath(path, base), lambda: _blocks(path), str(base))

    def _read_up_to(self, most: int) -> None:
        """Read the files of up to `most` bytes that were not read before."""
        if self._read_to is None:
            self._read_to = -1
            self._db.executemany("INSERT OR IGNORE INTO there VALUES (?, ?)", self._sizes())
        if most <= self._read_to:
            return
        query = "SELECT path FROM there WHERE size > ? AND size <= ? ORDER BY size, path"
        for (raw,) in self._db.execute(query, (self._read_to, most)):
            found = sha512()
            try:
                for block in bounded(_blocks(os.fsdecode(raw)), most):
                    found.update(block)
            except OSError as trouble:
                self._pass_over(os.fsdecode(raw), trouble)
                continue
            self._db.execute("INSERT OR IGNORE INTO files VALUES (?, ?)", (found.hexdigest(), raw))
        self._read_to = most

    def _sizes(self) -> Iterator[tuple[int, bytes]]:
        for path in self._paths():
            try:
                yield os.lstat(path).st_size, os.fsencode(path)
            except OSError as trouble:
                self._pass_over(path, trouble)

    def _paths(self) -> Iterator[str]:
        if not self._top.is_dir():
            yield str(self._top)
            return
        for folder, folders, names in os.walk(self._top, onerror=self._unlisted):
            folders.sort()
            yield from (os.path.join(folder, name) for name in sorted(names))

    def _unlisted(self, trouble: OSError) -> None:
        self._pass_over(os.fsdecode(trouble.filename), trouble)

    def _pass_over(self, path: str, trouble: OSError) -> None:
        if self._refused is None and is_refusal(trouble):
            self._refused = path, trouble


def _again(path: str, trouble: OSError) -> Iterator[bytes]:
    """The bytes, should storage give them by now; that trouble where it is a folder that was not listed."""
    try:
        yield from _blocks(path)
    except OSError as met:
        raise met if is_refusal(met) else trouble from None


def _blocks(path: str) -> Iterator[bytes]:
    descriptor = os.open(path, _OLD)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "no regular file")
    yield from blocks_of(descriptor)
