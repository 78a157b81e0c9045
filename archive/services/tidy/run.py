"""One `archive tidy`: the ledger first, then names, then litter set aside as a repair sets things aside."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from archive.core.expectation import Expectation
from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.ledger import entries
from archive.core.litter import litter
from archive.core.outcomes import BagOutcome
from archive.core.repair_record import RepairRecord
from archive.engine.batches import batched
from archive.engine.driver import BatchLost, Driver
from archive.services.audit.chunk import Chunk, ChunkResult, audit_chunk
from archive.services.audit.evidence import Evidence, judge_ledger, require_proven
from archive.services.audit.newest import Newest
from archive.services.audit.request import AuditRequest
from archive.services.changes.notes import note_text
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.repair import own_litter
from archive.services.repair.committing import Commit, Facts, StagedRepair
from archive.services.surroundings import Surroundings
from archive.services.tidy import bag_litter, beside
from archive.services.tidy.bag_litter import BagLitter
from archive.services.writing import Writing
from archive.storage.audits.plan import AuditPlan
from archive.storage.bags.bag_restoration import Staged
from archive.storage.intents import Intent

BATCH_BAGS: Final = 256
_CHUNK_BAGS: Final = 64
_REASON: Final = "litter of desktop programs, set aside by archive tidy"
_TABLE: Final = "CREATE TABLE tidied (number INTEGER PRIMARY KEY, bag TEXT UNIQUE, row TEXT)"
_FIXITY: Final = "FIX-LITTER"
_NO_FILE: Final = frozenset({"FIX-LINK", "FIX-SPECIAL"})
_WITHDRAWN: Final = "withdrawn"


@dataclass(slots=True)
class Tidy:
    """One run; `plan` is an audit's spool, which the caller opens and closes.

    `looked` counts the bags whose names were looked at, `unreadable` those that could not be, `missing` those
    that are not in their place; `kinds` counts what was found by what it is, `found` is how much that is,
    `left` what of it stays, `unread` the places that could not be looked at, in bags or beside them,
    `damaged` the bags of which reading them in full afterwards did not say that they are intact. `run` is
    None before anything was moved.

    Bags are read in full after litter was taken out of them, as after any repair: the ledger's entry says
    what that gave, incidents end by it, and nobody has to take a program's word that it moved nothing else.
    That costs one reading of the bags that had litter, and of no other.
    """

    archive: OpenedArchive
    agent: str | None
    jobs: int
    plan: AuditPlan
    surroundings: Surroundings
    evidence: Evidence = field(init=False)
    newest: Newest | None = None
    beside: BagLitter = field(default_factory=lambda: BagLitter((), ()))
    looked: int = 0
    unreadable: int = 0
    missing: int = 0
    bags: int = 0
    found: int = 0
    left: int = 0
    unread: int = 0
    damaged: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    run: str | None = None

    def examine(self) -> None:
        """Proves the ledger and looks at every name that an audit looks at.

        Raises as `require_proven` does: no other ledger says what belongs to a bag.
        """
        self.evidence = judge_ledger(self.archive, AuditRequest(), self.plan, self.surroundings.progress)
        require_proven(
            self.evidence,
            "so that nothing says what is litter and what belongs to a bag",
            "archive ledger verify says where; archive repair --ledger --from COPY puts it back",
        )
        self.plan.db.execute(_TABLE)
        self.plan.select_all()
        self._look_at_bags()
        if self.evidence.checkpoint is not None:
            key = self.evidence.trust.key
            self.newest = Newest(self.archive, self.plan, self.evidence.checkpoint, key)
        self.beside = beside.find_beside(self.archive, self.plan, self.evidence, self.newest)
        for bag in self._adverse():
            self._propose(bag)
        self._count(self.beside)

    def _look_at_bags(self) -> None:
        progress = self.surroundings.progress
        progress.begin("Looking at names", self.plan.selected(), "documents")
        driver = Driver(self.jobs)
        try:
            for chunk, result in driver.run(audit_chunk, self._chunks()):
                self._take(chunk, result)
                progress.advance(len(chunk.expectations))
        finally:
            driver.close()
            progress.end()

    def _chunks(self) -> Iterator[Chunk]:
        """The bags that are held, then those that were withdrawn and whose bytes are kept."""
        layout = self.archive.layout
        sources = [(str(layout.bags), self.plan.chosen())]
        if layout.withdrawn.is_dir():
            sources.append((str(layout.withdrawn), self.plan.set_aside()))
        for folder, expectations in sources:
            for some in batched(expectations, lambda _: 0, most=_CHUNK_BAGS, most_bytes=1):
                yield Chunk(folder, tuple(some), quick=True)

    def _take(self, chunk: Chunk, result: ChunkResult | BatchLost) -> None:
        self.looked += len(chunk.expectations)
        if isinstance(result, BatchLost):
            self.unreadable += len(chunk.expectations)
            return
        for row in result.adverse:
            self.unreadable += row.outcome == BagOutcome.UNREADABLE
            self.missing += row.outcome == BagOutcome.MISSING
            if any(map(_is_about_litter, row.findings)):
                self.plan.found.add(row.bag, row.outcome, [], 0, 0)

    def _adverse(self) -> list[str]:
        return [bag for bag, _ in self.plan.found.held() if self._promise(bag) is not None]

    def _promise(self, bag: str) -> Expectation | None:
        """What the ledger promises of a bag whose bytes it expects somewhere."""
        return self.plan.expectation(bag) if self.plan.state(bag) in {"held", _WITHDRAWN} else None

    def _is_withdrawn(self, bag: str) -> bool:
        return self.plan.state(bag) == _WITHDRAWN

    def _propose(self, bag: str) -> None:
        promise = self._promise(bag)
        if promise is not None:
            _, found = bag_litter.look(self.archive.root, promise, withdrawn=self._is_withdrawn(bag))
            if found.litter or found.left:
                self._keep(bag, found)

    def _keep(self, bag: str, found: BagLitter) -> None:
        row = {
            "id": bag,
            "state": self.plan.state(bag),
            "outcome": None,
            "litter": [one.to_json() for one in found.litter],
            "left": [one.to_json() for one in found.left],
        }
        self.plan.db.execute("INSERT INTO tidied (bag, row) VALUES (?, ?)", (bag, json.dumps(row)))
        self.bags += bool(found.litter)
        self._count(found)

    def _count(self, found: BagLitter) -> None:
        self.found += len(found.litter)
        unread = sum(one.unread for one in found.left)
        self.left += len(found.left) - unread
        self.unread += unread
        self.kinds.update(one.what for one in found.litter)

    def rows(self) -> Iterator[dict[str, Any]]:
        """What was found in bags, or done, in the order of their ids."""
        for (row,) in self.plan.db.execute("SELECT row FROM tidied ORDER BY bag"):
            yield json.loads(row)

    # -- setting aside -------------------------------------------------------------------------------------

    def execute(self, writing: Writing) -> None:
        """Sets aside what was found, a commit for each batch of bags, then one for what lies beside them.

        Bags are looked at anew: what others changed meanwhile is taken in first. Raises as `Commit.run` does.
        """
        if self.newest is not None:
            self.newest.follow("nothing was set aside")
        facts = self._facts()
        bags = self._adverse()
        self.plan.db.execute("DELETE FROM tidied")
        self.bags = self.found = self.left = self.unread = 0
        self.kinds.clear()
        progress = self.surroundings.progress
        progress.begin("Setting litter aside", len(bags), "documents")
        try:
            for some in batched(bags, lambda _: 0, most=BATCH_BAGS, most_bytes=1):
                self._set_aside(writing, facts, some)
                progress.advance(len(some))
        finally:
            progress.end()
        self.beside = beside.still_there(self.archive.root, self.beside)
        self._count(self.beside)
        files = beside.displaced(self.archive.root, self.beside.litter)
        if files:
            own_litter.set_aside(self.archive, writing, facts, files)
        if facts.notes:
            self.run = facts.run
            writing.publish()

    def _set_aside(self, writing: Writing, facts: Facts, bags: Iterable[str]) -> None:
        bags = list(bags)
        withdrawn = frozenset(filter(self._is_withdrawn, bags))
        commit = Commit(self.archive, writing, facts, withdrawn)
        for bag, outcome in commit.run(lambda intent: self._staged(intent, facts, bags)).items():
            self.unreadable += outcome is BagOutcome.UNREADABLE
            self.damaged += outcome not in {BagOutcome.INTACT, BagOutcome.UNREADABLE}
            change = "UPDATE tidied SET row = json_set(row, '$.outcome', ?) WHERE bag = ?"
            self.plan.db.execute(change, (outcome.value, bag))

    def _staged(self, intent: Intent, facts: Facts, bags: Iterable[str]) -> Iterator[StagedRepair]:
        for bag in bags:
            promise, withdrawn = self._promise(bag), self._is_withdrawn(bag)
            if promise is None:  # disposed of meanwhile
                continue
            root = self.archive.root
            reading, found = bag_litter.look(root, promise, withdrawn=withdrawn)
            aside, found = bag_litter.displaced(root, promise, reading, found, withdrawn=withdrawn)
            if found.litter or found.left:
                self._keep(bag, found)
            if not aside:
                continue
            record = RepairRecord(
                bag=bag,
                run=facts.run,
                time=facts.time,
                entry=promise.entry,
                whole=False,
                set_aside=aside,
                restored=(),
            )
            staging = Staged(intent.folder, bag)
            staging.close()
            staging.seal(record)
            yield StagedRepair(promise=promise, record=record)

    def _facts(self) -> Facts:
        now = self.surroundings.now()
        person = person_agent(self.archive.settings, self.agent)
        return Facts(
            run=uuid7(now, self.surroundings.random(RANDOM_BYTES)),
            time=entries.timestamp(now),
            agents=(person.id, software_agent().id),
            note=note_text(person, reason=_REASON),
        )


def _is_about_litter(finding: dict[str, Any]) -> bool:
    """Whether a bag's finding is of litter, or of something else that bears a name of it."""
    parts = str(finding["place"]).split("/") if finding["code"] in _NO_FILE else ()
    return finding["code"] == _FIXITY or any(map(litter, parts))
