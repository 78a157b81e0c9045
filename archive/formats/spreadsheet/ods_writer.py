"""A sheet as ODS (OASIS OpenDocument 1.3): every cell text, whatever a program would make of it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import IO, Final

from archive.core.limits.descriptions import MAX_CSV_FIELD
from archive.core.limits.spreadsheets import MAX_COLUMNS, MAX_ROWS
from archive.core.tables.sheet import Cell, Mark, Sheet, SheetColumn, SheetLimitError, cell_name
from archive.core.tables.sheet_text import escaped, is_beyond_reading
from archive.formats.spreadsheet.beside import OUR_AUTHOR
from archive.formats.spreadsheet.ods_parts import CONTENT_ROOT, MIMETYPE, around, cell_styles, column_styles
from archive.formats.spreadsheet.package_writer import DECLARATION, PackageWriter
from archive.formats.xml_text import xml_attribute, xml_text

_TEXT: Final = 'table:default-cell-style-name="none"'  # every style of ours is of the format "text"
# White space that ODF collapses (ODF 1.3-3 §6.1.2): more than one space, one at an end of a line, or beside a
# tab, of which the element is no character; and tabs.
_SPACES: Final = re.compile("^ +| +$| {2,}|(?<=\t) +| +(?=\t)|\t")


def write_ods(sheet: Sheet, out: IO[bytes]) -> None:
    """Writes the sheet; the same sheet gives the same bytes, and memory does not grow with the rows.

    Raises SheetLimitError where there are more rows or columns than spreadsheet programs open, or more
    characters in a cell than are read again.
    """
    package = PackageWriter(out)
    package.part("mimetype", (MIMETYPE,), stored=True)  # first and stored, so that it can be told (§3.3)
    package.part("content.xml", _content(sheet))
    package.parts(around(sheet))
    package.close()


def _content(sheet: Sheet) -> Iterator[str]:
    yield DECLARATION + CONTENT_ROOT + "<office:automatic-styles>"
    yield column_styles(sheet) + cell_styles() + "</office:automatic-styles><office:body><office:spreadsheet>"
    yield _validations(sheet)
    name = xml_attribute(escaped(sheet.name))
    yield f'<table:table table:name="{name}" table:style-name="ta1">'
    for number, column in enumerate(sheet.columns):
        if number >= MAX_COLUMNS:
            raise SheetLimitError(f"more than {MAX_COLUMNS:,} columns")
        yield f'<table:table-column table:style-name="co{column.width}" {_TEXT}/>'
    if rest := MAX_COLUMNS - len(sheet.columns):
        # Text to the last column, so that what is typed there is not taken for a date either.
        yield f'<table:table-column table:number-columns-repeated="{rest}" {_TEXT}/>'
    yield from _rows(sheet)
    yield "</table:table></office:spreadsheet></office:body></office:document-content>"


def _validations(sheet: Sheet) -> str:
    pieces = []
    for number, column in enumerate(sheet.columns):
        if column.choices:
            choices = ";".join('"' + choice.replace('"', '""') + '"' for choice in column.choices)
            condition = xml_attribute(escaped(f"of:cell-content-is-in-list({choices})"))
            pieces.append(
                f'<table:content-validation table:name="choice{number}" table:condition="{condition}" '
                'table:allow-empty-cell="true" table:display-list="unsorted">'
                '<table:error-message table:message-type="information" table:display="false"/>'
                "</table:content-validation>"
            )
    if not pieces:
        return ""
    return "<table:content-validations>" + "".join(pieces) + "</table:content-validations>"


def _rows(sheet: Sheet) -> Iterator[str]:
    number = 0
    for blank, group in groupby(sheet.rows, key=lambda row: not row):
        if blank:
            count = sum(1 for _ in group)
            yield _blank(sheet.columns, count, offer=number >= sheet.frozen_rows)
            number += count
            continue
        for row in group:
            number += 1
            if number > MAX_ROWS or len(row) > MAX_COLUMNS:
                raise SheetLimitError(f"more than {MAX_ROWS:,} rows or {MAX_COLUMNS:,} columns")
            for column, cell in enumerate(row):
                if is_beyond_reading(cell.text):
                    place = cell_name(number, column)
                    raise SheetLimitError(f"{place}: more than {MAX_CSV_FIELD:,} characters")
            yield _row(row, sheet.columns if number > sheet.frozen_rows else ())
    if spare := min(sheet.spare_rows, MAX_ROWS - number):
        yield _blank(sheet.columns, spare, offer=True)


def _blank(columns: Iterable[SheetColumn], count: int, *, offer: bool) -> str:
    cells = "".join(
        f"<table:table-cell{_choice(column, number) if offer else ''}/>"
        for number, column in enumerate(columns)
    )
    cells = cells or "<table:table-cell/>"
    return f'<table:table-row table:number-rows-repeated="{count}">{cells}</table:table-row>'


def _row(row: Sequence[Cell], columns: Sequence[SheetColumn]) -> str:
    cells = [
        _cell(cell, _choice(columns[number], number) if number < len(columns) else "")
        for number, cell in enumerate(row)
    ]
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _choice(column: SheetColumn, number: int) -> str:
    return f' table:content-validation-name="choice{number}"' if column.choices else ""


def _cell(cell: Cell, choice: str) -> str:
    style = "" if cell.mark is Mark.NONE else f' table:style-name="{cell.mark.value}"'
    if not cell.text and not cell.comment:
        return f"<table:table-cell{style}{choice}/>"
    comment = ""
    if cell.comment:
        author = f"<dc:creator>{OUR_AUTHOR}</dc:creator>"
        comment = f"<office:annotation>{author}{paragraphs(cell.comment)}</office:annotation>"
    kind = ' office:value-type="string"' if cell.text else ""
    text = paragraphs(cell.text) if cell.text else ""
    return f"<table:table-cell{style}{choice}{kind}>{comment}{text}</table:table-cell>"


def paragraphs(text: str) -> str:
    """The lines of a text as paragraphs, its white space written so that no reader collapses it."""
    return "".join(f"<text:p>{_line(line)}</text:p>" for line in escaped(text).split("\n"))


def _line(line: str) -> str:
    text = xml_text(line)
    if "\t" in text or "  " in text or text[:1] == " " or text[-1:] == " ":
        text = _SPACES.sub(_white_space, text)
    return text


def _white_space(match: re.Match[str]) -> str:
    run = match.group()
    if run == "\t":
        return "<text:tab/>"
    return "<text:s/>" if len(run) == 1 else f'<text:s text:c="{len(run)}"/>'
