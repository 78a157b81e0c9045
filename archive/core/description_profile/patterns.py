"""Which regular expressions a profile may hold: those that are matched in time that grows with the text."""

import re
import warnings
from collections.abc import Callable
from typing import Final, NamedTuple

from archive.core.limits.bags import PROFILE_PATTERN_CHARACTERS, PROFILE_PATTERN_POSITIONS

_OPENING = re.compile(r"\((?:\?(?:P?<\w*>|[\w-]*:|[\w-]*(?=\))))?")
_COUNT = re.compile(r"\{\s*([0-9]+)\s*(?:,\s*([0-9]*)\s*)?\}")
_VERBOSE = re.compile(r"\(\?[a-z]*x")
_AROUND = re.compile(r"(?<!\\)(?:\\\\)*\(\?<?[=!]")
_BACK = re.compile(r"(?<!\\)(?:\\\\)*(?:\\(?:[1-9]|k<)|\(\?P=)")
_COUNT_LESS: Final = "count less far, write + or * in its place, or bound the length with maxLength"


class Trouble(NamedTuple):
    """What is wrong with a rule, and what to write in its place where that is known."""

    message: str
    remedy: str | None = None


def pattern_trouble(pattern: str, compiles: Callable[[str], bool] | None = None) -> Trouble | None:
    """Why a regular expression cannot be used; None where it can.

    `compiles` says whether the engine that matches in linear time knows it; without it that is not asked.
    """
    if len(pattern) > PROFILE_PATTERN_CHARACTERS:
        return Trouble(f"is longer than {PROFILE_PATTERN_CHARACTERS:,} characters")
    try:
        with warnings.catch_warnings(action="ignore"):  # of what another Python may read otherwise
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as trouble:
        return Trouble(f"is no regular expression: {trouble}")
    if positions(pattern) > PROFILE_PATTERN_POSITIONS:
        message = (
            f"stands for more than {PROFILE_PATTERN_POSITIONS:,} characters once its counts are written out"
        )
        return Trouble(message, _COUNT_LESS)
    if compiles is not None and not compiles(pattern):
        return _unknown(pattern)
    return None


def _unknown(pattern: str) -> Trouble:
    if _AROUND.search(pattern):
        return Trouble(
            "looks ahead or behind, which no linear time allows", "say what the value itself is like"
        )
    if _BACK.search(pattern):
        return Trouble("refers back to a group, which no linear time allows", "write the group out again")
    return Trouble(
        "is no regular expression to the engine that matches in linear time",
        "keep to characters, classes, groups, | and counts such as {1,4}",
    )


def positions(pattern: str) -> int:
    """At most how many characters a valid expression stands for once its counted repeats are written out.

    What a text is matched in is its length times this. Where it is doubtful what repeats, more is taken.
    """
    counts = [max(int(low), int(high or 0), 1) for low, high in _COUNT.findall(pattern)]
    if _VERBOSE.search(pattern):  # a comment may hold brackets
        total = len(pattern)
        for count in counts:
            total *= count
        return total
    return _Written(pattern).total()


class _Written:
    """Adds up an expression: `_sums` has the groups that are open, `_last` what a count would repeat."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._sums = [0]
        self._last = 0

    def total(self) -> int:
        at = 0
        while at < len(self._pattern):
            at = self._take(at)
        return sum(self._sums) + self._last

    def _take(self, at: int) -> int:
        """Takes what begins at a place; says where the next begins."""
        char = self._pattern[at]
        if char == "(" and (opening := _OPENING.match(self._pattern, at)):
            self._sums[-1] += self._last
            self._sums.append(0)
            self._last = 0
            return opening.end()
        if char == ")" and len(self._sums) > 1:
            self._last = max(self._sums.pop() + self._last, 1)  # what is empty costs a step each time
            return at + 1
        if char in "*+?":
            return at + 1
        if char == "{" and (count := _COUNT.match(self._pattern, at)):
            self._last *= max(int(count[1]), int(count[2] or 0), 1)
            return count.end()
        self._sums[-1] += self._last
        self._last = 0 if char == "|" else 1
        if char == "[":
            return _class_end(self._pattern, at)
        return at + (2 if char == "\\" else 1)


def _class_end(pattern: str, at: int) -> int:
    """Where the class that opens here ends: classes stand in classes, and a first ] is a member."""
    depth, first = 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif char == "[":
            depth += 1
            if pattern[at + 1 : at + 2] == "^":
                at += 1
        elif char == "]" and not first:
            depth -= 1
            if not depth:
                return at + 1
        first = char == "["
        at += 1
    return at
