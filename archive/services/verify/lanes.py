"""Runs the work of bag sources, in this process or in several, through the driver of all long work."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from archive.engine.driver import Begun, Driver

Batch = TypeVar("Batch")
Result = TypeVar("Result")


class ProcessLanes:
    """`archive.storage.bag_sources.source.Lanes`; the processes live until `close`."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._driver: Driver | None = None
        self._begun: Begun[Any] | None = None

    def prepare(self) -> None:
        """As `Lanes` says."""
        if self.jobs > 1 and self._driver is None:
            self._started().prepare()

    def begin(self, work: Callable[[Batch], Result], batches: Iterable[Batch]) -> None:
        """As `Lanes` says."""
        if self.jobs > 1:
            driver = self._started()
            driver.drop(self._begun)
            self._begun = driver.begin(work, batches)

    def run(
        self, work: Callable[[Batch], Result], batches: Iterable[Batch], *, apart: bool = False
    ) -> Iterator[tuple[Batch, Result | None]]:
        """As `Lanes` says."""
        begun, self._begun = self._begun, None
        source = iter(batches)
        first = list(islice(source, 2))
        if begun is None and (len(first) < 2 or self.jobs <= 1):
            for batch in chain(first, source):
                yield batch, work(batch)
            return
        from archive.engine.driver import BatchLost

        for batch, result in self._started().run(work, chain(first, source), begun=begun, apart=apart):
            yield batch, None if isinstance(result, BatchLost) else result

    def _started(self) -> "Driver":
        if self._driver is None:
            from archive.engine.driver import Driver  # not for one small bag

            self._driver = Driver(self.jobs)
        return self._driver

    def close(self) -> None:
        """End the processes."""
        self._begun = None
        if self._driver is not None:
            self._driver.close()
            self._driver = None
