"""One `archive repair`: the ledger first, then what is damaged, what is at hand, and the repair itself."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

from archive.core.expectation import Expectation
from archive.core.findings import Finding
from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.ledger import entries
from archive.core.ledger.entries import parse_entry
from archive.core.limits.output import REFUSED_PLACES
from archive.core.outcomes import BagOutcome
from archive.engine.batches import batched
from archive.engine.driver import BatchLost, Driver
from archive.services.audit.chunk import Chunk, ChunkResult, audit_chunk
from archive.services.audit.evidence import Evidence, judge_ledger, require_proven
from archive.services.audit.newest import Newest
from archive.services.audit.request import AuditRequest
from archive.services.audit.schedule import schedule
from archive.services.catalog.bag_record import derive_holding
from archive.services.catalog.rebuilding import rebuild
from archive.services.changes.notes import note_text
from archive.services.evidence.brought import Brought
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.repair.bag_at_hand import BagAtHand
from archive.services.repair.committing import Facts
from archive.services.repair.proposal import BagProposal, RepairState, propose, refused
from archive.services.repair.request import RepairRequest
from archive.services.repair.restoring import Batch
from archive.services.signing.waiting_damage import damage_that_waits
from archive.services.surroundings import Surroundings
from archive.services.writing import Writing
from archive.storage.audits.plan import AuditPlan
from archive.storage.index import Index
from archive.storage.shelves import Shelf

BATCH_BAGS: Final = 256
BATCH_BYTES: Final = 1 << 30  # of payload, so that a batch does not fill the disk before it is committed
_CHUNK_BAGS: Final = 64
_TABLE: Final = (
    "CREATE TABLE proposals"
    " (number INTEGER PRIMARY KEY, bag TEXT UNIQUE, state TEXT, waits INTEGER, row TEXT)"
)


@dataclass(slots=True)
class Repair:
    """One run; `plan` is the audit's spool, which the caller opens and closes, `shelves` are at hand.

    `looked` counts the bags that were read, `run` is the id of what was repaired, None before. `findings`
    name the places that refused to be read, `doubts` the audits that wait for a signature and are not as they
    were kept: what they found is not known.
    """

    archive: OpenedArchive
    request: RepairRequest
    plan: AuditPlan
    shelves: Sequence[Shelf]
    surroundings: Surroundings
    evidence: Evidence = field(init=False)
    looked: int = 0
    run: str | None = None
    findings: list[Finding] = field(default_factory=list)
    doubts: tuple[Finding, ...] = ()

    def examine(self, index: Index) -> None:
        """Proves the ledger and reads the chosen bags; those not intact are in the plan's `found`.

        Raises as `require_proven` does: nothing is repaired on the word of another ledger.
        """
        trust = tuple(map(Path, self.request.trust))
        trusted = AuditRequest(brought=Brought(trust=trust, key=self.request.key))
        progress = self.surroundings.progress
        self.evidence = judge_ledger(self.archive, trusted, self.plan, progress)
        require_proven(
            self.evidence,
            "so that nothing can be repaired on its word",
            "archive repair --ledger --from COPY puts its files back first",
        )
        self.plan.db.execute(_TABLE)
        self._choose(index)
        progress.begin("Reading bags", self.plan.selected(), "documents")
        driver = Driver(self.request.jobs)
        try:
            for chunk, result in driver.run(audit_chunk, self._chunks()):
                self._take(chunk, result)
                progress.advance(len(chunk.expectations))
        finally:
            driver.close()
            progress.end()

    def _choose(self, index: Index) -> None:
        if self.request.everything:
            self.plan.select_all()
        elif self.request.bags:
            self.plan.select_bags(self.request.bags)
        else:
            self.plan.select_bags(row.bag for row in index.adverse())
            self.plan.select_bags(index.unknown())  # what was found of them is lost: they are read anew
            # An index that was edited hides no damage: the results on record say what audits found.
            schedule(self.archive, self.plan, None, now=self.surroundings.now())
            self.plan.select_damaged()
            waits = damage_that_waits(self.archive)
            self.plan.select_bags(waits.bags)
            self.doubts = waits.doubts

    def _chunks(self) -> Iterator[Chunk]:
        waiting: list[Expectation] = []
        for expectation in self.plan.chosen():
            waiting.append(expectation)
            if len(waiting) >= _CHUNK_BAGS:
                yield self._chunk(waiting)
                waiting = []
        if waiting:
            yield self._chunk(waiting)

    def _chunk(self, expectations: list[Expectation]) -> Chunk:
        return Chunk(str(self.archive.layout.bags), tuple(expectations), quick=False)

    def _take(self, chunk: Chunk, result: ChunkResult | BatchLost) -> None:
        self.looked += len(chunk.expectations)
        if isinstance(result, BatchLost):  # nothing is known of them: they are looked at one by one
            for one in chunk.expectations:
                self.plan.found.add(one.bag, BagOutcome.UNREADABLE.value, [], 0, 0)
            return
        for row in result.adverse:
            self.plan.found.add(row.bag, row.outcome, row.findings, row.files, row.bytes)

    # -- the plan ------------------------------------------------------------------------------------------

    def propose(self) -> None:
        """Looks for good bytes for each damaged bag, and keeps what it would do; every source is read."""
        progress = self.surroundings.progress
        bags = self._adverse()
        progress.begin("Looking for good bytes", len(bags), "documents")
        try:
            for bag in bags:
                at_hand = self._at_hand(bag)
                if at_hand is not None:
                    self._keep(propose(at_hand, unreadable=self.request.unreadable))
                progress.advance(1)
        finally:
            progress.end()

    def rows(self) -> Iterator[dict[str, Any]]:
        """What was proposed or done, in the order in which the bags were read."""
        for (row,) in self.plan.db.execute("SELECT row FROM proposals ORDER BY number"):
            yield json.loads(row)

    def counts(self) -> dict[str, int]:
        """How many bags are in each state."""
        found = dict(self.plan.db.execute("SELECT state, count(*) FROM proposals GROUP BY state"))
        return {state.value: int(found.get(state.value, 0)) for state in RepairState}

    def waiting(self) -> int:
        """How many bags are damaged still for the one reason that places at hand refused to be read."""
        return int(self.plan.db.execute("SELECT count(*) FROM proposals WHERE waits").fetchone()[0])

    def _adverse(self) -> list[str]:
        return [bag for bag, _ in self.plan.found.held()]

    def _at_hand(self, bag: str) -> BagAtHand | None:
        promise = self.plan.expectation(bag)
        if promise is None or self.plan.state(bag) != "held":
            return None
        return BagAtHand(self.archive.root, promise, self.shelves)

    def _keep(self, row: BagProposal) -> None:
        found = (row.bag, row.state.value, row.waits, json.dumps(row.to_json()))
        query = "INSERT OR REPLACE INTO proposals (bag, state, waits, row) VALUES (?, ?, ?, ?)"
        self.plan.db.execute(query, found)
        first = {one.place: one for one in reversed(row.refusals)}  # of each place the one that it met first
        room = max(REFUSED_PLACES - len(self.findings), 0)
        self.findings += (refused(row.bag, one) for one in islice(first.values(), room))

    # -- the repair ----------------------------------------------------------------------------------------

    def execute(self, writing: Writing) -> None:
        """Repairs, a commit for each batch; what was proposed before is replaced by what was done.

        Bags are read anew: what others changed since they were examined is taken in first.
        """
        if self.evidence.checkpoint is not None:
            newest = Newest(self.archive, self.plan, self.evidence.checkpoint, self.evidence.trust.key)
            newest.follow("nothing was repaired")
        facts = self._facts()
        self.plan.db.execute("DELETE FROM proposals")
        self.findings.clear()
        progress = self.surroundings.progress
        bags = self._adverse()
        progress.begin("Repairing", len(bags), "documents")
        try:
            for some in self._batches(bags):
                batch = Batch(self.archive, writing, facts, self.request.unreadable)
                batch.run(some)
                for row in batch.rows:
                    self._keep(row)
                if facts.notes:
                    self.run = facts.run
                progress.advance(len(batch.rows))
        finally:
            progress.end()
        if writing.from_index(self._was_read_without_bags):
            rebuild(self.archive, writing.checkpoint)
        else:
            writing.publish()

    def _was_read_without_bags(self, index: Index) -> bool:
        """True where the index was made while a bag that is whole again could not be read."""
        repaired = (row["id"] for row in self.rows() if row["state"] == RepairState.REPAIRED)
        for row in filter(None, map(index.by_bag, repaired)):
            ingestion = parse_entry(self.archive.ledger.entry(row.entry))
            holding = derive_holding(self.archive, row.entry, ingestion, row.tag_manifest).holding
            told = (row.reference, row.source, row.awaiting, row.title)
            if told != (holding.reference, holding.source, holding.awaiting, holding.description.shown_title):
                return True
        return False

    def _batches(self, bags: Iterable[str]) -> Iterator[Iterator[BagAtHand]]:
        for some in batched(bags, self._byte_count, most=BATCH_BAGS, most_bytes=BATCH_BYTES):
            yield self._each(some)

    def _byte_count(self, bag: str) -> int:
        promise = self.plan.expectation(bag)
        return promise.bytes if promise is not None else 0

    def _each(self, bags: list[str]) -> Iterator[BagAtHand]:
        for bag in bags:
            at_hand = self._at_hand(bag)
            if at_hand is not None:
                yield at_hand

    def _facts(self) -> Facts:
        now = self.surroundings.now()
        person = person_agent(self.archive.settings, self.request.agent)
        return Facts(
            run=uuid7(now, self.surroundings.random(RANDOM_BYTES)),
            time=entries.timestamp(now),
            agents=(person.id, software_agent().id),
            note=note_text(person, reason=self.request.reason),
        )
