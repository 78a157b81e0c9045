"""Which file a row may mean that names none: the same name written otherwise, or the most alike."""

import difflib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from archive.core.composed_form import composed
from archive.core.limits.descriptions import MAX_NAMES_FOR_SUGGESTIONS, MAX_SEARCHES_FOR_ALIKE, NAMES_COMPARED
from archive.formats.descriptions import path_candidates

_DRIVE: Final = re.compile(r"^(?:[A-Za-z]:)?/+|^file:/+(?:[A-Za-z]:/)?", re.IGNORECASE)
_ZEROS: Final = re.compile(r"(?<![0-9])0+(?=[0-9])")
_FILLERS: Final = re.compile(r"[\s_\-‐-―]+|%20")


class Suggestion(NamedTuple):
    """The path that may be meant; `certain` where only its spelling differs, and only one file has it."""

    path: str
    certain: bool


@dataclass(slots=True)
class Suggestions:
    """Knows the names of the submission by every spelling that goes wrong, once one is asked for."""

    names: Callable[[], Iterable[str]]
    _spellings: list[dict[str, str | None]] = field(init=False, default_factory=list)
    _all: list[str] = field(init=False, default_factory=list)
    _searches: int = field(init=False, default=0)

    def nearest(self, path: str, kept: frozenset[str] = frozenset()) -> Suggestion | None:
        """The file that a path may mean: other case or Unicode form, backslashes, drive letters, folders
        that are not there, a lost ending, lost zeros, other blanks; else the most alike.

        `kept` are the folders that are there: a path into one does not certainly mean what lies elsewhere.
        """
        if not self._all:
            self._learn()
        written = _plain(path, kept)
        inside = next((folder for folder in kept if written.startswith(folder)), "")
        for wanted in _without_folders(written):
            for spelling, known in zip(_SPELLINGS, self._spellings, strict=True):
                if (found := known.get(spelling(wanted))) is not None:
                    another = spelling in _STEMS and os.path.splitext(wanted)[1] != ""
                    return Suggestion(found, certain=not another and found.startswith(inside))
        return self._alike(path.replace("\\", "/"))

    def _learn(self) -> None:
        self._spellings = [{} for _ in _SPELLINGS]
        for name in self.names():
            if len(self._all) >= MAX_NAMES_FOR_SUGGESTIONS:
                break
            self._all.append(name)
            for spelling, known in zip(_SPELLINGS, self._spellings, strict=True):
                key = spelling(name)
                known[key] = None if key in known else name  # None: several have it, so none is meant

    def _alike(self, path: str) -> Suggestion | None:
        self._searches += 1
        if self._searches > MAX_SEARCHES_FOR_ALIKE:
            return None
        near = difflib.get_close_matches(path[:500], self._all[:NAMES_COMPARED], n=1, cutoff=0.8)
        return Suggestion(near[0], certain=False) if near else None


def _plain(path: str, kept: frozenset[str]) -> str:
    """The path as it may have been meant."""
    unquoted = path.strip().strip("\"'")
    plain = path_candidates(unquoted, kept)[-1].replace("\\", "/") if path.strip("\"' ") else ""
    return _DRIVE.sub("", plain)


def _without_folders(plain: str) -> Iterator[str]:
    """The path, then without one folder after the other at its front."""
    for _ in range(64):
        yield plain
        _, slash, plain = plain.partition("/")
        if not slash:
            return


def _folded(path: str) -> str:
    return path.lower() if path.isascii() else composed(composed(path).casefold())


def _base(path: str) -> str:
    return _folded(os.path.basename(path))


def _stem(path: str) -> str:
    return os.path.splitext(_folded(path))[0]


def _base_stem(path: str) -> str:
    return os.path.splitext(_base(path))[0]


def _bare(text: str) -> str:
    """The text without combining marks, which NFKD would order in time by the square of their number."""
    return "".join(c for c in text if not unicodedata.combining(c))


def _loose(path: str) -> str:
    plain = _base(path)
    if not plain.isascii():
        plain = _bare(unicodedata.normalize("NFKD", _bare(plain)))
    return _ZEROS.sub("", _FILLERS.sub(" ", plain))


# The nearest first. A lost ending is found by the stem of a name that has none.
_STEMS: Final = (_stem, _base_stem)
_SPELLINGS: Final = (_folded, _base, _stem, _base_stem, _loose)
