"""Where a broken element of a JSON list ends, so that it costs no other, where that can be known.

It can where brackets and strings of the element balance, or where the elements stand on lines of their own:
a string of JSON holds no line feed (RFC 8259 § 7), so that a line never begins inside a sound one.
"""

import re
from typing import Final

from archive.core.limits.descriptions import MAX_SIDECAR_BYTES

_TOKEN = re.compile(r'"(?:[^"\\\n\r]|\\.)*+("?)|[{}\[\]]')
_AFTER = re.compile(r"[ \t\n\r]*[,\]]")
_PAIRS: Final = {"}": "{", "]": "["}
_WHITE: Final = " \t\n\r"


class Uncounted(str):
    """A text in which json's errors do not count the lines before them: that would be done for each."""

    __slots__ = ()

    def count(self, *_: object) -> int:
        return 0

    def rfind(self, *_: object) -> int:
        return -1


class Recovery:
    """Looks for the ends of broken elements in one text, in time linear in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._budget = 4 * len(text) + MAX_SIDECAR_BYTES

    def end(self, start: int) -> int | None:
        """Behind the element that begins there, or None where that cannot be known."""
        if self._budget <= 0:
            return None
        balanced = self._balanced(start)
        return self._next_line(start) if balanced is None else balanced

    def affords(self, characters: int) -> bool:
        """Counts characters that were looked at in vain; False once there are too many to go on."""
        self._budget -= characters
        return self._budget > 0

    def _balanced(self, start: int) -> int | None:
        """Where the brackets of the element close, if the list goes on or ends there."""
        text, opened = self._text, []
        limit = min(len(text), start + MAX_SIDECAR_BYTES)
        for match in _TOKEN.finditer(text, start, limit):
            mark = match.group()
            if mark[0] == '"':
                continue
            if mark in "{[":
                opened.append(mark)
                continue
            if not opened or opened.pop() != _PAIRS[mark]:
                break
            if not opened:
                self._budget -= match.end() - start
                return match.end() if _AFTER.match(text, match.end()) else None
        else:
            self._budget -= limit - start
            return None
        self._budget -= match.end() - start
        return None

    def _next_line(self, start: int) -> int | None:
        """The next element at the beginning of a line that is indented as this one is."""
        text = self._text
        line = text.rfind("\n", 0, start) + 1
        indent = text[line:start]
        if indent.strip(_WHITE) or text[start : start + 1] != "{":
            return None
        mark = f"\n{indent}{{"
        at = text.find(mark, start)
        while at >= 0:
            self._budget -= at - start
            before = text[start:at].rstrip(_WHITE)[-1:]
            end = text.find("\n", at + 1)
            whole = text[at + 1 : end if end >= 0 else None].rstrip(_WHITE + ",")
            if before in (",", "}") and (indent or whole.endswith("}")):
                return at + len(mark) - 1
            if self._budget <= 0:
                return None
            at = text.find(mark, at + 1)
        return None
