"""Descriptions in ODS and XLSX: the first sheet with a header, its rows as a table's."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from archive.core.findings import At, Finding, error, note, warning
from archive.core.limits.descriptions import HEADER_ROWS_LOOKED_AT
from archive.core.limits.output import NAMED_IN_A_NOTE
from archive.core.limits.spreadsheets import MAX_REPEATED_ROWS, MAX_SPREADSHEET_BYTES
from archive.core.tables.read_sheet import ReadRow, SheetEnd, SheetStart, SpreadsheetError
from archive.core.text import printable
from archive.formats.descriptions.cell_facts import CellFacts
from archive.formats.descriptions.header import Found, find_header
from archive.formats.descriptions.row import DescribedRow
from archive.formats.descriptions.stated import stated
from archive.formats.descriptions.tables import Table
from archive.formats.spreadsheet import read_ods, read_xlsx

Events = Iterator[SheetStart | ReadRow | SheetEnd]


class ChosenSheet(NamedTuple):
    """The sheet that is read: its place among the tabs (from 0), its name, the number of its header's row."""

    place: int
    name: str
    hidden: bool
    header: int


def read_spreadsheet(
    name: str, stream: BinaryIO, date_order: str | None, *, held: bool = False
) -> Iterator[DescribedRow | Finding]:
    """The rows one by one; memory does not grow with the table. `held` as in `Table`."""
    if not stream.seekable():
        stream = io.BytesIO(stream.read(MAX_SPREADSHEET_BYTES + 1))
    try:
        yield from _read(name, stream, date_order, held=held)
    except SpreadsheetError as trouble:
        yield error(trouble.code, name, trouble.message, at=At(file=name), remedy=trouble.remedy)


def sheet_events(name: str, stream: BinaryIO, place: int | None = None) -> Events:
    """Sheets and rows of a spreadsheet by the ending of its name; with `place` the rows of that sheet alone.

    Raises SpreadsheetError where it cannot be read.
    """
    stream.seek(0)
    read = read_ods if name.lower().endswith(".ods") else read_xlsx
    return read(stream, lambda number, _: place is None or number == place)


def choose_sheet(name: str, stream: BinaryIO) -> ChosenSheet | None:
    """The first sheet with a header, shown ones before hidden ones, else the first with anything in it.

    None where nothing is in any. Raises SpreadsheetError where the file cannot be read.
    """
    candidates: list[tuple[bool, bool, ChosenSheet]] = []
    for place, start, rows in _beginnings(sheet_events(name, stream)):
        found = find_header(iter(rows), row_texts, sure=True)
        if isinstance(found, Found):
            chosen = ChosenSheet(place, start.name, start.hidden, found.header.number)
            if not start.hidden:
                return chosen
            candidates.append((False, True, chosen))
        elif rows:
            chosen = ChosenSheet(place, start.name, start.hidden, rows[0].number)
            candidates.append((True, start.hidden, chosen))
    return min(candidates, default=(0, 0, None))[2]


def row_texts(row: ReadRow) -> list[str]:
    """The texts of a row, blank ones included, up to its last cell."""
    texts = [""] * (row.cells[-1].column + 1)
    for cell in row.cells:
        texts[cell.column] = cell.text
    return texts


def _beginnings(events: Events) -> Iterator[tuple[int, SheetStart, list[ReadRow]]]:
    """Each sheet with its first rows."""
    place = -1
    start, rows = SheetStart(""), list[ReadRow]()
    for event in events:
        if isinstance(event, SheetStart):
            place, start, rows = place + 1, event, []
        elif isinstance(event, ReadRow):
            rows.append(event)
            if len(rows) == HEADER_ROWS_LOOKED_AT:
                yield place, start, rows
        elif len(rows) < HEADER_ROWS_LOOKED_AT:
            yield place, start, rows


