"""The payload of a bag, copied in batches by workers: each source is opened once and read once."""

import os
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from archive.core.digests import Algorithm
from archive.core.findings import Finding
from archive.engine.batches import batched
from archive.services.bagging.manifest_text import manifest_lines
from archive.services.source_copy import StorageTroubleError, copy_source
from archive.storage.bags.bag_writing import Copied, ReadBackError, write_empty
from archive.storage.disk.name_spool import SpooledName
from archive.storage.disk.open_folders import OpenFolders
from archive.storage.sources.source_files import SourceFiles

BATCH_FILES: Final = 256
BATCH_BYTES: Final = 32 << 20


class CopyPlan(NamedTuple):
    """What every batch shares: the source's real path, the payload folder, the algorithms."""

    source: str
    payload: str
    algorithms: tuple[Algorithm, ...]


class CopyBatch(NamedTuple):
    """Files that one worker copies, in the order of their paths' bytes."""

    plan: CopyPlan
    files: tuple[SpooledName, ...]


class CopiedBatch(NamedTuple):
    """A batch's part of the payload, in files and bytes, and of each manifest; or why there is none.

    `lines` are of the plan's algorithms, in that order; `findings` are of the source, `storage` is trouble
    with the disk that is written to.
    """

    files: int
    size: int
    lines: tuple[bytes, ...]
    findings: tuple[Finding, ...] = ()
    storage: str | None = None


def batches(plan: CopyPlan, names: Iterable[SpooledName]) -> Iterator[CopyBatch]:
    """The names in batches of limited number and size."""
    for gathered in batched(names, _byte_count, most=BATCH_FILES, most_bytes=BATCH_BYTES):
        yield CopyBatch(plan, tuple(gathered))


def _byte_count(name: SpooledName) -> int:
    return name.size or 0


_open: dict[CopyPlan, tuple[SourceFiles, OpenFolders]] = {}


def _folders(plan: CopyPlan) -> tuple[SourceFiles, OpenFolders]:
    """What a worker opens once."""
    if plan not in _open:
        close_folders()
        _open[plan] = (SourceFiles([plan.source]), OpenFolders([plan.payload], make=True))
    return _open[plan]


def close_folders() -> None:
    """Closes what batches that ran in this process opened."""
    while _open:
        _, (sources, targets) = _open.popitem()
        sources.close()
        targets.close()


def copy_batch(batch: CopyBatch) -> CopiedBatch:
    """Copies the files of a batch and makes their manifest lines, read back through the grammar."""
    try:
        sources, targets = _folders(batch.plan)
        digests: list[tuple[str, Copied]] = []
        for file in batch.files:
            copied = _copy(batch.plan, file, sources, targets)
            if isinstance(copied, Finding):
                return CopiedBatch(0, 0, (), findings=(copied,))
            digests.append((f"data/{file.path}", copied))
    except (StorageTroubleError, ReadBackError) as trouble:
        said = "does not read back as it was written" if isinstance(trouble, ReadBackError) else ""
        return CopiedBatch(0, 0, (), storage=f"{trouble}{': ' if said else ''}{said}")
    except OSError as trouble:
        return CopiedBatch(0, 0, (), storage=f"{trouble.filename or 'the bag'}: {trouble.strerror}")
    lines = tuple(
        manifest_lines(algorithm, [(path, copied.digests[algorithm.value]) for path, copied in digests])
        for algorithm in batch.plan.algorithms
    )
    return CopiedBatch(len(digests), sum(copied.size for _, copied in digests), lines)


def _copy(plan: CopyPlan, file: SpooledName, sources: SourceFiles, targets: OpenFolders) -> Copied | Finding:
    folder, _, name = file.path.rpartition("/")
    below = targets.descriptor(0, folder)
    try:
        return _copy_to(name, below, plan, file, sources)
    except (StorageTroubleError, FileExistsError) as trouble:
        # Nobody but us writes there, and no name comes twice: it is there because a worker was killed over
        # this batch. Where only a name in other case is there, the disk does not tell the two apart.
        there = trouble.__cause__ if isinstance(trouble, StorageTroubleError) else trouble
        if not isinstance(there, FileExistsError) or name not in os.listdir(below):
            raise
    os.unlink(name, dir_fd=below)
    return _copy_to(name, below, plan, file, sources)


def _copy_to(
    name: str, below: int, plan: CopyPlan, file: SpooledName, sources: SourceFiles
) -> Copied | Finding:
    algorithms = tuple(algorithm.value for algorithm in plan.algorithms)
    if file.size is None:
        return write_empty(name, dir_fd=below, algorithms=algorithms)
    return copy_source(sources, 0, file.path, name, dir_fd=below, algorithms=algorithms)
