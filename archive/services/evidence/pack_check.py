"""A pack of evidence checked on another machine: the ledger, what lies beside it, what was checked."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.core.findings import Finding, error
from archive.core.ledger_findings import LedgerOutcome, judge
from archive.core.trust import Trust, TrustBasis
from archive.services.evidence.verification import LedgerReport, verify_ledger
from archive.services.opened import open_archive
from archive.services.surroundings import Progress, SilentProgress
from archive.storage.audit_plan import AuditPlan
from archive.storage.audit_results import altered_results, past_checks
from archive.storage.pack_files import unpack

# The settings in a pack have lost their names, so that they never are the bytes that were recorded.
_MEANT = frozenset({"LEDGER-SETTINGS-UNRECORDED"})


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the bags held: how many a self-check in the pack found intact, and how many of these a mark covers.

    `attested` counts self-checks that were recorded below the checkpoint, cosignature or time-stamp on which
    the verdict rests: their results cannot have been made up since.
    """

    held: int
    claimed: int
    attested: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackReport:
    """What was established; `facts` is what the pack says of itself, `checked` how many results hold."""

    outcome: LedgerOutcome
    trust: Trust
    ledger: LedgerReport
    facts: dict[str, Any]
    coverage: Coverage
    checked: int
    audits: int
    promise_days: int
    findings: tuple[Finding, ...]


def check_pack(
    source: Path,
    *,
    key: str | None = None,
    trust: Sequence[Path] = (),
    witnesses: Sequence[str] = (),
    tsa_roots: Sequence[Path] = (),
    work: str | None = None,
    progress: Progress | None = None,
) -> PackReport:
    """Unpacks the file into a temporary folder below `work`, and verifies everything in it.

    Raises ConfigurationError where it is no pack, or a key or checkpoint that was brought is none; what does
    not hold comes back as findings. The folder is gone when this returns.
    """
    with tempfile.TemporaryDirectory(prefix="archive-pack-", dir=work) as folder, AuditPlan(work) as plan:
        root = Path(folder)
        facts, troubles = unpack(source, root)
        findings = [error("PACK-MEMBER", name, message) for name, message in troubles]
        archive = open_archive(root)
        report = verify_ledger(
            archive,
            key=key,
            trust=trust,
            witnesses=witnesses,
            tsa_roots=tsa_roots,
            on_parsed=plan.take_entry,
            progress=progress or SilentProgress(),
        )
        findings += [each for each in report.findings if each.code not in _MEANT]
        plan.close_entries(report.checkpoint.size if report.checkpoint is not None else 0)
        left_out = {str(run) for run in facts.get("left_out") or ()}
        coverage, checked = _coverage(archive.layout.audits, plan, report, left_out, findings)
        outcome = judge(findings)
        covered = report.trust
        if outcome is not LedgerOutcome.PROVEN:
            covered = Trust(
                basis=TrustBasis.NONE, key=report.trust.key, key_supplied=report.trust.key_supplied
            )
        return PackReport(
            outcome=outcome,
            trust=covered,
            ledger=report,
            facts=facts,
            coverage=coverage,
            checked=checked,
            audits=len(plan.vouched.finished()),
            promise_days=archive.settings.audit_every_days,
            findings=tuple(findings),
        )


def _coverage(
    audits: Path, plan: AuditPlan, report: LedgerReport, left_out: set[str], findings: list[Finding]
) -> tuple[Coverage, int]:
    """Takes in the results that the ledger vouches for: first those that a mark covers, then the others."""
    finished = plan.vouched.finished()
    reach = report.trust.size or 0
    checked = attested = 0
    for covered in (True, False):
        for audit in finished:
            if (audit.entry < reach) != covered or audit.run in left_out:
                continue
            if (trouble := altered_results(audits, audit.run, audit.results)) is not None:
                findings.append(
                    error(
                        "PACK-RESULTS",
                        f"audits/{audit.run}",
                        f"entry {audit.entry} records others: {trouble}",
                    )
                )
                continue
            checked += 1
            rows = past_checks(audits, audit.run)
            plan.add_outcomes((row["bag"], row.get("looked") or audit.time, row["outcome"]) for row in rows)
        if covered:
            attested = plan.found_intact()
    return Coverage(plan.held(), plan.found_intact(), attested), checked
