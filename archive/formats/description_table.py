"""A table of the descriptions of held documents, to be changed in a spreadsheet program and read again.

Columns `reference`, `id`, `revision`, `filename` come first; `revision` tells which description a row was
exported from, so that one made meanwhile is not overwritten unseen. A value that would be taken for a formula
begins with an apostrophe, which is taken off again where the table is read.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from archive.core.access import FIELD
from archive.core.dcterms import TERMS, qualified
from archive.core.description import Description
from archive.formats.csv_cells import guarded
from archive.formats.descriptions.columns import SEPARATOR, Kind, classify

NAMED: Final = ("reference", "id", "revision", "filename")
# Always there, `access` behind them, so that an undescribed document has cells to be filled in.
USUAL: Final = ("title", "creator", "date", "description", "subject", "language", "type", "rights")


class TableColumn(NamedTuple):
    """A term in one language (None: without), or under `other` a column that is not Dublin Core."""

    name: str
    lang: str | None = None
    other: bool = False

    @property
    def heading(self) -> str:
        """The column's name in the header."""
        if self.other:
            return self.name
        return qualified(self.name) + (f"[{self.lang}]" if self.lang is not None else "")


class TableRow(NamedTuple):
    """One held document; `filename` is its original path."""

    reference: str
    id: str
    revision: int
    filename: str
    description: Description


def columns_of(descriptions: Iterable[Description]) -> list[TableColumn]:
    """The columns that these descriptions need, and the usual ones: terms in their order, then others."""
    wanted = {TableColumn(term) for term in USUAL} | {TableColumn(FIELD, None, other=True)}
    for description in descriptions:
        wanted.update(
            TableColumn(term, value.lang) for term, values in description.terms.items() for value in values
        )
        wanted.update(TableColumn(name, None, other=True) for name in description.other if _is_free(name))
    order = {term: place for place, term in enumerate((*USUAL, *(t for t in TERMS if t not in USUAL)))}
    return sorted(wanted, key=lambda each: (each.other, order.get(each.name, 0), each.name, each.lang or ""))


def _is_free(name: str) -> bool:
    """False for a column that would be read again as something else: what is left out is not changed."""
    return name not in NAMED and classify(name).kind in (Kind.OTHER, Kind.UNKNOWN_TERM)


def table_csv(columns: list[TableColumn], rows: Iterable[TableRow]) -> Iterator[bytes]:
    """The table in UTF-8, header first, a chunk of bytes for each row.

    A value that holds the separator of values is left out with its whole cell: an empty cell changes nothing.
    """
    yield _line([*NAMED, *(guarded(column.heading) for column in columns)])
    for row in rows:
        cells = [row.reference, row.id, str(row.revision), row.filename.encode("utf-8", "replace").decode()]
        yield _line([*map(guarded, cells), *(_cell(row.description, column) for column in columns)])


def _cell(description: Description, column: TableColumn) -> str:
    if column.other and column.name == FIELD and description.access is not None:
        texts = [str(description.access)]
    elif column.other:
        texts = list(description.other.get(column.name, ()))
    else:
        texts = [v.value for v in description.terms.get(column.name, ()) if v.lang == column.lang]
    if any(SEPARATOR in text for text in texts) or (column.other and len(texts) > 1):
        return ""
    return SEPARATOR.join(map(guarded, texts))


def _line(cells: list[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()
