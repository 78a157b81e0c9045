"""Sidecars of files that are SOURCEs themselves: `letters/a.txt` is described by `letters/a.txt.dc.json`."""

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from archive.core.composed_form import composed
from archive.storage.sources.folder_sidecars import FolderSidecars, Target, stems
from archive.storage.sources.source_walk import Source


class Beside(NamedTuple):
    """A description that stands beside a file; `rival` names another file there that it may mean as well.

    `identity` is its device and inode.
    """

    name: str
    size: int
    identity: tuple[int, int]
    rival: str | None


class BesideFiles:
    """What stands beside SOURCEs that are files; `target` and `endings` as `FolderSidecars` takes them."""

    def __init__(self, sources: Iterable[Source], target: Target, endings: Sequence[str]) -> None:
        self._target = target
        self._endings = endings
        self._brought: set[str] = set()
        self._meant: dict[tuple[str, str], set[int]] = {}  # folder and stem -> the SOURCEs that have it
        self._folders: dict[str, FolderSidecars] = {}
        self._told: set[str] = set()
        for source in sources:
            if source.is_file:
                self._brought.add(source.path)
            if source.is_file or source.is_bag:
                folder = os.path.dirname(source.path)
                for stem in self._stems(source):
                    self._meant.setdefault((folder, stem), set()).add(source.index)

    def describe(self, source: Source) -> bool:
        """True for a SOURCE that describes another one, a bag too: a shell writes both for `letters/*`."""
        if not source.is_file:
            return False
        meant = self._target(os.path.basename(source.path))
        return any(self._meant.get((source.base, composed(name)), set()) - {source.index} for name in meant)

    def bring(self, source: Source, name: str) -> bool:
        """True for a description beside `source` that is a SOURCE itself."""
        return os.path.join(source.base, name) in self._brought

    def tell(self, source: Source, name: str) -> bool:
        """True once for each description that stands beside several files."""
        path = os.path.join(source.base, name)
        is_new = path not in self._told
        self._told.add(path)
        return is_new

    def of(self, source: Source) -> Iterator[Beside]:
        """The descriptions of a file, those that have its whole name first."""
        if source.base not in self._folders:
            self._folders[source.base] = FolderSidecars(source.base, self._target, self._endings)
        folder = self._folders[source.base]
        document = os.path.basename(source.path)
        for number, stem in enumerate(self._stems(source)):
            for name in folder.of(document if number == 0 else stem):
                if name == document:
                    continue
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    status = os.lstat(os.path.join(source.base, name))
                    rivals = (other for other in folder.others(stem) if other != document)
                    rival = min(rivals, default=None) if number else None
                    yield Beside(name, status.st_size, (status.st_dev, status.st_ino), rival)

    def _stems(self, source: Source) -> list[str]:
        """What a sidecar of it may be called after; of a bag, and of a sidecar, that is the whole name."""
        name = os.path.basename(source.path)
        is_whole = source.is_bag or self._target(name)
        return stems(name)[:1] if is_whole else stems(name)
