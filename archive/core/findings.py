"""The one shape of a finding, wherever it comes from."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from archive.core.text import lossless


class Severity(StrEnum):
    """How much a finding weighs in a verdict."""

    ERROR = "error"  # the rule is broken: the thing is refused, invalid or damaged
    WARNING = "warning"  # accepted, but somebody should look
    NOTE = "note"  # a fact worth knowing


class At(NamedTuple):
    """Where in a file: lines, rows and columns as the reader's own program counts them (from 1).

    A tuple, because one travels between processes with every description: a dataclass pickles slower.
    """

    file: str | None = None
    line: int | None = None
    column: int | str | None = None
    field: str | None = None
    sheet: str | None = None

    def row_of(self, table: str) -> str:
        """The row as a person names it: `metadata.csv:7`, `metadata.ods:Sheet1!7`; else the table."""
        if self.line is None:
            return table
        return f"{table}:{self.line}" if self.sheet is None else f"{table}:{self.sheet}!{self.line}"

    def to_json(self) -> dict[str, Any]:
        """Only the parts that are known."""
        return {key: lossless(value) for key, value in self._asdict().items() if value is not None}


NOWHERE = At()


def at_row(place: str) -> At:
    """The row that a place names, as `At.row_of` wrote it; else the file alone."""
    table, _, row = place.rpartition(":")
    sheet, _, line = row.rpartition("!")
    if not (table and line.isascii() and line.isdigit()):
        return At(file=place)
    return At(file=table, line=int(line), sheet=sheet or None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A coded statement about one place.

    `code` is stable and listed in `archive.core.finding_codes`; `place` is the file, row or bag as a person
    would name it; `expected` and `found` are the two facts that differ; `remedy` is what to do. `corrected`
    is what should stand where `found` stands, only where that is certain: a program may write it.
    """

    code: str
    severity: Severity
    place: str
    message: str
    at: At = NOWHERE
    clause: str | None = None
    expected: str | None = None
    found: str | None = None
    remedy: str | None = None
    corrected: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The finding under `schemas/finding.schema.json`; absent facts are absent keys."""
        document: dict[str, Any] = {
            "code": self.code,
            "severity": self.severity.value,
            "place": lossless(self.place),
            "message": lossless(self.message),
        }
        if at := self.at.to_json():
            document["at"] = at
        for key in ("clause", "expected", "found", "remedy", "corrected"):
            value = getattr(self, key)
            if value is not None:
                document[key] = lossless(value)
        return document

    def sort_key(self) -> tuple[bytes, int, str, str]:
        """Stable order for reports: place by its bytes, then line, code and text."""
        return (place_key(self.place), self.at.line or 0, self.code, self.message)


def place_key(place: str) -> bytes:
    """What places are ordered by: their bytes."""
    try:
        return place.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character that JSON wrote as \uD800: no name on a disk has it
        return place.encode("utf-8", "surrogatepass")


def error(code: str, place: str, message: str, **more: Any) -> Finding:
    """An error finding."""
    return Finding(code=code, severity=Severity.ERROR, place=place, message=message, **more)


def warning(code: str, place: str, message: str, **more: Any) -> Finding:
    """A warning finding."""
    return Finding(code=code, severity=Severity.WARNING, place=place, message=message, **more)


def note(code: str, place: str, message: str, **more: Any) -> Finding:
    """A note finding."""
    return Finding(code=code, severity=Severity.NOTE, place=place, message=message, **more)


def worst(findings: "list[Finding] | tuple[Finding, ...]") -> Severity | None:
    """The heaviest severity present, or None."""
    present = {finding.severity for finding in findings}
    return next((severity for severity in Severity if severity in present), None)


def is_unseen(code: str) -> bool:
    """True for what is said of something that could not be looked at, of which nothing is known then."""
    return code.endswith("-UNREADABLE") or code == "BAG-UNJUDGED"


class FewOfEach:
    """Findings as they come, of each code at most so many: none pushes another kind out.

    They go behind those that are `kept` already.
    """

    def __init__(self, most: int, kept: list[Finding] | None = None) -> None:
        self.kept: list[Finding] = [] if kept is None else kept
        self._most = most
        self._counts: Counter[str] = Counter()

    def take(self, finding: Finding) -> bool:
        """Keeps it where there is room; True where there was."""
        self._counts[finding.code] += 1
        if self._counts[finding.code] > self._most:
            return False
        self.kept.append(finding)
        return True
