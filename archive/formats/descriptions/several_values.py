"""Cells that seem to hold several values, not separated by `||`: said once for each column."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from archive.core.findings import At, Finding, note
from archive.core.limits.output import QUOTED
from archive.core.text import printable
from archive.formats.descriptions.columns import SEPARATOR, Column, Kind

# Terms whose values are names and words: in a title or a description such a mark is punctuation.
_LISTS: Final = frozenset(
    (
        "audience",
        "contributor",
        "coverage",
        "creator",
        "format",
        "identifier",
        "isPartOf",
        "language",
        "medium",
        "publisher",
        "relation",
        "source",
        "spatial",
        "subject",
        "temporal",
        "type",
    )
)
# `;` that ends an entity of HTML separates nothing.
_MARKS: Final = {
    ";": re.compile(
        r"(?<!&amp)(?<!&lt)(?<!&gt)(?<!&quot)(?<!&apos)(?<!&nbsp)(?<!&#[0-9]{2})(?<!&#[0-9]{3});\s*\S"
    ),
    "|": re.compile(r"[^|]\|[^|]"),
    "\n": re.compile(r"\S\s*\n\s*\S"),
}
_SAID: Final = {";": "“;”", "|": "“|”", "\n": "line ends"}


class SeveralValues:
    """Counts such cells as the rows pass."""

    def __init__(self, name: str, columns: Sequence[Column], at: Callable[..., At]) -> None:
        self._name, self._at = name, at
        self._columns = [
            index
            for index, column in enumerate(columns)
            if column.kind is Kind.TERM and column.term in _LISTS
        ]
        self._seen: dict[tuple[int, str], tuple[int, int, str]] = {}  # how many, the first row, its text

    def see(self, row: int, cells: Sequence[str]) -> None:
        """Takes note of one row."""
        row_of_text = "\0".join(cells)  # one look at all of them: most rows have none of the marks
        marks = [mark for mark in _MARKS if mark in row_of_text]
        for index in self._columns if marks else ():
            text = cells[index]
            for mark in marks:
                if mark in text and _MARKS[mark].search(text.replace(SEPARATOR, "  ")):
                    count, first, example = self._seen.get((index, mark), (0, row, text))
                    self._seen[index, mark] = (count + 1, first, example)

    def close(self) -> Iterator[Finding]:
        """One note for each column and mark."""
        for (index, mark), (count, row, text) in sorted(self._seen.items()):
            at = self._at(row, index)
            cells = "1 cell holds" if count == 1 else f"{count:,} cells hold"
            shown = printable(text if len(text) <= QUOTED else f"{text[:QUOTED]}…")
            yield note(
                "TABLE-SEVERAL-VALUES",
                f"{self._name}:{row}:{at.field}",
                f"{cells} {_SAID[mark]}, as “{shown}” does: each is read as one value",
                at=at,
                found=text,
                expected="values separated by ||",
                remedy=f"where {_SAID[mark]} separate values, replace them by || in the whole column",
            )
