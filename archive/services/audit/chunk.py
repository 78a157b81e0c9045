"""The work of one chunk of an audit, in a worker: reads bags, judges them, packs the results."""

import os
import time
from functools import lru_cache
from typing import Any, NamedTuple

from archive.core.expectation import Expectation
from archive.core.outcomes import BagOutcome
from archive.services.audit.bag import BagResult, audit_bag, look_bag
from archive.storage.audit_results import ChunkRow, pack
from archive.storage.layout import shard

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Chunk(NamedTuple):
    """Bags that one worker looks at, in plan order."""

    bags: str
    expectations: tuple[Expectation, ...]
    quick: bool


class ChunkResult(NamedTuple):
    """What one worker found: the packed rows, and in full only what is not intact.

    `waited` is the share of the time, 0 to 1, in which it computed nothing: it waited for storage.
    """

    packed: bytes
    intact: int
    files: int
    bytes: int
    adverse: list[ChunkRow]
    waited: float = 0.0


def audit_chunk(chunk: Chunk) -> ChunkResult:
    """Looks at every bag of a chunk; never raises for what storage holds or does."""
    began, computed = time.monotonic(), time.process_time()
    look = look_bag if chunk.quick else audit_bag
    rows: list[ChunkRow] = []
    adverse: list[ChunkRow] = []
    intact = files = size = 0
    for expectation in chunk.expectations:
        result = _look(look, chunk.bags, expectation)
        row = ChunkRow(
            result.bag,
            result.outcome.value,
            result.files,
            result.bytes,
            [finding.to_json() for finding in result.findings],
        )
        rows.append(row)
        files += result.files
        size += result.bytes
        if result.outcome is BagOutcome.INTACT:
            intact += 1
        if result.outcome is not BagOutcome.INTACT or result.findings:
            adverse.append(row)
    packed = pack(rows)
    computed = time.process_time() - computed
    waited = max(1 - computed / max(time.monotonic() - began, 1e-9), 0.0)
    return ChunkResult(packed, intact, files, size, adverse, waited)


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
