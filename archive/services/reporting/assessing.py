"""A framework of self-assessment, filled in from what an archive can show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from archive.core.assessment import Assessment, Evidence, Framework, KeptCopy, assess
from archive.core.copies import CopyOutcome
from archive.core.findings import Finding, warning
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.core.period import LAST_DAY, Period
from archive.core.text import lossless, printable
from archive.services.copies.standing import good_copies, same_disks
from archive.services.evidence.doubtful_results import exit_code_of
from archive.services.opened import OpenedArchive
from archive.services.reporting.premis_held import PremisHeld
from archive.services.reporting.report import Gathered, ReportRequest, gather
from archive.services.reporting.sections.checked import checks, damage
from archive.services.reporting.sections.kept import dated_marks
from archive.services.surroundings import Surroundings
from archive.storage.audits.plan import AuditPlan
from archive.storage.index import Index

_WRITTEN = frozenset({CopyOutcome.COMPLETE.value, CopyOutcome.INCOMPLETE.value})
_REVIEWS = frozenset({"statement", "cosignature"})


@dataclass(frozen=True, slots=True)
class AssessmentReport:
    """What was established; `document` follows schemas/assessment-report.schema.json."""

    assessment: Assessment
    document: dict[str, Any]
    ledger: LedgerOutcome
    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> int:
        """As for the report of a period; what is not met is no failure of the command."""
        return exit_code_of(self.ledger, self.findings)


def all_days(now: int) -> Period:
    """Every day up to a time in milliseconds since 1970."""
    first = date(1970, 1, 1)
    return Period(first, min(date.fromordinal(first.toordinal() + max(now, 0) // 86_400_000), LAST_DAY))


def assess_archive(
    archive: OpenedArchive,
    index: Index,
    plan: AuditPlan,
    framework: Framework,
    request: ReportRequest,
    surroundings: Surroundings,
) -> AssessmentReport:
    """Gathers the evidence as `gather` does, which also says what it raises, and judges every criterion."""
    gathered = gather(archive, index, plan, request, surroundings)
    declared = archive.settings.declared.get(framework.id, {})
    assessment = assess(framework, _evidence(gathered), declared)
    found = (*gathered.findings, *_strange(assessment))
    return AssessmentReport(
        assessment, _document(gathered, assessment, found), gathered.ledger.outcome, found
    )


def _strange(assessment: Assessment) -> Iterable[Finding]:
    for name in assessment.strange:
        yield warning(
            "ASSESSMENT-DECLARED",
            f"archive.toml:[declared.{assessment.framework.id}] {printable(name)}",
            "is no criterion of this framework, so that nothing follows from it",
            remedy="archive assess --format json lists the criteria with their ids",
        )


def _evidence(of: Gathered) -> Evidence:
    checked, damaged, premis = checks(of), damage(of), of.premis or PremisHeld()
    ended = checked["at_the_end"]
    good = good_copies(of.archive, of.index)
    marks = list(dated_marks(of))
    reviewed = max(
        (each["covers"] for each in marks if each["kind"] in _REVIEWS and each["covers"]), default=None
    )
    counts = of.index.counts()
    return Evidence(
        is_proven=of.ledger.outcome is LedgerOutcome.PROVEN,
        trust=of.ledger.trust.statement,
        held=counts.documents,
        fewest_copies=min(good, default=0),
        copies=_copies(of),
        copy_runs=sum(copy.runs for copy in of.tally.copies.values()),
        copy_audits=sum(copy.audits for copy in of.tally.copies.values()),
        marks=len(marks),
        every_days=checked["every_days"],
        checked_within=ended["claimed_within"],
        attested=ended["attested"],
        overdue=ended["overdue"],
        recorded_audits=of.told.recorded,
        sound_audits=of.told.checked,
        audits_by_id=checked["modes"].get("ids", 0),
        damage_open=damaged["open"],
        damage_found=damaged["opened"],
        damage_mended=damaged["mended"],
        repairs=damaged["repairs"],
        unnamed_entries=of.tally.unnamed,
        entries=of.tally.entries,
        reviewed=reviewed,
        days_since_review=_days(reviewed, of.now) if reviewed is not None else None,
        has_catalog=of.archive.layout.catalog.is_file() and of.archive.layout.holdings.is_file(),
        awaiting=counts.awaiting,
        asked=premis.documents,
        doubtful=premis.doubtful,
        files=premis.file_count,
        unidentified_files=premis.unnamed,
        with_brought_digests=premis.with_brought_digests,
        unchecked_for_viruses=premis.unchecked_for_viruses,
    )


def _copies(of: Gathered) -> tuple[KeptCopy, ...]:
    indexed = {copy.id: copy for copy in of.index.copies() if not copy.refused}
    shared = same_disks(of.archive)
    return tuple(
        KeptCopy(
            name=printable(place.name or place.id),
            medium=printable(place.medium),
            site=printable(place.site),
            provider=printable(place.provider),
            is_written=place.id in indexed and indexed[place.id].outcome in _WRITTEN,
            is_complete=place.id in indexed and indexed[place.id].outcome == CopyOutcome.COMPLETE,
            on_disk_of=" and ".join(printable(name) or "the archive" for name in shared.get(place.id, ())),
        )
        for place in of.archive.settings.copies
    )


def _days(earlier: str, later: str) -> int | None:
    try:
        return max((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).days, 0)
    except ValueError:
        return None


def _document(of: Gathered, assessment: Assessment, found: Iterable[Finding]) -> dict[str, Any]:
    settings, framework = of.archive.settings, assessment.framework
    return {
        "kind": "assessment-report",
        "version": 1,
        "framework": {
            "id": framework.id,
            "name": framework.name,
            "version": framework.version,
            "source": framework.source,
            "levels": list(framework.levels),
        },
        "archive": {
            "id": settings.archive_id,
            "name": lossless(settings.name),
            "institution": lossless(settings.institution),
            "origin": settings.origin,
            "key": settings.key,
        },
        "made": of.now,
        "ledger": {
            "outcome": of.ledger.outcome.value,
            "size": of.ledger.checkpoint.size if of.ledger.checkpoint is not None else None,
            "trust": of.ledger.trust.to_json(),
        },
        "areas": [
            {"id": area, "name": name, "reached": assessment.reached(area)} for area, name in framework.areas
        ],
        "cells": [cell.to_json() for cell in assessment.cells],
        "findings": [finding.to_json() for finding in found],
    }
