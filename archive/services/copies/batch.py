"""The work of one batch of bags, in a worker: written, judged by the ledger, read back."""

import contextlib
import errno
import os
from pathlib import Path
from typing import Final, NamedTuple

from archive.core import findings
from archive.core.copies import CopyForm
from archive.core.errors import StorageError
from archive.core.expectation import Expectation
from archive.core.findings import Finding
from archive.core.outcomes import BagOutcome
from archive.services.audit.bag import BagResult, audit_bag, unreached_bag
from archive.services.audit.judgement import is_intact
from archive.services.audit.tar_bag import audit_tar_bag
from archive.storage.audits.results import ChunkRow
from archive.storage.copies.names import bag_name, bag_place
from archive.storage.copies.todo import Task
from archive.storage.copies.transfer import SourceTroubleError, UnstorableError, write_bag
from archive.storage.disk.descriptors import FOLDER, descend
from archive.storage.disk.durable import storage_error
from archive.storage.disk.page_cache import drop_file, drop_tree
from archive.storage.intents import make_anew, remove_tree
from archive.storage.layout import bag_path, quarantine_path


class BagsAt(NamedTuple):
    """Where bags are taken from: an archive or a copy, and the form that they have there.

    With `anywhere` one that was withdrawn may still lie in `bags/`: the copy is older than that.
    """

    root: str
    form: CopyForm = CopyForm.FOLDER
    anywhere: bool = False

    def places(self, task: Task) -> list[str]:
        """Where the bag may lie below the root, the likeliest first."""
        states = (task.withdrawn, not task.withdrawn) if self.anywhere else (task.withdrawn,)
        return [bag_place(task.expectation.bag, self.form, withdrawn=each) for each in states]


class CopyBatch(NamedTuple):
    """Bags for one worker: from the first of the sources that has each whole, into `work`, which it makes."""

    sources: tuple[BagsAt, ...]
    work: str
    form: CopyForm
    tasks: tuple[Task, ...]


class CopiedBatch(NamedTuple):
    """What came of it: the bags written whole, and those that the archive did not give.

    `storage` is (message, remedy) of trouble with the disk that is written to.
    """

    written: tuple[Task, ...] = ()
    failed: tuple[ChunkRow, ...] = ()
    storage: tuple[str, str | None] | None = None


def copy_batch(batch: CopyBatch) -> CopiedBatch:
    """Writes the bags of a batch; each is judged by the ledger from the very bytes that were written."""
    written: list[Task] = []
    failed: list[ChunkRow] = []
    try:
        target = _make_work(batch.work)
        try:
            for task in batch.tasks:
                row = _copy(batch, task, target)
                if row is None:
                    written.append(task)
                else:
                    failed.append(row)
        finally:
            os.close(target)
    except StorageError as trouble:
        return CopiedBatch((), tuple(failed), (trouble.message, trouble.remedy))
    return CopiedBatch(tuple(written), tuple(failed))


def read_back(batch: CopyBatch) -> list[ChunkRow]:
    """Reads what was written from the disk itself and judges it by the ledger; the sync has been done."""
    rows = []
    descriptor = os.open(batch.work, FOLDER)
    try:
        for task in batch.tasks:
            bag = task.expectation.bag
            with contextlib.suppress(OSError):  # what cannot be opened is judged when it is read
                if batch.form is CopyForm.TAR:
                    drop_file(bag_name(bag, batch.form), dir_fd=descriptor)
                else:
                    drop_tree(os.path.join(batch.work, bag))
            rows.append(row_of(look_at(descriptor, bag, task.expectation, batch.form)))
    finally:
        os.close(descriptor)
    return rows


def whole_there(batch: CopyBatch) -> tuple[tuple[Task, ChunkRow], ...]:
    """Those of the bags that lie in the source whole, every byte read, and their rows; nothing is written."""
    (source,) = batch.sources
    whole = []
    for task in batch.tasks:
        expectation = task.expectation
        with contextlib.suppress(OSError):  # then it is written anew, as what is not whole
            shard = open_above(source, source.places(task)[0])
            try:
                result = look_at(shard, expectation.bag, expectation, source.form)
            finally:
                os.close(shard)
            if result.outcome is BagOutcome.INTACT:
                whole.append((task, row_of(result)))
    return tuple(whole)


def look_at(shard: int, bag: str, expectation: Expectation, form: CopyForm) -> BagResult:
    """The audit of one bag of a copy, in the form that it has there."""
    return (audit_tar_bag if form is CopyForm.TAR else audit_bag)(shard, bag, expectation)


def row_of(result: BagResult) -> ChunkRow:
    """The result as the results of an audit keep it."""
    found = [finding.to_json() for finding in result.findings]
    return ChunkRow(result.bag, result.outcome.value, result.files, result.bytes, found)


def _make_work(work: str) -> int:
    try:
        make_anew(work)
        return os.open(work, FOLDER)
    except OSError as trouble:
        raise storage_error(trouble, work, "make the folder") from trouble


# Of several sources the one is told that may yet give the bag, then the one that has the most of it.
_TELLING: Final = {
    BagOutcome.MISSING.value: 0,
    BagOutcome.DAMAGED.value: 1,
    BagOutcome.UNREADABLE.value: 2,
}


