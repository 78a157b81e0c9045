"""A batch of damaged bags: good bytes for each of them staged whole, then one commit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from archive.core.outcomes import BagOutcome
from archive.core.repair_record import RepairRecord, Restored
from archive.services.opened import OpenedArchive
from archive.services.repair.bag_at_hand import BagAtHand
from archive.services.repair.committing import Commit, Facts, StagedRepair
from archive.services.repair.diagnosis import Diagnosis, Wanted
from archive.services.repair.modified_times import RecordedTimes
from archive.services.repair.proposal import (
    BagProposal,
    FileProposal,
    RepairState,
    chosen_of,
    proposal_of,
)
from archive.services.writing import Writing
from archive.storage import intents
from archive.storage.bags.bag_restoration import Staged
from archive.storage.intents import Intent

# By what reading the whole bag gave after the repair.
_STATES: Final = {BagOutcome.INTACT: RepairState.REPAIRED, BagOutcome.UNREADABLE: RepairState.UNREADABLE}


@dataclass(slots=True)
class Batch:
    """One commit of a repair, under the writer's lock; `rows` are what became of each bag."""

    archive: OpenedArchive
    writing: Writing
    facts: Facts
    unreadable: bool
    rows: list[BagProposal] = field(default_factory=list)

    def run(self, bags: Iterable[BagAtHand]) -> None:
        """Repairs the bags, all of them in one commit; what had to be left is in the rows.

        Raises as `Commit.run` does.
        """
        commit = Commit(self.archive, self.writing, self.facts)
        outcomes = commit.run(lambda intent: self._stage(intent, bags))
        self.rows = [_done(row, outcomes.get(row.bag)) for row in self.rows]

    def _stage(self, intent: Intent, bags: Iterable[BagAtHand]) -> Iterator[StagedRepair]:
        for at_hand in bags:
            chosen = chosen_of(at_hand.diagnosis, unreadable=self.unreadable)
            row = self._stage_files(intent, at_hand, chosen)
            self.rows.append(row)
            if row.state not in {RepairState.REPAIRABLE, RepairState.PARTLY}:
                intents.remove_tree(intent.folder / at_hand.promise.bag)
                continue
            record = RepairRecord(
                bag=row.bag,
                run=self.facts.run,
                time=self.facts.time,
                entry=row.entry,
                whole=row.whole,
                set_aside=row.set_aside,
                restored=tuple(_restored(one) for one in row.files if one.place is not None),
            )
            staging = Staged(intent.folder, row.bag)
            staging.close()
            staging.seal(record)
            yield StagedRepair(promise=at_hand.promise, record=record)

    def _stage_files(self, intent: Intent, at_hand: BagAtHand, chosen: Diagnosis) -> BagProposal:
        staging = Staged(intent.folder, at_hand.promise.bag)
        times = RecordedTimes(at_hand)
        try:
            files = [_staged(staging, at_hand, wanted, times) for wanted in chosen.wanted]
        finally:
            staging.close()
        return proposal_of(at_hand, chosen, files)


def _staged(staging: Staged, at_hand: BagAtHand, wanted: Wanted, times: RecordedTimes) -> FileProposal:
    for offer in at_hand.offers(wanted.path, wanted.sha512):
        if staging.write(wanted.path, offer.blocks(), wanted.sha512, modified=times.of(wanted.path)):
            return FileProposal(wanted=wanted, place=offer.place, source=offer.source)
    return FileProposal(wanted=wanted)


def _restored(one: FileProposal) -> Restored:
    return Restored(
        path=one.wanted.path,
        sha512=one.wanted.sha512,
        before=one.wanted.before,
        place=one.place or "",
        source=one.source or "",
    )


def _done(row: BagProposal, outcome: BagOutcome | None) -> BagProposal:
    return row if outcome is None else replace(row, state=_STATES.get(outcome, RepairState.PARTLY))
