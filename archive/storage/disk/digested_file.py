"""A new file written piece by piece, digested as it is written and read back at its end."""

import contextlib
import os
from collections.abc import Iterable, Sequence

from archive.core.hashes import hash_constructor
from archive.storage.bags.bag_writing import FILE_MODE, ReadBackError, digest_of_descriptor
from archive.storage.disk.durable import write_all

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_ENOUGH = 1 << 18  # bytes gathered before they are written


def digests_of(pieces: Iterable[bytes], algorithms: Sequence[str]) -> dict[str, str]:
    """The digests (hexadecimal) by hashlib name that a file of these bytes would have."""
    hashes = {name: hash_constructor(name)() for name in algorithms}
    for piece in pieces:
        for hash_ in hashes.values():
            hash_.update(piece)
    return {name: hash_.hexdigest() for name, hash_ in hashes.items()}


class DigestedFile:
    """A tag file that grows, such as a manifest; `algorithms` are hashlib names, at least one.

    Memory is constant. Errors of the disk are OSError.
    """

    def __init__(self, path: str, algorithms: Sequence[str], *, dir_fd: int | None = None) -> None:
        self._path = path
        self._hashes = {name: hash_constructor(name)() for name in algorithms}
        self._descriptor = os.open(path, _NEW, FILE_MODE, dir_fd=dir_fd)
        self._pending = bytearray()

    def write(self, piece: bytes) -> None:
        """Appends the bytes."""
        for hash_ in self._hashes.values():
            hash_.update(piece)
        self._pending += piece
        if len(self._pending) >= _ENOUGH:
            self._flush()

    def finish(self) -> dict[str, str]:
        """Closes the file and gives its digests (hexadecimal) by hashlib name.

        Raises ReadBackError where the file does not read back as it was written.
        """
        self._flush()
        digests = {name: hash_.hexdigest() for name, hash_ in self._hashes.items()}
        first = next(iter(digests))
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        if digest_of_descriptor(self._descriptor, first) != digests[first]:
            raise ReadBackError(self._path)
        self.close()
        return digests

    def close(self) -> None:
        """Lets go of the file, finished or not."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = -1

    def _flush(self) -> None:
        if self._pending:
            write_all(self._descriptor, bytes(self._pending))
            self._pending.clear()
