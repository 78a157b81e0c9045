"""What the driver asks of worker processes, and how it gets them on this platform."""

import sys
from collections.abc import Callable
from typing import Any, Protocol

# Objects between two looks for cyclic garbage, of which batches make next to none: Python's own 700 cost an
# ingest a tenth of its processor time.
COLLECT_AFTER = 50_000


class WorkerDiedError(Exception):
    """The process that had a task in hand is gone, and nobody knows what became of the task."""


class Workers(Protocol):
    """Processes that run tasks handed to them; results are taken in any order."""

    def prepare(self) -> None:
        """Make the processes now, while there is little memory that they would share."""

    def submit(self, work: Callable[[Any], Any], batch: Any, ahead: int) -> int:
        """Queue a task and return its number; work and batch are pickled.

        It may wait behind others in one worker, which then has `ahead` tasks at most.
        """

    def result(self, task: int) -> Any:
        """Wait for a task and return what it returned, once; raises what it raised, or WorkerDiedError."""

    def drop(self, task: int) -> None:
        """Let go of a task whose result nobody wants; it may run all the same."""

    def widen(self, processes: int) -> None:
        """Use so many processes from now on, if they are more than before."""

    def close(self) -> None:
        """End all processes at once, whatever they do, and wait until they are gone."""


def start_workers(processes: int) -> Workers:
    """Linux forks (no second Python, pages shared); macOS libraries do not survive that."""
    if sys.platform == "linux":
        from archive.engine.forked import ForkedWorkers

        return ForkedWorkers(processes)
    from archive.engine.spawned import SpawnedWorkers

    return SpawnedWorkers(processes)
