"""What an EDTF text says: its level and the first and last day it can mean."""

from dataclasses import dataclass
from typing import NamedTuple

_LEAST, _GREATEST = -(1 << 63), (1 << 63) - 1


class EdtfError(ValueError):
    """The text is not EDTF; the message says what was expected, `position` where (offset from 0)."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message, position)
        self.message = message
        self.position = position

    def __str__(self) -> str:
        return f"{self.message}, at character {self.position + 1}"


class Bound(NamedTuple):
    """A day of the proleptic Gregorian calendar, in astronomical years: 0 is 1 BCE, -43 is 44 BCE."""

    year: int
    month: int
    day: int

    @property
    def ordinal(self) -> int:
        """An integer that grows with the day, within a signed 64-bit column.

        year × 10000 + month × 100 + day; beyond the years ±922337203685476 it stops at the ends of the range.
        """
        return min(max(self.year * 10000 + self.month * 100 + self.day, _LEAST), _GREATEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edtf:
    """A date in EDTF: the text as given, the lowest level that has all its features, and its bounds.

    `lower` and `upper` are the first and the last day that the text can mean; None where that side is open
    or unknown. They never contradict: lower <= upper where both are known. A qualifier (`?`, `~`, `%`) does
    not move them: how far off an approximate date may be, the specification does not say.
    """

    text: str
    level: int
    lower: Bound | None
    upper: Bound | None


class DateExpression(NamedTuple):
    """One date, season or year as it stands alone, at an end of an interval or in a set.

    `step` is the unit in which a range over such dates counts, None where there is none (seasons,
    qualified dates, unspecified digits).
    """

    lower: Bound
    upper: Bound
    level: int
    step: str | None
    unspecified: bool
