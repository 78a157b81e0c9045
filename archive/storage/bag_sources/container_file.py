"""One container file, opened once and read by offset; a change while it is read is noticed."""

import os
import stat
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from archive.core.containers.faults import Fault

PIECE: Final = 1 << 20  # bytes read at a time

# O_NONBLOCK: a pipe under the name must not make the reader wait; it is refused after fstat.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


class ContainerError(Exception):
    """The container cannot be read on: what is wrong, with which member, at which byte.

    Never leaves `archive.storage.bag_sources`: sources turn it into findings.
    """

    def __init__(self, fault: Fault, *, member: str | None = None, offset: int | None = None) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.member = member
        self.offset = offset


class ContainerFile:
    """A regular file, open for reading until `close`; raises OSError where storage does not give it.

    With `dir_fd` the path is a name below that folder, and a link under it is not followed. A `descriptor` is
    one of the file that is open for reading already; it is closed with it.
    """

    def __init__(self, path: str, *, dir_fd: int | None = None, descriptor: int | None = None) -> None:
        flags = _FLAGS if dir_fd is None else _FLAGS | os.O_NOFOLLOW
        self._descriptor = os.open(path, flags, dir_fd=dir_fd) if descriptor is None else descriptor
        status = os.fstat(self._descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(self._descriptor)
            raise OSError(0, "no regular file", path)
        self.size = status.st_size
        self._state = _state(status)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the descriptor; a second time is nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def read(self, offset: int, size: int) -> bytes:
        """The bytes from an offset on, fewer only at the end of the file."""
        piece = os.pread(self._descriptor, size, offset)
        if len(piece) == size or not piece:
            return piece
        pieces = [piece]
        left = size - len(piece)
        while left and (piece := os.pread(self._descriptor, left, offset + size - left)):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)

    def pieces(self, offset: int = 0, end: int | None = None, size: int = PIECE) -> Iterator[bytes]:
        """The bytes between two offsets in pieces of at most `size`; fewer in all where the file ends."""
        end = self.size if end is None else end
        while offset < end and (piece := self.read(offset, min(size, end - offset))):
            yield piece
            offset += len(piece)

    def require_unchanged(self) -> None:
        """Raises ContainerError where the file is no longer the one that was opened."""
        if _state(os.fstat(self._descriptor)) != self._state:
            raise ContainerError(Fault("SER-CHANGED", "the file was written to while it was read"))


def _state(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
