"""A damaged tar as a heap of files, each found by its digest: only that says which bytes are which file."""

from collections.abc import Iterator
from hashlib import sha512
from typing import Final, NamedTuple

from archive.storage.bag_sources.container_file import ContainerFile
from archive.storage.bag_sources.tar_remnants import Remnant, remnants
from archive.storage.disk.spool import open_spool

_TABLES: Final = """
CREATE TABLE remnants (
    number INTEGER PRIMARY KEY, offset INTEGER, least INTEGER, most INTEGER,
    name BLOB, modified INTEGER, sound INTEGER);
CREATE TABLE files (digest BLOB PRIMARY KEY, offset INTEGER, size INTEGER, modified INTEGER) WITHOUT ROWID;
"""


class Salvaged(NamedTuple):
    """A file that is whole in the tar; `modified` is in seconds since 1970, 0 where nothing says it."""

    offset: int
    size: int
    modified: int


class SalvagedTar:
    """What a damaged tar still has; the file is this object's, which closes it.

    `trouble` is the first thing that storage did not let be read: what is looked for may be there.
    """

    def __init__(self, file: ContainerFile) -> None:
        self.trouble: OSError | None = None
        self._file = file
        self._db = open_spool(_TABLES)
        self._is_walked = False
        self._read_to = -1  # bytes of the largest files that were read

    def find(self, digest: str, most: int) -> Salvaged | None:
        """The file of at most `most` bytes with that sha512 (hexadecimal); what is larger is not read."""
        self._read_up_to(most)
        query = "SELECT offset, size, modified FROM files WHERE digest = ?"
        row = self._db.execute(query, (bytes.fromhex(digest),)).fetchone()
        return None if row is None else Salvaged(*row)

    def blocks(self, found: Salvaged) -> Iterator[bytes]:
        """Its bytes; OSError where storage refuses them now."""
        return self._file.pieces(found.offset, found.offset + found.size)

    def remnants(self) -> Iterator[Remnant]:
        """Everything that may be a file, whatever its digest, in the order of the tar."""
        self._walk()
        for _, offset, least, most, name, modified, sound in self._db.execute(
            "SELECT * FROM remnants ORDER BY number"
        ):
            yield Remnant(offset, least, most, name, modified, bool(sound))

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()
        self._file.close()

    def _walk(self) -> None:
        if self._is_walked:
            return
        self._is_walked = True
        try:
            for one in remnants(self._file):
                self._db.execute("INSERT INTO remnants VALUES (NULL, ?, ?, ?, ?, ?, ?)", one)
        except OSError as trouble:
            self.trouble = self.trouble or trouble

    def _read_up_to(self, most: int) -> None:
        self._walk()
        most = min(most, self._file.size)
        if most <= self._read_to:
            return
        query = "SELECT offset, least, most, modified FROM remnants WHERE least > ? AND least <= ?"
        for offset, least, end, modified in self._db.execute(query, (self._read_to, most)):
            try:
                rows = [
                    (digest, offset, size, modified) for digest, size in self._digests(offset, least, end)
                ]
            except OSError as trouble:
                self.trouble = self.trouble or trouble
                continue
            self._db.executemany("INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?)", rows)
        self._read_to = most

    def _digests(self, offset: int, least: int, most: int) -> Iterator[tuple[bytes, int]]:
        """The sha512 of each size that the file may have: behind `least` there are only zero bytes."""
        found, size = sha512(), 0
        for piece in self._file.pieces(offset, offset + least):
            found.update(piece)
            size += len(piece)
        if size < least:  # cut off
            return
        yield found.digest(), least
        for more in range(least + 1, most + 1):
            found.update(b"\0")
            yield found.digest(), more
