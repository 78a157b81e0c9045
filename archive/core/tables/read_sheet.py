"""What a reader of spreadsheets yields: cells, what is taken of them, what the program made of them."""

from enum import StrEnum
from typing import NamedTuple


class CellKind(StrEnum):
    """What the file says that the cell holds: the closed set."""

    TEXT = "text"
    NUMBER = "number"
    NUMBER_DOUBTFUL = "number-doubtful"  # of more digits than the program keeps, which made zeros of the last
    DATE = "date"
    DATE_DOUBTFUL = "date-doubtful"  # what is shown has no year, or only two digits of it
    TIME = "time"
    BOOLEAN = "boolean"
    ERROR = "error"  # #REF! and its like
    UNCALCULATED = "uncalculated"  # a formula whose result the file does not hold


class ReadCell(NamedTuple):
    """One cell; `column` counts from 0.

    `text` is what is taken, `shown` what the program shows and `stored` what the file holds, each empty where
    it is the same or cannot be known. `formula` tells that the value is the last result of one.
    """

    column: int
    text: str
    kind: CellKind = CellKind.TEXT
    shown: str = ""
    stored: str = ""
    formula: bool = False


class ReadRow(NamedTuple):
    """One row with the number that the program shows (from 1); blank cells and blank rows are left out.

    `repeated` says how many rows from there on are the same.
    """

    number: int
    cells: tuple[ReadCell, ...]
    hidden: bool = False
    repeated: int = 1


class SheetStart(NamedTuple):
    """A sheet begins; its rows follow if they were asked for."""

    name: str
    hidden: bool = False


class Unread(NamedTuple):
    """What stands beside the texts of cells: how many cells have it, and the names of the first of them."""

    cells: int = 0
    first: tuple[str, ...] = ()


class SheetEnd(NamedTuple):
    """A sheet has ended: the ranges that are merged, the columns (from 0) that are hidden, what was left out.

    `comments` are those that are not ours, `links` those whose addresses the cells do not show.
    """

    merged: tuple[str, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    comments: Unread = Unread()
    links: Unread = Unread()
    footnotes: Unread = Unread()


class SpreadsheetError(Exception):
    """The file cannot be read as a spreadsheet: the code of the finding, why, and what would mend it."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
