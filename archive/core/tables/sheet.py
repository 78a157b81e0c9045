"""A spreadsheet as values: cells of text with marks and comments, a frozen header, choices per column.

Every cell is text: a spreadsheet program is given nothing that it could take for a number or a date.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Mark(StrEnum):
    """How a cell looks: the closed set."""

    NONE = "none"
    HEADING = "heading"
    HELP = "help"  # for people, never read as a value
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Cell(NamedTuple):
    """One cell; `comment` is shown by the program when the cell is pointed at."""

    text: str = ""
    mark: Mark = Mark.NONE
    comment: str = ""


class SheetColumn(NamedTuple):
    """One column: its width in characters, and the texts offered in its cells; others may be typed too."""

    width: int = 20
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet; `rows` are taken once, in order, an empty row for a blank one.

    The first `frozen_rows` rows and `frozen_columns` columns stay in view; choices are offered below the
    frozen rows, and in `spare_rows` blank rows behind the last. Columns without an entry in `columns` are of
    usual width.
    """

    name: str
    rows: Iterable[Sequence[Cell]]
    columns: tuple[SheetColumn, ...] = ()
    frozen_rows: int = 1
    frozen_columns: int = 0
    spare_rows: int = 0


class SheetLimitError(ValueError):
    """The sheet has more rows, columns or characters in a cell than the format can hold."""


def column_letter(index: int) -> str:
    """The column as a spreadsheet names it: 0 is A, 25 Z, 26 AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, index: int) -> str:
    """The cell as a spreadsheet names it, from a row (from 1) and a column (from 0): `C7`."""
    return f"{column_letter(index)}{row}"
