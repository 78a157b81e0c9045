"""The proleptic Gregorian calendar (ISO 8601-1:2019 §4.2.1) and the days that digits with an X can mean."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product

from archive.core.edtf.model import Bound

_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ASCENDING, _DESCENDING = "0123456789", "9876543210"


def is_leap(year: int) -> bool:
    """True for a year of 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """The number of days in a month (1 to 12) of a year."""
    return 29 if month == 2 and is_leap(year) else _LENGTHS[month]


@lru_cache(maxsize=256)  # 121 spellings of two digits or X, for months and for days
def completions(pattern: str, first: int, last: int) -> tuple[int, ...]:
    """The numbers from first to last, ascending, that two digits can mean where X is any digit."""
    return tuple(
        number
        for number in range(first, last + 1)
        if all(mark in ("X", digit) for mark, digit in zip(pattern, f"{number:02}", strict=True))
    )


def years(pattern: str, *, negative: bool, descending: bool = False) -> Iterator[int]:
    """The years that four digits can mean where X is any digit; year 0 has no negative form."""
    digits = _DESCENDING if descending is not negative else _ASCENDING
    for chosen in product(*(digits if mark == "X" else mark for mark in pattern)):
        year = int("".join(chosen))
        if not negative:
            yield year
        elif year:
            yield -year


def first_day(candidates: Iterable[int], months: Sequence[int], days: Sequence[int]) -> Bound | None:
    """The first real day met, going through years, months and days in the order given; None without one.

    Only 29 February makes it look at a second year, and then at a thousand at most: of any four patterns of
    digits either some year in the first thousand is a leap year or none is.
    """
    for year in candidates:
        for month in months:
            length = month_length(year, month)
            for day in days:
                if day <= length:
                    return Bound(year, month, day)
    return None
