"""The frame that every chart has: a view box, and a title and description for whoever cannot see it."""

from collections.abc import Iterable
from typing import Final

from archive.core.text import printable
from archive.formats.xml_text import xml_text

WIDTH: Final = 720  # units of the view box; the page scales it to its column


def framed(name: str, *, height: float, title: str, description: str, parts: Iterable[str]) -> str:
    """An `svg` element; `name` is unique on its page and made of letters, digits and hyphens."""
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {number(height)}" role="img"'
        f' aria-labelledby="{name}-title {name}-description">'
        f'<title id="{name}-title">{escaped(title)}</title>'
        f'<desc id="{name}-description">{escaped(description)}</desc>{"".join(parts)}</svg>'
    )


def escaped(text: str) -> str:
    """The text as content of an element, nothing in it that could turn text round."""
    return xml_text(printable(text))


def number(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def label(x: float, y: float, text: str, *, anchor: str = "start", kind: str = "") -> str:
    """A text at a place; `kind` is a class of the style sheet."""
    chosen = f' class="{kind}"' if kind else ""
    return f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}"{chosen}>{escaped(text)}</text>'


def cut(text: str, length: int) -> str:
    """The text in at most so many characters, an ellipsis for what is left out."""
    return text if len(text) <= length else text[: length - 1] + "…"


def nice_ceiling(value: float) -> int:
    """The least of 1, 2, 5, 10, 20, 50 … that is not below the value; 1 for 0."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step >= value:
                return factor * step
        step *= 10
