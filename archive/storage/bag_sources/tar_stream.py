"""The bytes of a tar in their order, from a plain file (skipping is free) or a compressed one (it is not)."""

from collections.abc import Iterator
from typing import Final, Protocol

from archive.core.containers.faults import Fault
from archive.storage.bag_sources.container_file import ContainerError, ContainerFile

_AHEAD: Final = 1 << 17  # bytes read at once while headers of small members are looked for
_BLOCK: Final = 1 << 20


class TarStream(Protocol):
    """A forward reader; `position` counts bytes of the tar from 0."""

    position: int

    def take(self, size: int) -> bytes:
        """So many bytes, fewer only at the end."""

    def skip(self, size: int) -> bool:
        """Passes over so many bytes; False where the tar ends before."""

    def blocks(self, size: int) -> Iterator[bytes]:
        """The next bytes in blocks of at most 1 MiB; fewer in all only where the tar ends."""


class PlainStream:
    """A tar that is not compressed."""

    def __init__(self, file: ContainerFile) -> None:
        self._file = file
        self._held = b""
        self._start = 0
        self.position = 0

    def take(self, size: int) -> bytes:
        """See TarStream."""
        at = self.position - self._start
        if not 0 <= at <= len(self._held) - size:
            self._held = self._file.read(self.position, max(size, _AHEAD))
            self._start, at = self.position, 0
        taken = self._held[at : at + size]
        self.position += len(taken)
        return taken

    def skip(self, size: int) -> bool:
        """See TarStream."""
        self.position += size
        return self.position <= self._file.size

    def blocks(self, size: int) -> Iterator[bytes]:
        """See TarStream."""
        for piece in self._file.pieces(self.position, self.position + size):
            self.position += len(piece)
            yield piece


class ExpandedStream:
    """A compressed tar, expanded as it is read; raises ContainerError beyond `room` bytes."""

    def __init__(self, blocks: Iterator[bytes], room: int) -> None:
        self._blocks = blocks
        self._room = room
        self._held = b""
        self._at = 0
        self.position = 0

    def take(self, size: int) -> bytes:
        """See TarStream."""
        if len(self._held) - self._at >= size:
            taken = self._held[self._at : self._at + size]
            self._at += size
            self.position += size
            return taken
        return b"".join(self.blocks(size))

    def skip(self, size: int) -> bool:
        """See TarStream."""
        while size and (self._at < len(self._held) or self._refill()):
            step = min(size, len(self._held) - self._at)
            self._at += step
            self.position += step
            size -= step
        return not size

    def blocks(self, size: int) -> Iterator[bytes]:
        """See TarStream."""
        while size and (self._at < len(self._held) or self._refill()):
            block = self._held
            if self._at or len(block) > size:
                block = block[self._at : self._at + size]
            self._at += len(block)
            self.position += len(block)
            size -= len(block)
            yield block

    def _refill(self) -> bool:
        self._held = next(self._blocks, b"")
        self._at = 0
        self._room -= len(self._held)
        if self._room < 0:
            message = "the archive expands to more than its size allows for"
            raise ContainerError(Fault("SER-BUDGET-BYTES", message))
        return bool(self._held)
