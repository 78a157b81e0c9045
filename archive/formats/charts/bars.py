"""Horizontal bars: a few named things of different size."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from archive.formats.charts.svg import WIDTH, cut, escaped, framed, label, number

_ROW: Final = 20
_LEFT: Final = 190
_RIGHT: Final = 110
_NAME_CHARACTERS: Final = 34


class Bar(NamedTuple):
    """A name, its value, and the value as people read it."""

    name: str
    value: int
    shown: str


def bar_chart(name: str, bars: Sequence[Bar], *, title: str, description: str) -> str:
    """A bar for each, in the order given, scaled to the largest; the value stands behind its bar."""
    largest = max((bar.value for bar in bars), default=0) or 1
    parts = []
    for row, bar in enumerate(bars):
        top = row * _ROW
        length = (WIDTH - _LEFT - _RIGHT) * bar.value / largest
        parts.append(label(_LEFT - 8, top + 13, cut(bar.name, _NAME_CHARACTERS), anchor="end"))
        parts.append(
            f'<rect class="mark" x="{_LEFT}" y="{top + 4}" width="{number(max(length, 1))}"'
            f' height="{_ROW - 8}"><title>{escaped(f"{bar.name}: {bar.shown}")}</title></rect>'
        )
        parts.append(label(_LEFT + length + 6, top + 13, bar.shown, kind="value"))
    return framed(name, height=max(len(bars), 1) * _ROW, title=title, description=description, parts=parts)
