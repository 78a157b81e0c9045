"""The driver: hands batches to worker processes, a few ahead, and gives their results back in order."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TypeVar

from archive.core.errors import StorageError
from archive.engine.workers import WorkerDiedError, Workers, start_workers

Batch = TypeVar("Batch")
Result = TypeVar("Result")
Begun = deque[tuple[Batch, int]]  # batches under way by the numbers of their tasks

WINDOW = 3  # batches in flight per worker: enough that none waits, few enough that memory stays flat


@dataclass(frozen=True, slots=True)
class BatchLost:
    """Workers died twice over this batch; nothing is known of it."""

    batch: object


def result_lost(doing: str) -> StorageError:
    """The error of a command that needs the lost batch; `doing` is what its workers did, as “read files”."""
    return StorageError(
        f"a worker was killed twice while it {doing}",
        remedy="see what kills them, mostly a want of memory: fewer --jobs take less; then run it again",
    )


@dataclass(slots=True)
class Driver:
    """Runs batches on `jobs` processes, or in this one where a single batch is all there is.

    The processes are started by the first run that needs them and serve every later one until `close`.
    """

    jobs: int
    _workers: Workers | None = field(default=None, init=False)

    def ahead(self, window: int = WINDOW) -> int:
        """How many batches, if there are more, `run` asks for and hands out before it gives a result."""
        return self.jobs * window - 1 if self.jobs > 1 else 0

    def prepare(self) -> None:
        """Start the processes before there is much memory that they would share."""
        self._started().prepare()

    def begin(
        self, work: Callable[[Batch], Result], batches: Iterable[Batch], window: int = WINDOW
    ) -> Begun[Batch]:
        """Hand out the first of the batches that the next `run` of the same work is expected to ask for."""
        workers = self._started()
        return deque(
            (batch, workers.submit(work, batch, window)) for batch in islice(batches, self.jobs * window)
        )

    def run(
        self,
        work: Callable[[Batch], Result],
        batches: Iterable[Batch],
        *,
        begun: Begun[Batch] | None = None,
        window: int = WINDOW,
        apart: bool = False,
    ) -> Generator[tuple[Batch, Result | BatchLost], None, None]:
        """Each batch with its result, in the order given.

        `begun` is what `begin` gave: of its batches those count that are asked for in their turn. `window` is
        how many batches, with their results, there may be in flight for each worker. Of batches that are
        `apart`, because one may take far longer than another, none waits for a worker that is busy.
        A batch whose worker was killed is retried once; a second death makes it `BatchLost`.
        """
        source = iter(batches)
        try:
            first = list(islice(source, 2))
            source = chain(first, source)
            if len(first) < 2 or self.jobs <= 1:
                self.drop(begun)
                for batch in source:
                    yield batch, work(batch)
            else:
                yield from self._run_pooled(work, source, begun or deque(), window, 1 if apart else window)
        except BaseException:  # also when the caller leaves early: what is under way must not go on
            self.close()
            raise

    def _run_pooled(
        self,
        work: Callable[[Batch], Result],
        source: Iterator[Batch],
        begun: Begun[Batch],
        window: int,
        ahead: int,
    ) -> Generator[tuple[Batch, Result | BatchLost], None, None]:
        workers = self._started()
        flying: deque[tuple[Batch, int]] = deque()
        for batch in source:
            if begun and begun[0][0] == batch:
                flying.append(begun.popleft())
            else:
                if begun:
                    workers.drop(begun.popleft()[1])
                flying.append((batch, workers.submit(work, batch, ahead)))
            if len(flying) >= self.jobs * window:
                yield self._landed(workers, work, *flying.popleft())
        self.drop(begun)
        while flying:
            yield self._landed(workers, work, *flying.popleft())

    def _landed(
        self, workers: Workers, work: Callable[[Batch], Result], batch: Batch, task: int
    ) -> tuple[Batch, Result | BatchLost]:
        with suppress(WorkerDiedError):
            return batch, workers.result(task)
        with suppress(WorkerDiedError):
            return batch, workers.result(workers.submit(work, batch, 1))
        return batch, BatchLost(batch)

    def _started(self) -> Workers:
        if self._workers is None:
            self._workers = start_workers(self.jobs)
        return self._workers

    def drop(self, begun: Begun[Batch] | None) -> None:
        """Let go of what `begin` gave."""
        while begun:
            self._started().drop(begun.popleft()[1])

    def widen(self, jobs: int) -> None:
        """Goes on with more processes."""
        if jobs > self.jobs > 1:
            self.jobs = jobs
            if self._workers is not None:
                self._workers.widen(jobs)

    def close(self) -> None:
        """Ends the workers at once; work that has not come back is dropped."""
        if self._workers is not None:
            self._workers.close()
            self._workers = None
