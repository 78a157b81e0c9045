"""The files that the lines of a depositor's list speak of, in whichever SOURCE they lie."""

import os
from collections.abc import Callable, Iterator, Sequence

from archive.core.composed_form import composed
from archive.core.litter import litter
from archive.core.submission import Role
from archive.formats.checksum_files import is_checksum_file
from archive.storage.disk.kinds import something_at
from archive.storage.plan import FileRow, Plan
from archive.storage.sources.source_files import SourceFiles
from archive.storage.sources.source_walk import Source


def lists_beside(sources: Sequence[Source]) -> frozenset[int]:
    """Which SOURCEs are lists of digests: files with the name of one, beside a SOURCE of their folder that
    is none. A shell writes both for `letters/*`; one that is named alone is a document.
    """
    lists = [source for source in sources if source.is_file and is_checksum_file(_name(source))]
    known = {source.index for source in lists}
    folders = {os.path.dirname(source.path) for source in sources if source.index not in known}
    return frozenset(source.index for source in lists if source.base in folders)


class ListedFiles:
    """Finds files by the path that leads to them from the folder of a list's SOURCE."""

    def __init__(
        self, plan: Plan, files: SourceFiles, sources: Sequence[Source], is_excluded: Callable[[str], bool]
    ) -> None:
        self._plan = plan
        self._files = files
        self._is_excluded = is_excluded
        self._sources = {source.index: source for source in sources}
        self._beside: dict[tuple[str, str], list[Source]] = {}
        for source in sources:
            key = (os.path.dirname(source.path), composed(_name(source)))
            self._beside.setdefault(key, []).append(source)

    def has_folder(self, root: int, path: str) -> bool:
        """True where a folder, or a link that may be one, stands at the path below the SOURCE."""
        return self._files.has_folder(root, path)

    def file(self, root: int, path: str) -> FileRow | None:
        """The file at a path below the SOURCE; where that is a file, in one that lies beside it."""
        for other, inner in self._places(root, path):
            if found := self._plan.files_named(inner, other):
                return found[0]
        return None

    def is_left_out(self, root: int, path: str) -> bool:
        """True for what is not taken in, whether it is there or not: there, that is said of it.

        Excluded, below what a desktop made, in a bag that was refused; and what lies beside SOURCEs that are
        files, and is none of them.
        """
        if self._is_excluded(path) or self._is_below_litter(root, path):
            return True
        places = list(self._places(root, path))[1:]
        if any(self._is_excluded(inner) or self._is_refused_bag(other) for other, inner in places):
            return True
        source = self._sources[root]
        return source.is_file and not places and something_at(os.path.join(source.base, path))

    def _places(self, root: int, path: str) -> Iterator[tuple[int, str]]:
        yield root, path
        source = self._sources[root]
        if not source.is_file:
            return
        first, _, rest = path.partition("/")
        beside = self._beside.get((source.base, composed(first)), ())
        for other in sorted(beside, key=lambda other: _name(other) != first):
            if other.index != root and bool(rest) is not other.is_file:
                yield other.index, rest or path

    def _is_refused_bag(self, root: int) -> bool:
        if not self._sources[root].is_bag:
            return False
        return next(self._plan.files_with_role(Role.SUBMISSION, root=root), None) is None

    def _is_below_litter(self, root: int, path: str) -> bool:
        ends = (at for at, char in enumerate(path) if char == "/")
        above = (path[:end] for end in ends)
        return any(
            litter(os.path.basename(folder)) is not None and self.has_folder(root, folder) for folder in above
        )


def _name(source: Source) -> str:
    return os.path.basename(source.path)
