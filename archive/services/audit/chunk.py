"""The work of one chunk of an audit, in a worker: reads bags, judges them, packs the results."""

import contextlib
import os
import resource
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from archive.core.copies import CopyForm
from archive.core.expectation import Expectation
from archive.core.findings import Finding, Severity
from archive.core.outcomes import BagOutcome
from archive.services.audit.bag import BagResult, audit_bag, look_bag
from archive.storage.audits.results import ChunkRow, pack
from archive.storage.bags.read_ahead import ask_for_bag, ask_for_file
from archive.storage.copies.names import bag_name
from archive.storage.layout import bag_path, shard

BLOCK = 512
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Chunk(NamedTuple):
    """Bags that one worker looks at, in plan order; `cold` where storage is asked for them ahead.

    `form` is how a copy keeps them, `remedy` what mends damage there; None for the archive's own, where the
    findings say it.
    """

    bags: str
    expectations: tuple[Expectation, ...]
    quick: bool
    cold: bool = False
    form: CopyForm = CopyForm.FOLDER
    remedy: str | None = None


class ChunkResult(NamedTuple):
    """What one worker found: the packed rows, and in full only what is not intact.

    `cold` tells that most of it came from the disk, not from the page cache; `linked` how many files have
    another name too, of which `linked_at` is the first.
    """

    packed: bytes
    intact: int
    files: int
    bytes: int
    adverse: list[ChunkRow]
    cold: bool = False
    linked: int = 0
    linked_at: str = ""


class _Storage:
    """What this process saw of the storage; cold until it is known, since to ask costs a warm one little."""

    is_cold = True


_storage = _Storage()


def audit_chunk(chunk: Chunk) -> ChunkResult:
    """Looks at every bag of a chunk; never raises for what storage holds or does."""
    before = _blocks_read()
    look = _look_of(chunk)
    rows: list[ChunkRow] = []
    adverse: list[ChunkRow] = []
    intact = files = size = linked = 0
    linked_at = ""
    if chunk.cold or _storage.is_cold:
        _ask_ahead(chunk)
    for expectation in chunk.expectations:
        result = _look(look, chunk.bags, expectation)
        row = ChunkRow(
            result.bag,
            result.outcome.value,
            result.files,
            result.bytes,
            [_mended_by(finding, chunk.remedy).to_json() for finding in result.findings],
        )
        rows.append(row)
        files += result.files
        size += result.bytes
        if result.linked:
            linked += len(result.linked)
            linked_at = linked_at or f"{bag_path(result.bag)}/{min(result.linked)}"
        if result.outcome is BagOutcome.INTACT:
            intact += 1
        if result.outcome is not BagOutcome.INTACT or result.findings:
            adverse.append(row)
    packed = pack(rows)
    _storage.is_cold = (_blocks_read() - before) * BLOCK > size // 2
    return ChunkResult(packed, intact, files, size, adverse, _storage.is_cold, linked, linked_at)


def _mended_by(finding: Finding, remedy: str | None) -> Finding:
    """The finding with that remedy, where it is about damage."""
    if remedy is None or finding.severity is not Severity.ERROR:
        return finding
    return replace(finding, remedy=remedy)


def _look_of(chunk: Chunk) -> Callable[[int, str, Expectation], BagResult]:
    if chunk.form is CopyForm.TAR:
        from archive.services.audit.tar_bag import audit_tar_bag, look_tar_bag

        return look_tar_bag if chunk.quick else audit_tar_bag
    return look_bag if chunk.quick else audit_bag


def _blocks_read() -> int:
    """Blocks that this process had to fetch from a disk so far (getrusage(2): 512 bytes each on Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_inblock


def _ask_ahead(chunk: Chunk) -> None:
    for expectation in chunk.expectations:
        with contextlib.suppress(OSError):  # what cannot be opened is judged when it is read
            folder = _shard(chunk.bags, shard(expectation.bag))
            if chunk.form is CopyForm.TAR:
                ask_for_file(folder, bag_name(expectation.bag, chunk.form))
            else:
                ask_for_bag(folder, expectation.bag)


def _look(look: Any, bags: str, expectation: Expectation) -> BagResult:
    name = shard(expectation.bag)
    try:
        descriptor, folder = _shard(bags, name), expectation.bag
    except OSError:  # no such folder, a link, or unreadable: a look at it, following nothing, says which
        descriptor, folder = _nearest(bags, name)
    result: BagResult = look(descriptor, folder, expectation)
    return result


def _nearest(bags: str, name: str) -> tuple[int, str]:
    """What cannot be opened on the way to a shard, by its name below a folder that can."""
    try:
        return _root(bags), name
    except OSError:
        return _root(os.path.dirname(bags)), os.path.basename(bags)


@lru_cache(maxsize=256)
def _shard(bags: str, name: str) -> int:
    return os.open(name, _FOLDER, dir_fd=_root(bags))


@lru_cache(maxsize=4)
def _root(bags: str) -> int:
    return os.open(bags, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
