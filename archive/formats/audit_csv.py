"""The findings of an audit as a table for spreadsheet programs."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from archive.formats.csv_cells import cell, text_of

COLUMNS: Final = (
    "bag",
    "reference",
    "title",
    "outcome",
    "code",
    "severity",
    "place",
    "message",
    "expected",
    "found",
    "remedy",
    "last_intact",
    "known_since",
    "acknowledged",
)
_OF_BAG: Final = ("id", "reference", "title", "outcome")
_OF_FINDING: Final = ("code", "severity", "place", "message", "expected", "found", "remedy")
_OF_TIME: Final = ("last_intact", "known_since", "acknowledged")
_NONE: Final[Mapping[str, Any]] = {}
_ROWS_PER_PIECE: Final = 512
_END: Final = "\r\n"  # RFC 4180 §2.1


def audit_csv(report: Mapping[str, Any], bags: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The table in pieces: its header, the findings about the archive itself, then those of each bag.

    `report` is a document under `schemas/audit-report.schema.json` whose `bags` come separately, one at a
    time. One row per finding, and one row for a bag without any. Cells as `archive.formats.csv_cells` makes
    them; a row is a line.
    """
    rows = [",".join(COLUMNS) + _END]
    rows += [_row(_NONE, finding) for finding in report["findings"]]
    for bag in bags:
        rows += [_row(bag, finding) for finding in bag["findings"] or (_NONE,)]
        if len(rows) >= _ROWS_PER_PIECE:
            yield "".join(rows)
            rows.clear()
    if rows:
        yield "".join(rows)


def _row(bag: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    texts = [bag.get(name) for name in _OF_BAG]
    texts += [finding.get(name) for name in _OF_FINDING]
    texts += [bag.get(name) for name in _OF_TIME]
    return ",".join([cell(text_of(text)) for text in texts]) + _END
