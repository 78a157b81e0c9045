"""The rows of a CSV file, one at a time, whatever its line ends and however its quotes are broken.

RFC 4180, read leniently in line ends and delimiter, strictly in quotes: a quote in the wrong place moves
values into other columns, which nobody would notice. Memory is that of one row.
"""

import csv
from collections import deque
from collections.abc import Iterator
from io import TextIOBase
from typing import NamedTuple

from archive.core.limits.descriptions import MAX_CSV_FIELD, MAX_CSV_LINE, MAX_CSV_ROW


class BrokenRow(NamedTuple):
    """A row that could not be read: the code of the finding, what is wrong, and what would mend it."""

    code: str
    message: str
    remedy: str


_UNCLOSED = BrokenRow(
    "DESC-CSV-UNCLOSED-QUOTE",
    "a quotation mark opens here and is never closed in its place",
    'close it, or write "" for a quotation mark inside a quoted cell',
)
_MISPLACED = BrokenRow(
    "DESC-CSV-QUOTE",
    "a quoted cell goes on behind its closing quotation mark",
    'write "" for a quotation mark inside a quoted cell',
)
_BEHIND_A_BLANK = BrokenRow(
    "DESC-CSV-QUOTE",
    "a quotation mark stands behind a blank, where it holds no cell together",
    "remove the blank before the quotation mark",
)
_TOO_LONG = BrokenRow(
    "DESC-CSV-TOO-LONG",
    f"a cell or line is too long: {MAX_CSV_FIELD:,} characters to a cell, {MAX_CSV_LINE:,} to a line",
    "shorten it, or describe this document in a sidecar",
)


class _OverlongError(Exception):
    """A line or row went beyond its limit."""


class _TooLong(str):
    """The end of a line that is too long, in its place; `written` is that line."""

    __slots__ = ("written",)
    written: str


class _Lines:
    """The physical lines, with those of the current row kept so that they can be read again.

    The text of a line that is too long is kept where all is wanted `as_written`, else passed over.
    """

    def __init__(self, text: TextIOBase, *, as_written: bool = False) -> None:
        self._text = text
        self._as_written = as_written
        self._again: deque[str] = deque()
        self.row: list[str] = []
        self._size = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self.row.append(line)
        self._size += len(line)
        if self._size > MAX_CSV_ROW:
            raise _OverlongError
        return line

    @property
    def written(self) -> list[str]:
        """The lines of the current row as they were written."""
        return [line.written if isinstance(line, _TooLong) else line for line in self.row]

    def begin_row(self) -> None:
        """Forgets the lines of the row before."""
        self.row.clear()
        self._size = 0

    def read_again_after_first(self) -> None:
        """Gives up the first line of the row alone; the others are read as rows of their own."""
        self._again.extendleft(reversed(self.row[1:]))

    def _read(self) -> str:
        line = self._text.readline(MAX_CSV_LINE + 1)
        if len(line) <= MAX_CSV_LINE:
            return line
        pieces = [line]
        while line and line[-1] not in "\r\n":
            line = self._text.readline(MAX_CSV_LINE)
            if self._as_written:
                pieces.append(line)
        end = _TooLong("\n")
        end.written = "".join(pieces)
        self.row.append(end)
        raise _OverlongError


def rows(text: TextIOBase, delimiter: str) -> Iterator[list[str] | BrokenRow]:
    """Every row in order, an empty list for a blank line; `text` does not translate its line ends.

    A broken row costs itself alone: reading goes on at the line after its first.
    """
    return _rows(_Lines(text), delimiter)


def rows_as_written(text: TextIOBase, delimiter: str) -> Iterator[tuple[list[str] | BrokenRow, str]]:
    """The same rows, each with the text that it was read from; together they are the whole file."""
    lines = _Lines(text, as_written=True)
    for row in _rows(lines, delimiter):
        # A broken row costs its first line; the others are read again as rows of their own.
        yield row, lines.written[0] if isinstance(row, BrokenRow) else "".join(lines.written)


def _rows(lines: _Lines, delimiter: str) -> Iterator[list[str] | BrokenRow]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin_row()
        try:
            row = next(reader)
            yield _BEHIND_A_BLANK if _is_torn(row, lines.row, delimiter) else row
        except StopIteration:
            return
        except _OverlongError:
            yield _TOO_LONG if len(lines.row) == 1 else _UNCLOSED
            lines.read_again_after_first()
        except csv.Error as broken:
            yield _why(broken, lines.row)
            lines.read_again_after_first()


def _is_torn(row: list[str], written: list[str], delimiter: str) -> bool:
    """True where quotation marks behind blanks were meant to hold a cell together that is in pieces now.

    RFC 4180 §2.4 makes the blank a part of the cell, and the mark a character in it; many write it otherwise.
    """
    if len(written) > 1 or ' "' not in written[0]:  # the pieces of one over several lines are rows
        return False
    quoted = [cell for cell in row if cell.lstrip(" ").startswith('"') and not cell.startswith('"')]
    if not quoted:
        return False
    whole = next(csv.reader(written, delimiter=delimiter, skipinitialspace=True), [])
    never_closed = written[0].count('"') % 2 == 1 and any(cell.count('"') % 2 == 1 for cell in quoted)
    return len(whole) < len(row) or never_closed


def _why(broken: csv.Error, row: list[str]) -> BrokenRow:
    if len(row) > 1 or "unexpected end" in str(broken):
        return _UNCLOSED
    return _TOO_LONG if "limit" in str(broken) else _MISPLACED
