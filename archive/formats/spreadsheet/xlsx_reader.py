"""The sheets of an XLSX, row by row (ECMA-376-1 §18.3); memory is that of the shared texts and of one row."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import BinaryIO, Final

from archive.core.limits.spreadsheets import MAX_COLUMNS, MAX_MERGED, MAX_ROWS
from archive.core.tables.read_sheet import ReadCell, ReadRow, SheetEnd, SheetStart
from archive.formats.spreadsheet.measure import Measure
from archive.formats.spreadsheet.package import Package, unreadable
from archive.formats.spreadsheet.xlsx_beside import Links, count_comments
from archive.formats.spreadsheet.xlsx_cells import CellReader
from archive.formats.spreadsheet.xlsx_workbook import local_names, read_workbook
from archive.formats.spreadsheet.xml_parts import Attributes, TextBuffer, parse, whole

_NAMES: Final = local_names("row", "c", "v", "t", "f", "is", "rPh", "col", "mergeCell", "hyperlink")


def read_xlsx(
    stream: BinaryIO, wanted: Callable[[int, SheetStart], bool]
) -> Iterator[SheetStart | ReadRow | SheetEnd]:
    """Every sheet in the order of its tabs; rows of those that are `wanted` (by place from 0 and start).

    Raises SpreadsheetError where it cannot be read; OSError of the stream passes through.
    """
    package = Package(stream)
    workbook = read_workbook(package)
    cells = CellReader(workbook.shared, workbook.formats, from_1904=workbook.from_1904)
    measure = Measure()
    for place, sheet in enumerate(workbook.sheets):
        start = SheetStart(sheet.name, sheet.hidden)
        yield start
        if wanted(place, start):
            links = Links(package, sheet.part)
            reading = _Sheet(cells, measure, links)
            chunks = package.chunks(sheet.part)
            for _ in parse(sheet.part, chunks, reading.begin, reading.end, reading.text):
                yield from reading.rows
                reading.rows.clear()
            comments = count_comments(package, links.comments)
            yield SheetEnd(tuple(reading.merged), tuple(reading.hidden_columns), comments, links.unread())
        else:
            yield SheetEnd()


class _Sheet:
    """The handlers of one sheet; finished rows lie in `rows`."""

    def __init__(self, cells: CellReader, measure: Measure, links: Links) -> None:
        self.rows: list[ReadRow] = []
        self.merged: list[str] = []
        self.hidden_columns: list[int] = []
        self._cells = cells
        self._measure = measure
        self._links = links
        self._number = 0
        self._hidden = False
        self._row: list[ReadCell] = []
        self._open = ""  # the row or cell that is being read: neither holds another
        self._column = -1
        self._kind = "n"
        self._style: str | None = None
        self._formula = False
        self._phonetic = False
        self._taking = False
        self._buffer = TextBuffer()

    def begin(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        local = _NAMES.get(name)
        if local == "c":
            self._begin_cell(attributes)
        elif local in {"v", "t"}:
            self._taking = not self._phonetic
        elif local == "f":
            self._formula = True
        elif local == "row":
            self._begin_row(attributes)
        elif local == "rPh":
            self._phonetic = True
        elif local == "mergeCell":
            if len(self.merged) < MAX_MERGED:
                self.merged.append(attributes.get("ref", "")[:32])
        elif local == "hyperlink":
            self._links.add(attributes)
        elif local == "col" and attributes.get("hidden") in {"1", "true"}:
            first, last = whole(attributes.get("min"), 1), whole(attributes.get("max"), 1)
            self.hidden_columns += range(first - 1, min(last, MAX_COLUMNS))
            if len(self.hidden_columns) > MAX_COLUMNS:
                raise unreadable("hides more columns than there are")

    def end(self, name: str) -> None:
        """An element ends."""
        local = _NAMES.get(name)
        if local in {"v", "t"}:
            self._taking = False
        elif local == "rPh":
            self._phonetic = False
        elif local == "c":
            self._open = "row"
            cell = self._cells.read(
                self._column, self._kind, self._style, self._buffer.take(), formula=self._formula
            )
            if cell is not None:
                self._row.append(cell)
                self._links.see(self._number, self._column, cell.text)
        elif local == "row":
            self._end_row()

    def text(self, piece: str) -> None:
        """Text between elements."""
        if self._taking:
            self._buffer.add(piece)

    def _end_row(self) -> None:
        self._open = ""
        if not self._row:
            return
        cells = tuple(self._row)
        self._measure.add(cells, len(cells))
        self.rows.append(ReadRow(self._number, cells, self._hidden))
        self._row.clear()

    def _begin_row(self, attributes: Attributes) -> None:
        if self._open:
            raise unreadable(f"a row begins inside row {self._number:,}")
        self._open = "row"
        number = whole(attributes.get("r"), self._number + 1)
        if number > MAX_ROWS:
            raise unreadable(f"has rows beyond {MAX_ROWS:,}")
        if number <= self._number:
            raise unreadable(f"row {number:,} stands behind row {self._number:,}")
        self._number = number
        self._hidden = attributes.get("hidden") in {"1", "true"}
        self._row.clear()
        self._column = -1

    def _begin_cell(self, attributes: Attributes) -> None:
        if self._open != "row":
            raise unreadable(f"a cell stands in no row, or in another cell, behind row {self._number:,}")
        self._open = "cell"
        reference = attributes.get("r")
        column = self._column + 1 if reference is None else _column(reference)
        if column <= self._column or column >= MAX_COLUMNS:
            raise unreadable(f"the cell {(reference or '')[:20]} stands in a wrong place")
        self._column = column
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s")
        self._formula = False
        self._buffer.take()


def _column(reference: str) -> int:
    """The column (from 0) of a reference such as `AB12`; -1 where it is none."""
    return _index(reference.rstrip("0123456789"))


@lru_cache(maxsize=MAX_COLUMNS)
def _index(letters: str) -> int:
    letters = letters.lstrip("$").upper()
    if not 0 < len(letters) <= 3 or not letters.isascii() or not letters.isalpha():
        return -1
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
