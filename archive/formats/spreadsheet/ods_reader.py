"""The sheets of an ODS, row by row (ODF 1.3-3 §9.1); memory is that of one row."""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from archive.core.limits.descriptions import MAX_CSV_FIELD
from archive.core.limits.spreadsheets import MAX_COLUMNS, MAX_MERGED, MAX_ROWS
from archive.core.tables.read_sheet import ReadCell, ReadRow, SheetEnd, SheetStart
from archive.core.tables.sheet import cell_name
from archive.core.tables.sheet_text import unescaped
from archive.formats.spreadsheet.measure import Measure
from archive.formats.spreadsheet.ods_beside import Beside
from archive.formats.spreadsheet.ods_cells import read_cell
from archive.formats.spreadsheet.ods_parts import ESCAPES
from archive.formats.spreadsheet.ods_styles import OFFICE, TABLE, TEXT, Styles
from archive.formats.spreadsheet.package import Package, unreadable
from archive.formats.spreadsheet.xml_parts import Attributes, TextBuffer, parse, run, whole

_CONTENT: Final = "content.xml"
# Names are put together once: there are some for every cell.
_TABLE: Final = f"{TABLE}table"
_ROW: Final = f"{TABLE}table-row"
_CELL: Final = f"{TABLE}table-cell"
_COVERED: Final = f"{TABLE}covered-table-cell"
_COLUMN: Final = f"{TABLE}table-column"
_COLUMNS_REPEATED: Final = f"{TABLE}number-columns-repeated"
_ROWS_SPANNED: Final = f"{TABLE}number-rows-spanned"
_COLUMNS_SPANNED: Final = f"{TABLE}number-columns-spanned"
_STYLE_NAME: Final = f"{TABLE}style-name"
_PARAGRAPHS: Final = frozenset((f"{TEXT}p", f"{TEXT}h"))
_LINK: Final = f"{TEXT}a"
_CELLS: Final = frozenset((_CELL, _COVERED))
_SPACES: Final = re.compile("[ \t\r\n]+")  # are one space, and none at the start (ODF 1.3-3 §6.1.2)
_BREAKS: Final = {"tab": "\t", "line-break": "\n"}
_new: Final = tuple.__new__  # a third of the price of _replace
_META_NAME: Final = "urn:oasis:names:tc:opendocument:xmlns:meta:1.0 name"
# What stands in a cell and is not its text: comments, notes, what is kept of earlier versions, and whatever
# is drawn over it: a text box or an arrow may hold paragraphs, too.
_ASIDE: Final = frozenset(
    {
        f"{OFFICE}annotation",
        f"{TABLE}shapes",
        f"{TABLE}tracked-changes",
        f"{TABLE}dde-links",
        f"{TEXT}note",
        f"{TEXT}ruby-text",
    }
)
_DRAWN: Final = (
    "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0 ",
    "urn:oasis:names:tc:opendocument:xmlns:dr3d:1.0 ",
)


def read_ods(
    stream: BinaryIO, wanted: Callable[[int, SheetStart], bool]
) -> Iterator[SheetStart | ReadRow | SheetEnd]:
    """Every sheet in the order of its tabs; rows of those that are `wanted` (by place from 0 and start).

    Raises SpreadsheetError where it cannot be read; OSError of the stream passes through.
    """
    package = Package(stream)
    _refuse_encrypted(package)
    styles = Styles()
    if "styles.xml" in package:
        run("styles.xml", package.chunks("styles.xml"), styles.begin, styles.end)
    reading = _Content(styles, wanted, escapes=_announces_escapes(package))
    for _ in parse(_CONTENT, package.chunks(_CONTENT), reading.begin, reading.end, reading.text):
        yield from reading.events
        reading.events.clear()
    if not reading.sheets:
        raise unreadable("holds no sheet")


