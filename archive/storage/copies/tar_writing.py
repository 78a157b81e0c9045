"""Writes the tar that a bag is in a copy: POSIX pax, members sorted, nothing in it that depends on who wrote.

Owners, groups and modes of the source are not kept: a copy of the same bag gives the same bytes.
"""

import tarfile
from collections.abc import Iterable
from typing import Final

from archive.core.containers.tar_headers import BLOCK
from archive.storage.disk.durable import write_all

_FLUSH: Final = 1 << 20
_END: Final = bytes(2 * BLOCK)


class TarWriter:
    """Members one after another to an open file; OSError where it cannot be written."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting = bytearray()

    def add_folder(self, path: str, modified: int) -> None:
        """A folder; the path without a final slash, the time in whole seconds since 1970."""
        self._header(path, 0, modified, tarfile.DIRTYPE)

    def add_file(self, path: str, size: int, modified: int, blocks: Iterable[bytes]) -> None:
        """A file of exactly `size` bytes; ValueError where the blocks are others."""
        self._header(path, size, modified, tarfile.REGTYPE)
        written = 0
        for block in blocks:
            self._write(block)
            written += len(block)
        if written != size:
            raise ValueError(f"{size} bytes expected, {written} written")
        self._write(bytes(-size % BLOCK))

    def close(self) -> None:
        """Writes the end mark and what waits; the descriptor is the caller's."""
        self._write(_END)
        self._flush()

    def _header(self, path: str, size: int, modified: int, kind: bytes) -> None:
        member = tarfile.TarInfo(path)
        member.type = kind
        member.size = size
        member.mtime = max(modified, 0)
        member.mode = 0o755 if kind == tarfile.DIRTYPE else 0o444
        self._write(member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))

    def _write(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) >= _FLUSH:
            self._flush()

    def _flush(self) -> None:
        write_all(self._descriptor, bytes(self._waiting))
        self._waiting.clear()
