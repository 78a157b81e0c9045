"""A template as a table: as a sheet for the writers of spreadsheets, or as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from archive.core.tables.sheet import Cell, Mark, Sheet, SheetColumn
from archive.core.tables.template import DESCRIBING, FILENAME, HELD, TemplateColumn
from archive.core.tables.template_row import TemplateRow
from archive.formats.csv_cells import guarded

SHEET_NAME: Final = "Descriptions"


def template_columns(*, held: bool) -> tuple[TemplateColumn, ...]:
    """The columns in their order; those that name a document first."""
    return (*(HELD if held else (FILENAME,)), *DESCRIBING)


def template_sheet(rows: Iterable[TemplateRow], *, held: bool) -> Sheet:
    """The template with a frozen header, a row of help, and choices below; `rows` are taken once."""
    columns = template_columns(held=held)
    return Sheet(
        name=SHEET_NAME,
        rows=_cells(columns, rows),
        columns=tuple(SheetColumn(column.width, column.choices) for column in columns),
        frozen_rows=2,
        frozen_columns=1,
    )


def _cells(columns: tuple[TemplateColumn, ...], rows: Iterable[TemplateRow]) -> Iterator[tuple[Cell, ...]]:
    yield tuple(Cell(column.heading, Mark.HEADING) for column in columns)
    yield tuple(Cell(column.help, Mark.HELP) for column in columns)
    for row in rows:
        yield tuple(
            Cell(text, Mark.HELP if column.suggests else Mark.NONE, _comment(row, column))
            for column, text in zip(columns, _texts(columns, row), strict=True)
        )


def _comment(row: TemplateRow, column: TemplateColumn) -> str:
    """Where a suggestion comes from, on the cell itself."""
    return next((each.why for each in row.suggestions if each.heading == column.suggests), "")


def _texts(columns: tuple[TemplateColumn, ...], row: TemplateRow) -> tuple[str, ...]:
    named = len(row.named)
    return (*row.named, *(row.cell(column.heading, column.suggests) for column in columns[named:]))


def template_csv(rows: Iterable[TemplateRow], *, held: bool) -> Iterator[bytes]:
    """The template in UTF-8 with a mark at its start, by which Excel knows the encoding; lines end in CRLF.

    What a program would take for a formula begins with an apostrophe, which is taken off where it is read.
    """
    columns = template_columns(held=held)
    yield b"\xef\xbb\xbf" + _line(column.heading for column in columns)
    yield _line(column.help for column in columns)
    for row in rows:
        yield _line(map(guarded, _texts(columns, row)))


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(list(cells))
    return text.getvalue().encode()
