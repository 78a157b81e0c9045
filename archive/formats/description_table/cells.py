"""The cells of one document's row, and what no cell can hold."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from archive.core.access import FIELD as ACCESS
from archive.core.description import Description
from archive.core.limits.descriptions import MAX_CSV_FIELD
from archive.core.limits.spreadsheets import MAX_XLSX_TEXT
from archive.formats.description_table.columns import TableColumn


class TableRow(NamedTuple):
    """One held document; `filename` is its original path, `digests` what its depositor stated of it."""

    reference: str
    id: str
    revision: int
    filename: str
    description: Description
    digests: Mapping[str, str] = {}
    size: int | None = None


class LeftOut(NamedTuple):
    """A field that stands in no cell, and why; `reference` is the first document that has it."""

    heading: str
    why: str
    reference: str
    documents: int


_LONG: Final = "a value is longer than a cell can be"
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
        taken: Counter[tuple[str, str, str | None]] = Counter()
        cells = []
        for column in self.columns:
            place = taken[column.values]
            taken[column.values] += 1
            cells.append(self._cell(row, column, place))
        return cells

    @property
    def left_out(self) -> list[LeftOut]:
        """What stood in no cell, by column and reason."""
        return [LeftOut(*key, *seen) for key, seen in self._left.items()]

    def _cell(self, row: TableRow, column: TableColumn, place: int) -> str:
        match column.field:
            case "reference":
                return row.reference
            case "id":
                return row.id
            case "revision":
                return str(row.revision)
            case "filename":
                return row.filename
            case "size":
                return "" if row.size is None else str(row.size)
            case "digest":
                return self._digest(row, column)
            case "access":
                if row.description.access is not None:
                    if ACCESS in row.description.other:
                        self._without(row, column, _MANY)
                    return str(row.description.access)
                texts: Iterable[str] = row.description.other.get(ACCESS, ())
            case "term":
                texts = (v.value for v in row.description.terms.get(column.name, ()) if v.lang == column.lang)
            case _:
                texts = row.description.other.get(column.name, ())
        return self._text(row, column, place, list(texts))

    @staticmethod
    def _digest(row: TableRow, column: TableColumn) -> str:
        if column.name:
            return row.digests.get(column.name, "")
        return next(iter(row.digests.values()), "")

    def _text(self, row: TableRow, column: TableColumn, place: int, texts: list[str]) -> str:
        """The values of a field shared among its columns: one each, and to the last all that are left."""
        last = place == self._shared[column.values] - 1
        texts = texts[place:] if last else texts[place : place + 1]
        if column.field != "term":
            if len(texts) > 1:
                return self._without(row, column, _MANY)
        elif any(column.separator in text for text in texts):
            why = f"a value holds {column.separator}, which separates values in a table"
            return self._without(row, column, why)
        text = column.separator.join(texts)
        if len(text) > self._longest or (
            self._longest == MAX_XLSX_TEXT
            and len(text.encode("utf-16-le", "surrogatepass")) > 2 * self._longest
        ):
            return self._without(row, column, _LONG)
        return text

    def _without(self, row: TableRow, column: TableColumn, why: str) -> str:
        first, count = self._left.get((column.heading, why), (row.reference, 0))
        self._left[column.heading, why] = (first, count + 1)
        return ""
