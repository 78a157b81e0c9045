"""Claims of docs/performance.md, and what was measured for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from benchmarks.table import Spread, Table


class Verdict(StrEnum):
    """What became of a claim; `not measured` is neither of the others."""

    MET = "met"
    MISSED = "missed"
    NOT_MEASURED = "not measured"


class Bound(StrEnum):
    """On which side of its target a figure has to lie."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence, its target, and the figure measured for it; `measured` is None where that was not possible.

    `unit` stands after both figures. `note` says why nothing was measured, or what the figure leaves out.
    """

    name: str
    unit: str
    bound: Bound
    target: float
    measured: Spread | None
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """Judged by the median of the rounds."""
        if self.measured is None:
            return Verdict.NOT_MEASURED
        figure = self.measured.median
        met = figure >= self.target if self.bound is Bound.AT_LEAST else figure <= self.target
        return Verdict.MET if met else Verdict.MISSED

    @property
    def aim(self) -> str:
        """The target as text: `≥ 6 × faster`."""
        return f"{self.bound} {self.target:g} {self.unit}"

    @property
    def figure(self) -> str:
        """What was measured as text: `7.31 × faster (7.02 to 7.4)`, the rounds in brackets."""
        if self.measured is None:
            return self.note
        middle, lowest, highest = self.measured
        rounds = "" if lowest == highest else f" ({lowest:.3g} to {highest:.3g})"
        note = f"; {self.note}" if self.note else ""
        return f"{middle:.3g} {self.unit}{rounds}{note}"

    def __str__(self) -> str:
        return f"{self.verdict:<12}  {self.name}: {self.figure}; target {self.aim}"

    def to_json(self) -> dict[str, Any]:
        """The claim by fields; the figures are null where nothing was measured."""
        measured = self.measured._asdict() if self.measured else None
        return {
            "name": self.name,
            "unit": self.unit,
            "bound": self.bound,
            "target": self.target,
            "measured": measured,
            "verdict": self.verdict,
            "note": self.note,
        }


def faster(name: str, table: Table, ours: str, theirs: str, *, at_least: float, note: str = "") -> Claim:
    """The claim that `ours` takes so many times less time than `theirs`."""
    return Claim(
        name=name,
        unit="× faster",
        bound=Bound.AT_LEAST,
        target=at_least,
        measured=table.ratio(theirs, ours),
        note=note,
    )


def within(name: str, table: Table, ours: str, theirs: str, *, at_most: float, note: str = "") -> Claim:
    """The claim that `ours` takes at most so many times the time of `theirs`."""
    return Claim(
        name=name,
        unit="× its time",
        bound=Bound.AT_MOST,
        target=at_most,
        measured=table.ratio(ours, theirs),
        note=note,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one script measured: its claims, and the tables that they rest on."""

    name: str
    claims: tuple[Claim, ...]
    tables: tuple[Table, ...]

    def text(self) -> str:
        """Tables and claims for a terminal."""
        return "\n".join([*(table.text() for table in self.tables), *map(str, self.claims), ""])

    def to_json(self) -> dict[str, Any]:
        """Tables and claims with every run."""
        return {
            "name": self.name,
            "claims": [claim.to_json() for claim in self.claims],
            "tables": [table.to_json() for table in self.tables],
        }


def claims_of(reports: Sequence[Report]) -> list[Claim]:
    """All claims in the order in which they were measured."""
    return [claim for report in reports for claim in report.claims]
