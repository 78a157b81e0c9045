"""A table of descriptions in each of its forms."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import BinaryIO, Final

from archive.core.limits.descriptions import MAX_CSV_FIELD
from archive.core.limits.spreadsheets import MAX_XLSX_TEXT
from archive.core.tables.sheet import Cell, Mark, Sheet, SheetColumn
from archive.formats.csv_cells import guarded
from archive.formats.description_table.cells import Cells, LeftOut, TableRow
from archive.formats.description_table.columns import TableColumn
from archive.formats.description_table.received import ReceivedCells
from archive.formats.descriptions.columns import SEPARATOR

_WIDTHS: Final = {"reference": 14, "id": 12, "revision": 8, "filename": 36, "title": 40, "description": 40}
_SPARE_ROWS: Final = 200  # below the last, where choices are offered too


class TableForm(StrEnum):
    """The forms that can be written, each called by the ending of its files."""

    CSV = "csv"
    ODS = "ods"
    XLSX = "xlsx"
    JSON = "json"
    XML = "xml"


def written(
    form: TableForm,
    columns: list[TableColumn],
    rows: Iterable[TableRow],
    out: BinaryIO,
    *,
    as_received: bool = False,
) -> list[LeftOut]:
    """Writes the table; returns what no cell could hold. Memory does not grow with the rows.

    In CSV a guard stands before what a program would take for a formula. Only an export that is known as one
    when it is read again may have it: not a table `as_received`, of which each row has the cells that its
    own table had.

    Raises SheetLimitError for more rows or columns than a spreadsheet has.
    """
    if form is TableForm.JSON:
        from archive.formats.description_table.json_list import json_list

        return json_list(rows, out)
    if form is TableForm.XML:
        from archive.formats.description_table.xml_records import xml_records

        return xml_records(rows, out)
    longest = MAX_XLSX_TEXT if form is TableForm.XLSX else MAX_CSV_FIELD
    cells = ReceivedCells(columns, longest) if as_received else Cells(columns, longest)
    if form is TableForm.CSV:
        out.writelines(_csv(cells, rows, str if as_received else guarded))
        return cells.left_out
    from archive.formats.spreadsheet import write_ods, write_xlsx

    write = write_ods if form is TableForm.ODS else write_xlsx
    write(_sheet(cells, rows), out)
    return cells.left_out


def _csv(cells: Cells, rows: Iterable[TableRow], guard: Callable[[str], str]) -> Iterator[bytes]:
    """The table in UTF-8 (RFC 4180), header first, a chunk of bytes for each row.

    Text that a program would take for a formula is guarded by an apostrophe, each of several values too.
    """
    yield _line([guard(column.heading) for column in cells.columns])
    for row in rows:
        yield _line(
            [
                SEPARATOR.join(map(guard, text.split(SEPARATOR))) if column.field == "term" else guard(text)
                for column, text in zip(cells.columns, cells.of(row), strict=True)
            ]
        )


def _line(cells: list[str]) -> bytes:
    text = io.StringIO(newline="")
    # CRLF, so that a lone carriage return in a cell is quoted too.
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode("utf-8", "replace")


def _sheet(cells: Cells, rows: Iterable[TableRow]) -> Sheet:
    def lines() -> Iterator[list[Cell]]:
        yield [Cell(column.heading, Mark.HEADING) for column in cells.columns]
        for row in rows:
            yield [Cell(text) for text in cells.of(row)]

    return Sheet(
        name="Descriptions",
        rows=lines(),
        columns=tuple(
            SheetColumn(_WIDTHS.get(column.name or column.field, 24), column.choices)
            for column in cells.columns
        ),
        spare_rows=_SPARE_ROWS,
    )
