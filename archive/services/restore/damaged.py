"""Bags that no copy has whole, put in the archive as they are: what is left of them is not lost."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from archive.core.copies import CopyForm
from archive.core.expectation import Expectation
from archive.core.findings import Severity
from archive.core.limits.archives import GROWN_PAYLOAD_BYTES
from archive.core.outcomes import BagOutcome
from archive.services.audit.quarantine import BY_HAND
from archive.services.copies.batch import BagsAt, look_at, open_above, row_of
from archive.services.restore.damaged_tar import fill_from_tar
from archive.services.restore.remains import Remains, losses, promised_files, remains_at
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results import ChunkRow
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.names import WORK, bag_name, bag_place
from archive.storage.copies.tar_reading import unpack_tar_bag
from archive.storage.copies.todo import Task
from archive.storage.copies.transfer import SourceTroubleError, UnstorableError, write_bag
from archive.storage.disk.descriptors import FOLDER
from archive.storage.disk.durable import storage_error
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.page_cache import drop_tree
from archive.storage.disk.staged_tree import files_below, folders_below
from archive.storage.intents import remove_tree
from archive.storage.layout import bag_path, quarantine_path

_FOLDER: Final = f"{WORK}/as-it-is"
_LAST: Final = f"{WORK}/last-as-it-is"


def bring_damaged(
    target: CopyFolder,
    plan: AuditPlan,
    sources: Sequence[BagsAt],
    failed: Sequence[ChunkRow],
    sync: FileSystemSync,
) -> Iterator[ChunkRow]:
    """Each of the failed bags as the copy has it that has most of it; what an audit says of it.

    A bag that nothing is left of is told as missing; one that was whole on a copy but for what is no part of
    it is intact, once it was read back. Raises StorageError where the archive cannot be written.
    """
    for row in failed:
        expectation = plan.expectation(row.bag)
        if expectation is None:
            continue
        task = Task(expectation, plan.state(row.bag) == "withdrawn")
        found = _bring(target, task, sources) or row._replace(
            outcome=BagOutcome.MISSING.value, files=0, bytes=0
        )
        if found.outcome == BagOutcome.INTACT:
            found = _read_back(target, task, sync)
        yield _set_aside(found) if task.withdrawn else found


def _set_aside(row: ChunkRow) -> ChunkRow:
    """The row of a withdrawn bag: it belongs into quarantine, and what a repair does is for held ones."""
    found = []
    for one in row.findings:
        remedy = {"remedy": BY_HAND} if one["severity"] == Severity.ERROR.value else {}
        place = {"place": quarantine_path(row.bag)} if one["place"] == bag_path(row.bag) else {}
        found.append(one | remedy | place)
    return row._replace(findings=found)


class _Candidate(NamedTuple):
    """A bag on one of the copies, and what is left of it there."""

    source: BagsAt
    place: str
    remains: Remains


def _bring(target: CopyFolder, task: Task, sources: Sequence[BagsAt]) -> ChunkRow | None:
    """Each is written and read once before any is taken; the last is still there, another is written anew."""
    expectation = task.expectation
    found = list(_candidates(target, task, sources))
    promised = promised_files(one.remains for one in found)
    for one in sorted(found, key=lambda one: losses(one.remains, expectation, promised)):
        row, folder = one.remains.row, _LAST
        if one is not found[-1]:
            if not _unpack(target, one.source, one.place, expectation):
                continue
            row, folder = _look(target, expectation).row, _FOLDER
        held = bag_place(expectation.bag, CopyForm.FOLDER, withdrawn=task.withdrawn)
        _rename(target, f"{folder}/{expectation.bag}", held)
        return row
    return None


def _candidates(target: CopyFolder, task: Task, sources: Sequence[BagsAt]) -> Iterator[_Candidate]:
    bag = task.expectation.bag
    for source in sources:
        for place in source.places(task):
            if _unpack(target, source, place, task.expectation):
                remains = _look(target, task.expectation)
                if target.exists(_LAST):
                    remove_tree(target.root / _LAST)
                _rename(target, f"{_FOLDER}/{bag}", f"{_LAST}/{bag}")
                yield _Candidate(source, place, remains)


def _rename(target: CopyFolder, source: str, to: str) -> None:
    try:
        target.rename(source, to)
    except OSError as trouble:
        raise storage_error(trouble, str(target.root / to), "put the bag in place") from trouble


def _unpack(target: CopyFolder, source: BagsAt, place: str, expectation: Expectation) -> bool:
    """Writes what can be read of the bag that lies there; False where that is nothing."""
    bag, files = expectation.bag, expectation.files

    def most_bytes(path: str) -> int:
        """A payload file that somebody added to is altered, and not lost."""
        promised = expectation.most_bytes(path)
        return 2 * promised + GROWN_PAYLOAD_BYTES if path.startswith("data/") else promised

    with contextlib.suppress(OSError):
        remove_tree(target.root / _FOLDER)
    into = target.open_folder(_FOLDER, make=True)
    try:
        shard = open_above(source, place)
        try:
            if source.form is CopyForm.TAR:
                name = bag_name(bag, source.form)
                read = unpack_tar_bag(shard, name, into, bag, files=files, most_bytes=most_bytes)
                if read.fault is not None or read.reading.trouble is not None:
                    fill_from_tar(shard, name, into, expectation, most_bytes)
            else:
                form = CopyForm.FOLDER
                write_bag(shard, bag, into, bag, form, files=files, most_bytes=most_bytes, as_it_is=True)
        finally:
            os.close(shard)
    except (OSError, SourceTroubleError, UnstorableError):
        pass  # what was written until then is looked at
    finally:
        os.close(into)
    return any(names for _, _, names in os.walk(target.root / _FOLDER / bag))


def _read_back(target: CopyFolder, task: Task, sync: FileSystemSync) -> ChunkRow:
    """What the disk itself gives of a bag that was put in place."""
    expectation = task.expectation
    place = bag_place(expectation.bag, CopyForm.FOLDER, withdrawn=task.withdrawn)
    sync.sync(files_below(target.root / place), folders_below(target.root / place))
    with contextlib.suppress(OSError):  # what cannot be opened is judged when it is read
        drop_tree(str(target.root / place))
    shard = target.open_folder(os.path.dirname(place))
    try:
        return row_of(look_at(shard, expectation.bag, expectation, CopyForm.FOLDER))
    finally:
        os.close(shard)


def _look(target: CopyFolder, expectation: Expectation) -> Remains:
    shard = os.open(target.root / _FOLDER, FOLDER)
    try:
        return remains_at(shard, expectation)
    finally:
        os.close(shard)
