"""Which names below a SOURCE are left out: the patterns of `--exclude`."""

import fnmatch
from collections.abc import Iterable
from typing import Final

EXCLUDED: Final = "excluded with --exclude"


class Exclusions:
    """Patterns of a shell (`*`, `?`, `[…]`), held against the whole path and against its last name.

    A folder is left out with everything in it. A pattern may be written as a shell completes a path:
    `./scans/` is `scans`.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = {pattern: _plain(pattern) for pattern in patterns}
        self._unused = dict.fromkeys(self._patterns)

    def __bool__(self) -> bool:
        return bool(self._patterns)

    @property
    def unused(self) -> list[str]:
        """The patterns that have left nothing out yet, as they were given."""
        return list(self._unused)

    def cover(self, path: str) -> bool:
        """True where a pattern means the path itself."""
        return any(_means(pattern, path) for pattern in self._patterns.values())

    def name(self, path: str) -> bool:
        """True where a pattern is the path itself, written out."""
        return path in self._patterns.values()

    def cover_or_hold(self, path: str) -> bool:
        """True where a pattern means the path, or a folder that it lies in."""
        ends = (at for at, char in enumerate(path) if char == "/")
        return self.cover(path) or any(self.cover(path[:end]) for end in ends)

    def leave_out(self, path: str) -> str | None:
        """Why a path that the walk came upon is left out, or None; the patterns that mean it are used."""
        meant = [given for given, pattern in self._patterns.items() if _means(pattern, path)]
        for given in meant:
            self._unused.pop(given, None)
        return EXCLUDED if meant else None


def _plain(pattern: str) -> str:
    return pattern.removeprefix("./").rstrip("/") or pattern


def _means(pattern: str, path: str) -> bool:
    return fnmatch.fnmatchcase(path, pattern) or fnmatch.fnmatchcase(path.rpartition("/")[2], pattern)
