"""Worker processes where fork(2) is no choice: Python's own pool, each worker a new Python."""

import gc
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, NamedTuple

from archive.engine.workers import COLLECT_AFTER, WorkerDiedError


class _Task(NamedTuple):
    """Work that was asked for; without a future where it has to begin anew."""

    work: Callable[[Any], Any]
    batch: Any
    future: Future[Any] | None


class SpawnedWorkers:
    """`archive.engine.workers.Workers` everywhere. One that is killed takes the others with it."""

    def __init__(self, processes: int) -> None:
        self._wanted = processes
        self._pools: list[ProcessPoolExecutor] = []
        self._flying: dict[int, _Task] = {}
        self._last = 0

    def prepare(self) -> None:
        """As `Workers` says; spawned processes share nothing."""

    def submit(self, work: Callable[[Any], Any], batch: Any, ahead: int) -> int:  # noqa: ARG002
        """As `Workers` says; all workers take from one queue, so that nothing waits behind another task."""
        self._last += 1
        self._flying[self._last] = _Task(work, batch, self._start(work, batch))
        return self._last

    def _start(self, work: Callable[[Any], Any], batch: Any) -> Future[Any]:
        if not self._pools:
            self._open_pool()
        try:
            return self._pools[-1].submit(work, batch)
        except (BrokenExecutor, OSError) as broken:
            if isinstance(broken, OSError) and broken.errno is not None:
                raise
            future: Future[Any] = (
                Future()
            )  # without a number: its pipes were closed, for a process of it died
            future.set_exception(BrokenExecutor(str(broken)))
            return future

    def _open_pool(self) -> None:
        context = get_context("spawn")
        self._pools.append(ProcessPoolExecutor(self._wanted, mp_context=context, initializer=_begin))

    def result(self, task: int) -> Any:
        """As `Workers` says. After a death the task that is asked for runs alone, the others after it."""
        if self._flying[task].future is None:
            self._start_waiting()
        future = self._flying.pop(task).future
        try:
            return future.result() if future else None
        except BrokenExecutor as broken:
            self._end_pools()
            self._flying = {number: one._replace(future=None) for number, one in self._flying.items()}
            raise WorkerDiedError(str(broken)) from broken

    def _start_waiting(self) -> None:
        for number, one in self._flying.items():
            if one.future is None:
                self._flying[number] = one._replace(future=self._start(one.work, one.batch))

    def drop(self, task: int) -> None:
        """As `Workers` says."""
        if (future := self._flying.pop(task).future) is not None:
            future.cancel()

    def widen(self, processes: int) -> None:
        """As `Workers` says; what is under way is finished by those that have it."""
        if processes > self._wanted:
            self._wanted = processes
            if self._pools:
                self._open_pool()

    def close(self) -> None:
        """As `Workers` says."""
        self._end_pools()
        self._flying.clear()

    def _end_pools(self) -> None:
        for pool in self._pools:
            processes: dict[int, Any] = getattr(pool, "_processes", None) or {}
            for process in list(processes.values()):
                process.kill()
            pool.shutdown(wait=True, cancel_futures=True)
        self._pools = []


def _begin() -> None:
    gc.set_threshold(COLLECT_AFTER)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
