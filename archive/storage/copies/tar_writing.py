"""Writes the tar that a bag is in a copy: POSIX pax, members sorted, nothing in it that depends on who wrote.

Owners, groups and modes of the source are not kept: a copy of the same bag gives the same bytes.
"""

import tarfile
from collections.abc import Iterable
from typing import Final

from archive.core.containers.tar_headers import BLOCK
from archive.storage.disk.durable import write_all

_FLUSH: Final = 1 << 20
END_MARK: Final = bytes(2 * BLOCK)


def member_header(path: str, size: int, modified: int, *, folder: bool) -> bytes:
    """What stands before a member's content: its header, and an extended one where that cannot say it all."""
    member = tarfile.TarInfo(path)
    member.type = tarfile.DIRTYPE if folder else tarfile.REGTYPE
    member.size = size
    member.mtime = max(modified, 0)
    member.mode = 0o755 if folder else 0o444
    return member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


class TarWriter:
    """Members one after another to an open file; OSError where it cannot be written."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting = bytearray()

    def add_folder(self, path: str, modified: int) -> None:
        """A folder; the path without a final slash, the time in whole seconds since 1970."""
        self._write(member_header(path, 0, modified, folder=True))

    def add_file(self, path: str, size: int, modified: int, blocks: Iterable[bytes]) -> None:
        """A file of exactly `size` bytes; ValueError where the blocks are others."""
        self._write(member_header(path, size, modified, folder=False))
        written = 0
        for block in blocks:
            self._write(block)
            written += len(block)
        if written != size:
            raise ValueError(f"{size} bytes expected, {written} written")
        self._write(bytes(-size % BLOCK))

    def close(self) -> None:
        """Writes the end mark and what waits; the descriptor is the caller's."""
        self._write(END_MARK)
        self._flush()

    def _write(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) >= _FLUSH:
            self._flush()

    def _flush(self) -> None:
        write_all(self._descriptor, bytes(self._waiting))
        self._waiting.clear()
