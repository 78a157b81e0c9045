"""The work of one chunk of an audit, in a worker: reads bags, judges them, packs the results."""

import contextlib
import os
import resource
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from archive.core.copies import CopyForm
from archive.core.expectation import Expectation
from archive.core.findings import Finding, Severity
from archive.core.outcomes import BagOutcome
from archive.services.audit.bag import BagResult, audit_bag, look_bag, unreached_bag
from archive.storage.audits.results import ChunkRow, pack
from archive.storage.bags.read_ahead import ask_for_bag, ask_for_file
from archive.storage.copies.names import bag_name
from archive.storage.layout import bag_path, shard

BLOCK = 512
_ANY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FOLDER = _ANY | os.O_NOFOLLOW


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
    _shards.begin(chunk.bags)
    if chunk.cold or _storage.is_cold:
        _ask_ahead(chunk)
    for expectation in chunk.expectations:
        result = _look(look, expectation)
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
            folder = _shards.shard(shard(expectation.bag))
            if chunk.form is CopyForm.TAR:
                ask_for_file(folder, bag_name(expectation.bag, chunk.form))
            else:
                ask_for_bag(folder, expectation.bag)


def _look(look: Any, expectation: Expectation) -> BagResult:
    try:
        descriptor = _shards.shard(shard(expectation.bag))
    except OSError as trouble:  # said by storage once: asked again, it might open, and be taken for the bag
        return unreached_bag(expectation, trouble)
    result: BagResult = look(descriptor, expectation.bag, expectation)
    return result


class _Shards:
    """Descriptors of the folders of one `bags/`, opened once; another one's are closed as it comes."""

    def __init__(self) -> None:
        self._bags = ""
        self._root = -1
        self._shards: dict[str, int] = {}

    def begin(self, bags: str) -> None:
        """What follows is about that folder; what is kept of it stays where it is still the same."""
        if bags != self._bags or not self._is_same(bags):
            for descriptor in (*self._shards.values(), self._root):
                if descriptor >= 0:
                    os.close(descriptor)
            self._bags, self._root, self._shards = bags, -1, {}

    def _is_same(self, bags: str) -> bool:
        if self._root < 0:
            return False
        try:
            return os.path.samestat(os.stat(bags), os.fstat(self._root))
        except OSError:
            return False

    def shard(self, name: str) -> int:
        """The descriptor of a shard; OSError where it is no folder or cannot be opened."""
        descriptor = self._shards.get(name)
        if descriptor is None:
            descriptor = self._shards[name] = os.open(name, _FOLDER, dir_fd=self._opened_root())
        return descriptor

    def _opened_root(self) -> int:
        if self._root < 0:
            self._root = os.open(self._bags, _ANY)
        return self._root


_shards = _Shards()
