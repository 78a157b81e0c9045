"""What was checked when, bag by bag, as a table for spreadsheet programs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from archive.formats.csv_cells import cell, text_of

COLUMNS: Final = ("id", "reference", "ingested", "checked", "claimed", "attested", "damaged_since")
_ROWS_PER_PIECE: Final = 512
_END: Final = "\r\n"  # RFC 4180 §2.1


def coverage_csv(bags: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The table in pieces of UTF-8: a header, then a row for each bag of `coverage-report`; times in UTC."""
    rows = [",".join(COLUMNS) + _END]
    for bag in bags:
        rows.append(",".join([cell(text_of(bag[name])) for name in COLUMNS]) + _END)
        if len(rows) >= _ROWS_PER_PIECE:
            yield "".join(rows).encode("utf-8", "replace")
            rows.clear()
    if rows:
        yield "".join(rows).encode("utf-8", "replace")
