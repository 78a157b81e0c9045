"""Cells of CSV files that people open in spreadsheet programs (RFC 4180; OWASP, CSV Injection)."""

from collections.abc import Mapping
from typing import Any, Final

from archive.core.text import printable

# What spreadsheet programs take for the start of a formula, full-width forms included.
_FORMULA: Final = frozenset("=+-@\t\r\n＝＋－＠")
_QUOTED: Final = frozenset('",;\t\r\n')


def cell(text: str) -> str:
    """The text as one cell: quoted where it must be, never a formula, never more than one line.

    Controls and what turns text round stand as escapes (`\\x0a`); a text that a program would take for a
    formula, blanks before it or not, begins with an apostrophe.
    """
    text = guarded(text)
    if not text.isprintable():
        text = printable(text)
    if not _QUOTED.isdisjoint(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a program would take it for a formula.

    A text that looks guarded already is guarded once more, so that `unguarded` gives every text back.
    """
    return "'" + text if _is_formula(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    """The text without the apostrophe that `guarded` puts before what would be taken for a formula."""
    return text[1:] if text[:1] == "'" and _is_formula(text.lstrip("'")) else text


def _is_formula(text: str) -> bool:
    return text != "" and (text.lstrip()[:1] in _FORMULA or text[:1] in _FORMULA)


def text_of(value: Any) -> str:
    """The text of a report's value: absent ones empty, a name that is not UTF-8 as it can be shown."""
    if isinstance(value, Mapping):
        return str(value.get("text", ""))
    return "" if value is None else str(value)
