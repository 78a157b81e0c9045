"""Opens source files by their path below a SOURCE, component by component, following no link."""

import os
import stat
from collections import OrderedDict
from types import TracebackType
from typing import Self

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: a pipe that took a file's place after the walk must not hang us (it is refused after fstat).
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_KEPT_OPEN = 16


class NotRegularError(OSError):
    """What stands at the path is no regular file."""


class SourceFiles:
    """Descriptors of the roots and of the folders used last, so that a file costs one `openat`."""

    def __init__(self, roots: list[str]) -> None:
        self._roots = [os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) for root in roots]
        self._folders: OrderedDict[tuple[int, str], int] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes every descriptor."""
        for descriptor in (*self._roots, *self._folders.values()):
            os.close(descriptor)
        self._roots, self._folders = [], OrderedDict()

    def open(self, root: int, path: str) -> tuple[int, os.stat_result]:
        """A descriptor of the regular file at the path, and its status.

        Raises OSError, also (NotRegularError) where a link or a special file stands there.
        """
        folder, _, name = path.rpartition("/")
        descriptor = os.open(name, _FILE, dir_fd=self._folder(root, folder))
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise NotRegularError(0, "no regular file", path)
        return descriptor, status

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

    def _folder(self, root: int, folder: str) -> int:
        if not folder:
            return self._roots[root]
        key = (root, folder)
        held = self._folders.get(key)
        if held is not None:
            self._folders.move_to_end(key)
            return held
        descriptor = self._roots[root]
        opened = -1
        for name in folder.split("/"):
            inner = os.open(name, _FOLDER, dir_fd=descriptor)
            if opened >= 0:
                os.close(opened)
            descriptor = opened = inner
        self._folders[key] = descriptor
        if len(self._folders) > _KEPT_OPEN:
            _, oldest = self._folders.popitem(last=False)
            os.close(oldest)
        return descriptor
