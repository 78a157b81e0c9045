"""What an audit established, before anybody renders it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from archive.core.copies import CopyPlace
from archive.core.findings import Finding, Severity
from archive.core.ledger.trust import Trust, TrustBasis
from archive.core.outcomes import RunOutcome
from archive.core.text import lossless
from archive.services.audit.request import Mode

if TYPE_CHECKING:
    from fractions import Fraction

    from archive.core.sampling import SampleTerms

NAMED: Final = 5  # more bags of those asked for by name are not told one by one


@dataclass(slots=True)
class Sample:
    """What a sample was drawn from, what it was to show, and how it came out.

    `at` is the size of the checkpoint that says what was held; None for all of today's. `bad` counts every
    drawn bag that was not found intact, None until all of them were looked at.
    """

    population: int
    at: int | None
    terms: "SampleTerms"
    bad: int | None = None

    def drawn_from(self) -> dict[str, Any]:
        """What is settled before it is drawn; percentages as decimal texts."""
        return {
            "population": self.population,
            "at": self.at,
            "confidence": _percent(self.terms.confidence),
            "at_most": _percent(self.terms.at_most),
        }

    def to_json(self, drawn: int) -> dict[str, Any]:
        """The member `sample` of the scope."""
        bound = None
        if self.bad is not None and drawn:
            bound = self.terms.bad_at_most(self.population, drawn, self.bad)
        return {**self.drawn_from(), "bad": self.bad, "bad_at_most": bound}


def _percent(share: "Fraction") -> str:
    from decimal import Decimal

    percent = 100 * share  # a whole number of billionths, as `parse_percent` reads them
    return f"{Decimal(percent.numerator) / percent.denominator:f}"


@dataclass(slots=True, kw_only=True)
class AuditReport:
    """One audit; the bags that are not intact stay in the audit's spool and are read from there.

    `not_recorded` says why the run is not in the ledger although it should be, `waits` that it is kept until
    it can be signed; `last` is the bag up to which
    the order of looking came; `acknowledged` counts the incidents that somebody took note of with it. Of a
    copy `place` says which, `copy_of` how it stands. `named` has the first bags that were asked for by name,
    `is_share` tells that the age of earlier checks chose.
    """

    run: str
    mode: Mode
    started: str
    finished: str = ""
    outcome: RunOutcome = RunOutcome.NOTHING_READ
    recorded: bool = False
    not_recorded: str | None = None
    waits: bool = False
    interrupted: bool = False
    trust: Trust = field(default_factory=lambda: Trust(basis=TrustBasis.NONE))
    checkpoint: str = ""
    checkpoint_size: int = 0
    policy_days: int = 0
    seed: str | None = None
    sample: Sample | None = None
    held: int = 0
    selected: int = 0
    checked: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    oldest_check: str | None = None
    findings: list[Finding] = field(default_factory=list)
    copy_of: str | None = None
    place: CopyPlace | None = None
    last: str = ""
    acknowledged: int = 0
    named: tuple[str, ...] = ()
    is_share: bool = False

    def add(self, *found: Finding) -> None:
        """Adds findings about the archive itself, keeping their order; what is said already is left out."""
        self.findings = sorted(dict.fromkeys((*self.findings, *found)), key=_by_weight)

    @property
    def is_nothing_due(self) -> bool:
        """True where nothing was read because the share that was asked for is empty."""
        return self.outcome is RunOutcome.NOTHING_READ and self.is_share and not self.selected

    def scope(self) -> dict[str, Any]:
        """What was chosen of what is held."""
        return {
            "held": self.held,
            "selected": self.selected,
            "checked": self.checked,
            "mode": self.mode.value,
            **({"seed": self.seed} if self.seed is not None else {}),
            **({"sample": self.sample.to_json(self.selected)} if self.sample is not None else {}),
        }

    def summary(self) -> dict[str, Any]:
        """The members of the list of results beside its chunks."""
        return {
            "outcome": self.outcome.value,
            "interrupted": self.interrupted,
            "scope": self.scope(),
            "counts": self.counts,
            "findings": [finding.to_json() for finding in self.findings],
        }

    def head(self) -> dict[str, Any]:
        """The members of the JSON document before its array of bags."""
        return {
            "kind": "audit-report",
            "version": 1,
            "run": self.run,
            "outcome": self.outcome.value,
            "recorded": self.recorded,
            "trust": self.trust.to_json(),
            "started": self.started,
            "finished": self.finished,
            "checkpoint": self.checkpoint,
            "policy": {"every_days": self.policy_days},
            "scope": self.scope(),
        }

    def tail(self) -> dict[str, Any]:
        """The members behind it."""
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "oldest_check": self.oldest_check,
            "interrupted": self.interrupted,
            "not_recorded": self.not_recorded,
            "copy": self.copy_of,
            "acknowledged": self.acknowledged,
            "place": _place_json(self.place),
            "counts": self.counts,
        }


def _place_json(place: CopyPlace | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {name: lossless(value) for name, value in place.to_json().items()}


def _by_weight(finding: Finding) -> tuple[int, tuple[bytes, int, str, str]]:
    return list(Severity).index(finding.severity), finding.sort_key()


def bag_json(
    *,
    bag: str,
    reference: str | None,
    title: str | None,
    outcome: str,
    last_intact: str | None,
    known_since: str | None,
    findings: list[dict[str, Any]],
    acknowledged: str | None = None,
) -> dict[str, Any]:
    """One bag of the report."""
    return {
        "id": lossless(bag),
        "reference": reference,
        "title": title,
        "outcome": outcome,
        "last_intact": last_intact or None,
        "known_since": known_since or None,
        "acknowledged": acknowledged or None,
        "findings": findings,
    }
