"""The cells of a table as its program shows them: row by row, with the numbers that it gives them."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from archive.core.findings import Finding
from archive.core.limits.spreadsheets import MAX_REPEATED_ROWS
from archive.core.tables.read_sheet import ReadRow, SpreadsheetError
from archive.formats.descriptions.csv_documents import delimiter_of
from archive.formats.descriptions.csv_encoding import detect
from archive.formats.descriptions.csv_rows import BrokenRow, rows_as_written
from archive.formats.descriptions.header import Found, find_header
from archive.formats.descriptions.sheet_documents import choose_sheet, row_texts, sheet_events


class CannotAnnotateError(ValueError):
    """The table cannot be read as one."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows that hold anything, by their number (from 1); `header` is the number of the header's row.

    `sheet` is the name of the sheet, empty for CSV.
    """

    rows: dict[int, list[str]]
    header: int
    sheet: str = ""

    @property
    def width(self) -> int:
        """The columns of the widest row."""
        return max(map(len, self.rows.values()), default=0)

    @property
    def last(self) -> int:
        """The number of the last row."""
        return max(self.rows, default=0)

    @property
    def headings(self) -> list[str]:
        """The cells of the header."""
        return self.rows.get(self.header, [])


def read_grid(name: str, data: bytes) -> Grid:
    """The cells of a CSV, ODS or XLSX, chosen and counted as the readers of descriptions do.

    Raises CannotAnnotateError where it cannot be read.
    """
    if name.lower().endswith((".ods", ".xlsx")):
        try:
            return _sheet_grid(name, io.BytesIO(data))
        except SpreadsheetError as trouble:
            raise CannotAnnotateError(trouble.message) from trouble
    rows = dict(_csv_rows(name, data))
    found = find_header(iter(rows.items()), lambda numbered: numbered[1])
    return Grid(rows, found.header[0] if isinstance(found, Found) else 1)


def _csv_rows(name: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    found = detect(name, io.BytesIO(data))
    if isinstance(found, Finding):
        raise CannotAnnotateError(found.message)
    text = io.TextIOWrapper(io.BytesIO(data), found.name, found.errors, newline="")
    stream = io.StringIO(text.read(), newline="")
    for number, (cells, written) in enumerate(rows_as_written(stream, delimiter_of(name, stream)), 1):
        # A row whose quotes are broken is shown as it was written, for a person to mend.
        shown = [written.rstrip("\r\n")] if isinstance(cells, BrokenRow) else cells
        if any(shown):
            yield number, shown


def _sheet_grid(name: str, stream: BinaryIO) -> Grid:
    chosen = choose_sheet(name, stream)
    if chosen is None:
        raise CannotAnnotateError("nothing is in it")
    rows: dict[int, list[str]] = {}
    for event in sheet_events(name, stream, chosen.place):
        if isinstance(event, ReadRow) and event.cells:
            repeated = min(event.repeated, MAX_REPEATED_ROWS)
            rows.update(dict.fromkeys(range(event.number, event.number + repeated), row_texts(event)))
    return Grid(rows, chosen.header, chosen.name)