def _copy(batch: CopyBatch, task: Task, target: int) -> ChunkRow | None:
    """None where the bag was written whole; else what kept it from being."""
    refused: ChunkRow | None = None
    for source in batch.sources:
        for place in source.places(task):
            try:
                if _write_from(source, place, batch, task, target):
                    return None
            except UnstorableError as trouble:  # that source may be damaged, and another have it whole
                _discard(batch, task.expectation.bag)
                row = _unstorable(task, trouble)
            else:
                row = _refused(source, place, task)
            if refused is None or _TELLING[row.outcome] > _TELLING[refused.outcome]:
                refused = row
    return refused


def _write_from(source: BagsAt, place: str, batch: CopyBatch, task: Task, target: int) -> bool:
    """Writes the bag that lies there; False, and nothing is left, where it is not the promised one."""
    expectation = task.expectation
    bag = expectation.bag
    try:
        shard = open_above(source, place)
    except OSError:  # gone, a link, or unreadable: the audit says which
        return False
    try:
        if write_from(source, shard, target, batch.form, expectation):
            return True
    except SourceTroubleError:
        pass
    finally:
        os.close(shard)
    _discard(batch, bag)
    return False


def write_from(source: BagsAt, shard: int, target: int, form: CopyForm, expectation: Expectation) -> bool:
    """Writes one bag below the descriptor `target`; whether what was written is what the ledger promises."""
    bag, files, most_bytes = expectation.bag, expectation.files, expectation.most_bytes
    if source.form is CopyForm.TAR:
        from archive.storage.copies.tar_reading import unpack_tar_bag  # with the grammar of tars

        name = bag_name(bag, source.form)
        unpacked = unpack_tar_bag(shard, name, target, bag, files=files, most_bytes=most_bytes)
        return unpacked.fault is None and is_intact(unpacked.reading, expectation)
    written = write_bag(shard, bag, target, bag, form, files=files, most_bytes=most_bytes)
    return is_intact(written, expectation)


def open_above(source: BagsAt, place: str) -> int:
    """The folder in which a bag of the source lies, for the caller to close; OSError, also for a link."""
    root = os.open(source.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    return descend(root, place.split("/")[:-1])


def _place(task: Task) -> str:
    bag = task.expectation.bag
    return quarantine_path(bag) if task.withdrawn else bag_path(bag)


def _refused(source: BagsAt, place: str, task: Task) -> ChunkRow:
    """What an audit says of the bag that lies there, which was not what the ledger promises."""
    try:
        shard = open_above(source, place)
    except OSError as trouble:
        return _row_of_refused(unreached_bag(task.expectation, _trouble_of(source, trouble)), task)
    try:
        result = look_at(shard, task.expectation.bag, task.expectation, source.form)
    finally:
        os.close(shard)
    if result.outcome is BagOutcome.INTACT:  # it was described, or mended, at this very moment
        message = "changed while it was read; it is copied by the next run"
        result = result._replace(
            outcome=BagOutcome.UNREADABLE, findings=(_finding(task, "COPY-CHANGED", message),)
        )
    return _row_of_refused(result, task)


def _row_of_refused(result: BagResult, task: Task) -> ChunkRow:
    """A withdrawn bag that is not there is told as an audit of quarantine tells it."""
    if task.withdrawn and result.outcome is BagOutcome.MISSING:
        from archive.services.audit.quarantine import missing_aside  # where a bag is gone

        result = result._replace(findings=(missing_aside(_place(task)),))
    return row_of(result)


def _trouble_of(source: BagsAt, trouble: OSError) -> OSError:
    """The trouble on the way to a bag, as an audit tells it: below what is no folder there is none.

    Where the whole source is away, that says nothing of a bag in it.
    """
    if not os.path.isdir(source.root):
        return OSError(errno.EIO, os.strerror(errno.EIO))
    is_none = trouble.errno in {errno.ENOTDIR, errno.ELOOP}
    return OSError(errno.ENOENT, os.strerror(errno.ENOENT)) if is_none else trouble


def _unstorable(task: Task, trouble: UnstorableError) -> ChunkRow:
    message = f"{trouble.path}: the file system of the copy cannot hold it: {trouble.reason}"
    remedy = "keep a copy in tars there, in another folder: --as tar; or on a disk with another file system"
    finding = _finding(task, "COPY-UNSTORABLE", message, remedy)
    return ChunkRow(task.expectation.bag, BagOutcome.MISSING.value, 0, 0, [finding.to_json()])


def _finding(task: Task, code: str, message: str, remedy: str | None = None) -> Finding:
    return findings.error(code, _place(task), message, remedy=remedy)


def _discard(batch: CopyBatch, bag: str) -> None:
    path = Path(batch.work, bag_name(bag, batch.form))
    try:
        if batch.form is CopyForm.TAR:
            path.unlink(missing_ok=True)
        elif path.exists():
            remove_tree(path)
    except OSError as trouble:
        raise storage_error(trouble, str(path), "remove what was begun") from trouble
