"""One run of `archive copy`: the archive's ledger first, then what the copy lacks, then the copy's ledger.

The order is that of the archive's own protocol: what the copy's ledger will promise is there before it,
removals come after it, and the rename of its checkpoint makes the copy the younger state. Cut off anywhere,
the copy is a state of the archive with some more bags in it, and the next run goes on.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from archive.core import findings
from archive.core.copies import CopyMarker, CopyOutcome
from archive.core.errors import ArchiveError, EvidenceError, StorageError
from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.ledger import entries
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.core.limits.waits import INTERRUPTED_LOCK_WAIT
from archive.core.outcomes import BagOutcome
from archive.services.audit.evidence import Evidence, judge_ledger
from archive.services.audit.newest import Newest
from archive.services.audit.request import AuditRequest
from archive.services.catalog.index_reading import Asking, optional_index
from archive.services.copies.bags import CopiedBags
from archive.services.copies.concluding import CopyWork, conclude, failed_rows
from archive.services.copies.disposed import left_on_copy
from archive.services.copies.lineage import CopyState, copied_state, whole_state
from archive.services.copies.places import enter_place, place_of
from archive.services.copies.recording import CopyRecording
from archive.services.copies.report import CopyReport
from archive.services.copies.request import CopyRequest
from archive.services.copies.standing import good_copies
from archive.services.copies.target import BEGUN_MARKER, CopyTarget, look_at_target
from archive.services.copies.warnings import foreseen
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.signing.waiting_damage import damage_that_waits, doubts_about
from archive.services.surroundings import Surroundings
from archive.services.writing import Writing, note_settings, writing
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results import ChunkRow
from archive.storage.copies.folder import CopyFolder, write_marker
from archive.storage.copies.replaced import end_replacing
from archive.storage.copies.todo import CopyTodo
from archive.storage.copies.work import begin_work, end_work
from archive.storage.disk.durable import make_folder, remove, storage_error, sync_folder
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.folder_lock import lock_folder, unlock_folder
from archive.storage.index import Index
from archive.storage.lock import Holder

_PASSES: Final = 3  # without the lock: what came meanwhile is less each time


class _Doubtful(NamedTuple):
    """The bags that a run or an audit found not good on the copy, and those that are to be read `again`.

    These were mended since its state: the folder may have been put back to that, or be another one than was
    mended. Of the `unknown` ones among them it is lost what was found.
    """

    faults: list[str]
    again: list[str]
    unknown: frozenset[str]


@dataclass(slots=True)
class CopyRun:
    """One run; the plan is the caller's. `waiting` is told once who keeps it from writing to the ledger.

    `destroys` is asked, before anything is written, whether so many documents that were disposed of are to be
    destroyed on the copy, too. `trouble` is what cut the run off, in a report that is complete otherwise.
    """

    archive: OpenedArchive
    request: CopyRequest
    plan: AuditPlan
    surroundings: Surroundings
    waiting: Callable[[Holder], None] | None = None
    destroys: Callable[[int], bool] = lambda _: False
    trouble: ArchiveError | None = None
    todo: CopyTodo = field(init=False)
    report: CopyReport = field(init=False)
    _target: CopyTarget = field(init=False)
    _judged: Checkpoint = field(init=False)
    _state: CopyState = field(init=False)
    _destroy: bool = field(init=False, default=False)
    _unknown: frozenset[str] = field(init=False, default=frozenset())

    def run(self) -> CopyReport:
        """Brings the copy up to date, or says with --dry-run what that would take.

        Raises ConfigurationError or ConflictError where no copy can be there, EvidenceError where the
        archive's ledger does not hold or the copy is no earlier state of it: nothing was touched then.
        """
        self._target = look_at_target(self.archive, self.request)
        evidence = self._judge()
        self._state = CopyState(None)
        if self._target.exists:
            marker, root = self._target.marker, self._target.root
            state = copied_state(self.archive, root, marker, self._judged)
            self._state = whole_state(self.archive, marker, state)
        self.todo = CopyTodo(self.plan)
        self.report = self._begin_report()
        if self.request.dry_run:
            self._foresee()
        else:
            self._write(evidence)
        self.report.finished = entries.timestamp(self.surroundings.now())
        return self.report

    # -- before anything is written ------------------------------------------------------------------------

    def _judge(self) -> Evidence:
        evidence = judge_ledger(
            self.archive, AuditRequest(work=self.request.work), self.plan, self.surroundings.progress
        )
        if evidence.outcome is LedgerOutcome.UNREADABLE:
            raise StorageError(
                "the ledger of the archive could not be read in full; nothing was copied",
                remedy="archive ledger verify says more",
                findings=evidence.findings,
            )
        if not evidence.holds or evidence.checkpoint is None:
            raise EvidenceError(
                "the ledger of the archive does not hold; nothing was copied",
                remedy="archive ledger verify says more; the copies may have it whole",
                findings=evidence.findings,
            )
        self._judged = evidence.checkpoint
        return evidence

    def _begin_report(self) -> CopyReport:
        now = self.surroundings.now()
        report = CopyReport(
            run=uuid7(now, self.surroundings.random(RANDOM_BYTES)),
            place=place_of(self.archive, self.request, self._target, self.surroundings),
            dry_run=self.request.dry_run,
            is_new=self._target.marker is None,
            started=entries.timestamp(now),
            before=self._state.size,
            size=self._state.size,
            root=self._state.checkpoint.root.hex() if self._state.checkpoint else "",
        )
        report.add(*self._state.findings)
        return report

    def _foresee(self) -> None:
        """What a run would write, judged by names; nothing is read of the bags themselves."""
        report = self.report
        if self._target.exists:
            with CopyFolder(self._target.root) as copy:
                bags = CopiedBags(self.archive, copy, self._target.form, self.plan, self.todo)
                with optional_index(self.archive) as index:
                    doubtful = Asking(index)(self._doubtful)
                bags.look(doubtful.faults, doubtful.again, self._state.size, self._judged.size)
                left = left_on_copy(self.archive, copy, self._target.form, self.todo)
                report.counts.kept_disposed = left.documents
                report.add(*left.findings())
        self._plan_counts()
        report.counts.set_aside = len(self.todo.to_set_aside())
        report.outcome = CopyOutcome.COMPLETE

    def _plan_counts(self) -> None:
        report = self.report
        planned, files, size = self.todo.totals()
        report.counts.planned = planned
        report.counts.held = self.todo.held()
        report.counts.present = self.todo.present()
        report.to_write = size
        report.add(*foreseen(self.archive.root, self._target, planned, files, size))

    # -- writing -------------------------------------------------------------------------------------------

    def _write(self, evidence: Evidence) -> None:
        with self._opened(evidence) as work:
            try:
                self._bring(work)
            except StorageError as trouble:
                self._cut_off(work, trouble, self.request.lock_wait)
            except OSError as trouble:
                path = os.fsdecode(trouble.filename) if trouble.filename else str(self._target.root)
                self._cut_off(work, storage_error(trouble, path, "go on"), self.request.lock_wait)
            except BaseException as ended:
                self._cut_off(work, None, INTERRUPTED_LOCK_WAIT)
                if not isinstance(ended, Exception):
                    self.report.outcome = CopyOutcome.INTERRUPTED
                raise

    @contextmanager
    def _opened(self, evidence: Evidence) -> Iterator[CopyWork]:
        """The copy's folder, made and locked, its place in archive.toml, the beginning in the ledger."""
        root = self._target.root
        recording = CopyRecording(self.archive, self.request.agent, self.surroundings)
        with ExitStack() as stack:
            stack.callback(recording.close)
            with self._holding(self.request.lock_wait) as hold:
                self._target.require_mounted()
                if make_folder(str(root)):
                    sync_folder(str(root.parent))
                stack.callback(unlock_folder, lock_folder(str(root)))
                self._target.require_same()
                copy = stack.enter_context(CopyFolder(root))
                sync = stack.enter_context(FileSystemSync(str(root)))
                self._clear(copy)
                self._mark(finished=False)
                enter_place(self.archive, self.report.place)
                recording.begin(self._noted(hold), self.report)
                self.report.add(*doubts_about(self.archive, self.report.place.id))
                doubtful = hold.from_index(self._doubtful)
            bags = CopiedBags(self.archive, copy, self._target.form, self.plan, self.todo)
            bags.counts = self.report.counts
            newest = Newest(self.archive, self.plan, self._judged, evidence.trust.key)
            bags.look(doubtful.faults, doubtful.again, self._state.size, self._judged.size)
            self._unknown = doubtful.unknown
            self._plan_counts()
            doomed = left_on_copy(self.archive, copy, self._target.form, self.todo).documents
            self._destroy = bool(doomed) and self.destroys(doomed)
            yield CopyWork(copy, self._target.form, sync, self.todo, bags, newest, recording)

    @contextmanager
    def _holding(self, wait: float) -> Iterator[Writing]:
        with writing(
            self.archive,
            command="copy",
            surroundings=self.surroundings,
            agent=self.request.agent,
            wait=wait,
            waiting=self.waiting,
        ) as hold:
            yield hold

    def _noted(self, hold: Writing) -> Writing:
        agents = (person_agent(self.archive.settings, self.request.agent).id, software_agent().id)
        note_settings(self.archive, hold, agents, self.surroundings)
        return hold

    def _mark(self, *, finished: bool) -> None:
        settings, target = self.archive.settings, self._target
        before = target.marker
        marker = CopyMarker(
            archive=settings.archive_id,
            origin=settings.origin,
            id=self.report.place.id,
            form=target.form,
            written_by=software_agent().id,
            size=self.report.size,
            root=self.report.root,
            finished=finished,
            more=before.more if before is not None else {},
        )
        write_marker(target.root, marker)

    def _clear(self, copy: CopyFolder) -> None:
        """Removes what a run that was killed had not put in place yet, and nothing that has no place else.

        The folder of work stays from here to the end: it tells of a run that was cut off, whatever the marker
        says.
        """
        for name in os.listdir(copy.descriptor):
            if BEGUN_MARKER.fullmatch(name):
                remove(str(copy.root / name))
        end_replacing(copy)
        begin_work(copy.root)

    def _bring(self, work: CopyWork) -> None:
        """Most of it while others may write to the archive; the rest, and the ledger, while nobody can."""
        whole = work.bags.read_mended(self.request.jobs, self.surroundings.progress)
        work.recording.add([row for row in whole if row.bag in self._unknown])
        self.report.counts.planned, _, self.report.to_write = work.todo.totals()
        for _ in range(_PASSES):
            self._bring_bags(work)
            if not self._catch_up(work):
                break
        with self._holding(self.request.lock_wait) as hold:
            self._catch_up(work)
            work.todo.retry()
            self._bring_bags(work)
            self._conclude(work, hold)

    def _bring_bags(self, work: CopyWork) -> None:
        jobs, progress = self.request.jobs, self.surroundings.progress
        work.bags.bring(jobs, work.sync, progress, work.recording.add)

    def _catch_up(self, work: CopyWork) -> bool:
        """Takes in what others wrote to the ledger meanwhile; True where that is about bags."""
        before = work.newest.size
        work.newest.follow("the copy stays as it is")
        work.bags.look_again(before, work.newest.size)
        return bool(work.todo.totals()[0])

    def _conclude(self, work: CopyWork, hold: Writing) -> None:
        """All that follows the bags, and the marker that says the copy is whole."""
        conclude(self.archive, self.plan, work, hold, self.report, destroy=self._destroy)
        self._mark(finished=True)
        end_work(work.copy.root)

    def _doubtful(self, index: Index | None) -> "_Doubtful":
        copy = self.report.place.id
        waiting = sorted(damage_that_waits(self.archive).on_copies.get(copy, ()))
        if index is None:
            return _Doubtful(waiting, [], frozenset())
        known = [*index.copy_faults(copy, withdrawn=True)]
        unknown = [fault.bag for fault in known if fault.outcome == BagOutcome.UNKNOWN]
        faults = [fault.bag for fault in known if fault.outcome != BagOutcome.UNKNOWN]
        again = [*unknown, *index.mended_from(copy, self._state.size)]
        return _Doubtful([*waiting, *faults], again, frozenset(unknown))

    # -- the end -------------------------------------------------------------------------------------------

    def failed(self) -> Iterator[ChunkRow]:
        """What the archive did not give whole, in the order of the ledger."""
        return failed_rows(self.todo)

    def _cut_off(self, work: CopyWork, trouble: StorageError | None, wait: float) -> None:
        """Records how far it came, and what is gone from the copy, which was complete up to its state.

        What cut it off is said, and is never hidden by trouble with that.
        """
        report = self.report
        self.trouble = trouble
        if trouble is not None:
            message = f"{trouble.message}: {report.counts.written:,} of {report.counts.planned:,} were copied"
            remedy = trouble.remedy or "run the same command again: it goes on from there"
            place = report.place.path
            report.add(findings.error("COPY-INTERRUPTED", place, message, remedy=remedy))
        if report.recorded:
            return
        report.outcome = CopyOutcome.INTERRUPTED
        state = self._state.checkpoint
        report.size, report.root = (state.size, state.root.hex()) if state is not None else (0, "")
        report.counts.held, report.counts.present = work.todo.held(), work.todo.present()
        try:
            work.recording.add_gone(work.todo.gone(self._state.size))
            with self._holding(wait) as hold:
                work.recording.end(hold, report)
                report.copies = hold.from_index(lambda index: good_copies(self.archive, index))
        except ArchiveError as second:
            message = f"the end of this run: {second.message}"
            report.add(findings.error("COPY-NOT-RECORDED", "ledger", message, remedy=second.remedy))
