"""Opens source files by their path below a SOURCE, component by component, following no link."""

import os
import stat
from types import TracebackType
from typing import Self

from archive.storage.disk.open_folders import OpenFolders

# O_NONBLOCK: a pipe that took a file's place after the walk must not hang us (it is refused after fstat).
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class NotRegularError(OSError):
    """What stands at the path is no regular file."""


class SourceFiles:
    """Descriptors of the roots and of the folders used last, so that a file costs one `openat`."""

    def __init__(self, roots: list[str]) -> None:
        self._folders = OpenFolders(roots)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes every descriptor."""
        self._folders.close()

    def open(self, root: int, path: str) -> tuple[int, os.stat_result]:
        """A descriptor of the regular file at the path, and its status.

        Raises OSError, also (NotRegularError) where a link or a special file stands there.
        """
        folder, _, name = path.rpartition("/")
        descriptor = os.open(name, _FILE, dir_fd=self._folders.descriptor(root, folder))
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise NotRegularError(0, "no regular file", path)
        return descriptor, status

    def has_folder(self, root: int, path: str) -> bool:
        """True where a folder, or a link that may be one, stands at the path, readable or not."""
        folder, _, name = path.rpartition("/")
        try:
            above = self._folders.descriptor(root, folder)
            mode = os.stat(name, dir_fd=above, follow_symlinks=False).st_mode
        except OSError:
            return False
        return stat.S_ISDIR(mode) or stat.S_ISLNK(mode)

    def read(self, root: int, path: str, limit: int) -> bytes:
        """The whole content of a small file; OSError where it is longer than `limit` bytes."""
        descriptor, status = self.open(root, path)
        try:
            if status.st_size > limit:
                raise OSError(0, f"longer than {limit:,} bytes", path)
            parts = []
            left = limit + 1
            while left > 0 and (part := os.read(descriptor, min(left, 1 << 20))):
                parts.append(part)
                left -= len(part)
            if left <= 0:
                raise OSError(0, f"longer than {limit:,} bytes", path)
            return b"".join(parts)
        finally:
            os.close(descriptor)
