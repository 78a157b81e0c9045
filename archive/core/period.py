"""A stretch of days in UTC, and the months or years that it is told in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LAST_DAY: Final = date(date.max.year - 1, 12, 31)  # the day after it has to have a name, too
_MONTHS_TOLD: Final = 36  # a longer period is told in years


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both of them in it; ValueError where the first is later."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Raises ValueError for a period that ends before it begins, or beyond what calendars here know."""
        if self.first > self.last:
            raise ValueError("the first day is later than the last")
        if self.last > LAST_DAY:
            raise ValueError("the last day is beyond the year 9998")

    @classmethod
    def of_year(cls, year: int) -> "Period":
        """The whole of a calendar year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def begins(self) -> str:
        """Its first moment, as entries write times."""
        return f"{self.first.isoformat()}T00:00:00.000Z"

    @property
    def ends(self) -> str:
        """The first moment after it."""
        return f"{(self.last + timedelta(days=1)).isoformat()}T00:00:00.000Z"

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def is_told_in_months(self) -> bool:
        """True where its stretches are months, False where they are years."""
        return self._months() <= _MONTHS_TOLD

    def __contains__(self, time: object) -> bool:
        """True for a time of an entry that lies in it."""
        return isinstance(time, str) and self.begins <= time < self.ends

    def stretch_of(self, time: str) -> str:
        """The key of the stretch that a time in it belongs to: `2026-03`, or `2026`."""
        return time[:7] if self.is_told_in_months else time[:4]

    def stretches(self) -> Iterator[tuple[str, str]]:
        """(key, name) of each stretch, oldest first: (`2026-03`, `Mar 2026`) or (`2026`, `2026`)."""
        if not self.is_told_in_months:
            for year in range(self.first.year, self.last.year + 1):
                yield f"{year:04d}", f"{year:04d}"
            return
        is_one_year = self.first.year == self.last.year
        for number in range(self._months()):
            year, month = divmod(self.first.year * 12 + self.first.month - 1 + number, 12)
            name = _MONTHS[month] if is_one_year else f"{_MONTHS[month]} {year}"
            yield f"{year:04d}-{month + 1:02d}", name

    def _months(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1


def is_day(text: str) -> bool:
    """True for a day of the calendar, as 2026-02-28."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
