"""Sidecars of files that are SOURCEs themselves: `letters/a.txt` is described by `letters/a.txt.dc.json`."""

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

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
    """What stands beside SOURCEs that are files, under their names with one of the `endings` of sidecars."""

    def __init__(self, sources: Iterable[Source], endings: Sequence[str]) -> None:
        self._endings = tuple(endings)
        files = [source for source in sources if source.is_file]
        self._brought = {source.path for source in files}
        self._meant = {os.path.join(source.base, name) for source in files for name in self._names(source)}
        self._told: set[str] = set()

    def describe(self, source: Source) -> bool:
        """True for a SOURCE that describes another one: a shell writes both for `letters/*`."""
        return source.is_file and source.path in self._meant

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
        document = os.path.basename(source.path)
        for name in self._names(source):
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                status = os.lstat(os.path.join(source.base, name))
                if not stat.S_ISDIR(status.st_mode):
                    stem = name.removesuffix(next(filter(name.endswith, self._endings)))
                    rival = self._rival(source.base, document, stem)
                    yield Beside(name, status.st_size, (status.st_dev, status.st_ino), rival)

    def _names(self, source: Source) -> Iterator[str]:
        """Its whole name with each ending, then what stands before each of its dots."""
        document = os.path.basename(source.path)
        stems = [document, *(document[:at] for at, char in enumerate(document) if char == "." and at)]
        return (name for stem in stems for ending in self._endings if (name := stem + ending) != document)

    def _rival(self, folder: str, document: str, stem: str) -> str | None:
        """Another file that a sidecar of that stem means, or means as well."""
        if stem == document:
            return None
        if os.path.isfile(os.path.join(folder, stem)):
            return stem
        with os.scandir(folder) as listing:
            rivals = (
                entry.name
                for entry in listing
                if entry.name.startswith(f"{stem}.")
                and entry.name != document
                and not entry.name.lower().endswith(self._endings)
                and entry.is_file(follow_symlinks=False)
            )
            return min(rivals, default=None)
