"""The life of a document as a drawing: where its events and checks stand on a line of time.

Geometry only, in units of the drawing; how it looks is the style sheet's.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from archive.formats.pages.tones import BAG_TONES
from archive.formats.pages.values import day, instant

WIDTH: Final = 720
LEFT: Final = 10
_SPAN: Final = WIDTH - 2 * LEFT
_YEARS_SHOWN: Final = 8
_NEAR: Final = 90  # a year's name needs so much room beside the dates at both ends
# Where two checks fall on one place, the one to be seen.
_WEIGHT: Final = {"none": 0, "good": 1, "unsure": 2, "bad": 3, "broken": 4}


class Point(NamedTuple):
    """An event on the line, with its tone and the words that a pointer shows."""

    x: int
    tone: str
    words: str


class Tick(NamedTuple):
    """One or several checks on one place: the worst of them; `attested` where a mark covers all."""

    x: int
    tone: str
    attested: bool
    words: str


class Year(NamedTuple):
    """The first of January of a year."""

    x: int
    name: str


class LifeLine(NamedTuple):
    """The drawing, and its two ends as dates."""

    first: str
    last: str
    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]
    years: tuple[Year, ...]


def life_line(
    events: Sequence[Mapping[str, Any]], checks: Iterable[Mapping[str, Any]], until: str
) -> LifeLine | None:
    """From the first event to the time `until`; None where no event has a time that can be read.

    `events` have `time`, `tone` and `text`; `checks` `time`, `outcome` and `attested`. There are never more
    ticks than places, however many checks there are.
    """
    times = [time for event in events if (time := _utc(event["time"])) is not None]
    if not times:
        return None
    start = min(times)
    end = max([*times, *(time for time in [_utc(until)] if time is not None)])
    scale = _SPAN / max((end - start).total_seconds(), 1.0)

    def place(time: datetime) -> int:
        return LEFT + round(max((min(time, end) - start).total_seconds(), 0.0) * scale)

    points = tuple(
        Point(place(time), str(event["tone"]), f"{day(event['time'])}: {event['text']}")
        for event in events
        if (time := _utc(event["time"])) is not None
    )
    ticks: dict[int, Tick] = {}
    for check in checks:
        if (time := _utc(check["time"])) is not None:
            made = _tick(place(time), check)
            known = ticks.get(made.x)
            ticks[made.x] = made if known is None else _worse(known, made)
    return LifeLine(
        first=start.isoformat(),
        last=end.isoformat(),
        points=points,
        ticks=tuple(ticks[x] for x in sorted(ticks)),
        years=_years(start, end, scale),
    )


def _tick(x: int, check: Mapping[str, Any]) -> Tick:
    tone, _ = BAG_TONES.get(check["outcome"], ("none", "dash"))
    return Tick(x, tone, bool(check["attested"]), f"{day(check['time'])}: {check['outcome']}")


def _worse(one: Tick, other: Tick) -> Tick:
    worst = max(one, other, key=lambda tick: _WEIGHT[tick.tone])
    return worst._replace(attested=one.attested and other.attested)


def _years(start: datetime, end: datetime, scale: float) -> tuple[Year, ...]:
    """The years that begin between the ends, thinned to what can be read."""
    named = range(start.year + 1, end.year + 1)
    step = -(-len(named) // _YEARS_SHOWN) if named else 1
    found = (
        Year(LEFT + round((datetime(year, 1, 1, tzinfo=UTC) - start).total_seconds() * scale), str(year))
        for year in named[::step]
    )
    return tuple(year for year in found if _NEAR < year.x < WIDTH - _NEAR)


def _utc(time: str) -> datetime | None:
    found = instant(time)
    return None if found is None or found.tzinfo is None else found.astimezone(UTC)
