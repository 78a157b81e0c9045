"""Digests of a bag's files, kept on disk while a command runs: come in any order, given in that of paths."""

import os
import sqlite3
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from archive.core.bagit.manifest import Entry
from archive.core.digests import Algorithm
from archive.storage.disk.spool import open_spool

_SCHEMA: Final = """
CREATE TABLE digests (algorithm TEXT, path BLOB, digest BLOB, PRIMARY KEY (algorithm, path)) WITHOUT ROWID;
"""
_AT_ONCE: Final = 4096


class DigestSpool:
    """One digest for each algorithm and path."""

    def __init__(self) -> None:
        self._connection: sqlite3.Connection = open_spool(_SCHEMA)
        self._waiting: list[tuple[str, bytes, bytes]] = []

    def add(self, path: str, algorithm: Algorithm, digest: bytes) -> None:
        """Keeps a digest."""
        self._waiting.append((algorithm.value, os.fsencode(path), digest))
        if len(self._waiting) >= _AT_ONCE:
            self._flush()

    def payload(self, algorithm: Algorithm) -> Iterator[Entry]:
        """(path, hexadecimal digest) of each payload file, in the order of the paths' bytes."""
        return self._entries(algorithm, "path >= x'646174612f' AND path < x'6461746130'")  # data/ to data0

    def tag_files(self, algorithm: Algorithm) -> Iterator[Entry]:
        """(path, hexadecimal digest) of each file outside `data/`, in the order of the paths' bytes."""
        return self._entries(algorithm, "NOT (path >= x'646174612f' AND path < x'6461746130')")

    def _entries(self, algorithm: Algorithm, where: str) -> Iterator[Entry]:
        self._flush()
        query = f"SELECT path, digest FROM digests WHERE algorithm = ? AND {where} ORDER BY path"  # noqa: S608
        for path, digest in self._connection.execute(query, (algorithm.value,)):
            yield os.fsdecode(path), digest.hex()

    def _flush(self) -> None:
        self._connection.executemany("INSERT OR REPLACE INTO digests VALUES (?, ?, ?)", self._waiting)
        self._waiting.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
