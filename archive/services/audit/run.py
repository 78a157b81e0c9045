"""One audit: the ledger first, then every chosen bag from its bytes, both directions, recorded as it goes."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.core import entries, findings
from archive.core.checkpoint import Checkpoint
from archive.core.entries import parse_entry
from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.findings import Finding, Severity
from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.outcomes import BagOutcome, RunOutcome, run_outcome
from archive.engine.driver import BatchLost, Driver
from archive.services import catalog
from archive.services.audit.choice import choose, days_before
from archive.services.audit.chunk import Chunk, ChunkResult, audit_chunk
from archive.services.audit.evidence import Evidence, judge_ledger
from archive.services.audit.presence import Presence
from archive.services.audit.recording import Recording, begin_recording
from archive.services.audit.report import AuditReport
from archive.services.audit.request import AuditRequest, Mode
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage import intents
from archive.storage.audit_plan import AuditPlan
from archive.storage.audit_results import ChunkRow, verify_results
from archive.storage.index import Index
from archive.storage.intents import Intent
from archive.storage.layout import bag_path
from archive.storage.ledger_files import LedgerFiles

CHUNK_BAGS = 256
CHUNK_BYTES = 256 << 20
BIG_FILE = 64 << 20  # a bag above this is a chunk of its own: its files keep one worker busy for a second


@dataclass(slots=True)
class Audit:
    """One run of `archive audit`; the plan is the caller's, for the report.

    `archive` is the archive whose ledger promises; `target` the one whose bytes are read (a copy, or itself).
    """

    archive: OpenedArchive
    target: OpenedArchive
    request: AuditRequest
    plan: AuditPlan
    surroundings: Surroundings
    report: AuditReport = field(init=False)
    _files: int = 0
    _bytes: int = 0
    _intact: int = 0
    _looked: int = 0

    def run(self) -> AuditReport:
        """The whole audit. Its findings are in the report, its adverse bags in the plan."""
        now = self.surroundings.now()
        run = self.request.resume or uuid7(now, self.surroundings.random(RANDOM_BYTES))
        self.report = AuditReport(run=run, mode=self.request.mode, started=entries.timestamp(now))
        self.report.policy_days = self.archive.settings.audit_every_days
        evidence = self._judge_evidence()
        with catalog.optional_index(self.target) as index:
            self._schedule(index)
            drawn_later = self.request.sample is not None and self.request.seed is None
            if drawn_later:  # the seed is the hash of an entry that is not written yet
                self.report.selected = min(self.request.sample or 0, self.report.held)
            else:
                self._choose(now, index, self.request.seed)
            recording = begin_recording(
                self.archive, self.target, self.request, self.report, evidence, self.surroundings
            )
            if drawn_later:
                self._choose(now, index, recording.seed or self.report.run)
            if self.request.resume is not None:
                self._take_up(recording)
            try:
                self._look(recording)
            except BaseException:
                self.report.interrupted = True
                self._conclude(evidence, now, index)
                recording.finish(self.report)
                raise
            self._both_directions(evidence)
            self._look_again(evidence)
            self._conclude(evidence, now, index)
        recording.finish(self.report)
        return self.report

    # -- before --------------------------------------------------------------------------------------------

    def _judge_evidence(self) -> Evidence:
        ledger = self.target.ledger
        evidence = judge_ledger(self.archive, ledger, self.request, self.plan)
        report = self.report
        report.basis = evidence.basis if evidence.holds else "self"
        report.checkpoint = evidence.note
        report.findings.extend(evidence.findings)
        if evidence.checkpoint is not None:
            report.checkpoint_size = evidence.checkpoint.size
        if self.target is not self.archive and evidence.checkpoint is not None:
            self._compare_copy(evidence.checkpoint)
        report.held = self.plan.held()
        return evidence

    def _compare_copy(self, copied: Checkpoint) -> None:
        """A copy must be an earlier state of this archive, or this very state."""
        ours = self.archive.checkpoint()
        place = str(self.target.root)
        if copied.size <= ours.size and self.archive.ledger.extends(copied.size, copied.root):
            behind = ours.size - copied.size
            self.report.copy_of = f"a copy, {behind:,} entries behind" if behind else "a copy, up to date"
            if behind:
                self.report.findings.append(findings.note("COPY-BEHIND", place, self.report.copy_of))
            return
        message = "its ledger is not an earlier state of this archive's"
        remedy = "it is another archive, a fork, or newer than the archive that it was compared with"
        self.report.findings.append(findings.error("COPY-FOREIGN", place, message, remedy=remedy))

    def _schedule(self, index: Index | None) -> None:
        if index is not None:
            rows = (
                (row.bag, row.last_checked, row.last_intact)
                for row in index.oldest_first()
                if row.last_checked
            )
            self.plan.set_checked(rows)

    def _choose(self, now: int, index: Index | None, seed: str | None) -> None:
        self.report.seed = seed if self.request.sample is not None else None
        choose(self.plan, self.request, now=now, seed=seed, index=index)
        self.report.selected = self.plan.selected()

    def _take_up(self, recording: Recording) -> None:
        """Leaves out what earlier parts of this run have looked at, and counts it."""
        for row in recording.done():
            self.plan.unselect([row["bag"]])
            self._looked += 1
            self._files += row["files"]
            self._bytes += row["bytes"]
            if row["outcome"] == BagOutcome.INTACT:
                self._intact += 1
            else:
                found = row.get("findings", [])
                self.plan.add_adverse(row["bag"], row["outcome"], found, row["files"], row["bytes"])

    # -- looking -------------------------------------------------------------------------------------------

    def _look(self, recording: Recording) -> None:
        deadline = None
        if self.request.budget_seconds is not None:
            deadline = time.monotonic() + self.request.budget_seconds
        progress = self.surroundings.progress
        progress.begin("Reading bags", self.plan.selected(), "documents")
        driver = Driver(self.request.jobs)
        running = driver.run(audit_chunk, self._chunks())
        try:
            for chunk, result in running:
                self._take(chunk, result, recording)
                progress.advance(len(chunk.expectations))
                if deadline is not None and time.monotonic() >= deadline:
                    break
        finally:
            running.close()
            progress.end()

    def _chunks(self) -> Iterator[Chunk]:
        bags = str(self.target.layout.bags)
        quick = self.request.quick
        waiting = []
        size = 0
        for expectation in self.plan.chosen():
            waiting.append(expectation)
            size += expectation.bytes
            if len(waiting) >= CHUNK_BAGS or size >= CHUNK_BYTES:
                yield Chunk(bags, tuple(waiting), quick)
                waiting, size = [], 0
        if waiting:
            yield Chunk(bags, tuple(waiting), quick)

    def _take(self, chunk: Chunk, result: ChunkResult | BatchLost, recording: Recording) -> None:
        if isinstance(result, BatchLost):
            result = _lost(chunk)
        self._looked += len(chunk.expectations)
        self._files += result.files
        self._bytes += result.bytes
        self._intact += result.intact
        for row in result.adverse:
            self.plan.add_adverse(row.bag, row.outcome, row.findings, row.files, row.bytes)
        recording.add(result.packed)

    # -- both directions -----------------------------------------------------------------------------------

    def _both_directions(self, evidence: Evidence) -> None:
        pending = {
            intended.bag: intended.tag_manifest
            for left in intents.unfinished(self.target.layout.staging)
            if isinstance(left, Intent)
            for intended in left.bags()
        }
        presence = Presence(str(self.target.layout.bags), self.plan, pending)
        presence.look()
        report = self.report
        report.findings.extend(presence.findings)
        for bag, finding in presence.unknown:
            self.plan.add_adverse(bag, BagOutcome.UNKNOWN, [finding.to_json()], 0, 0)
            report.findings.append(finding)
        for bag, finding in presence.missing:
            self.plan.add_adverse(bag, BagOutcome.MISSING, [finding.to_json()], 0, 0)
        report.counts["pending"] = presence.pending
        if presence.pending:
            message = f"{presence.pending} bags of an ingest that has not committed yet"
            report.findings.append(findings.note("BAG-PENDING", "bags", message))
        if evidence.checkpoint is not None:
            report.findings.extend(
                catalog.verify_catalog(self.target, evidence.checkpoint, pending=bool(pending))
            )
        finished = self.plan.finished_audits()
        report.findings.extend(verify_results(self.target.layout.audits, finished, report.run))

    def _look_again(self, evidence: Evidence) -> None:
        """Nothing adverse is said before the newest checkpoint has been asked: a writer may have moved on."""
        adverse = self.plan.adverse_ids()
        if not adverse or evidence.checkpoint is None or self.target is not self.archive:
            return
        try:
            newest = self.target.ledger.read_checkpoint(self.request.key or self.archive.settings.key)
        except ArchiveError:
            return
        if newest.size == evidence.checkpoint.size:
            return
        moved = _changed(self.target.ledger, evidence.checkpoint.size, newest.size, self.plan)
        for bag in set(adverse) & moved:
            expectation = self.plan.expectation(bag)
            if expectation is None:
                continue
            result = audit_chunk(Chunk(str(self.target.layout.bags), (expectation,), self.request.quick))
            self.plan.drop_adverse(bag)
            place = f"/{bag}"
            self.report.findings = [one for one in self.report.findings if not one.place.endswith(place)]
            for row in result.adverse:
                self.plan.add_adverse(row.bag, row.outcome, row.findings, row.files, row.bytes)

    # -- the verdict ---------------------------------------------------------------------------------------

    def _conclude(self, evidence: Evidence, now: int, index: Index | None) -> None:
        report, plan = self.report, self.plan
        report.finished = entries.timestamp(self.surroundings.now())
        adverse = plan.adverse_outcomes()
        due_before = days_before(now, report.policy_days)
        report.checked = self._looked - adverse.get(BagOutcome.UNREADABLE, 0)
        counts = {
            "intact": self._intact,
            "damaged": adverse.get(BagOutcome.DAMAGED, 0),
            "missing": adverse.get(BagOutcome.MISSING, 0),
            "unreadable": adverse.get(BagOutcome.UNREADABLE, 0),
            "unknown": adverse.get(BagOutcome.UNKNOWN, 0),
            "pending": report.counts.get("pending", 0),
            "withdrawn": plan.withdrawn(),
            "due": plan.due(due_before),
            "overdue": plan.overdue(due_before),
            "files": self._files,
            "bytes": self._bytes,
        }
        report.counts = counts
        report.oldest_check = plan.oldest_check()
        if index is not None:
            known = ((bag, index.damaged_since(bag)) for bag in plan.adverse_ids())
            plan.set_known((bag, since) for bag, since in known if since)
        report.outcome = self._outcome(evidence, adverse)
        report.findings.sort(key=Finding.sort_key)

    def _outcome(self, evidence: Evidence, adverse: dict[str, int]) -> RunOutcome:
        report = self.report
        seen = [BagOutcome(name) for name in adverse]
        if self._intact:
            seen.append(BagOutcome.INTACT)
        ledger_codes = {finding.code for finding in evidence.findings}
        errors = any(
            finding.severity is Severity.ERROR and finding.code not in ledger_codes
            for finding in report.findings
        )
        could_not_look = any(finding.code.endswith("-UNREADABLE") for finding in report.findings)
        broken = not evidence.holds or any(finding.code in EVIDENCE_CODES for finding in report.findings)
        if could_not_look:
            seen.append(BagOutcome.UNREADABLE)
            errors = any(
                finding.severity is Severity.ERROR
                and finding.code not in ledger_codes
                and not finding.code.endswith("-UNREADABLE")
                for finding in report.findings
            )
        return run_outcome(
            seen, held=report.held, quick=report.mode is Mode.QUICK, errors=errors, evidence=not broken
        )


EVIDENCE_CODES = frozenset({"COPY-FOREIGN", "AUDIT-RESULTS", "CATALOG-RUN-ALTERED"})


def _lost(chunk: Chunk) -> ChunkResult:
    """Workers died over this chunk: nothing is known of its bags."""
    from archive.storage.audit_results import pack

    message = "two workers were killed while they read it; nothing is known of it"
    rows = [
        ChunkRow(
            one.bag,
            BagOutcome.UNREADABLE.value,
            0,
            0,
            [findings.error("FIX-UNREADABLE", bag_path(one.bag), message).to_json()],
        )
        for one in chunk.expectations
    ]
    return ChunkResult(pack(rows), 0, 0, 0, rows)


def _changed(ledger: LedgerFiles, start: int, end: int, plan: AuditPlan) -> set[str]:
    """Takes the entries in that came meanwhile; returns the bags that they are about."""
    moved = set()
    for number, raw in enumerate(ledger.entries(start, end), start):
        entry = parse_entry(raw)
        plan.take_entry(number, entry)
        if entry.bag is not None:
            moved.add(entry.bag)
    plan.flush()
    return moved


def open_copy(archive: OpenedArchive, folder: str) -> OpenedArchive:
    """The copy in a folder, as an archive of its own; ConfigurationError where it is none of this one."""
    from pathlib import Path

    from archive.services.opened import open_archive

    copy = open_archive(Path(folder).absolute())
    if copy.settings.archive_id != archive.settings.archive_id:
        raise ConfigurationError(
            f"{folder}: an archive, but not a copy of this one",
            remedy=f"audit it by itself: archive -C {folder} audit",
        )
    return copy
