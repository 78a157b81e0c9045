"""Runs the work of bag sources, in this process or in several, through the driver of all long work."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from archive.engine.driver import Driver

Batch = TypeVar("Batch")
Result = TypeVar("Result")


class ProcessLanes:
    """`archive.storage.bag_sources.source.Lanes`; the processes live until `close`."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._driver: Driver | None = None

    def run(
        self, work: Callable[[Batch], Result], batches: Iterable[Batch]
    ) -> Iterator[tuple[Batch, Result | None]]:
        """Each batch with its result, in order; None where processes died over it twice."""
        source = iter(batches)
        first = list(islice(source, 2))
        if len(first) < 2 or self.jobs <= 1:
            for batch in chain(first, source):
                yield batch, work(batch)
            return
        from archive.engine.driver import BatchLost, Driver  # 40 ms of multiprocessing

        self._driver = self._driver or Driver(self.jobs)
        for batch, result in self._driver.run(work, chain(first, source)):
            yield batch, None if isinstance(result, BatchLost) else result

    def close(self) -> None:
        """End the processes."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None
