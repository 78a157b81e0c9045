"""The verdict of an audit from what it found; the most severe holds."""

from typing import Final

from archive.core.findings import Finding, Severity, is_unseen
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.core.outcomes import BagOutcome, RunOutcome, run_outcome
from archive.services.audit.report import AuditReport
from archive.services.audit.request import Mode

# Of the archive's own findings: the copy or the ledger is not the history that it should be.
_EVIDENCE_CODES: Final = frozenset({"COPY-FOREIGN", "LEDGER-FORK"})


def verdict(report: AuditReport, ledger: LedgerOutcome, bags: dict[str, int], intact: int) -> RunOutcome:
    """The outcome of the run; `bags` counts the adverse ones by outcome.

    An error about the archive itself is damage, unless it says that something could not be looked at.
    """
    seen = [BagOutcome(name) for name in bags]
    if intact:
        seen.append(BagOutcome.INTACT)
    if any(map(could_not_look, report.findings)):
        seen.append(BagOutcome.UNREADABLE)
    broken = ledger is LedgerOutcome.BROKEN or any(
        finding.code in _EVIDENCE_CODES for finding in report.findings
    )
    return run_outcome(
        seen,
        held=report.held,
        quick=report.mode is Mode.QUICK,
        errors=any(map(_is_damage, report.findings)),
        evidence=not broken,
    )


def could_not_look(finding: Finding) -> bool:
    """True for a finding of something that could not be looked at, of which nothing is known then."""
    return is_unseen(finding.code)


def _is_damage(finding: Finding) -> bool:
    return (
        finding.severity is Severity.ERROR
        and not could_not_look(finding)
        and finding.code != "AUDIT-NOT-RECORDED"
    )
