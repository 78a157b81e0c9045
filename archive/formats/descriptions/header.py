"""Which row of a table is its header: the first, unless only titles and remarks stand above a better one."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Generic, NamedTuple, TypeVar

from archive.core.descriptions.description import WHITE_SPACE
from archive.core.limits.descriptions import HEADER_ROWS_LOOKED_AT
from archive.formats.descriptions.columns import Kind, classify

Row = TypeVar("Row")


class Found(NamedTuple, Generic[Row]):
    """The header's row, those above it, and all below it, as far as they were read and beyond."""

    header: Row
    above: list[Row]
    below: Iterator[Row]


def find_header(
    rows: Iterator[Row], cells_of: Callable[[Row], Sequence[str] | None], *, sure: bool = False
) -> Found[Row] | list[Row]:
    """The header among the first rows; blank ones are left out before.

    `cells_of` gives None for a row that cannot be read, where the search ends. Without a row that names
    columns of ours the first one is the header, or, where that must be `sure`, there is none: then the rows
    that were looked at come back, as they do where there is no row at all.
    """
    ahead: list[Row] = []
    for row in rows:
        cells = cells_of(row)
        if cells is None:
            if not ahead:
                return [row]
            ahead.append(row)
            break
        if not any(cell.strip(WHITE_SPACE) for cell in cells):
            continue
        ahead.append(row)
        if _names_columns(cells, first=len(ahead) == 1):
            return Found(row, ahead[:-1], rows)
        if len(ahead) == HEADER_ROWS_LOOKED_AT:
            break
    if sure or not ahead:
        return ahead
    return Found(ahead[0], [], chain(ahead[1:], rows))


def _names_columns(cells: Sequence[str], *, first: bool) -> bool:
    kinds = [classify(text).kind for cell in cells if (text := cell.strip(WHITE_SPACE))]
    known = sum(kind is not Kind.OTHER for kind in kinds)
    return Kind.TERM in kinds and (known >= 2 or (first and len(kinds) >= 2))
