"""The end of a run of `archive copy`, while nobody else can write to the archive."""

from collections.abc import Iterator
from dataclasses import dataclass

from archive.core.copies import CopyForm
from archive.services.audit.newest import Newest
from archive.services.copies import removal
from archive.services.copies.bags import CopiedBags
from archive.services.copies.beside import Beside
from archive.services.copies.disposed import left_on_copy
from archive.services.copies.recording import CopyRecording, lacking, outcome_of
from archive.services.copies.report import CopyReport, has_errors
from archive.services.copies.standing import good_copies
from archive.services.opened import OpenedArchive
from archive.services.writing import Writing
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results import ChunkRow
from archive.storage.copies.files import CopyFiles
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.todo import CopyTodo
from archive.storage.disk.file_system_sync import FileSystemSync


@dataclass(slots=True)
class CopyWork:
    """What a run has in hand while it writes."""

    copy: CopyFolder
    form: CopyForm
    sync: FileSystemSync
    todo: CopyTodo
    bags: CopiedBags
    newest: Newest
    recording: CopyRecording


def conclude(
    archive: OpenedArchive,
    plan: AuditPlan,
    work: CopyWork,
    hold: Writing,
    report: CopyReport,
    *,
    destroy: bool,
) -> None:
    """Brings what lies beside the bags, then the ledger; follows removals; records the run, on the copy too.

    With `destroy` what was disposed of in the archive is destroyed on the copy. The caller holds the writer's
    lock, and all bags that the archive could give are in place. Raises StorageError where the copy cannot be
    written; the run is recorded once `report.recorded` says so.
    """
    counts = report.counts
    files = CopyFiles(archive.root, work.copy, work.sync)
    beside = Beside(archive, work.copy, files)
    beside.bring_vouched(plan, hold.checkpoint)
    beside.bring_ledger(hold.checkpoint)
    _remove(archive, plan, work, files, report, destroy=destroy)
    beside.bring_derived(hold.checkpoint)
    report.add(*beside.findings)
    counts.held, counts.present = work.todo.held(), work.todo.present()
    counts.failed, counts.beside = work.todo.failures(), files.written
    report.size, report.root = hold.checkpoint.size, hold.checkpoint.root.hex()
    report.outcome = outcome_of(counts.failed, errors=has_errors(report.findings))
    missing = [lacking(row) for row in failed_rows(work.todo) if not _is_there(plan, work.todo, row)]
    work.recording.add(missing)
    work.recording.end(hold, report)
    report.copies = hold.from_index(lambda index: good_copies(archive, index))
    beside.bring_results(report.run)
    beside.bring_ledger(hold.checkpoint)
    report.size, report.root = hold.checkpoint.size, hold.checkpoint.root.hex()


def failed_rows(todo: CopyTodo) -> Iterator[ChunkRow]:
    """What the archive did not give whole, in the order of the ledger."""
    return (ChunkRow(**row) for row in todo.failed())


def _is_there(plan: AuditPlan, todo: CopyTodo, row: ChunkRow) -> bool:
    """True where the copy has an older state of the bag, which is good."""
    return todo.is_there(row.bag, withdrawn=plan.state(row.bag) == "withdrawn")


def _remove(
    archive: OpenedArchive,
    plan: AuditPlan,
    work: CopyWork,
    files: CopyFiles,
    report: CopyReport,
    *,
    destroy: bool,
) -> None:
    counts = report.counts
    removals = removal.CopyRemovals(work.copy, work.form, plan, work.todo, work.sync)
    counts.set_aside = removals.set_aside()
    left = left_on_copy(archive, work.copy, work.form, work.todo)
    removals.findings += left.findings()
    if destroy:
        counts.destroyed, counts.kept_disposed = removals.destroy(left, files), len(left.kept)
    elif left.documents:
        counts.kept_disposed = left.documents
        removals.findings.append(removal.kept(left.documents))
    report.add(*removals.findings)
