"""The cells of one document's row, and what no cell can hold."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from archive.core.descriptions.access import FIELD as ACCESS
from archive.core.descriptions.dcterms import qualified
from archive.core.descriptions.description import WHITE_SPACE, Description
from archive.core.limits.descriptions import MAX_CSV_FIELD
from archive.core.limits.spreadsheets import MAX_XLSX_TEXT
from archive.core.tables.sheet_text import is_beyond_reading
from archive.formats.description_table.columns import TableColumn


class TableRow(NamedTuple):
    """One held document; `filename` is its original path, `digests` what its depositor stated of it.

    `headings` are those of the table that described it at its ingest; None where there was none. `kept` are
    the cells of that row, by position, that `original`, the description made of it, does not give back.
    """

    reference: str
    id: str
    revision: int
    filename: str
    description: Description
    digests: Mapping[str, str] = {}
    size: int | None = None
    headings: tuple[str, ...] | None = None
    kept: Mapping[int, str] = {}
    original: Description | None = None


class LeftOut(NamedTuple):
    """A field that stands in no cell, and why; `reference` is the first document that has it."""

    heading: str
    why: str
    reference: str
    documents: int


class Cell(NamedTuple):
    """The text of one cell; `lost` says why something that belongs into it is not there."""

    text: str
    lost: str | None = None


_LONG: Final = "a value is longer than a cell can be"
_OTHERS: Final = "it would take the place of a value in another language that no cell can hold"
_BESIDE: Final = "it would take the place of another value of the field, which no cell can hold"
_TEXT_ALONE: Final = "a cell holds the text of a value alone; given back to this archive, it keeps them"
_EMPTY: Final = "an empty cell says nothing; given back to this archive, it keeps them"
_MANY: Final = "there are more values than columns for them"


class Cells:
    """Writes rows under these columns; what had to be left out is in `left_out` when all have passed.

    Cells hold up to `longest` characters. An empty cell changes nothing when the table is read again.
    """

    def __init__(self, columns: Sequence[TableColumn], longest: int = MAX_CSV_FIELD) -> None:
        self.columns = columns
        self._longest = longest
        self._shared = Counter(column.values for column in columns)
        self._left: dict[tuple[str, str], tuple[str, int]] = {}

    def of(self, row: TableRow) -> list[str]:
        """The texts of the row's cells."""
        for term, values in row.description.terms.items():
            if any(value.scheme or value.uri for value in values):
                self._leave_out(f"{qualified(term)}: scheme and IRI", _TEXT_ALONE, row)
        for name, texts in row.description.other.items():
            if ("other", name, None) in self._shared and not all(t.strip(WHITE_SPACE) for t in texts):
                self._leave_out(f"{name}: empty values", _EMPTY, row)
        return self.said(row, self._safe(row, self.written(row)))

    def _safe(self, row: TableRow, cells: list[Cell]) -> list[Cell]:
        """The cells without those whose values would take the place of some that stand in none.

        What cells say of a field stands for all of it when the table is read again, and a value without a
        language for the whole term.
        """
        fields = {column.replaces for column, cell in zip(self.columns, cells, strict=True) if cell.lost}
        cells = [
            Cell("", cell.lost or _BESIDE) if cell.text and column.replaces in fields else cell
            for column, cell in zip(self.columns, cells, strict=True)
        ]
        lost = {
            column.name
            for column, cell in zip(self.columns, cells, strict=True)
            if column.field == "term" and cell.lost
        }
        for term, values in row.description.terms.items():
            if any(
                value.lang is not None and ("term", term, value.lang) not in self._shared for value in values
            ):
                lost.add(term)
        if not lost:
            return cells
        return [
            Cell("", _OTHERS)
            if cell.text and column.values in {("term", name, None) for name in lost}
            else cell
            for column, cell in zip(self.columns, cells, strict=True)
        ]

    def written(self, row: TableRow) -> list[Cell]:
        """The row's cells, each empty with the reason where it cannot hold what belongs into it."""
        taken: Counter[tuple[str, str, str | None]] = Counter()
        cells = []
        for column in self.columns:
            place = taken[column.values]
            taken[column.values] += 1
            cells.append(self._cell(row, column, place))
        return cells

    def said(self, row: TableRow, cells: list[Cell]) -> list[str]:
        """The texts of the cells; what stands in none of them is remembered."""
        for column, cell in zip(self.columns, cells, strict=True):
            if cell.lost is not None:
                self._leave_out(column.heading, cell.lost, row)
        return [cell.text for cell in cells]

    def _leave_out(self, heading: str, why: str, row: TableRow) -> None:
        first, count = self._left.get((heading, why), (row.reference, 0))
        self._left[heading, why] = (first, count + 1)

    @property
    def left_out(self) -> list[LeftOut]:
        """What stood in no cell, by column and reason."""
        return [LeftOut(*key, *seen) for key, seen in self._left.items()]

    def _cell(self, row: TableRow, column: TableColumn, place: int) -> Cell:
        match column.field:
            case "reference":
                return Cell(row.reference)
            case "id":
                return Cell(row.id)
            case "revision":
                return Cell(str(row.revision))
            case "filename":
                return Cell(row.filename)
            case "size":
                return Cell("" if row.size is None else str(row.size))
            case "digest":
                return Cell(self._digest(row, column))
            case "access":
                if row.description.access is not None:
                    lost = _MANY if ACCESS in row.description.other else None
                    return Cell(str(row.description.access), lost)
                texts: Iterable[str] = row.description.other.get(ACCESS, ())
            case "term":
                texts = (v.value for v in row.description.terms.get(column.name, ()) if v.lang == column.lang)
            case _:
                texts = row.description.other.get(column.name, ())
        return self._text(column, place, list(texts))

    @staticmethod
    def _digest(row: TableRow, column: TableColumn) -> str:
        if column.name:
            return row.digests.get(column.name, "")
        return next(iter(row.digests.values()), "")

    def _text(self, column: TableColumn, place: int, texts: list[str]) -> Cell:
        """The values of a field shared among its columns: one each, and to the last all that are left."""
        last = place == self._shared[column.values] - 1
        texts = texts[place:] if last else texts[place : place + 1]
        if column.field != "term":
            if len(texts) > 1:
                return Cell("", _MANY)
        elif any(column.separator in text for text in texts):
            return Cell("", f"a value holds {column.separator}, which separates values in a table")
        text = column.separator.join(texts)
        if column.field == "term" and len(texts) > 1 and text.split(column.separator) != texts:
            return Cell(
                "", f"a value begins or ends with {column.separator[0]}, next to what separates values"
            )
        return Cell("", _LONG) if self.is_too_long(text) else Cell(text)

    def is_too_long(self, text: str) -> bool:
        """True for what no cell can hold."""
        return (
            len(text) > self._longest
            or is_beyond_reading(text)
            or (
                self._longest == MAX_XLSX_TEXT
                and len(text.encode("utf-16-le", "surrogatepass")) > 2 * self._longest
            )
        )
