"""Like findings told once: thirty-eight dates with one question are one thing to do, not thirty-eight."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made_by
from typing import Any, Final

from archive.core.findings import Finding
from archive.core.limits.output import GROUP_EXAMPLES, GROUP_REMEDIES, GROUP_RUNS
from archive.core.text import lossless

_SEVERITIES: Final = ("error", "warning", "note")
_CERTAIN: Final = "\0"  # stands for the remedies of findings that have a certain value
_Key = tuple[str, str, str, str]


@dataclass(slots=True)
class FindingGroup:
    """Findings of one rule in one column that ask for one thing.

    `rows` are runs of neighbouring rows, first and last, in the order in which they came, GROUP_RUNS at most.
    `corrected` counts the findings with a certain value; `remedy` is what they share, empty where each has
    its own, and `clause` the rule of a standard or profile that they all go by, empty where there is none.
    """

    code: str
    severity: str
    field: str
    column: str
    remedy: str
    clause: str = ""
    count: int = 0
    corrected: int = 0
    examples: list[Mapping[str, Any]] = made_by(default_factory=list)
    rows: list[tuple[int, int]] = made_by(default_factory=list)

    @property
    def meaning(self) -> str:
        """The rule in a sentence."""
        from archive.core.finding_codes import FINDING_CODES  # 4 ms that an ingest does not need

        known = FINDING_CODES.get(self.code)
        return known.meaning if known else str(self.examples[0]["message"])

    def add(self, finding: Finding) -> None:
        """Counts one more."""
        clause = _text(finding.clause or "")
        if not self.count:
            self.clause = clause
        elif self.clause != clause:
            self.clause = ""
        self.count += 1
        self.corrected += finding.corrected is not None
        if len(self.examples) < GROUP_EXAMPLES:
            self.examples.append(finding.to_json())
        line = finding.at.line
        if line is None:
            return
        if self.rows and self.rows[-1][0] <= line <= self.rows[-1][1] + 1:
            self.rows[-1] = (self.rows[-1][0], max(line, self.rows[-1][1]))
        elif len(self.rows) < GROUP_RUNS:
            self.rows.append((line, line))

    def to_json(self) -> dict[str, Any]:
        """The group as a report has it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "meaning": self.meaning,
            "clause": self.clause or None,
            "field": self.field or None,
            "column": self.column or None,
            "count": self.count,
            "corrected": self.corrected,
            "remedy": self.remedy or None,
            "rows": [list(run) for run in self.rows],
            "examples": self.examples,
        }


class FindingGroups:
    """Findings counted by the group that each belongs to, as they come.

    Memory grows with the groups and with the gaps between their rows, not with the findings.
    """

    def __init__(self) -> None:
        self._groups: dict[_Key, FindingGroup] = {}
        self._remedies: dict[tuple[str, str], int] = {}

    def __iter__(self) -> Iterator[FindingGroup]:
        """The groups: errors first, then as met."""
        return iter(sorted(self._groups.values(), key=lambda group: _SEVERITIES.index(group.severity)))

    def add(self, finding: Finding) -> None:
        """Counts a finding in its group."""
        key = _key(finding)
        group = self._groups.get(key)
        if group is None:
            key = self._key_within_bounds(key)
            group = self._groups.get(key)
        if group is None:
            column = finding.at.column
            column = _text(column) if isinstance(column, str) else ""  # a number is a place in one line
            group = FindingGroup(*key[:3], column, key[3].replace(_CERTAIN, ""))
            self._groups[key] = group
        group.add(finding)

    def _key_within_bounds(self, key: _Key) -> _Key:
        about = (key[0], key[2])
        if key[3] not in {"", _CERTAIN} and self._remedies.get(about, 0) >= GROUP_REMEDIES:
            return (*key[:3], "")
        self._remedies[about] = self._remedies.get(about, 0) + 1
        return key


def row_ranges(rows: Iterable[tuple[int, int]], most: int) -> str:
    """`2, 5, 9–14`, and how many runs more there are."""
    runs = list(rows)
    shown = ", ".join(_runs(runs[:most]))
    return f"{shown} …" if len(runs) > most else shown


def _runs(runs: Iterable[tuple[int, int]]) -> Iterator[str]:
    return (str(first) if first == last else f"{first}–{last}" for first, last in runs)


def _key(finding: Finding) -> _Key:
    # A certain value is its own remedy: what it is differs from cell to cell.
    remedy = _CERTAIN if finding.corrected is not None else finding.remedy or ""
    return (finding.code, finding.severity.value, _text(finding.at.field or ""), _text(remedy))


def _text(value: str) -> str:
    """The value as a report's text has it."""
    shown = lossless(value)
    return shown if isinstance(shown, str) else shown["text"]