def _read(
    name: str, stream: BinaryIO, date_order: str | None, *, held: bool
) -> Iterator[DescribedRow | Finding]:
    chosen = choose_sheet(name, stream)
    if chosen is None:
        yield error("DESC-EMPTY", name, "the table is empty", at=At(file=name))
        return
    yield _stated(name, chosen)
    table: Table | None = None
    facts = CellFacts(name, chosen.name)
    left: list[SheetStart] = []
    place = -1
    described = False
    for event in sheet_events(name, stream, chosen.place):
        if isinstance(event, SheetStart):
            place += 1
            if place != chosen.place:
                left.append(event)
        elif isinstance(event, SheetEnd):
            if place == chosen.place and table is not None:
                yield from (_in_sheet(finding, chosen.name) for finding in table.close())
                yield from facts.close(event)
        elif place != chosen.place or event.number < chosen.header:
            continue
        elif table is None:
            table = Table(
                name, row_texts(event), date_order, held=held, header_row=event.number, guarded=False
            )
            yield from (_in_sheet(finding, chosen.name) for finding in table.findings)
        else:
            for read in _rows(table, event, facts, chosen.name):
                described = described or isinstance(read, DescribedRow)
                yield read
    if left:
        yield _left(name, left)
    if not described:
        yield warning("DESC-EMPTY", name, "the table has a header and no rows", at=At(file=name))


def _rows(table: Table, row: ReadRow, facts: CellFacts, sheet: str) -> Iterator[DescribedRow | Finding]:
    texts = row_texts(row)
    texts += [""] * (table.width - len(texts))  # blank cells at the end of a row are not stored
    for number in range(row.number, row.number + min(row.repeated, MAX_REPEATED_ROWS)):
        found = facts.see(row, number)
        read = table.read(number, texts, surrogates=True)
        if isinstance(read, DescribedRow):
            doubted = {finding.at.column for finding in found if finding.code == "TABLE-DATE-GUESSED"}
            own = tuple(
                _in_sheet(finding, sheet)
                for finding in read.findings
                if finding.code != "TABLE-MONTH-DAY" or finding.at.column not in doubted  # said already
            )
            path_at = read.path_at and read.path_at._replace(sheet=sheet)
            at = read.at._replace(sheet=sheet)
            yield read._replace(at=at, path_at=path_at, findings=(*own, *found))
        else:
            yield from found
            if read is not None:
                yield _in_sheet(read, sheet)
    if row.repeated > MAX_REPEATED_ROWS:
        yield error(
            "TABLE-ROWS-REPEATED",
            f"{table.name}:{sheet}!{row.number}",
            f"the row stands {row.repeated:,} times; {MAX_REPEATED_ROWS:,} of them are read",
            at=At(file=table.name, line=row.number, sheet=sheet),
            remedy="remove the rows that are not meant",
        )


def _in_sheet(finding: Finding, sheet: str) -> Finding:
    """The finding with the place as the spreadsheet program shows it: `metadata.ods:Sheet1!C7`."""
    at = finding.at
    place = f"{at.file}:{sheet}!{at.column or ''}{at.line or ''}"
    return replace(finding, place=place, at=at._replace(sheet=sheet))


def _stated(name: str, chosen: ChosenSheet) -> Finding:
    kind = "ODS" if name.lower().endswith(".ods") else "XLSX"
    hidden = " (hidden)" if chosen.hidden else ""
    parts = [f"sheet “{printable(chosen.name)}”{hidden}", f"header in row {chosen.header}"]
    return stated(name, kind, parts, At(file=name, line=chosen.header, sheet=chosen.name))


def _left(name: str, sheets: list[SheetStart]) -> Finding:
    named = [
        f"“{printable(each.name)}”" + (" (hidden)" if each.hidden else "")
        for each in sheets[:NAMED_IN_A_NOTE]
    ]
    more = " …" if len(sheets) > NAMED_IN_A_NOTE else ""
    return note(
        "TABLE-SHEETS-LEFT",
        name,
        f"other sheets were not read: {', '.join(named)}{more}",
        at=At(file=name),
        remedy="describe everything in one sheet",
    )
