"""The entries of fetch.txt by the numbers of their paths, ten bytes each."""

from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archive.core.bagit_judge.listing import Listing

if TYPE_CHECKING:
    from archive.core.bagit.fetch import FetchEntry

_LARGEST = (1 << 63) - 1
_ABSENT, _UNSTATED = -2, -1


class FetchList:
    """Which paths are to be fetched, and how long they are said to be."""

    def __init__(self, listing: Listing) -> None:
        self.count = 0
        self._index = listing.index
        self._lengths = array("q")
        self._lines = array("I")

    def take(self, entry: "FetchEntry", line: int) -> bool:
        """Keep an entry; True where its path was listed before."""
        number = self._index.setdefault(entry.path, len(self._index))
        if number in self:
            return True
        short = number + 1 - len(self._lengths)
        if short > 0:
            self._lengths.extend([_ABSENT] * short)
            self._lines.extend([0] * short)
        self._lengths[number] = _UNSTATED if entry.length is None else min(entry.length, _LARGEST)
        self._lines[number] = line
        self.count += 1
        return False

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and number < len(self._lengths) and self._lengths[number] != _ABSENT

    def __iter__(self) -> Iterator[int]:
        return (number for number, length in enumerate(self._lengths) if length != _ABSENT)

    def line(self, number: int) -> int:
        """The line of a path that is in the list."""
        return self._lines[number]

    def length(self, number: int) -> int | None:
        """The length in bytes that is stated for a path, or None."""
        return self._lengths[number] if number in self and self._lengths[number] >= 0 else None
