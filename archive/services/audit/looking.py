"""Reading the chosen bags: chunks to the workers, their results to the plan and to the record."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from archive.core import findings
from archive.core.copies import CopyForm
from archive.core.outcomes import BagOutcome
from archive.engine.driver import BatchLost, Begun, Driver
from archive.services.audit.ahead import CHUNK_BAGS, Chunks
from archive.services.audit.chunk import Chunk, ChunkResult, audit_chunk
from archive.services.audit.recording import Recording
from archive.services.surroundings import Progress
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results import ChunkRow, pack
from archive.storage.layout import bag_path


class Looking:
    """Counts of what was looked at; `last` is the bag up to which the order of looking has come.

    `linked` counts files that have another name too, of which `linked_at` is the first that was seen.
    `all_intact` tells that nothing else than intact was ever recorded, not even for a moment.
    """

    def __init__(
        self,
        bags: str,
        plan: AuditPlan,
        recording: Recording,
        *,
        quick: bool,
        form: CopyForm = CopyForm.FOLDER,
        remedy: str | None = None,
    ) -> None:
        """`form` and `remedy` are those of a copy: how it keeps bags, and what mends them there."""
        self.looked = 0
        self.intact = 0
        self.files = 0
        self.bytes = 0
        self.last = ""
        self.linked = 0
        self.linked_at = ""
        self.all_intact = True
        self._bags = bags
        self._plan = plan
        self._recording = recording
        self._quick = quick
        self._form = form
        self._remedy = remedy
        self._chunks = Chunks(bags, quick=quick, form=form, remedy=remedy)

    def take_up(self) -> None:
        """Counts what earlier parts of a resumed run have looked at, and leaves it out.

        What they found otherwise than intact is looked at again: it may have been put right since. What was
        withdrawn since is none of the bags that are held.
        """
        self.all_intact = False
        outcomes: dict[str, ChunkRow] = {}
        for row in self._recording.done():
            kept = ChunkRow(row["bag"], row["outcome"], row["files"], row["bytes"], row.get("findings", []))
            if self._plan.state(kept.bag) != "held":
                continue
            if kept.outcome == BagOutcome.INTACT:
                outcomes.pop(kept.bag, None)
            else:
                outcomes[kept.bag] = kept
            if not self._plan.has_looked(kept.bag, self.last):
                self._plan.take_up(kept.bag, row["looked"], kept.outcome)
                self.looked += 1
                self.files += kept.files
                self.bytes += kept.bytes
        self.intact = self.looked - len(outcomes)
        for kept in outcomes.values():
            self._plan.found.add(kept.bag, kept.outcome, kept.findings, kept.files, kept.bytes)
        self.look_again(outcomes)

    def look(
        self,
        driver: Driver,
        begun: Begun[Chunk],
        most: int,
        budget_seconds: int | None,
        progress: Progress,
    ) -> None:
        """Reads the chosen bags in their order, until the budget is spent; `begun` was handed out before.

        `most` is how many processes may read where storage is cold: many small files are a matter of queue
        depth, and there each process asks for its bags ahead.
        """
        deadline = None if budget_seconds is None else time.monotonic() + budget_seconds
        progress.begin("Reading bags", self._plan.selected() - self.looked, "documents")
        running = driver.run(audit_chunk, self._chosen(), begun=begun)
        try:
            for chunk, result in running:
                self._take(chunk, result)
                if isinstance(result, ChunkResult) and result.cold and not self._chunks.cold:
                    self._chunks.cold = True
                    driver.widen(most)
                progress.advance(len(chunk.expectations))
                if deadline is not None and time.monotonic() >= deadline:
                    break
        finally:
            running.close()
            progress.end()

    def look_again(
        self,
        bags: Iterable[str],
        unfinished: Mapping[str, int] | None = None,
        *,
        doubted: bool = False,
        beforehand: bool = False,
        left: Collection[str] = (),
    ) -> None:
        """Judges bags found adverse anew, by what the ledger promises now.

        `unfinished` has the number of a revision that is passed over, for bags that a writer is describing.
        `doubted` tells that other entries may promise something else, `beforehand` that the bags may have
        revisions of which the ledger has not heard yet. Those that are `left` were withdrawn
        behind the back of a copy: it is still to have their bytes.
        """
        for bag in bags:
            expectation = self._plan.expectation(bag)
            if expectation is not None and unfinished is not None:
                expectation = expectation._replace(unfinished=unfinished.get(bag))
            if expectation is not None and doubted:
                expectation = expectation._replace(doubted=True)
            if expectation is not None and beforehand:
                expectation = expectation._replace(beforehand=True)
            if expectation is None or self._plan.found.outcome(bag) is None:
                continue
            if self._plan.state(bag) != "held" and bag not in left:  # withdrawn meanwhile
                self._plan.found.drop(bag)
                self.looked -= 1
                continue
            chunk = Chunk(self._bags, (expectation,), self._quick, form=self._form, remedy=self._remedy)
            result = audit_chunk(chunk)
            self._keep(result)
            if not result.adverse:  # only now: cut off before, it stays what it was found to be
                self._plan.found.drop(bag)
            self.intact += result.intact

    def lose(self, bags: Iterable[str]) -> None:
        """Keeps that bags are gone: since they were read, or though they were not chosen."""
        missing = iter(bags)
        while some := list(islice(missing, CHUNK_BAGS)):
            told = self._plan.found.findings
            self._recording.add(
                pack([ChunkRow(bag, BagOutcome.MISSING.value, 0, 0, told(bag)) for bag in some])
            )
            self.all_intact = False
            self.intact -= sum(self._plan.has_looked(bag, self.last) for bag in some)

    def _chosen(self) -> Iterator[Chunk]:
        for expectation in self._plan.chosen():
            if (chunk := self._chunks.add(expectation)) is not None:
                yield chunk
        if (chunk := self._chunks.rest()) is not None:
            yield chunk

    def _take(self, chunk: Chunk, result: ChunkResult | BatchLost) -> None:
        if isinstance(result, BatchLost):
            result = _lost(chunk)
        self._keep(result)  # first: what is counted and was not kept would be missed by whoever goes on
        self.looked += len(chunk.expectations)
        self.files += result.files
        self.bytes += result.bytes
        self.intact += result.intact
        self.linked += result.linked
        self.linked_at = self.linked_at or result.linked_at
        self.last = chunk.expectations[-1].bag

    def _keep(self, result: ChunkResult) -> None:
        self._recording.add(result.packed)
        for row in result.adverse:
            self.all_intact &= row.outcome == BagOutcome.INTACT
            self._plan.found.add(row.bag, row.outcome, row.findings, row.files, row.bytes)


def _lost(chunk: Chunk) -> ChunkResult:
    """Workers died over this chunk: nothing is known of its bags."""
    message = "two workers were killed while they read it; nothing is known of it"
    remedy = "see whether memory ran out, then audit this bag again"
    rows = []
    for one in chunk.expectations:
        finding = findings.warning("FIX-UNREADABLE", bag_path(one.bag), message, remedy=remedy)
        rows.append(ChunkRow(one.bag, BagOutcome.UNREADABLE.value, 0, 0, [finding.to_json()]))
    return ChunkResult(pack(rows), 0, 0, 0, rows)
