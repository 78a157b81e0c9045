"""The headings of the tables that came with a submission, so that they can be given back as they came."""

import json

from archive.core.limits.descriptions import LONGEST_SUBMITTED_COLUMNS
from archive.core.text import printable
from archive.formats.description_table import add_headings


class SubmittedColumns:
    """Collects headings in the order of the tables."""

    def __init__(self) -> None:
        self._seen: tuple[str, ...] = ()
        self._columns: list[str] = []

    def see(self, header: tuple[str, ...]) -> None:
        """Takes note of the header of a row's table."""
        if header is not self._seen:
            self._seen = header
            add_headings(self._columns, list(map(printable, header)))

    def text(self) -> str | None:
        """The headings as a JSON list; None where there was no table, or too many of them to be kept."""
        text = json.dumps(self._columns)
        return text if self._columns and len(text) <= LONGEST_SUBMITTED_COLUMNS else None
