"""What the policy promised, what the archive claims to have checked, what a mark from outside attests.

The ledger and the results that it vouches for are the only sources; the index gives names, nothing else.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Unpack

from archive.core.findings import Finding
from archive.core.ledger.entries import Entry, EntryType
from archive.core.outcomes import BagOutcome
from archive.services.audit.schedule import index_of
from archive.services.catalog.index_reading import Asking
from archive.services.evidence.brought import Brought
from archive.services.evidence.doubtful_results import exit_code_of, results_finding
from archive.services.evidence.verification import LedgerReport, verify_ledger
from archive.services.opened import OpenedArchive
from archive.services.surroundings import CLOCK_DAYS, Surroundings, day_of, days_before
from archive.storage.audits.coverage import (
    CoverageCounts,
    CoveredBag,
    coverage_counts,
    covered_bags,
    keep_as_attested,
)
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results import ListedChunk
from archive.storage.audits.vouched import FinishedAudit, KnownRepair
from archive.storage.audits.vouched_results import DoubtfulResultsError, checks_in, vouched_chunks


class Promise(NamedTuple):
    """From an entry on, audits named so many days as the promise."""

    entry: int
    time: str
    days: int


class Told(NamedTuple):
    """How many audits ended, how many of them have results that hold, and how many of these a mark covers."""

    recorded: int
    checked: int
    attested: int


def tell_results(
    audits: Path,
    plan: AuditPlan,
    reach: int,
    doubt: Callable[[FinishedAudit, DoubtfulResultsError], None],
    *,
    left_out: Collection[str] = (),
    since: str = "",
    seen: Callable[[str, str, str], None] | None = None,
    mended: Callable[[str, str], None] | None = None,
) -> Told:
    """Tells the plan what the ledger vouches for: what the first `reach` entries do, then what later ones do.

    `doubt` gets each audit whose results do not hold, with what is wrong. Checks before the time `since` are
    passed over, and so are the runs left out. `seen` gets (bag, time, outcome) of each check that counts,
    `mended` (bag, time) of each repair after which the bag was read in full and intact: a check, too.
    """
    finished = plan.vouched.finished()
    told = {True: 0, False: 0}
    is_kept = False
    # (run, chunk) of runs that were interrupted: the list of the resumed run has them, too.
    cut_off: set[tuple[str, ListedChunk]] = set()
    told_of: list[FinishedAudit | KnownRepair] = [*finished, *_mending(plan, since)]
    for one in sorted(told_of, key=lambda one: one.entry):
        if one.entry >= reach and not is_kept:
            keep_as_attested(plan)
            is_kept = True
        if isinstance(one, KnownRepair):
            plan.add_outcomes([(one.bag, one.time, one.outcome)], recorded=one.time)
            if mended is not None:
                mended(one.bag, one.time)
            continue
        if one.run in left_out:
            continue
        try:
            chunks = vouched_chunks(audits, one.run, one.results)
            rows = checks_in(audits, one.run, (each for each in chunks if (one.run, each) not in cut_off))
            looked = ((row["bag"], row.get("looked") or one.time, row["outcome"]) for row in rows)
            within = (row for row in looked if row[1] >= since)
            plan.add_outcomes(within if seen is None else _telling(within, seen), recorded=one.recorded)
        except DoubtfulResultsError as trouble:
            doubt(one, trouble)
        else:
            told[one.entry < reach] += 1
            cut_off.update((one.run, each) for each in chunks if one.interrupted)
    if not is_kept:
        keep_as_attested(plan)
    return Told(len(finished), told[True] + told[False], told[True])


def _mending(plan: AuditPlan, since: str) -> Iterator[KnownRepair]:
    """The repairs that ended with an intact bag."""
    for repair in plan.vouched.repairs():
        if repair.bag and repair.outcome == BagOutcome.INTACT and repair.time >= since:
            yield repair


def _telling(
    checks: Iterator[tuple[str, str, str]], seen: Callable[[str, str, str], None]
) -> Iterator[tuple[str, str, str]]:
    for check in checks:
        seen(*check)
        yield check


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageReport:
    """What was established; `within` counts the checks that are no older than the promise, `counts` all.

    `bags` can be asked for as long as the plan is open, as often as wanted.
    """

    archive: OpenedArchive
    plan: AuditPlan
    ledger: LedgerReport
    promise_days: int
    promises: tuple[Promise, ...]
    since: str
    audits: Told
    counts: CoverageCounts
    within: CoverageCounts
    overdue: int
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """5 where the ledger does not hold, 1 where results do not, 3 where either could not be read."""
        return exit_code_of(self.ledger.outcome, self.findings)

    def head(self) -> dict[str, Any]:
        """What stands before the bags in the JSON report."""
        return {
            "kind": "coverage-report",
            "version": 1,
            "outcome": self.ledger.outcome.value,
            "trust": self.ledger.trust.to_json(),
            "size": self.ledger.checkpoint.size if self.ledger.checkpoint else None,
            "since": self.since or None,
            "promise_days": self.promise_days,
            "promises": [promise._asdict() for promise in self.promises],
        }

    def tail(self) -> dict[str, Any]:
        """What stands behind them."""
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "self_checks": self.audits._asdict(),
            "counts": {
                **self.counts._asdict(),
                "claimed_within": self.within.claimed,
                "attested_within": self.within.attested,
                "overdue": self.overdue,
            },
        }

    def bags(self) -> Iterator[dict[str, Any]]:
        """Every held bag, in the order of the ledger."""
        with index_of(self.archive) as own:
            index = Asking(own)
            for bag in covered_bags(self.plan):
                row = index.by_bag(bag.bag) if bag.reference is None else None
                yield _bag(bag, row.reference if row is not None else bag.reference)


def _bag(bag: CoveredBag, reference: str | None) -> dict[str, Any]:
    return {
        "id": bag.bag,
        "reference": reference,
        "ingested": bag.ingested,
        "checked": bag.checked,
        "claimed": bag.claimed,
        "attested": bag.attested,
        "damaged_since": bag.damaged_since,
    }


class _Policy:
    """The promises that audits were begun under."""

    def __init__(self, plan: AuditPlan) -> None:
        self.promises: list[Promise] = []
        self._plan = plan

    def take(self, index: int, entry: Entry) -> None:
        """The next entry, for the plan too."""
        self._plan.take_entry(index, entry)
        days = entry.get("policy") if entry.type == EntryType.AUDIT_STARTED else None
        if type(days) is int and (not self.promises or self.promises[-1].days != days):
            self.promises.append(Promise(index, entry.time, days))


def cover(
    archive: OpenedArchive,
    plan: AuditPlan,
    surroundings: Surroundings,
    *,
    since: str = "",
    **brought: Unpack[Brought],
) -> CoverageReport:
    """Verifies the ledger, then every result that it vouches for; memory does not grow with the archive.

    `since` is a time as entries write it: earlier checks do not count. The marks are those of
    `verify_ledger`, which also says what it raises.
    """
    policy = _Policy(plan)
    report = verify_ledger(archive, on_parsed=policy.take, progress=surroundings.progress, **brought)
    plan.close_entries(report.checkpoint.size if report.checkpoint is not None else 0)
    found: list[Finding] = []

    def doubt(audit: FinishedAudit, trouble: DoubtfulResultsError) -> None:
        found.append(results_finding(trouble, audit.run, audit.entry))

    told = tell_results(archive.layout.audits, plan, report.trust.size or 0, doubt, since=since)
    days = archive.settings.audit_every_days
    now = surroundings.now()
    promised, ahead = days_before(now, days), day_of(now, later=CLOCK_DAYS)
    plan.forget_checks_after(ahead)
    return CoverageReport(
        archive=archive,
        plan=plan,
        ledger=report,
        promise_days=days,
        promises=tuple(policy.promises),
        since=since,
        audits=told,
        counts=coverage_counts(plan),
        within=coverage_counts(plan, promised, ahead),
        overdue=plan.overdue(promised),
        findings=(*report.findings, *found),
    )
