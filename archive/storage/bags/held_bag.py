"""One bag opened for reading what it says; no link on the way from the archive into it is followed."""

import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from archive.core.limits.bags import HELD_TAG_FILE_BYTES
from archive.storage.disk.descriptors import FILE, FOLDER, descend
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.layout import bag_path, quarantine_path

TAG_MANIFEST: Final = "tagmanifest-sha512.txt"
MANIFEST: Final = "manifest-sha512.txt"


class HeldBag:
    """A bag of the archive; raises OSError where storage does not give it, also when it is a link.

    `place` is where it lies, relative to the archive.
    """

    def __init__(self, root: Path, bag: str, *, withdrawn: bool = False) -> None:
        """`withdrawn` opens the bag in quarantine instead of the one in `bags/`."""
        self.place = quarantine_path(bag) if withdrawn else bag_path(bag)
        descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._descriptor = descend(descriptor, self.place.split("/"))

    @classmethod
    def at(cls, folder: Path) -> Self:
        """A bag wherever it lies; raises OSError where the folder is none, or a link."""
        held = cls.__new__(cls)
        held.place = str(folder)
        held._descriptor = os.open(folder, FOLDER)  # noqa: SLF001 - its own
        return held

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    def open(self, path: str) -> int:
        """A descriptor of a regular file of the bag; the caller closes it.

        Raises OSError, or NotAPlainFileError for what is no regular file and for a path that leaves the bag.
        """
        *folders, name = path.split("/")
        if not name or any(part in ("", ".", "..") for part in (*folders, name)):
            raise NotAPlainFileError("not a path inside the bag")
        folder = descend(os.dup(self._descriptor), folders)
        try:
            descriptor = os.open(name, FILE, dir_fd=folder)
        finally:
            os.close(folder)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise NotAPlainFileError("not a plain file")
        return descriptor

    def folder(self, path: str = "") -> int:
        """A descriptor of a folder of the bag, of the bag itself by default; the caller closes it."""
        return descend(os.dup(self._descriptor), path.split("/") if path else [])

    def size(self, path: str) -> int:
        """The size of a regular file; raises as `open` does."""
        descriptor = self.open(path)
        try:
            return os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)

    def read(self, path: str, limit: int = HELD_TAG_FILE_BYTES) -> bytes:
        """All bytes of a regular file; raises as `open` does, and NotAPlainFileError beyond the limit."""
        with open(self.open(path), "rb", buffering=0) as stream:
            wanted = os.fstat(stream.fileno()).st_size + 1
            if wanted > limit + 1:
                raise NotAPlainFileError("larger than such a file can be")
            pieces: list[bytes] = []
            while piece := stream.read(wanted):
                pieces.append(piece)
                limit -= len(piece)
                if limit < 0:
                    raise NotAPlainFileError("larger than such a file can be")
            return b"".join(pieces)
