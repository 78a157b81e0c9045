"""The driver: hands batches to an executor, a few ahead, and gives their results back in order."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass, field
from typing import TypeVar

from archive.engine.executors import InlineExecutor, kill_workers, process_pool

Batch = TypeVar("Batch")
Result = TypeVar("Result")

WINDOW = 3  # batches in flight per worker: enough that none waits, few enough that memory stays flat


@dataclass(frozen=True, slots=True)
class BatchLost:
    """Workers died twice over this batch; nothing is known of it."""

    batch: object


@dataclass(slots=True)
class Driver:
    """Runs batches on `jobs` processes, or in this one where a single batch is all there is.

    The processes are started by the first run that needs them and serve every later one until `close`.
    """

    jobs: int
    _pool: Executor | None = field(default=None, init=False)
    _retired: list[Executor] = field(default_factory=list, init=False)

    @property
    def ahead(self) -> int:
        """How many batches, if there are more, `run` asks for and hands out before it gives a result."""
        return self.jobs * WINDOW - 1 if self.jobs > 1 else 0

    def run(
        self, work: Callable[[Batch], Result], batches: Iterable[Batch]
    ) -> Generator[tuple[Batch, Result | BatchLost], None, None]:
        """Each batch with its result, in the order given.

        A batch whose worker was killed is retried once by itself; a second death makes it `BatchLost`.
        """
        source = iter(batches)
        first = next(source, None)
        if first is None:
            return
        second = next(source, None)
        if second is None or self.jobs <= 1:
            yield first, work(first)
            for batch in () if second is None else _chain(second, source):
                yield batch, work(batch)
            return
        try:
            yield from self._run_pooled(work, _chain(first, _chain(second, source)))
        except BaseException:  # also when the caller leaves early: what is under way must not go on
            self.close()
            raise

    def _run_pooled(
        self, work: Callable[[Batch], Result], source: Iterator[Batch]
    ) -> Generator[tuple[Batch, Result | BatchLost], None, None]:
        flying: deque[tuple[Batch, Future[Result]]] = deque()
        for batch in source:
            flying.append((batch, self._submit(work, batch)))
            if len(flying) >= self.jobs * WINDOW:
                landed = self._landed(work, flying)
                yield landed
        while flying:
            last = self._landed(work, flying)
            yield last

    def _landed(
        self, work: Callable[[Batch], Result], flying: deque[tuple[Batch, Future[Result]]]
    ) -> tuple[Batch, Result | BatchLost]:
        batch, future = flying.popleft()
        result: Result | BatchLost
        try:
            result = future.result()
        except BrokenExecutor:
            pass
        else:
            return batch, result
        # One killed worker breaks the whole pool: the suspect runs alone, the others go to the new pool.
        self.close()
        try:
            result = self._submit(work, batch).result()
        except BrokenExecutor:
            self.close()
            result = BatchLost(batch)
        others = [waiting for waiting, _ in flying]
        flying.clear()
        flying.extend((waiting, self._submit(work, waiting)) for waiting in others)
        return batch, result

    def _submit(self, work: Callable[[Batch], Result], batch: Batch) -> "Future[Result]":
        if self._pool is None:
            self._pool = process_pool(self.jobs) if self.jobs > 1 else InlineExecutor()
        try:
            return self._pool.submit(work, batch)
        except BrokenExecutor as broken:
            future: Future[Result] = Future()
            future.set_exception(broken)
            return future

    def widen(self, jobs: int) -> None:
        """Goes on with more processes; what is under way is finished by those that have it."""
        if jobs > self.jobs > 1:
            self.jobs = jobs
            if self._pool is not None:
                self._retired.append(self._pool)
                self._pool = None

    def close(self) -> None:
        """Ends the workers at once; work that has not come back is dropped."""
        for pool in (*self._retired, self._pool):
            if pool is not None:
                kill_workers(pool)
        self._retired, self._pool = [], None


def _chain(first: Batch, rest: Iterator[Batch]) -> Iterator[Batch]:
    yield first
    yield from rest
