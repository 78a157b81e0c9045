"""The report of a period, gathered in one pass over the ledger and one over the results of audits."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from archive.core.findings import Finding
from archive.core.ledger.entries import Entry, timestamp
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.core.period import Period
from archive.core.text import lossless
from archive.services.evidence.brought import Brought
from archive.services.evidence.coverage import Told, tell_results
from archive.services.evidence.doubtful_results import exit_code_of, results_finding
from archive.services.evidence.verification import LedgerReport, verify_ledger
from archive.services.opened import OpenedArchive
from archive.services.reporting import sections
from archive.services.reporting.checks import CheckTally
from archive.services.reporting.premis_held import PremisHeld, premis_held
from archive.services.reporting.tally import LedgerTally
from archive.services.surroundings import CLOCK_DAYS, Surroundings, day_of
from archive.storage.audits.coverage import is_damaged
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.vouched import FinishedAudit
from archive.storage.audits.vouched_results import DoubtfulResultsError
from archive.storage.index import Index


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """What is asked for; the marks are those of `verify_ledger`. Formats cost a look at every bag."""

    period: Period
    formats: bool = True
    brought: Brought = field(default_factory=Brought)


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """What was gathered; `document` follows schemas/period-report.schema.json."""

    document: dict[str, Any]
    ledger: LedgerOutcome
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """See `exit_code_of`."""
        return exit_code_of(self.ledger, self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Everything that the sections are made of; `now` and `until` are times as entries write them.

    `until` is the end of the period, or now where that comes first; what lies after `ahead` was dated by a
    clock that was wrong.
    """

    archive: OpenedArchive
    index: Index
    plan: AuditPlan
    period: Period
    now: str
    until: str
    ahead: str
    ledger: LedgerReport
    tally: LedgerTally
    checks: CheckTally
    told: Told
    premis: PremisHeld | None
    findings: tuple[Finding, ...]


def report_period(
    archive: OpenedArchive, index: Index, plan: AuditPlan, request: ReportRequest, surroundings: Surroundings
) -> PeriodReport:
    """The report of a period; see `gather`."""
    gathered = gather(archive, index, plan, request, surroundings)
    return PeriodReport(_document(gathered), gathered.ledger.outcome, gathered.findings)


def gather(
    archive: OpenedArchive, index: Index, plan: AuditPlan, request: ReportRequest, surroundings: Surroundings
) -> Gathered:
    """Verifies the ledger, reads every result that it vouches for, and adds up what lies in the period.

    The index is in step with the ledger. Memory does not grow with the documents. Raises what
    `verify_ledger` raises; what does not hold comes back as findings.
    """
    period, now = request.period, timestamp(surroundings.now())
    ahead = day_of(surroundings.now(), later=CLOCK_DAYS)
    tally, checks = LedgerTally(period), CheckTally(period, partial(is_damaged, plan))

    def take(number: int, entry: Entry) -> None:
        if tally.take(number, entry):
            plan.take_entry(number, entry)

    ledger = verify_ledger(
        archive,
        **request.brought,
        on_parsed=take,
        progress=surroundings.progress,
    )
    plan.close_entries(ledger.checkpoint.size if ledger.checkpoint is not None else 0)
    found: list[Finding] = list(ledger.findings)

    def doubt(audit: FinishedAudit, trouble: DoubtfulResultsError) -> None:
        found.append(results_finding(trouble, audit.run, audit.entry))

    # The plan knows no audit that ended after the period, and so no check of later either.
    told = tell_results(
        archive.layout.audits,
        plan,
        ledger.trust.size or 0,
        doubt,
        seen=checks.take,
        mended=checks.take_mended,
    )
    plan.forget_checks_after(ahead)
    return Gathered(
        archive=archive,
        index=index,
        plan=plan,
        period=period,
        now=now,
        until=min(period.ends, now),
        ahead=ahead,
        ledger=ledger,
        tally=tally,
        checks=checks,
        told=told,
        premis=premis_held(archive, index, surroundings.progress) if request.formats else None,
        findings=tuple(found),
    )


def _document(gathered: Gathered) -> dict[str, Any]:
    settings, ledger, period = gathered.archive.settings, gathered.ledger, gathered.period
    return {
        "kind": "period-report",
        "version": 1,
        "archive": {
            "id": settings.archive_id,
            "name": lossless(settings.name),
            "institution": lossless(settings.institution),
            "origin": settings.origin,
            "key": settings.key,
        },
        "period": {
            "from": period.first.isoformat(),
            "to": period.last.isoformat(),
            "days": period.days,
            "is_over": period.ends <= gathered.now,
        },
        "made": gathered.now,
        "ledger": {
            "outcome": ledger.outcome.value,
            "size": ledger.checkpoint.size if ledger.checkpoint is not None else None,
            "trust": ledger.trust.to_json(),
        },
        "holdings": sections.holdings(gathered),
        "formats": sections.formats(gathered),
        "accessions": sections.accessions(gathered),
        "checks": sections.checks(gathered),
        "damage": sections.damage(gathered),
        "copies": sections.copies(gathered),
        "descriptions": sections.descriptions(gathered),
        "changes": sections.changes(gathered),
        "agents": sections.agents(gathered),
        "marks": sections.marks(gathered),
        "findings": [finding.to_json() for finding in gathered.findings],
    }
