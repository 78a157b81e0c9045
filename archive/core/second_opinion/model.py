"""What bagit said of a bag, and how that compares with our verdict."""

from enum import StrEnum
from typing import Any, NamedTuple

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


class Complaint(NamedTuple):
    """One file that bagit names; `path` is empty where it names none."""

    path: str
    message: str


class Opinion(NamedTuple):
    """What bagit said, in its own words; of the files that it names the first thousand are kept."""

    outcome: OpinionOutcome
    message: str = ""
    complaints: tuple[Complaint, ...] = ()
    remarks: tuple[str, ...] = ()
    version: str = ""


class Difference(NamedTuple):
    """One thing that the two see differently: `place` is a file or `.`; `why` where the reason is known."""

    place: str
    ours: str
    theirs: str
    why: str | None = None


class CrossCheck(NamedTuple):
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
