"""An audit's record: an entry before the first bag is read, results as they come, an entry at the end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.core import findings
from archive.core.copies import MARKER
from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.findings import Finding
from archive.core.ledger import copy_entries, entries
from archive.core.ledger.audit_choice import digest_of_choice
from archive.core.ledger.entries import parse_entry
from archive.core.ledger.merkle import leaf_hash
from archive.core.limits.waits import INTERRUPTED_LOCK_WAIT
from archive.services.audit.begun_choice import require_begun_choice
from archive.services.audit.evidence import Evidence
from archive.services.audit.report import AuditReport
from archive.services.audit.request import AuditRequest
from archive.services.audit.unsigned import UnsignedRun, waits
from archive.services.catalog.catching_up import AllIntact
from archive.services.copies.itself import strayed_marker
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.surroundings import Surroundings
from archive.services.writing import writing
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results_folder import ResultsFolder
from archive.storage.audits.unlisted_results import UnlistedResults
from archive.storage.disk.durable import storage_error
from archive.storage.keys.files import KeyLockedError
from archive.storage.lock import Holder


@dataclass(slots=True)
class Recording:
    """Keeps the record of one audit; `reason` says why there is none, None where there is.

    `meant` tells whether it should be in the ledger; `copy` is the place of the copy that it is of, None for
    the archive's own bytes; `started` is the index of its `audit started`, and `seed` the hash of that entry.
    Whoever looked sets `intact` where there is nothing else to record.
    """

    archive: OpenedArchive
    request: AuditRequest
    surroundings: Surroundings
    meant: bool
    waiting: Callable[[Holder], None] | None = None
    copy: str | None = None
    reason: str | None = None
    remedy: str | None = None
    started: int = -1
    seed: str | None = None
    intact: AllIntact | None = None
    folder: ResultsFolder | None = None
    unsigned: UnsignedRun | None = None
    agents: tuple[str, ...] = field(default_factory=tuple)

    @property
    def is_kept(self) -> bool:
        """True where the audit has begun to be recorded."""
        return self.folder is not None

    def begin(self, report: AuditReport, evidence: Evidence, plan: AuditPlan) -> None:
        """Appends `audit started` and makes the folder for the results, or takes up that of a resumed run.

        What stands in the way becomes the reason; only a run that cannot be resumed raises.
        """
        if not self.meant:
            return
        if not evidence.may_be_recorded:
            self.reason = "the ledger does not hold or could not be read, so it is not extended"
            return
        if self.copy is None and self.request.resume is None and strayed_marker(self.archive):
            # What to do about it is said where the marker is found.
            self.reason = f"{MARKER} lies in the archive, and nothing is written to what bears it"
            return
        try:
            self.agents = (
                person_agent(self.archive.settings, self.request.agent).id,
                software_agent().id,
            )
            if self.request.resume is not None:
                self._resume(report, plan)
            else:
                self._begin(report)
        except (ArchiveError, OSError) as trouble:
            if self.request.resume is not None:
                raise
            self._give_up(trouble)

    def add(self, packed: bytes) -> None:
        """Keeps the results of one chunk."""
        if self.folder is not None:
            self.folder.add(packed, entries.timestamp(self.surroundings.now()))

    def done(self) -> Iterator[dict[str, Any]]:
        """What earlier parts of a resumed run established; a later row of a bag replaces an earlier one."""
        return iter(()) if self.folder is None else self.folder.done()

    def finish(self, report: AuditReport) -> None:
        """Writes the list of results and the closing entry, and brings the index up to date."""
        report.recorded = False
        if self.folder is not None:
            try:
                self._finish(self.folder, report)
                report.recorded = self.unsigned is None
            except (ArchiveError, OSError) as trouble:
                self._give_up(trouble)
            finally:
                self.folder.close()
        if self.meant and not report.recorded:
            if self.unsigned is not None and self.reason is None:
                report.not_recorded, report.waits = self.unsigned.reason, True
                report.add(self.unsigned.finding(report.run))
                return
            report.not_recorded = self.reason or "it could not be recorded"
            remedy = self.remedy or "give --read-only where it is not meant to be recorded"
            report.add(findings.error("AUDIT-NOT-RECORDED", "ledger", report.not_recorded, remedy=remedy))

    def _give_up(self, trouble: ArchiveError | OSError) -> None:
        if isinstance(trouble, OSError):
            trouble = storage_error(trouble, str(trouble.filename or "the archive"), "use it")
        self.reason, self.remedy = trouble.message, trouble.remedy

    def _begin(self, report: AuditReport) -> None:
        request = self.request
        folder = self._folder_of(report.run)
        try:
            self._begin_signed(report, folder)
        except KeyLockedError as locked:
            entry = self._started_entry(report)
            self.unsigned = UnsignedRun(self.archive, locked)
            self.unsigned.begin(entry, folder, self._plan(report), request.lock_wait, self.waiting)
            self.seed, self.folder = leaf_hash(entry).hex(), folder

    def _folder_of(self, run: str) -> ResultsFolder:
        unlisted = UnlistedResults(self.archive.settings.archive_id, run) if self.copy is None else None
        return ResultsFolder(self.archive.layout.audits, run, unlisted)

    def _started_entry(self, report: AuditReport) -> bytes:
        facts: dict[str, Any] = {
            "time": report.started,
            "agents": self.agents,
            "run": report.run,
            "mode": report.mode.value,
            "selected": report.selected,
            "policy": report.policy_days,
            "seed": self.request.seed,
            "sample": report.sample.drawn_from() if report.sample is not None else None,
        }
        if self.copy is not None:
            return copy_entries.copy_audit_started(copy=self.copy, **facts)
        return entries.audit_started(**facts, choice=digest_of_choice(self.request.choice()))

    def _finished_entry(self, report: AuditReport, digest: str) -> bytes:
        facts: dict[str, Any] = {
            "time": entries.timestamp(self.surroundings.now()),
            "agents": self.agents,
            "run": report.run,
            "started": self.started,
            "outcome": report.outcome.value,
            "counts": report.counts,
            "results": digest,
            "interrupted": report.interrupted,
        }
        if self.copy is not None:
            return copy_entries.copy_audited(copy=self.copy, size=report.checkpoint_size, **facts)
        return entries.audit_finished(**facts)

    def _begin_signed(self, report: AuditReport, folder: ResultsFolder) -> None:
        with writing(
            self.archive,
            command="audit",
            surroundings=self.surroundings,
            agent=self.request.agent,
            wait=self.request.lock_wait,
            waiting=self.waiting,
        ) as hold:
            self.started = hold.checkpoint.size
            # The ledger was read first; meanwhile settings, or another writer's work, may have entered it.
            before = parse_entry(self.archive.ledger.entry(self.started - 1)).time
            if before <= entries.timestamp(self.surroundings.now()):
                report.started = max(report.started, before)
            entry = self._started_entry(report)
            self.seed = leaf_hash(entry).hex()
            hold.checkpoint = self.archive.ledger.append([entry], hold.key.signer, hold.key.last_signed)
            # After the entry: a folder that the ledger does not know is never ours.
            folder.begin({**self._plan(report), "entry": self.started})
            self.folder = folder
            hold.follow()

    def _plan(self, report: AuditReport) -> dict[str, Any]:
        return {
            "run": report.run,
            "mode": report.mode.value,
            "started": report.started,
            "choice": self.request.choice(),
            **({"copy": self.copy} if self.copy is not None else {}),
        }

    def _resume(self, report: AuditReport, plan: AuditPlan) -> None:
        known = plan.vouched.audit(report.run)
        if known is None or known.started is None:
            if waits(self.archive, report.run):
                raise ConfigurationError(
                    f"audits/{report.run}: waits for a signature; the ledger does not know it yet",
                    remedy="record it: archive key sign, with the passphrase; a cut-off one can then go on",
                )
            raise ConfigurationError(
                f"audits/{report.run}: the ledger knows no such audit",
                remedy="archive ledger log lists the audits that it knows; begin a new one: archive audit",
            )
        if known.copy is not None:
            raise ConfigurationError(
                f"audits/{report.run}: is about a copy, and is begun anew",
                remedy="archive audit --copy, or archive copy --to, with the copy's folder",
            )
        if known.is_complete:
            raise ConfigurationError(
                f"audits/{report.run}: this audit has ended; there is nothing to resume",
                remedy="begin a new one: archive audit",
            )
        raw = self.archive.ledger.entry(known.started)
        begun = parse_entry(raw)
        require_begun_choice(begun, known.started, self.request, report.run)
        report.started = begun.time
        self.started = known.started
        self.seed = leaf_hash(raw).hex()
        folder = self._folder_of(report.run)
        with writing(
            self.archive,
            command="audit",
            surroundings=self.surroundings,
            agent=self.request.agent,
            wait=self.request.lock_wait,
            waiting=self.waiting,
        ):
            folder.resume(known.lists, report.started)
        self.folder = folder
        if folder.passed_over:
            report.add(_read_again(report.run, folder.passed_over))

    def _finish(self, folder: ResultsFolder, report: AuditReport) -> None:
        digest = folder.finish(report.summary())
        if self.unsigned is not None:
            self.unsigned.finish(report, self.agents, entries.timestamp(self.surroundings.now()), digest)
            folder.vouched()
            return
        is_committed = False
        try:
            with writing(
                self.archive,
                command="audit",
                surroundings=self.surroundings,
                agent=self.request.agent,
                wait=INTERRUPTED_LOCK_WAIT if report.interrupted else self.request.lock_wait,
                waiting=self.waiting,
            ) as hold:
                entry = self._finished_entry(report, digest)
                before = hold.checkpoint.size
                try:
                    hold.checkpoint = self.archive.ledger.append(
                        [entry], hold.key.signer, hold.key.last_signed
                    )
                finally:
                    is_committed = self.archive.ledger.is_beyond(before)
                report.recorded = True
                hold.follow(self.intact)
        except BaseException:
            if not is_committed:
                folder.retract()
            raise
        finally:
            if is_committed:
                folder.vouched()


def _read_again(run: str, names: list[str]) -> Finding:
    several = f"{names[0]} and {len(names) - 1:,} more" if len(names) > 1 else names[0]
    message = (
        f"{several}: neither the ledger nor the folder of the keys knows these results; removed, and the"
        " documents read again"
    )
    return findings.note("AUDIT-READ-AGAIN", f"audits/{run}", message)
