"""Descriptors of roots and of folders used last below them: a file costs one `openat` of its bare name."""

import contextlib
import os
from collections import OrderedDict
from collections.abc import Sequence

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_KEPT_OPEN = 16


class OpenFolders:
    """Folders below some roots, opened component by component and following no link.

    Roots are real paths: one that has become a link since is not followed either. A path of any length is
    reached, also one longer than the kernel takes at once. With `make` a folder that is not there is made.
    """

    def __init__(self, roots: Sequence[str], *, make: bool = False) -> None:
        self._paths = tuple(roots)
        self._roots: dict[int, int] = {}
        self._make = make
        self._kept: OrderedDict[tuple[int, str], int] = OrderedDict()

    def close(self) -> None:
        """Closes every descriptor."""
        for descriptor in (*self._roots.values(), *self._kept.values()):
            os.close(descriptor)
        self._roots, self._kept = {}, OrderedDict()

    def descriptor(self, root: int, folder: str) -> int:
        """The descriptor of a folder, the root's for an empty path; valid until further ones are asked for.

        Raises OSError, also where a component is a link or no folder. A root that cannot be opened is told
        of when something below it is asked for.
        """
        held = self._kept.get((root, folder))
        if held is not None:
            self._kept.move_to_end((root, folder))
            return held
        start = self._root(root)
        if not folder:
            return start
        descriptor = start
        for name in folder.split("/"):
            try:
                inner = self._open(name, descriptor)
            finally:
                if descriptor != start:
                    os.close(descriptor)
            descriptor = inner
        self._kept[root, folder] = descriptor
        if len(self._kept) > _KEPT_OPEN:
            _, oldest = self._kept.popitem(last=False)
            os.close(oldest)
        return descriptor

    def _root(self, root: int) -> int:
        if root not in self._roots:
            self._roots[root] = os.open(self._paths[root], _FOLDER)
        return self._roots[root]

    def _open(self, name: str, parent: int) -> int:
        try:
            return os.open(name, _FOLDER, dir_fd=parent)
        except FileNotFoundError:
            if not self._make:
                raise
        with contextlib.suppress(FileExistsError):  # another worker was there first
            os.mkdir(name, 0o755, dir_fd=parent)
        return os.open(name, _FOLDER, dir_fd=parent)
