"""An audit's record: an entry before the first bag is read, results as they come, an entry at the end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.core import entries, findings
from archive.core.entries import EntryType, parse_entry
from archive.core.errors import ArchiveError
from archive.core.merkle import leaf_hash
from archive.services import catalog
from archive.services.audit.evidence import Evidence
from archive.services.audit.report import AuditReport
from archive.services.audit.request import AuditRequest
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.surroundings import Surroundings
from archive.services.writing import writing
from archive.storage.audit_results import ResultsFolder


@dataclass(slots=True)
class Recording:
    """Keeps the record of one audit; `reason` says why there is none, None where there is."""

    archive: OpenedArchive
    request: AuditRequest
    surroundings: Surroundings
    reason: str | None
    meant: bool
    started: int = -1
    seed: str | None = None
    folder: ResultsFolder | None = None
    agents: tuple[str, ...] = field(default_factory=tuple)

    def add(self, packed: bytes) -> None:
        """Keeps the results of one chunk."""
        if self.folder is not None:
            self.folder.add(packed)

    def done(self) -> Iterator[dict[str, Any]]:
        """What earlier parts of a resumed run established."""
        return iter(()) if self.folder is None else self.folder.done()

    def finish(self, report: AuditReport) -> None:
        """Writes the list of results and the closing entry, and brings the index up to date."""
        report.recorded = False
        if self.folder is not None:
            try:
                self._finish(self.folder, report)
            except ArchiveError as trouble:
                self.reason = trouble.message
            else:
                report.recorded = True
        if self.meant and not report.recorded:
            report.not_recorded = self.reason or "it could not be recorded"
            remedy = "give --read-only if it was not meant to be recorded"
            report.findings.append(
                findings.error("AUDIT-NOT-RECORDED", "ledger", report.not_recorded, remedy=remedy)
            )

    def _finish(self, folder: ResultsFolder, report: AuditReport) -> None:
        summary = {
            "outcome": report.outcome.value,
            "interrupted": report.interrupted,
            "scope": report.head()["scope"],
            "counts": report.counts,
            "findings": [finding.to_json() for finding in report.findings],
        }
        digest = folder.finish(summary)
        with writing(
            self.archive, command="audit", surroundings=self.surroundings, agent=self.request.agent
        ) as hold:
            entry = entries.audit_finished(
                time=entries.timestamp(self.surroundings.now()),
                agents=self.agents,
                run=report.run,
                started=self.started,
                outcome=report.outcome.value,
                counts=report.counts,
                results=digest,
                interrupted=report.interrupted,
            )
            hold.checkpoint = self.archive.ledger.append([entry], hold.key.signer, hold.key.last_signed)
            catalog.bring_up_to_date(self.archive, hold.index, hold.checkpoint)


def begin_recording(
    archive: OpenedArchive,
    target: OpenedArchive,
    request: AuditRequest,
    report: AuditReport,
    evidence: Evidence,
    surroundings: Surroundings,
) -> Recording:
    """Appends `audit started` and makes the folder for the results, where the audit is to be recorded."""
    unmeant = request.read_only or target is not archive or request.quick
    if unmeant:
        return Recording(archive, request, surroundings, None, meant=False)
    if not evidence.holds:
        return Recording(
            archive, request, surroundings, "the ledger does not hold, so it is not extended", meant=True
        )
    recording = Recording(archive, request, surroundings, None, meant=True)
    try:
        recording.agents = (
            person_agent(archive.settings, request.agent).id,
            software_agent().id,
        )
        _begin(recording, report)
    except ArchiveError as trouble:
        recording.folder = None
        recording.reason = trouble.message
    return recording


def _begin(recording: Recording, report: AuditReport) -> None:
    archive, request = recording.archive, recording.request
    folder = ResultsFolder(archive.layout.audits, report.run)
    with writing(archive, command="audit", surroundings=recording.surroundings, agent=request.agent) as hold:
        if request.resume is not None:
            folder.resume()
            recording.started = _started_entry(archive, report.run)
        else:
            entry = entries.audit_started(
                time=report.started,
                agents=recording.agents,
                run=report.run,
                mode=report.mode.value,
                selected=report.selected,
                policy=report.policy_days,
                seed=request.seed,
            )
            recording.started = hold.checkpoint.size
            recording.seed = leaf_hash(entry).hex()
            folder.begin({"run": report.run, "mode": report.mode.value, "started": report.started})
            hold.checkpoint = archive.ledger.append([entry], hold.key.signer, hold.key.last_signed)
            catalog.bring_up_to_date(archive, hold.index, hold.checkpoint)
    recording.folder = folder


def _started_entry(archive: OpenedArchive, run: str) -> int:
    for number, raw in enumerate(archive.ledger.entries()):
        entry = parse_entry(raw)
        if entry.type == EntryType.AUDIT_STARTED and entry.run == run:
            return number
    return -1
