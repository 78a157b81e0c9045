"""Lists of allowed paths: full names, and patterns after glob(7).

The specification gives an asterisk zero or more characters and takes `*` for "all tag files", so that
here, other than in a shell, it also stands for `/` and for a leading dot. `?` and `[…]` stand for one
character other than `/`. An entry that equals a path allows it, whatever it would mean as a pattern.

Time is bounded: an asterisk never makes the search go back (the leftmost place of what follows it is always
as good as any other), so a path costs at most its length times that of the pattern.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

_WILD = re.compile(r"[*?\[]")
_STAR = "*"
_ANY = "[^/]"
_NEVER = "(?!)"  # a class without members, such as [z-a]


class _Piece(NamedTuple):
    """What stands between two asterisks: a literal, or an expression without repetition, of one length."""

    literal: str | None
    expression: "re.Pattern[str] | None"
    length: int

    def at(self, path: str, position: int) -> bool:
        if self.expression is not None:
            return self.expression.match(path, position) is not None
        return path.startswith(self.literal or "", position)

    def find(self, path: str, start: int, end: int) -> int:
        if self.expression is None:
            return path.find(self.literal or "", start, end)
        match = self.expression.search(path, start, end)
        return match.start() if match else -1


class Pattern:
    """One pattern, taken apart once."""

    __slots__ = ("_head", "_pieces")

    def __init__(self, text: str) -> None:
        pieces: list[list[str]] = [[]]
        for token in _tokens(text):
            if token == _STAR:
                pieces.append([])
            else:
                pieces[-1].append(token)
        self._pieces = tuple(map(_piece, pieces))
        self._head = tuple(map(_character, pieces[0]))  # what stands before the first asterisk

    def matches(self, path: str) -> bool:
        """True where the pattern stands for the whole path."""
        first, last = self._pieces[0], self._pieces[-1]
        if len(self._pieces) == 1:
            return len(path) == first.length and first.at(path, 0)
        position, end = first.length, len(path) - last.length
        if position > end or not first.at(path, 0) or not last.at(path, end):
            return False
        for piece in self._pieces[1:-1]:
            found = piece.find(path, position, end)
            if found < 0:
                return False
            position = found + piece.length
        return True

    def reaches_below(self, folder: str) -> bool:
        """True where the pattern stands for some path that begins with `folder`, which ends in `/`."""
        if len(self._pieces) == 1 and len(self._head) <= len(folder):
            return False  # no asterisk, and nothing left for a name below the folder
        return all(fits(char) for fits, char in zip(self._head, folder, strict=False))


def _tokens(text: str) -> Iterable[str]:
    """`*`, or the regular expression of one character."""
    position = 0
    while position < len(text):
        char = text[position]
        position += 1
        if char == "[" and (end := _class_end(text, position)) > 0:
            yield _class(text[position:end])
            position = end + 1
        elif char == "*":
            yield _STAR
        elif char == "?":
            yield _ANY
        elif char == "\\" and position < len(text):
            yield re.escape(text[position])
            position += 1
        else:
            yield re.escape(char)


@lru_cache
def _character(token: str) -> Callable[[str], re.Match[str] | None]:
    """Says whether a character is one that the token stands for."""
    return re.compile(token).fullmatch


def _class_end(text: str, start: int) -> int:
    """Where the bracket that opens before `start` closes; -1 where it does not and stands for itself."""
    inside = start + 1 if text[start : start + 1] == "!" else start
    return text.find("]", inside + 1)  # a ] in the first place is a member (glob(7))


def _class(body: str) -> str:
    negated, members = body.startswith("!"), body.removeprefix("!")
    parts: list[str] = []
    position = 0
    while position < len(members):
        low = high = members[position]
        if members[position + 1 : position + 2] == "-" and position + 2 < len(members):
            high = members[position + 2]
            position += 2
        position += 1
        if low <= high:
            parts.append(f"{re.escape(low)}-{re.escape(high)}")
    if not parts:
        return _ANY if negated else _NEVER
    return f"(?!/)[{'^' if negated else ''}{''.join(parts)}]"


def _piece(tokens: list[str]) -> _Piece:
    source = "".join(tokens)
    if all(len(token) <= 2 for token in tokens):  # an escaped character, never a class
        return _Piece("".join(token[-1] for token in tokens), None, len(tokens))
    return _Piece(None, re.compile(source, re.DOTALL), len(tokens))


class AllowedPaths:
    """The paths that one list of a profile allows."""

    __slots__ = ("_names", "_patterns", "_sorted")

    def __init__(self, entries: Iterable[str]) -> None:
        kept = tuple(entries)
        self._names = frozenset(kept)
        self._sorted = sorted(self._names)
        self._patterns = tuple(Pattern(entry) for entry in kept if is_pattern(entry))

    def allow(self, path: str) -> bool:
        """True where an entry names the path or stands for it."""
        return path in self._names or any(pattern.matches(path) for pattern in self._patterns)

    def allow_something_below(self, folder: str) -> bool:
        """True where some path below the folder, which ends in `/`, is allowed."""
        place = bisect_right(self._sorted, folder)  # behind a folder's own name stand those below it
        return (place < len(self._sorted) and self._sorted[place].startswith(folder)) or any(
            pattern.reaches_below(folder) for pattern in self._patterns
        )


def is_pattern(entry: str) -> bool:
    """True where an entry holds a character that glob(7) gives a meaning to."""
    return _WILD.search(entry) is not None
