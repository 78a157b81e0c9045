"""Fresh folders for runs that create files, and their removal at a time that disturbs no figure."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.surroundings import IN_MEMORY, file_system_of

_ROOM_WANTED = 4 << 30  # corpus S as bags takes 0.5 GiB; several runs side by side


def default_base() -> Path:
    """A tmpfs with room for the runs where there is one, else the folder for temporary files."""
    shared_memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    if file_system_of(shared_memory) in IN_MEMORY and shutil.disk_usage(shared_memory).free >= _ROOM_WANTED:
        return shared_memory
    return Path(tempfile.gettempdir())


def disk_base(base: Path) -> Path | None:
    """`base` where it is on a disk, else the folder for temporary files; None where both are in memory."""
    for folder in (base, Path(tempfile.gettempdir())):
        if file_system_of(folder) not in IN_MEMORY and os.access(folder, os.W_OK):
            return folder
    return None


class Workspace:
    """A folder that gives each run a fresh one of its own.

    In memory a run's folder is removed when it is released. On a disk everything stays until the workspace is
    closed: deleting between runs would slow the next one down on ext4 without a journal. Keep one workspace
    open for all the comparisons of a program.
    """

    def __init__(self, base: Path | None = None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="archive-benchmark-", dir=base or default_base()))
        self._in_memory = file_system_of(self.path) in IN_MEMORY
        self._count = 0

    def fresh(self) -> Path:
        """A new empty folder."""
        self._count += 1
        folder = self.path / f"run-{self._count:04d}"
        folder.mkdir()
        return folder

    def release(self, folder: Path) -> None:
        """Says that a run's folder is no longer needed."""
        if self._in_memory:
            _remove(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _remove(self.path)


def _remove(tree: Path) -> None:
    """Removes a tree, read-only bags in it too."""
    for folder, _, _ in os.walk(tree):
        with contextlib.suppress(OSError):
            Path(folder).chmod(0o700)
    shutil.rmtree(tree, ignore_errors=True)
