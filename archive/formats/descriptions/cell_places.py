"""Which cell of a row holds a value of its description: for what is found when the row has long been read."""

from functools import lru_cache

from archive.core.descriptions.access import FIELD as ACCESS
from archive.core.findings import At
from archive.core.submission import ReceivedRow
from archive.formats.descriptions.tables import Table


def cell_place(received: ReceivedRow, at: At, field: str, number: int = 0) -> At:
    """The place of a field's value of that number (from 0) in the row `at`.

    Of a field without a value the first column that may hold one. `at` itself where the table has none: a
    column can be added.
    """
    table = _table(received.headings)
    index = table.column_of(received.cells, field, number)
    if index is None and field == ACCESS:
        index = table.column_named(ACCESS)
    return at if index is None else at._replace(column=table.at(0, index).column)


@lru_cache(maxsize=8)
def _table(headings: tuple[str, ...]) -> Table:
    return Table("", headings)