def _refuse_encrypted(package: Package) -> None:
    name = "META-INF/manifest.xml"
    if name not in package:
        return

    def begin(element: str, _: Attributes) -> None:
        if element.endswith(" encryption-data"):
            raise unreadable("is encrypted", "save it without a password")

    run(name, package.chunks(name), begin, lambda _: None)


def _announces_escapes(package: Package) -> bool:
    announced = False

    def begin(_: str, attributes: Attributes) -> None:
        nonlocal announced
        announced = announced or attributes.get(_META_NAME) == ESCAPES

    if "meta.xml" in package:
        run("meta.xml", package.chunks("meta.xml"), begin, lambda _: None)
    return announced


class _Content:
    """The handlers of content.xml; what is finished lies in `events`."""

    def __init__(self, styles: Styles, wanted: Callable[[int, SheetStart], bool], *, escapes: bool) -> None:
        self.events: list[SheetStart | ReadRow | SheetEnd] = []
        self.sheets = 0
        self._styles = styles
        self._wanted = wanted
        self._escapes = escapes
        self._measure = Measure()
        self._aside = 0
        self._depth = 0  # of tables
        self._reading = False
        self._paragraphs = 0
        self._in_paragraph = 0
        self._after_space = False
        self._buffer = TextBuffer()
        self._cell: Attributes | None = None
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._row = 0
        self._next_row = 1
        self._row_repeated = 1
        self._row_hidden = False
        self._row_style = ""
        self._column = 0
        self._cells: list[ReadCell] = []
        self._written = 0  # of them in the file
        self._column_styles: list[str] = []
        self._hidden_columns: list[int] = []
        self._merged: list[str] = []
        self._beside = Beside()

    def begin(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        if self._aside:
            self._aside += 1
            self._beside.begin(name)
        elif name in _ASIDE or name.startswith(_DRAWN):
            self._aside = 1
            if self._cell is not None:
                self._beside.begin_aside(name, self._cell_name())
        elif name == _TABLE:
            self._begin_table(attributes)
        elif not self._depth:
            self._styles.begin(name, attributes)
        elif not self._reading or self._depth > 1:
            return
        elif name.startswith(TEXT):
            self._begin_text(name, attributes)
        elif name == _ROW:
            self._begin_row(attributes)
        elif name in _CELLS:
            self._require_outside_a_cell()
            self._cell = attributes
            self._paragraphs = 0
            self._buffer.take()
        elif name == _COLUMN:
            self._take_columns(attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        if self._aside:
            self._aside -= 1
            if self._aside:
                self._beside.end()
            else:
                self._beside.end_aside()
        elif name == _TABLE:
            self._depth -= 1
            if not self._depth:
                self.events.append(self._ended())
        elif not self._depth:
            self._styles.end(name)
        elif not self._reading or self._depth > 1:
            return
        elif name in _PARAGRAPHS:
            self._in_paragraph = max(self._in_paragraph - 1, 0)
        elif name == _LINK:
            if self._cell is not None:
                self._beside.end_link(self._cell_name(), self._buffer)
        elif name in _CELLS:
            self._end_cell()
        elif name == _ROW:
            self._end_row()

    def text(self, piece: str) -> None:
        """Text between elements; only that of paragraphs is a cell's."""
        if self._aside:
            self._beside.text(piece)
        elif self._in_paragraph and self._cell is not None:
            if not piece.isprintable() or "  " in piece or piece[0] == " ":
                piece = _SPACES.sub(" ", piece)
                if self._after_space:
                    piece = piece.lstrip(" ")
                if not piece:
                    return
            self._after_space = piece[-1] == " "
            self._buffer.add(piece)

    def _begin_table(self, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > 1:
            return
        self._begin_sheet()
        hidden = self._styles.hides(attributes.get(_STYLE_NAME, ""))
        start = SheetStart(attributes.get(f"{TABLE}name", ""), hidden)
        self._reading = self._wanted(self.sheets, start)
        self.sheets += 1
        self.events.append(start)

    def _ended(self) -> SheetEnd:
        return SheetEnd(tuple(self._merged), tuple(self._hidden_columns), *self._beside.unread())

    def _cell_name(self) -> str:
        return cell_name(self._row, self._column)

    def _take_columns(self, attributes: Attributes) -> None:
        first = len(self._column_styles)
        count = min(whole(attributes.get(_COLUMNS_REPEATED), 1), MAX_COLUMNS - first)
        self._column_styles += [attributes.get(f"{TABLE}default-cell-style-name", "")] * count
        if attributes.get(f"{TABLE}visibility", "visible") != "visible":
            self._hidden_columns += range(first, first + count)

    def _require_outside_a_cell(self) -> None:
        if self._cell is not None:
            raise unreadable(f"a cell of row {self._row:,} holds another cell or row")

    def _begin_row(self, attributes: Attributes) -> None:
        self._require_outside_a_cell()
        self._row = self._next_row
        self._row_repeated = max(whole(attributes.get(f"{TABLE}number-rows-repeated"), 1), 1)
        self._next_row += self._row_repeated
        self._row_hidden = attributes.get(f"{TABLE}visibility", "visible") != "visible"
        self._row_style = attributes.get(f"{TABLE}default-cell-style-name", "")
        self._column = 0
        self._written = 0
        self._cells.clear()

    def _end_row(self) -> None:
        if not self._cells:
            return
        if self._next_row - 1 > MAX_ROWS:
            raise unreadable(f"has rows beyond {MAX_ROWS:,}")
        cells = tuple(self._cells)
        self._measure.add(cells, self._written, self._row_repeated)
        self.events.append(ReadRow(self._row, cells, self._row_hidden, self._row_repeated))

    def _end_cell(self) -> None:
        attributes = self._cell
        if attributes is None:
            return
        self._cell = None
        repeated = max(whole(attributes[_COLUMNS_REPEATED], 1), 1) if _COLUMNS_REPEATED in attributes else 1
        column = self._column
        self._column += repeated
        text = self._buffer.take()
        if self._escapes:
            text = unescaped(text)
        style = attributes.get(_STYLE_NAME) or self._row_style
        if not style and column < len(self._column_styles):
            style = self._column_styles[column]
        cell = read_cell(column, attributes, style, text, self._styles)
        self._take_merged(column, attributes)
        if cell is None:
            return
        if self._column > MAX_COLUMNS:
            raise unreadable(f"has columns beyond {MAX_COLUMNS:,}")
        self._written += 1
        self._cells.append(cell)
        rest = cell[1:]
        self._cells += [_new(ReadCell, (place, *rest)) for place in range(column + 1, column + repeated)]

    def _take_merged(self, column: int, attributes: Attributes) -> None:
        if _ROWS_SPANNED not in attributes and _COLUMNS_SPANNED not in attributes:
            return
        rows = whole(attributes.get(_ROWS_SPANNED), 1, most=MAX_ROWS)
        columns = whole(attributes.get(_COLUMNS_SPANNED), 1, most=MAX_COLUMNS)
        if (rows > 1 or columns > 1) and len(self._merged) < MAX_MERGED:
            first = cell_name(self._row, column)
            self._merged.append(f"{first}:{cell_name(self._row + rows - 1, column + columns - 1)}")

    def _begin_text(self, name: str, attributes: Attributes) -> None:
        if self._cell is None:
            return
        local = name.removeprefix(TEXT)
        if name in _PARAGRAPHS:
            self._in_paragraph += 1
            if self._paragraphs:
                self._buffer.add("\n")
            self._paragraphs += 1
            self._after_space = True
        elif name == _LINK:
            self._beside.begin_link(attributes, self._buffer)
        elif local == "s":
            self._after_space = False
            self._buffer.add(" " * whole(attributes.get(f"{TEXT}c"), 1, most=MAX_CSV_FIELD))
        elif local in _BREAKS:
            self._after_space = False  # a space behind one is not at the start, nor behind a space
            self._buffer.add(_BREAKS[local])
