"""What stands beside the text of a cell and is not read: counted, so that it can be said."""

from typing import Final
from urllib.parse import unquote

from archive.core.limits.output import NAMED_IN_A_NOTE
from archive.core.tables.read_sheet import Unread

OUR_AUTHOR: Final = "archive"  # of the comments that we write
# What a program puts before an address that was typed without it.
_SCHEMES: Final = ("http://", "https://", "mailto:", "file:///")


class Tally:
    """Counts cells in the order of the sheet; memory does not grow with them."""

    __slots__ = ("_count", "_first", "_last")

    def __init__(self) -> None:
        self._count = 0
        self._first: list[str] = []
        self._last = ""

    def add(self, cell: str) -> None:
        """Counts the cell, once where it follows itself."""
        if cell == self._last:
            return
        self._last = cell
        self._count += 1
        if len(self._first) <= NAMED_IN_A_NOTE:  # one more than are named
            self._first.append(cell)

    def unread(self) -> Unread:
        """What was counted."""
        return Unread(self._count, tuple(self._first))


def address(text: str) -> str:
    """The address as it is compared: `http://example.org/` is what `example.org` leads to."""
    for scheme in _SCHEMES:
        text = text.removeprefix(scheme)
    return unquote(text).rstrip("/")
