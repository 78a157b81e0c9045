"""Promised against done over a period: in how many of its days, weeks or months a run happened."""

from collections.abc import Collection
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from archive.core.promises.interval import Interval


class Kept(NamedTuple):
    """`due` stretches of the interval's length, a run in `done` of them; the longest gap in whole days.

    The gap is counted between runs, and from the first day and to the last one.
    """

    due: int
    done: int
    longest_gap: int


def tally_kept(every: Interval, days: Collection[date], first: date, last: date) -> Kept:
    """What came of a promise from the day `first` to the day `last`, given the days on which it ran."""
    within = sorted(day for day in days if first <= day <= last)
    due = {_stretch(every, first + timedelta(days=n)) for n in range(max((last - first).days + 1, 0))}
    done = {_stretch(every, day) for day in within}
    marks = [first, *within, last]
    gap = max(((later - earlier).days for earlier, later in pairwise(marks)), default=0)
    return Kept(len(due), len(done), max(gap, 0))


def _stretch(every: Interval, day: date) -> tuple[int, ...]:
    match every:
        case Interval.DAILY:
            return (day.toordinal(),)
        case Interval.WEEKLY:
            return day.isocalendar()[:2]
        case Interval.MONTHLY:
            return (day.year, day.month)
