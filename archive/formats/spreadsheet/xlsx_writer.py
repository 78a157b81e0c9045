"""A sheet as XLSX (ECMA-376, Office Open XML): every cell text, whatever a program would make of it."""

from collections.abc import Iterator, Sequence
from typing import IO, Final

from archive.core.limits.spreadsheets import MAX_COLUMNS, MAX_ROWS, MAX_XLSX_TEXT
from archive.core.tables.sheet import Cell, Mark, Sheet, SheetLimitError, cell_name, column_letter
from archive.core.tables.sheet_text import escaped, is_beyond_reading
from archive.formats.spreadsheet.looks import LOOKS
from archive.formats.spreadsheet.package_writer import DECLARATION, PackageWriter
from archive.formats.spreadsheet.xlsx_comments import Comment, comment_parts
from archive.formats.spreadsheet.xlsx_parts import MAIN, around, choices_sheet, longest_choices
from archive.formats.xml_text import xml_text

_STYLES: Final = {mark: number for number, mark in enumerate(LOOKS, 1)}  # 0 is the usual style of the format
_INLINE_CHOICES: Final = 255  # characters of a list in its own formula (Excel)
_SHEET: Final = "xl/worksheets/sheet1.xml"


def write_xlsx(sheet: Sheet, out: IO[bytes]) -> None:
    """Writes the sheet; the same sheet gives the same bytes, and memory grows with its comments only.

    Raises SheetLimitError where there are more rows, columns or characters in a cell than Excel opens.
    """
    package = PackageWriter(out)
    comments: list[Comment] = []
    package.part(_SHEET, _worksheet(sheet, comments))
    listed = any(column.choices and _inline(column.choices) is None for column in sheet.columns)
    if listed:
        package.part("xl/worksheets/sheet2.xml", choices_sheet([column.choices for column in sheet.columns]))
    package.parts(comment_parts(comments))
    package.parts(around(sheet.name, choices=listed, comments=bool(comments)))
    package.close()


def _worksheet(sheet: Sheet, comments: list[Comment]) -> Iterator[str]:
    yield f'{DECLARATION}<worksheet xmlns="{MAIN}" '
    yield 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    yield f'<sheetViews><sheetView workbookViewId="0">{_pane(sheet)}</sheetView></sheetViews>'
    yield _columns(sheet)
    yield "<sheetData>"
    last = 0
    for last, row in enumerate(sheet.rows, 1):
        if last > MAX_ROWS or len(row) > MAX_COLUMNS:
            raise SheetLimitError(f"more than {MAX_ROWS:,} rows or {MAX_COLUMNS:,} columns")
        if row:
            yield _row(last, row, comments)
    yield "</sheetData>"
    yield _validations(sheet, min(last + sheet.spare_rows, MAX_ROWS))
    # No green corners for digits that are meant as text.
    yield f'<ignoredErrors><ignoredError sqref="A1:{cell_name(MAX_ROWS, MAX_COLUMNS - 1)}" '
    yield 'numberStoredAsText="1"/></ignoredErrors>'
    if comments:
        yield '<legacyDrawing r:id="drawing"/>'
    yield "</worksheet>"


def _pane(sheet: Sheet) -> str:
    rows, columns = sheet.frozen_rows, sheet.frozen_columns
    if not rows and not columns:
        return ""
    corner = cell_name(rows + 1, columns)
    active = ("bottomRight" if columns else "bottomLeft") if rows else "topRight"
    split = (f' xSplit="{columns}"' if columns else "") + (f' ySplit="{rows}"' if rows else "")
    return f'<pane{split} topLeftCell="{corner}" activePane="{active}" state="frozen"/>'


def _columns(sheet: Sheet) -> str:
    usual = _STYLES[Mark.NONE]
    if len(sheet.columns) > MAX_COLUMNS:
        raise SheetLimitError(f"more than {MAX_COLUMNS:,} columns")
    columns = [
        f'<col min="{number}" max="{number}" width="{column.width}" style="{usual}" customWidth="1"/>'
        for number, column in enumerate(sheet.columns, 1)
    ]
    if len(columns) < MAX_COLUMNS:
        # Text to the last column, so that what is typed there is not taken for a date either.
        columns.append(f'<col min="{len(columns) + 1}" max="{MAX_COLUMNS}" width="20" style="{usual}"/>')
    return f"<cols>{''.join(columns)}</cols>"


def _row(number: int, row: Sequence[Cell], comments: list[Comment]) -> str:
    cells = []
    for index, cell in enumerate(row):
        name = cell_name(number, index)
        style = _STYLES[cell.mark]
        if cell.comment:
            comments.append(Comment(number, index, cell.comment[:MAX_XLSX_TEXT]))
        if cell.text:
            cells.append(f'<c r="{name}" s="{style}" t="inlineStr"><is>{_text(cell.text, name)}</is></c>')
        elif cell.mark is not Mark.NONE:
            cells.append(f'<c r="{name}" s="{style}"/>')
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text(text: str, name: str) -> str:
    if len(text) > MAX_XLSX_TEXT or (
        not text.isascii() and len(text) + sum(char > "\uffff" for char in text) > MAX_XLSX_TEXT
    ):
        raise SheetLimitError(f"{name}: more than {MAX_XLSX_TEXT:,} characters")
    if is_beyond_reading(text):
        raise SheetLimitError(f"{name}: too many characters that XML cannot carry")
    return f'<t xml:space="preserve">{xml_text(escaped(text))}</t>'


def _validations(sheet: Sheet, last: int) -> str:
    first = sheet.frozen_rows + 1
    if last < first:
        return ""
    lists = []
    for index, column in enumerate(sheet.columns):
        if not column.choices:
            continue
        formula = _inline(column.choices)
        if formula is None:
            letter = column_letter(index)
            formula = f"Choices!${letter}$1:${letter}${len(longest_choices(column.choices))}"
        lists.append(
            '<dataValidation type="list" allowBlank="1" showErrorMessage="0" '
            f'sqref="{cell_name(first, index)}:{cell_name(last, index)}">'
            f"<formula1>{xml_text(formula)}</formula1></dataValidation>"
        )
    if not lists:
        return ""
    return f'<dataValidations count="{len(lists)}">{"".join(lists)}</dataValidations>'


def _inline(choices: tuple[str, ...]) -> str | None:
    """The list as a formula of its own, or None where it is too long or would be cut at its commas."""
    joined = ",".join(choices)
    plain = all(choice.isprintable() and not set(choice) & set(',"') for choice in choices)
    return f'"{joined}"' if plain and len(joined) <= _INLINE_CHOICES else None
