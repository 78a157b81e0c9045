"""A batch of damaged bags put right: staged whole, moved by renames, read in full again, one commit."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from archive.core.canonical import readable
from archive.core.expectation import Expectation
from archive.core.limits.archives import REPAIR_RECORD_BYTES
from archive.core.outcomes import BagOutcome
from archive.core.repair_entries import repaired
from archive.core.repair_record import RepairRecord, Restored
from archive.services.audit.bag import audit_bag
from archive.services.catalog.index_state import bring_up_to_date
from archive.services.opened import OpenedArchive
from archive.services.repair.bag_at_hand import BagAtHand
from archive.services.repair.diagnosis import Diagnosis, Wanted
from archive.services.repair.proposal import (
    BagProposal,
    FileProposal,
    RepairState,
    chosen_of,
    proposal_of,
)
from archive.services.writing import Writing
from archive.storage import bag_restoration, intents
from archive.storage.bag_restoration import Staged
from archive.storage.descriptors import FOLDER
from archive.storage.durable import NotAPlainFileError, read_plain, write_new
from archive.storage.file_system_sync import FileSystemSync
from archive.storage.intents import IntendedBag, Intent
from archive.storage.layout import shard
from archive.storage.notes import Notes
from archive.storage.staged_tree import files_below, folders_below

FACTS: Final = "repair.json"  # in the intent's folder: what the entries of the batch say beside the records


@dataclass(slots=True, kw_only=True)
class Facts:
    """What all entries of a run have in common; `note` is the text behind `notes`, written when needed."""

    run: str
    time: str
    agents: tuple[str, ...]
    note: str = ""
    notes: tuple[str, ...] = ()

    def keep_note(self, archive: OpenedArchive) -> None:
        """Writes the note, once."""
        if not self.notes:
            self.notes = (Notes(str(archive.root)).write(self.note),)


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedRepair:
    """One bag of a batch: the record that is staged with its files, and the bag's promise."""

    promise: Expectation
    record: RepairRecord
    digest: str


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

        Raises StorageError where our own disk refuses: before anything was moved nothing has changed, after
        it the next writing command completes what was begun. ConflictError where something stands in the way
        of a folder; then nothing has changed.
        """
        with FileSystemSync(str(self.archive.root)) as sync:
            intent = intents.begin(
                self.archive.layout.staging,
                run=self.facts.run,
                command=intents.REPAIR,
                started=self.facts.time,
                size=self.writing.checkpoint.size,
                root=self.writing.checkpoint.root.hex(),
            )
            try:
                staged = list(self._stage(intent, bags))
                if staged:
                    self._announce(intent, staged, sync)
            except BaseException:
                intents.end(intent)  # nothing is moved yet
                raise
            if staged:
                outcomes = put_right(self.archive.root, intent, [one.record for one in staged], sync)
                self._commit(staged, outcomes, sync)
            intents.end(intent)

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
            yield StagedRepair(promise=at_hand.promise, record=record, digest=_sha512(staging.seal(record)))

    def _stage_files(self, intent: Intent, at_hand: BagAtHand, chosen: Diagnosis) -> BagProposal:
        staging = Staged(intent.folder, at_hand.promise.bag)
        try:
            files = [_staged(staging, at_hand, wanted) for wanted in chosen.wanted]
        finally:
            staging.close()
        return proposal_of(at_hand, chosen, files)

    def _announce(self, intent: Intent, staged: Sequence[StagedRepair], sync: FileSystemSync) -> None:
        for one in staged:
            bag_restoration.require_places(self.archive.root, one.record.bag)
        self.facts.keep_note(self.archive)
        facts = {"time": self.facts.time, "agents": list(self.facts.agents), "notes": list(self.facts.notes)}
        write_new(str(intent.folder / FACTS), readable(facts))
        # What was staged is durable before the list that lets a recovery go on with it.
        sync.sync(files_below(intent.folder), folders_below(intent.folder))
        bags = (IntendedBag(one.record.bag, one.promise.tag_manifest) for one in staged)
        announced = intents.announce(intent, 1, bags)
        sync.sync((announced,), (str(intent.folder),))

    def _commit(self, staged: Sequence[StagedRepair], records: Sequence[str], sync: FileSystemSync) -> None:
        outcomes = [verified(self.archive.root, one.promise) for one in staged]
        self.writing.checkpoint = self.archive.ledger.append(
            (
                entry_of(one.record, digest, outcome, self.facts)
                for one, digest, outcome in zip(staged, records, outcomes, strict=True)
            ),
            self.writing.key.signer,
            self.writing.key.last_signed,
            sync=sync.sync,
        )
        by_bag = {one.record.bag: outcome for one, outcome in zip(staged, outcomes, strict=True)}
        self.rows = [_done(row, by_bag.get(row.bag)) for row in self.rows]
        bring_up_to_date(self.archive, self.writing.index, self.writing.checkpoint)


def put_right(root: Path, intent: Intent, records: Sequence[RepairRecord], sync: FileSystemSync) -> list[str]:
    """Moves what is wrong aside and what is staged into place; the sha512 of each record as it lies there.

    May be begun again after a crash at any point. StorageError where storage refuses.
    """
    for step in (bag_restoration.set_aside, bag_restoration.put_back, bag_restoration.settle):
        folders = [folder for record in records for folder in step(root, intent.folder, record)]
        sync.sync((), sorted(set(folders), reverse=True))
    return [_sha512(record.to_bytes()) for record in records]


def verified(root: Path, promise: Expectation) -> BagOutcome:
    """The outcome of reading the whole bag again, as an audit does."""
    try:
        descriptor = os.open(root / "bags" / shard(promise.bag), FOLDER)
    except OSError:
        return BagOutcome.MISSING
    try:
        return audit_bag(descriptor, promise.bag, promise).outcome
    finally:
        os.close(descriptor)


def entry_of(record: RepairRecord, digest: str, outcome: BagOutcome, facts: Facts) -> bytes:
    """The entry `repaired` of one bag."""
    only = record.restored[0] if len(record.restored) == 1 else None
    return repaired(
        time=facts.time,
        agents=facts.agents,
        bag=record.bag,
        run=record.run,
        outcome=outcome.value,
        restored=len(record.restored),
        moved=len(record.set_aside),
        record=digest,
        before=only.before if only else None,
        after=only.sha512 if only else None,
        notes=facts.notes,
    )


def read_facts(intent: Intent) -> Facts:
    """The facts of an announced batch; ValueError where they cannot be read."""
    try:
        document = json.loads(read_plain(str(intent.folder / FACTS), REPAIR_RECORD_BYTES) or b"")
        return Facts(
            run=intent.run,
            time=str(document["time"]),
            agents=tuple(map(str, document["agents"])),
            notes=tuple(map(str, document["notes"])),
        )
    except (NotAPlainFileError, KeyError, TypeError, RecursionError) as trouble:
        raise ValueError(f"not the facts of a repair: {trouble}") from trouble


def _staged(staging: Staged, at_hand: BagAtHand, wanted: Wanted) -> FileProposal:
    for offer in at_hand.offers(wanted.path, wanted.sha512):
        if staging.write(wanted.path, offer.blocks(), wanted.sha512):
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
    if outcome is None:
        return row
    return replace(row, state=RepairState.REPAIRED if outcome is BagOutcome.INTACT else RepairState.PARTLY)


def _sha512(data: bytes) -> str:
    return hashlib.sha512(data).hexdigest()
