"""What bagit said of a bag, and how that compares with our verdict."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from archive.core.findings import Finding
from archive.core.text import lossless


class OpinionOutcome(StrEnum):
    """What came of asking bagit; it knows no third verdict."""

    VALID = "valid"
    INVALID = "invalid"
    NOT_JUDGED = "not-judged"  # it crashed, was stopped, or was about to do what it must not


class CrossOutcome(StrEnum):
    """How the two judgements compare."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    NOT_JUDGED = "not-judged"
    NOT_CHECKED = "not-checked"  # bagit was not asked: it reads folders only


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One file that bagit names; `path` is empty where it names none."""

    path: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What bagit said, in its own words; `count` is how many files it named, of which some are kept."""

    outcome: OpinionOutcome
    message: str = ""
    complaints: tuple[Complaint, ...] = ()
    count: int = 0
    remarks: tuple[str, ...] = ()
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that the two see differently: `place` is a file or `.`; `why` where the reason is known."""

    place: str
    ours: str
    theirs: str
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossCheck:
    """The comparison for one bag, and what it adds to the findings (warnings and notes, never errors)."""

    outcome: CrossOutcome
    opinion: Opinion | None
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """`cross_check` of a bag in the report of `verify`."""
        opinion = self.opinion
        return {
            "program": "bagit",
            "version": opinion.version if opinion and opinion.version else None,
            "outcome": self.outcome.value,
            "verdict": opinion.outcome.value if opinion and opinion.outcome in _VERDICTS else None,
            "words": lossless(opinion.message) if opinion and opinion.message else None,
            "remarks": [lossless(each) for each in opinion.remarks] if opinion else [],
            "differences": [
                {
                    "place": lossless(each.place),
                    "ours": lossless(each.ours),
                    "theirs": lossless(each.theirs),
                    "why": each.why,
                }
                for each in self.differences
            ],
        }


_VERDICTS = frozenset({OpinionOutcome.VALID, OpinionOutcome.INVALID})
