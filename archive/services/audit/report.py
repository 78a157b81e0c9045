"""What an audit established, before anybody renders it."""

from dataclasses import dataclass, field
from typing import Any

from archive.core.findings import Finding
from archive.core.outcomes import RunOutcome
from archive.core.text import lossless
from archive.services.audit.request import Mode


@dataclass(slots=True, kw_only=True)
class AuditReport:
    """One audit; the bags that are not intact stay in the audit's spool and are read from there.

    `trust_until` is the time up to which something outside vouches for the ledger; `not_recorded` says why
    the run is not in the ledger although it should be.
    """

    run: str
    mode: Mode
    started: str
    finished: str = ""
    outcome: RunOutcome = RunOutcome.NOTHING_READ
    recorded: bool = False
    not_recorded: str | None = None
    interrupted: bool = False
    basis: str = "self"
    trust_until: str | None = None
    checkpoint: str = ""
    checkpoint_size: int = 0
    policy_days: int = 0
    seed: str | None = None
    held: int = 0
    selected: int = 0
    checked: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    oldest_check: str | None = None
    findings: list[Finding] = field(default_factory=list)
    copy_of: str | None = None

    def head(self) -> dict[str, Any]:
        """The members of the JSON document before its array of bags."""
        return {
            "kind": "audit-report",
            "version": 1,
            "run": self.run,
            "outcome": self.outcome.value,
            "recorded": self.recorded,
            "trust": {"basis": self.basis, "until": self.trust_until},
            "started": self.started,
            "finished": self.finished,
            "checkpoint": self.checkpoint,
            "policy": {"every_days": self.policy_days},
            "scope": {
                "held": self.held,
                "selected": self.selected,
                "checked": self.checked,
                "mode": self.mode.value,
                **({"seed": self.seed} if self.seed is not None else {}),
            },
        }

    def tail(self) -> dict[str, Any]:
        """The members behind it."""
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "oldest_check": self.oldest_check,
            "interrupted": self.interrupted,
            "not_recorded": self.not_recorded,
            "copy": self.copy_of,
            "counts": self.counts,
        }


def bag_json(
    *,
    bag: str,
    reference: str | None,
    title: str | None,
    outcome: str,
    last_intact: str | None,
    known_since: str | None,
    findings: list[dict[str, Any]],
) -> dict[str, Any]:
    """One bag of the report."""
    return {
        "id": lossless(bag),
        "reference": reference,
        "title": title,
        "outcome": outcome,
        "last_intact": last_intact or None,
        "known_since": known_since or None,
        "findings": findings,
    }
