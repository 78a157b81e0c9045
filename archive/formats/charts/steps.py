"""A line in steps: how much there was at the end of each stretch of time."""

from collections.abc import Callable, Sequence
from typing import Final

from archive.formats.charts.svg import WIDTH, escaped, framed, label, number

_HEIGHT: Final = 110
_TOP: Final = 14
_LEFT: Final = 62
_LABELS: Final = 24


def step_chart(
    name: str,
    points: Sequence[tuple[str, int]],
    *,
    title: str,
    description: str,
    shown: Callable[[int], str],
) -> str:
    """A level for each (name, value), from zero up; `shown` spells a value as people read it."""
    largest = max((value for _, value in points), default=0) or 1
    width = (WIDTH - _LEFT) / max(len(points), 1)
    floor = _TOP + _HEIGHT
    path, marks = "", []
    every = -(-len(points) * 44 // (WIDTH - _LEFT))
    for place, (when, value) in enumerate(points):
        left, level = _LEFT + place * width, floor - _HEIGHT * value / largest
        path += f"{'L' if path else 'M'}{number(left)} {number(level)}H{number(left + width)}"
        box = f'x="{number(left)}" y="{_TOP}" width="{number(width)}" height="{_HEIGHT}"'
        told = escaped(f"{when}: {shown(value)}")
        marks.append(f'<rect {box} fill="none" pointer-events="all"><title>{told}</title></rect>')
        if place % every == 0:
            marks.append(label(left + width / 2, floor + 16, when, anchor="middle"))
    parts = [
        f'<path class="axis" d="M{_LEFT} {_TOP}H{WIDTH}M{_LEFT} {floor}H{WIDTH}"/>',
        label(_LEFT - 6, _TOP + 4, shown(largest if points else 0), anchor="end"),
        label(_LEFT - 6, floor + 4, "0", anchor="end"),
        f'<path class="line" d="{path}"/>' if path else "",
        *marks,
    ]
    return framed(name, height=floor + _LABELS, title=title, description=description, parts=parts)
