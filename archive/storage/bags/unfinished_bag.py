"""A bag in the making: in a hidden folder beside its place, until one rename puts it there whole.

The folder is called `.NAME.unfinished-bag` and holds nothing but `bag/`, so that what a killed run left is
known by its name. Whoever makes the bag keeps the folder locked: only a dead run's leftover is removed.
"""

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from archive.core.errors import ConflictError
from archive.core.limits.values import UNFINISHED_NAME_BYTES
from archive.core.limits.waits import UNFINISHED_BAG_AFTER_SIGNAL
from archive.core.text import printable
from archive.storage.disk.durable import make_folder, storage_error, sync_folder
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.folder_lock import lock_folder, unlock_folder
from archive.storage.disk.kinds import something_lies_at
from archive.storage.intents import remove_tree

_BAG: Final = "bag"


class UnfinishedBag:
    """`with UnfinishedBag(target) as bag:` — write below `bag.path`, then `bag.publish()`.

    Whatever was not published when the body ends is removed. `leftover` tells that an earlier run's was found
    and removed. Raises ConflictError where the target exists or another run is making it.
    """

    def __init__(self, target: Path) -> None:
        self._target = target
        self._folder = str(work_folder(target))
        self.path = os.path.join(self._folder, _BAG)
        self.leftover = False
        self._lock = -1
        self._sync: FileSystemSync | None = None

    def __enter__(self) -> Self:
        self._sync = FileSystemSync(str(self._target.parent))  # before the first write
        try:
            self._claim()
        except BaseException:
            self._let_go()
            raise
        return self

    def require_free(self, *, tidy: bool = True) -> None:
        """ConflictError where something is at the target already.

        An empty folder, all that a run killed just after its rename leaves, is then removed.
        """
        if something_lies_at(self._target):
            if tidy:
                with contextlib.suppress(OSError):
                    os.rmdir(self._folder)
            raise ConflictError(
                f"{printable(str(self._target))}: is there already, and is never overwritten",
                remedy="name another bag",
            )

    def publish(self) -> None:
        """Makes everything durable and puts the bag in its place; after that the name is durable, too."""
        assert self._sync is not None  # noqa: S101 - inside the with statement
        self._sync.sync(_below(self.path, files=True), _below(self.path, files=False))
        try:
            os.rename(self.path, self._target)
        except OSError as trouble:
            if trouble.errno in {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR}:
                self.require_free(tidy=False)
            raise storage_error(trouble, str(self._target), "put the bag in its place") from trouble
        sync_folder(str(self._target.parent))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signalled = kind is not None and not issubclass(kind, Exception)
        try:
            if signalled:
                _remove_within(self._folder, UNFINISHED_BAG_AFTER_SIGNAL)
            else:
                remove_tree(Path(self._folder))
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self._lock >= 0:
            unlock_folder(self._lock)
            self._lock = -1
        if self._sync is not None:
            self._sync.close()
            self._sync = None

    def _claim(self) -> None:
        fresh = make_folder(self._folder)
        self._lock = lock_folder(self._folder)
        if not fresh:
            self._clear()
        self.require_free()
        make_folder(self.path)

    def _clear(self) -> None:
        """Removes what a dead run left, and nothing else."""
        try:
            strange = sorted(set(os.listdir(self._folder)) - {_BAG})
        except OSError as trouble:
            raise storage_error(trouble, self._folder, "list the folder") from trouble
        if strange:
            raise ConflictError(
                f"{printable(self._folder)}: is in the way, and holds what no unfinished bag does:"
                f" {printable(strange[0])}",
                remedy="look at it and move it away",
            )
        if something_lies_at(self.path):
            remove_tree(Path(self.path))
        self.leftover = True


def work_folder(target: Path) -> Path:
    """Where a bag for that place is made."""
    name = os.fsdecode(os.fsencode(target.name)[:UNFINISHED_NAME_BYTES])
    return target.parent / f".{name}.unfinished-bag"


def _below(root: str, *, files: bool) -> Iterator[str]:
    """Every file, or every folder with the root itself, deepest first."""
    for folder, _, names in os.walk(root, topdown=False):
        if files:
            yield from (os.path.join(folder, name) for name in names)
        else:
            yield folder


def _remove_within(folder: str, seconds: float) -> None:
    """Removes a folder of ours as far as it takes no longer than that."""
    deadline = time.monotonic() + seconds
    with contextlib.suppress(OSError):
        for inner, _, names in os.walk(folder, topdown=False):
            for name in names:
                os.unlink(os.path.join(inner, name))
                if time.monotonic() >= deadline:
                    return
            os.rmdir(inner)
