"""The bags of a copy: which are wanted, written by workers, read back from the disk, put in place."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import Final

from archive.core.copies import CopyForm
from archive.core.errors import StorageError
from archive.core.ledger.entries import parse_entry
from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.core.outcomes import BagOutcome
from archive.core.text import printable
from archive.engine.batches import batched
from archive.engine.driver import BatchLost, Driver, result_lost
from archive.services.copies.batch import BagsAt, CopyBatch, copy_batch, read_back, whole_there
from archive.services.copies.report import CopyCounts
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results import ChunkRow
from archive.storage.bags.bag_files import TAG_MANIFEST
from archive.storage.copies.bag import BagOfCopy
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.names import WORK, bag_name, bag_place
from archive.storage.copies.replaced import replace_in_two_steps
from archive.storage.copies.todo import CopyTodo, Task
from archive.storage.copies.work import begin_work
from archive.storage.disk.durable import storage_error
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.staged_tree import files_below, folders_below

BATCH_BAGS: Final = 256
BATCH_BYTES: Final = 64 << 20
GROUP_BATCHES: Final = 8  # written before one sync, then read back: a sync a batch would idle the disk


class CopiedBags:
    """Brings the bags that the copy lacks, group by group; what is in place was read back from its disk."""

    def __init__(
        self,
        archive: OpenedArchive,
        copy: CopyFolder,
        form: CopyForm,
        plan: AuditPlan,
        todo: CopyTodo,
        sources: tuple[BagsAt, ...] = (),
    ) -> None:
        """`sources` is where the bags are taken from, else the archive itself."""
        self.counts = CopyCounts()
        self._sources = sources or (BagsAt(str(archive.root)),)
        self._archive = archive
        self._copy = copy
        self._form = form
        self._plan = plan
        self._todo = todo
        self._groups = 0
        self._mended: list[str] = []

    # -- which ---------------------------------------------------------------------------------------------

    def look(self, faults: Iterable[str], mended: Iterable[str], start: int, end: int) -> None:
        """Learns by names what is on the copy; what entries [start, end) are about is compared by its digest.

        `faults` are bags that an audit of the copy, or a run, found not good: they are written anew. So are
        those that were `mended` on a later state of it, or of which what was found is lost, unless
        `read_mended` finds them whole.
        """
        self._mended = list(mended)
        for withdrawn in (False, True):
            self._todo.note_there(self._copy.bags(self._form, withdrawn=withdrawn), withdrawn=withdrawn)
        for bag in (*faults, *self._mended):
            for withdrawn in (False, True):
                self._todo.doubt(bag, withdrawn=withdrawn)
        self.look_again(start, end)

    def read_mended(self, jobs: int, progress: Progress) -> list[ChunkRow]:
        """Reads what was mended on a later state of the copy, which may have been put back since, and that of
        which what was found is lost; the rows of what is whole, where it belongs."""
        rows: list[ChunkRow] = []
        if not self._mended:
            return rows
        tasks = [
            Task(expectation, withdrawn)
            for bag in self._mended
            if (expectation := self._plan.expectation(bag)) is not None
            and self._plan.state(bag) != "disposed"
            for withdrawn in (False, True)
        ]
        there = (BagsAt(str(self._copy.root), self._form),)
        size = attrgetter("expectation.bytes")
        progress.begin("Reading what was mended", sum(map(size, tasks)), "bytes")
        driver = Driver(jobs)
        try:
            batches = batched(iter(tasks), size, most=BATCH_BAGS, most_bytes=BATCH_BYTES)
            wanted = (CopyBatch(there, "", self._form, tuple(each)) for each in batches)
            for batch, whole in driver.run(whole_there, wanted):
                progress.advance(sum(task.expectation.bytes for task in batch.tasks))
                for task, row in () if isinstance(whole, BatchLost) else whole:
                    self._todo.note_there([row.bag], withdrawn=task.withdrawn)
                    if task.withdrawn == (self._plan.state(row.bag) == "withdrawn"):
                        rows.append(row)
        finally:
            driver.close()
            progress.end()
        self._mended = []
        return rows

    def look_again(self, start: int, end: int) -> None:
        """Compares the bags on the copy that entries [start, end) are about with what is promised of them."""
        for raw in self._archive.ledger.entries(start, end) if end > start else ():
            if b'"bag":' not in raw:
                continue
            bag = parse_entry(raw).bag
            if bag is not None:
                self._compare(bag)

    def _compare(self, bag: str) -> None:
        expectation = self._plan.expectation(bag)
        for withdrawn in (False, True):
            if expectation is None or not self._todo.is_there(bag, withdrawn=withdrawn):
                continue
            if self._plan.state(bag) == "disposed":
                continue
            if self._digest(bag, withdrawn=withdrawn) != expectation.tag_manifest:
                self._todo.doubt(bag, withdrawn=withdrawn)

    def _digest(self, bag: str, *, withdrawn: bool) -> str:
        """The sha512 of the tag manifest of a bag on the copy; empty where it cannot be had."""
        digest, size = hashlib.sha512(), 0
        try:
            for block in BagOfCopy(self._copy, bag, self._form, withdrawn).blocks(TAG_MANIFEST):
                digest.update(block)
                size += len(block)
                if size > HELD_MANIFEST_BYTES:
                    return ""
        except (OSError, StorageError):
            return ""
        return digest.hexdigest()

    # -- bringing them -------------------------------------------------------------------------------------

    def bring(
        self, jobs: int, sync: FileSystemSync, progress: Progress, keep: Callable[[list[ChunkRow]], None]
    ) -> None:
        """Writes everything that is wanted; `keep` is given the rows of what was put in place.

        Raises StorageError where the copy cannot be written, or does not give back what was written: what is
        in place then is whole.
        """
        _, _, size = self._todo.totals()
        progress.begin("Copying", size, "bytes")
        driver = Driver(jobs)
        try:
            for group in self._group(self._batches()):
                keep(self._bring_group(driver, group, sync, progress))
        finally:
            driver.close()
            progress.end()

    def _bring_group(
        self, driver: Driver, group: list[CopyBatch], sync: FileSystemSync, progress: Progress
    ) -> list[ChunkRow]:
        self._make_work()
        written: list[CopyBatch] = []
        for batch, result in driver.run(copy_batch, group):
            progress.advance(sum(task.expectation.bytes for task in batch.tasks) // 2)
            if isinstance(result, BatchLost):
                raise StorageError(
                    "two workers were killed while they wrote the same bags",
                    remedy="see whether memory ran out, then run the same command again",
                )
            if result.storage is not None:
                raise StorageError(result.storage[0], remedy=result.storage[1])
            for row in result.failed:
                self._todo.fail(row.bag, row._asdict())
            if result.written:
                written.append(batch._replace(tasks=result.written))
        work = self._copy.root / WORK
        sync.sync(files_below(work), folders_below(work))
        rows: list[ChunkRow] = []
        touched: dict[str, None] = {}
        for batch, found in driver.run(read_back, written):
            progress.advance(sum(task.expectation.bytes for task in batch.tasks) // 2)
            if isinstance(found, BatchLost):
                raise result_lost("read the same bags back")
            for task, row in zip(batch.tasks, found, strict=True):
                _require_read_back(row)
                touched[self._put_in_place(batch, task)] = None
                self._count(row)
            rows += found
        sync.sync((), list(touched))
        begin_work(self._copy.root)  # emptied folders go, and what others took the place of
        return rows

    def _batches(self) -> Iterator[CopyBatch]:
        size = attrgetter("expectation.bytes")
        for tasks in batched(self._todo.wanted(), size, most=BATCH_BAGS, most_bytes=BATCH_BYTES):
            yield self._batch(tasks)

    def _batch(self, tasks: list[Task]) -> CopyBatch:
        self._groups += 1
        work = str(self._copy.root / WORK / f"{self._groups:06d}")
        return CopyBatch(self._sources, work, self._form, tuple(tasks))

    @staticmethod
    def _group(batches: Iterator[CopyBatch]) -> Iterator[list[CopyBatch]]:
        group: list[CopyBatch] = []
        for batch in batches:
            group.append(batch)
            if len(group) >= GROUP_BATCHES:
                yield group
                group = []
        if group:
            yield group

    def _put_in_place(self, batch: CopyBatch, task: Task) -> str:
        """Renames one bag from the work folder to its place; the folder whose names changed."""
        bag = task.expectation.bag
        place = bag_place(bag, self._form, withdrawn=task.withdrawn)
        name = bag_name(bag, self._form)
        try:
            made = f"{WORK}/{Path(batch.work).name}/{name}"
            if not self._copy.exists(place):
                self._copy.rename(made, place)
            else:
                self.counts.replaced += 1
                # In two steps only where it must be: killed there, the copy lacks the bag until the next run.
                if not self._copy.exchange(made, place):
                    replace_in_two_steps(self._copy, made, place)
        except OSError as trouble:
            raise storage_error(trouble, str(self._copy.root / place), "put the bag in place") from trouble
        self._todo.note_there([bag], withdrawn=task.withdrawn)
        return str((self._copy.root / place).parent)

    def _count(self, row: ChunkRow) -> None:
        self.counts.written += 1
        self.counts.files += row.files
        self.counts.bytes += row.bytes

    def _make_work(self) -> None:
        try:
            os.close(self._copy.open_folder(WORK, make=True))
        except OSError as trouble:
            raise storage_error(trouble, str(self._copy.root / WORK), "make the folder") from trouble


def _require_read_back(row: ChunkRow) -> None:
    if row.outcome == BagOutcome.INTACT:
        return
    place = printable(str(row.findings[0]["place"])) if row.findings else row.bag
    raise StorageError(
        f"{place}: the disk of the copy does not give back what was written",
        remedy="check the disk and its cable, then run the same command again; what is in place is whole",
    )
