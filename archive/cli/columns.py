"""Text in columns: widths as a terminal draws them, nothing cut where a program reads."""

import shutil
import sys
import unicodedata
from collections.abc import Sequence

from archive.core.text import printable

_WIDE = frozenset("WF")
_NO_WIDTH = frozenset(("Mn", "Me", "Cf"))


def width(text: str) -> int:
    """The cells that a terminal gives the text."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(char) in _NO_WIDTH else 1 + (unicodedata.east_asian_width(char) in _WIDE)
        for char in text
    )


def padded(text: str, cells: int) -> str:
    """The text, made safe to print, with spaces behind it up to so many cells."""
    text = one_line(text)
    return text + " " * max(cells - width(text), 0)


def one_line(text: str) -> str:
    """The text made safe to print, on one line."""
    return printable(" ".join(text.split("\n")) if "\n" in text else text)


def cut(text: str, cells: int | None) -> str:
    """The text made safe to print, with … where it takes more cells; None cuts nothing."""
    text = one_line(text)
    if cells is None or width(text) <= cells:
        return text
    kept, used = [], 1
    for char in text:
        used += width(char)
        if used > cells:
            break
        kept.append(char)
    return "".join(kept) + "…"


def room(taken: int) -> int | None:
    """The cells left of a terminal's line; None where stdout is no terminal."""
    if not sys.stdout.isatty():
        return None
    return max(shutil.get_terminal_size().columns - taken, 20)


def facts(pairs: Sequence[tuple[str, str]], indent: str = "  ") -> list[str]:
    """One line per fact that is known, the labels aligned; a value of several lines keeps its indentation."""
    known = [(label, value) for label, value in pairs if value]
    cells = max((width(label) for label, _ in known), default=0)
    lines: list[str] = []
    for label, value in known:
        first, *more = value.split("\n")
        lines.append(f"{indent}{padded(label, cells)}  {printable(first)}")
        lines.extend(f"{indent}{' ' * cells}  {printable(line)}" for line in more)
    return lines
