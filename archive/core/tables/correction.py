"""What should stand in one cell of a table of descriptions instead of what does."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from archive.core.descriptions.description import tidy
from archive.core.limits.values import COLUMN_LETTERS
from archive.core.tables.sheet import column_letter

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Correction(NamedTuple):
    """One value of a cell put right: `row` from 1 and `column` from 0, both as the table shows them.

    `found` is the value as it was read, without the white space around it: the whole cell, or one of several
    values in it. `field` is the heading of its column.
    """

    code: str
    row: int
    column: int
    field: str
    found: str
    corrected: str

    def to_json(self) -> dict[str, Any]:
        """The correction as a report has it; the column as a spreadsheet names it."""
        return {
            "code": self.code,
            "row": self.row,
            "column": column_letter(self.column),
            "field": self.field,
            "found": self.found,
            "corrected": self.corrected,
        }


class Corrected(NamedTuple):
    """A cell with its corrections made, those that were made, and those whose value does not stand in it."""

    text: str
    made: tuple[Correction, ...]
    left: tuple[Correction, ...]


def corrections_in(
    findings: Iterable[Mapping[str, Any]], table: str, codes: Collection[str] | None = None
) -> dict[int, dict[int, list[Correction]]]:
    """By row, then column, what findings (JSON documents) would put right in a table; without `codes` all."""
    corrections: dict[int, dict[int, list[Correction]]] = {}
    for finding in findings:
        if codes is not None and finding["code"] not in codes:
            continue
        correction = _correction(finding, table)
        if correction is not None:
            cell = corrections.setdefault(correction.row, {}).setdefault(correction.column, [])
            if correction not in cell:
                cell.append(correction)
    return corrections


def _correction(finding: Mapping[str, Any], table: str) -> Correction | None:
    at, found, corrected = finding.get("at", {}), finding.get("found"), finding.get("corrected")
    column = at.get("column")
    index = column_index(column) if isinstance(column, str) else column - 1 if column else None
    if at.get("file") != table or "line" not in at or index is None:
        return None
    if not isinstance(found, str) or not isinstance(corrected, str):  # not UTF-8: nothing is certain
        return None
    field = at.get("field", "")
    return Correction(
        finding["code"], at["line"], index, field if isinstance(field, str) else "", found, corrected
    )


def corrected_cell(text: str, corrections: Sequence[Correction], separator: str) -> Corrected:
    """The cell with every value put right that stands in it; white space and other values stay as they are.

    `separator` stands between several values of one cell.
    """
    made: list[Correction] = []
    left: list[Correction] = []
    parts = text.split(separator)
    for correction in corrections:
        hits = [number for number, part in enumerate(parts) if tidy(part) == tidy(correction.found)]
        if hits:
            for number in hits:
                parts[number] = _in_place(parts[number], correction.corrected)
            made.append(correction)
        elif tidy(text) == tidy(correction.found) and not made:
            parts = [_in_place(text, correction.corrected)]
            made.append(correction)
        else:
            left.append(correction)
    return Corrected(separator.join(parts), tuple(made), tuple(left))


def _in_place(part: str, corrected: str) -> str:
    bare = tidy(part)
    # The line ends of a value may have been CRLF: then it is found by its ends only.
    start = part.find(bare[:1]) if bare else len(part)
    end = part.rfind(bare[-1:]) + 1 if bare else len(part)
    return part[:start] + corrected + part[end:]


def column_index(letters: str) -> int | None:
    """The column from 0 that a spreadsheet names so: A is 0, AA is 26; None for what names none."""
    if not 0 < len(letters) <= COLUMN_LETTERS or any(letter not in _LETTERS for letter in letters):
        return None
    index = 0
    for letter in letters:
        index = index * 26 + _LETTERS.index(letter) + 1
    return index - 1
