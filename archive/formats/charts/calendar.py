"""A calendar of days: a column for each week, a square the larger the more was done, a cross for trouble."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from archive.formats.charts.svg import WIDTH, escaped, framed, label, number

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LEFT: Final = 30
_CELL: Final = (WIDTH - _LEFT) / 53.2  # a year touches at most 54 weeks; the last of them may hang over
_HEAD: Final = 30
_GAP: Final = 14
# The side of a square, of the cell: four steps of area, which grey paper shows as well as colour.
_SIDES: Final = (0.36, 0.54, 0.72, 0.9)


class DayMark(NamedTuple):
    """What was done on a day, how much of it found trouble, and both in words."""

    done: int
    adverse: int
    words: str


def calendar_chart(
    name: str, days: Mapping[date, DayMark], *, first: date, last: date, title: str, description: str
) -> str:
    """The days from `first` to `last`, a block for each year; days on which nothing was done are dots."""
    most = max((day.done for day in days.values()), default=0)
    block = _HEAD + 7 * _CELL + _GAP
    parts = []
    for row, year in enumerate(range(first.year, last.year + 1)):
        start, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
        parts.append(_year(days, start, end, row * block, most))
    height = (last.year - first.year + 1) * block - _GAP
    return framed(name, height=height, title=title, description=description, parts=parts)


def _year(days: Mapping[date, DayMark], start: date, end: date, top: float, most: int) -> str:
    january = date(start.year, 1, 1)
    parts = [label(0, top + 12, str(start.year), kind="value")]
    dots, crosses = "", ""
    for offset in range((end - start).days + 1):
        day = start + timedelta(days=offset)
        column = ((day - january).days + january.weekday()) // 7
        x, y = _LEFT + (column + 0.5) * _CELL, top + _HEAD + (day.weekday() + 0.5) * _CELL
        if day.day == 1:
            parts.append(label(x - _CELL / 2, top + _HEAD - 5, _MONTHS[day.month - 1]))
        mark = days.get(day)
        if mark is None:
            dots += f"M{number(x)} {number(y)}h.01"
            continue
        parts.append(_square(x, y, mark, most))
        if mark.adverse:
            arm = _CELL * 0.42
            crosses += f"M{number(x - arm)} {number(y - arm)}l{number(2 * arm)} {number(2 * arm)}"
            crosses += f"m0 {number(-2 * arm)}l{number(-2 * arm)} {number(2 * arm)}"
    for weekday, word in ((0, "Mon"), (3, "Thu"), (6, "Sun")):
        parts.append(label(0, top + _HEAD + (weekday + 0.75) * _CELL, word))
    parts.append(f'<path class="empty" d="{dots}"/>' if dots else "")
    parts.append(f'<path class="adverse" d="{crosses}"/>' if crosses else "")
    return "".join(parts)


def _square(x: float, y: float, mark: DayMark, most: int) -> str:
    step = min(len(_SIDES) * mark.done // (most + 1), len(_SIDES) - 1)
    side = _SIDES[step] * _CELL
    place = f'x="{number(x - side / 2)}" y="{number(y - side / 2)}"'
    size = f'width="{number(side)}" height="{number(side)}"'
    return f'<rect class="mark" {place} {size}><title>{escaped(mark.words)}</title></rect>'
