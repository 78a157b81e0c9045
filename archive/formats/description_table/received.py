"""Tables as they were received: cells that a description does not give back, and rows with those in place."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from archive.core.limits.descriptions import (
    LONGEST_SUBMITTED_CELLS,
    LONGEST_SUBMITTED_COLUMNS,
    MAX_CSV_FIELD,
)
from archive.core.submission import ReceivedRow
from archive.core.text import printable
from archive.formats.description_table.cells import Cell, Cells, TableRow
from archive.formats.description_table.columns import TableColumn, TableColumns, columns_as_received


class Kept(NamedTuple):
    """What a bag keeps of the row that described it, as JSON; None where there is nothing to be kept."""

    columns: str | None = None
    cells: str | None = None


def kept(received: ReceivedRow, row: TableRow) -> Kept:
    """The headings, and the cells that would otherwise not come back as they were received.

    Nothing of a row is kept whose headings are too many; of its cells nothing where they are too long.
    """
    headings, columns = _headings(received.headings)
    if columns is None:
        return Kept()
    written = _cells(headings).written(row)
    differing = {
        str(place): text
        for place, (text, cell) in enumerate(zip(received.cells, written, strict=True))
        if text != cell.text
    }
    cells = json.dumps(differing) if differing else None
    return Kept(columns, cells if cells is None or len(cells) <= LONGEST_SUBMITTED_CELLS else None)


def kept_cells(text: str | None) -> Mapping[int, str]:
    """The cells that `kept` wrote; nothing where the text is not of its form."""
    try:
        return {int(place): str(cell) for place, cell in json.loads(text or "{}").items()}
    except (ValueError, AttributeError):
        return {}


@lru_cache(maxsize=8)
def _headings(headings: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    """The headings as they are kept, and their JSON; None where there are too many."""
    shown = tuple(map(printable, headings))
    text = json.dumps(shown)
    return shown, text if len(text) <= LONGEST_SUBMITTED_COLUMNS else None


@lru_cache(maxsize=64)
def _cells(headings: tuple[str, ...], longest: int = MAX_CSV_FIELD) -> Cells:
    return Cells(columns_as_received(headings, TableColumns([])).columns, longest)


class _Own(NamedTuple):
    """The columns of one table among those of all: where each stands, and what they hold."""

    places: tuple[tuple[int, int], ...]  # number in its own table, place among all
    fields: frozenset[tuple[str, str, str | None]]
    cells: Cells


class ReceivedCells(Cells):
    """Writes rows of several tables under the headings of all, each into the columns of its own table.

    What no column of its own table holds stands where `Cells` would write it. A cell that was kept comes back
    unless what the description gives for it has changed since.
    """

    def __init__(self, columns: Sequence[TableColumn], longest: int = MAX_CSV_FIELD) -> None:
        super().__init__(columns, longest)
        self._tables: dict[tuple[str, ...], _Own] = {}

    def of(self, row: TableRow) -> list[str]:
        """The texts of the row's cells."""
        if row.headings is None:
            return super().of(row)
        own = self._tables.get(row.headings) or self._own(row.headings)
        cells = [
            Cell("") if column.values in own.fields else cell
            for column, cell in zip(self.columns, self.written(row), strict=True)
        ]
        now = own.cells.written(row)
        then = now if row.original is None else own.cells.written(row._replace(description=row.original))
        for number, place in own.places:
            text = row.kept.get(number)
            is_theirs = text is not None and now[number] == then[number] and not self.is_too_long(text)
            cells[place] = Cell(text or "") if is_theirs else now[number]
        return self.said(row, cells)

    def _own(self, headings: tuple[str, ...]) -> _Own:
        seen: Counter[str] = Counter()
        where: dict[tuple[str, int], int] = {}
        for place, column in enumerate(self.columns):
            where.setdefault((column.heading, seen[column.heading]), place)
            seen[column.heading] += 1
        seen.clear()
        places = []
        for number, heading in enumerate(headings):
            if (heading, seen[heading]) in where:
                places.append((number, where[heading, seen[heading]]))
            seen[heading] += 1
        cells = _cells(headings, self._longest)
        own = _Own(tuple(places), frozenset(column.values for column in cells.columns), cells)
        self._tables[headings] = own
        return own
