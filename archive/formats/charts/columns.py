"""Columns side by side: what came and went in each stretch of time."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from archive.formats.charts.svg import WIDTH, escaped, framed, label, nice_ceiling, number

_HEIGHT: Final = 130
_TOP: Final = 14
_LEFT: Final = 46
_LABELS: Final = 24


class Column(NamedTuple):
    """A stretch of time: what is added (filled, upwards) and what is taken away (outlined, downwards)."""

    name: str
    added: int
    removed: int = 0


def column_chart(name: str, columns: Sequence[Column], *, title: str, description: str, unit: str) -> str:
    """A pair for each stretch, scaled to the largest; `unit` in the plural, for what is read out."""
    up = nice_ceiling(max((column.added for column in columns), default=0))
    down = max((column.removed for column in columns), default=0)
    total = up + down
    scale = _HEIGHT / total
    zero = _TOP + up * scale
    width = (WIDTH - _LEFT) / max(len(columns), 1)
    parts = [
        f'<path class="axis" d="M{_LEFT} {_TOP}H{WIDTH}M{_LEFT} {number(zero)}H{WIDTH}"/>',
        label(_LEFT - 6, _TOP + 4, f"{up:,}", anchor="end"),
        label(_LEFT - 6, zero + 4, "0", anchor="end"),
    ]
    every = -(-len(columns) * 44 // (WIDTH - _LEFT))  # labels that have room beside one another
    for place, column in enumerate(columns):
        left = _LEFT + place * width + width * 0.15
        told = f"{column.name}: {column.added:,} {unit} added"
        told += f", {column.removed:,} removed" if column.removed else ""
        shapes = _shape("mark", left, zero - column.added * scale, width * 0.7, column.added * scale)
        shapes += _shape("gone", left, zero, width * 0.7, column.removed * scale)
        parts.append(f"<g><title>{escaped(told)}</title>{shapes}</g>")
        if place % every == 0:
            parts.append(label(left + width * 0.35, _TOP + _HEIGHT + 16, column.name, anchor="middle"))
    height = _TOP + _HEIGHT + _LABELS
    return framed(name, height=height, title=title, description=description, parts=parts)


def _shape(kind: str, x: float, y: float, width: float, height: float) -> str:
    if height <= 0:
        return ""
    box = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(max(height, 0.6))}"'
    return f'<rect class="{kind}" {box}/>'
