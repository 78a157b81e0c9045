"""A pack of evidence checked on another machine: the ledger, what lies beside it, what was checked."""

import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

from archive.core.errors import ConfigurationError, EvidenceError
from archive.core.findings import Finding, error
from archive.core.ledger.entries import Entry, EntryType
from archive.core.ledger.ledger_findings import LedgerOutcome, judge
from archive.core.ledger.trust import Trust, TrustBasis
from archive.core.text import printable
from archive.services.evidence.brought import Brought
from archive.services.evidence.coverage import tell_results
from archive.services.evidence.pack_names import NamedParts
from archive.services.evidence.verification import LedgerReport, verify_ledger
from archive.services.opened import OpenedArchive, open_archive
from archive.services.surroundings import Progress, SilentProgress
from archive.storage.audits.coverage import CoverageCounts, coverage_beside, coverage_counts
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.vouched import FinishedAudit
from archive.storage.audits.vouched_results import DoubtfulResultsError
from archive.storage.ledger.pack_files import SETTINGS
from archive.storage.ledger.pack_reading import unpack

# The settings in a pack have lost their names, so that they never are the bytes that were recorded.
_MEANT = frozenset({"LEDGER-SETTINGS-UNRECORDED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PackReport:
    """What was established; `facts` is what the pack says of itself, `checked` how many results hold.

    `unseen` has the outcomes, by the ledger, of the audits whose results were left out of the pack; `doubted`
    how many bags these may have found damaged or missing, by the ledger too: the coverage is without them.
    """

    outcome: LedgerOutcome
    trust: Trust
    ledger: LedgerReport
    facts: dict[str, Any]
    coverage: CoverageCounts
    checked: int
    audits: int
    unseen: dict[str, int]
    doubted: int
    promise_days: int
    findings: tuple[Finding, ...]


def check_pack(
    source: Path,
    *,
    work: str | None = None,
    progress: Progress | None = None,
    **brought: Unpack[Brought],
) -> PackReport:
    """Unpacks the file into a temporary folder below `work`, and verifies everything in it.

    Raises ConfigurationError where it is no pack, or a key or checkpoint that was brought is none, and
    EvidenceError for a pack that is damaged so that nothing of it can be checked; what else does not hold
    comes back as findings. The folder is gone when this returns.
    """
    with tempfile.TemporaryDirectory(prefix="archive-pack-", dir=work) as folder, AuditPlan(work) as plan:
        root = Path(folder)
        facts, troubles = unpack(source, root)
        findings = [error("PACK-MEMBER", name, message) for name, message in troubles]
        archive = _opened(root, source, findings)
        left_out = set(facts.get("left_out", []))
        unseen: Counter[str] = Counter()
        bad: dict[str, tuple[str, int]] = {}
        named = NamedParts(
            root, complete=facts.get("names") is True, left_out=facts.get("left_out_parts", [])
        )

        def take(index: int, entry: Entry) -> None:
            plan.take_entry(index, entry)
            named.take(entry)
            if entry.type == EntryType.AUDIT_FINISHED and entry.run in left_out:
                unseen[str(entry.get("outcome"))] += 1
                bad[entry.run or ""] = entry.time, max(_bad(entry), bad.get(entry.run or "", ("", 0))[1])

        report = verify_ledger(archive, on_parsed=take, progress=progress or SilentProgress(), **brought)
        findings += [each for each in report.findings if each.code not in _MEANT]
        plan.close_entries(report.checkpoint.size if report.checkpoint is not None else 0)

        def doubt(audit: FinishedAudit, trouble: DoubtfulResultsError) -> None:
            place, message = f"audits/{audit.run}", f"entry {audit.entry} records others: {trouble}"
            findings.append(error("PACK-RESULTS", place, message))

        reach = report.trust.size or 0
        told = tell_results(archive.layout.audits, plan, reach, doubt, left_out=left_out)
        if report.outcome is LedgerOutcome.PROVEN:  # else what it records is not known
            findings += named.findings(plan)
        outcome = judge(findings)
        covered = report.trust
        if outcome is not LedgerOutcome.PROVEN:
            covered = Trust(
                basis=TrustBasis.NONE, key=report.trust.key, key_supplied=report.trust.key_supplied
            )
        coverage = coverage_beside(plan, bad.values())
        return PackReport(
            outcome=outcome,
            trust=covered,
            ledger=report,
            facts=facts,
            coverage=coverage,
            checked=told.checked,
            audits=told.recorded,
            unseen=dict(sorted(unseen.items())),
            doubted=coverage_counts(plan).claimed - coverage.claimed,
            promise_days=archive.settings.audit_every_days,
            findings=tuple(findings),
        )


def _bad(entry: Entry) -> int:
    """How many bags an audit found damaged or missing, by its entry."""
    counts = entry.get("counts")
    told = counts if isinstance(counts, dict) else {}
    return sum(told[name] for name in ("damaged", "missing") if type(told.get(name)) is int)


def _opened(root: Path, source: Path, findings: list[Finding]) -> OpenedArchive:
    """The archive of the pack; settings that cannot be read are no wrong use where they are not as listed."""
    try:
        return open_archive(root)
    except ConfigurationError as trouble:
        ours = tuple(each for each in findings if each.place == SETTINGS)
        if not ours:
            raise
        message = f"{printable(str(source))}: a pack that does not hold: {SETTINGS}: {ours[0].message}"
        remedy = "ask the archive for the pack again; keep this one"
        raise EvidenceError(message, remedy=remedy, findings=ours) from trouble
