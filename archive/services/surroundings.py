"""What a service takes from the world beside the disk: time, chance, and somewhere to say how far it is."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

# Clocks of two machines differ, and time zones are mistaken for one another; what lies further ahead than so
# many days, the one that has begun included, was written by a clock that was wrong.
CLOCK_DAYS: Final = 2
_LAST_MILLISECOND: Final = 253_402_300_799_999  # of the year 9999


class Progress(Protocol):
    """Told how far long work is; a terminal may draw it."""

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """A stretch of work begins; `total` in `unit`s (`documents`, `bytes`), None where it is not known."""

    def advance(self, count: int) -> None:
        """So many units more are done."""

    def end(self) -> None:
        """The stretch is done."""


class SilentProgress:
    """Says nothing."""

    def begin(self, what: str, total: int | None, unit: str) -> None:
        """Nothing is drawn."""

    def advance(self, count: int) -> None:
        """Nothing is drawn."""

    def end(self) -> None:
        """Nothing is drawn."""


def day_of(now: int, *, later: int = 0) -> str:
    """The day (YYYY-MM-DD, UTC) of a time in milliseconds since 1970, or so many days later."""
    today = datetime.fromtimestamp(min(max(now, 0) / 1000, 253_402_300_799), UTC).date()
    return date.fromordinal(min(today.toordinal() + later, date.max.toordinal())).isoformat()


def days_before(now: int, days: int) -> str:
    """The time so many days before a time in milliseconds, as entries write it; never before year 1."""
    moment = datetime.fromtimestamp(min(max(now, 0) / 1000, 253_402_300_799), UTC)
    earliest = datetime(1, 1, 1, tzinfo=UTC)
    moment = moment - timedelta(days=days) if moment - earliest > timedelta(days=days) else earliest
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def days_before_time(time: str, days: int) -> str:
    """The same for a time as entries write it."""
    return days_before(int(datetime.fromisoformat(time).timestamp() * 1000), days)


def _milliseconds() -> int:
    # A clock that was set wrong may be anywhere; beyond this no calendar here has a day for it.
    return min(time.time_ns() // 1_000_000, _LAST_MILLISECOND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Milliseconds since 1970, random bytes, progress; tests give their own."""

    now: Callable[[], int] = _milliseconds
    random: Callable[[int], bytes] = os.urandom
    progress: Progress = field(default_factory=SilentProgress)
