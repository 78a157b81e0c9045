"""The findings of a verification of bags as a table for spreadsheet programs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from archive.formats.csv_cells import cell, text_of

COLUMNS: Final = (
    "bag",
    "verdict",
    "version",
    "shortfall",
    "code",
    "severity",
    "place",
    "at",
    "message",
    "clause",
    "expected",
    "found",
    "remedy",
)
_OF_BAG: Final = COLUMNS[:4]
_OF_FINDING: Final = COLUMNS[4:]
_NONE: Final[Mapping[str, Any]] = {}
_END: Final = "\r\n"  # RFC 4180 §2.1


def verify_csv(bags: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The table in pieces: its header, then one row per finding, and one for a bag without any.

    `bags` are as in `schemas/verify-report.schema.json`. Cells as `archive.formats.csv_cells` makes them; a
    row is a line.
    """
    yield ",".join(COLUMNS) + _END
    for bag in bags:
        own = [bag.get(name) for name in _OF_BAG]
        rows = [
            [*own, *(_member(finding, name) for name in _OF_FINDING)]
            for finding in bag["findings"] or (_NONE,)
        ]
        yield "".join([",".join([cell(text_of(value)) for value in row]) + _END for row in rows])


def _member(finding: Mapping[str, Any], name: str) -> Any:
    """A member of a finding; `at` as a file and its line, such as `manifest-sha512.txt:4`."""
    value = finding.get(name)
    if name != "at" or value is None:
        return value
    line = value.get("line")
    return text_of(value.get("file")) + (f":{line}" if line is not None else "")
