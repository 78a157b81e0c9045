"""One commit of bags put right: announced, moved by renames, read in full again, entered in the ledger."""

import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.core.canonical import readable
from archive.core.expectation import Expectation
from archive.core.ledger.commitments import is_commitment
from archive.core.ledger.entries import is_entry_time
from archive.core.ledger.repair_entries import repaired
from archive.core.limits.archives import REPAIR_RECORD_BYTES
from archive.core.outcomes import BagOutcome
from archive.core.repair_record import RepairRecord
from archive.services.audit.bag import audit_bag, unreached_bag
from archive.services.opened import SOFTWARE_ID, OpenedArchive
from archive.services.writing import Writing
from archive.storage import intents
from archive.storage.bags import bag_restoration
from archive.storage.bags.movable import require_movable
from archive.storage.disk.descriptors import FOLDER
from archive.storage.disk.durable import NotAPlainFileError, read_plain, write_new
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.staged_tree import files_below, folders_below
from archive.storage.intents import IntendedBag, Intent
from archive.storage.layout import Layout, shard
from archive.storage.ledger.notes import Notes

FACTS: Final = "repair.json"  # in the intent's folder: what the entries of the batch say beside the records

_AGENT: Final = re.compile(f"agent-[0-9a-f]{{16}}|{SOFTWARE_ID}")


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

    def keep(self, archive: OpenedArchive, intent: Intent) -> None:
        """Writes the note, and into the intent's folder what a recovery has to know."""
        self.keep_note(archive)
        self.write(intent)

    def write(self, intent: Intent) -> None:
        """The same without the note."""
        facts = {"time": self.time, "agents": list(self.agents), "notes": list(self.notes)}
        write_new(str(intent.folder / FACTS), readable(facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedRepair:
    """One bag of a batch: the record that is staged with its files, and the bag's promise."""

    promise: Expectation
    record: RepairRecord


@dataclass(slots=True)
class Commit:
    """One commit under the writer's lock; `withdrawn` are the bags that lie in quarantine, not in `bags/`."""

    archive: OpenedArchive
    writing: Writing
    facts: Facts
    withdrawn: Collection[str] = ()

    def run(self, stage: Callable[[Intent], Iterable[StagedRepair]]) -> dict[str, BagOutcome]:
        """Carries out what is staged in the intent's folder; of each bag what reading it in full gave then.

        Raises StorageError where our own disk refuses: before anything was moved nothing has changed, after
        it the next writing command completes what was begun. ConflictError where something stands in the way
        of a folder; then nothing has changed.
        """
        with FileSystemSync(str(self.archive.root)) as sync:
            intent = begin(self.archive, self.writing, self.facts)
            try:
                staged = list(stage(intent))
                if staged:
                    self._announce(intent, staged, sync)
            except BaseException:
                intents.end(intent)  # nothing is moved yet
                raise
            outcomes: dict[str, BagOutcome] = {}
            if staged:
                records = [one.record for one in staged]
                digests = put_right(self.archive.root, intent, records, sync, self.withdrawn)
                outcomes = self._commit(staged, digests, sync)
            intents.end(intent)
        return outcomes

    def _announce(self, intent: Intent, staged: Sequence[StagedRepair], sync: FileSystemSync) -> None:
        for one in staged:
            bag_restoration.require_places(self.archive.root, one.record.bag)
            require_movable(self.archive.root, one.record, withdrawn=one.record.bag in self.withdrawn)
        self.facts.keep(self.archive, intent)
        # What was staged is durable before the list that lets a recovery go on with it.
        sync.sync(files_below(intent.folder), folders_below(intent.folder))
        bags = (IntendedBag(one.record.bag, one.promise.tag_manifest) for one in staged)
        announced = intents.announce(intent, 1, bags)
        sync.sync((announced,), (str(intent.folder),))

    def _commit(
        self, staged: Sequence[StagedRepair], digests: Sequence[str], sync: FileSystemSync
    ) -> dict[str, BagOutcome]:
        root = self.archive.root
        outcomes = {
            one.record.bag: verified(root, one.promise, withdrawn=one.record.bag in self.withdrawn)
            for one in staged
        }
        self.writing.checkpoint = self.archive.ledger.append(
            (
                entry_of(one.record, digest, outcomes[one.record.bag], self.facts)
                for one, digest in zip(staged, digests, strict=True)
            ),
            self.writing.key.signer,
            self.writing.key.last_signed,
            sync=sync.sync,
        )
        self.writing.follow()
        return outcomes


def begin(archive: OpenedArchive, writing: Writing, facts: Facts) -> Intent:
    """The intent of one commit of the run."""
    return intents.begin(
        archive.layout.staging,
        run=facts.run,
        command=intents.REPAIR,
        started=facts.time,
        size=writing.checkpoint.size,
        root=writing.checkpoint.root.hex(),
    )


def put_right(
    root: Path,
    intent: Intent,
    records: Sequence[RepairRecord],
    sync: FileSystemSync,
    withdrawn: Collection[str] = (),
) -> list[str]:
    """Moves what is wrong aside and what is staged into place; the sha512 of each record as it lies there.

    Bags that were `withdrawn` lie in quarantine. May be begun again after a crash at any point. StorageError
    where storage refuses.
    """
    for step in (bag_restoration.set_aside, bag_restoration.put_back, bag_restoration.settle):
        folders = [
            folder
            for record in records
            for folder in step(root, intent.folder, record, withdrawn=record.bag in withdrawn)
        ]
        sync.sync((), sorted(set(folders), reverse=True))
    return [sha512_of(record.to_bytes()) for record in records]


def verified(root: Path, promise: Expectation, *, withdrawn: bool = False) -> BagOutcome:
    """The outcome of reading the whole bag again, as an audit does."""
    layout = Layout(root)
    above = layout.withdrawn if withdrawn else layout.bags
    try:
        descriptor = os.open(above / shard(promise.bag), FOLDER)
    except OSError as trouble:
        return unreached_bag(promise, trouble).outcome
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
    """The facts of an announced batch; ValueError where they cannot be read, or no entry can have them.

    They are about to be signed, and an append-only list forgets nothing: no word of anybody's comes in by
    them, and nothing that would be no entry.
    """
    try:
        document = json.loads(read_plain(str(intent.folder / FACTS), REPAIR_RECORD_BYTES) or b"")
        facts = Facts(
            run=intent.run,
            time=str(document["time"]),
            agents=tuple(map(str, document["agents"])),
            notes=tuple(map(str, document["notes"])),
        )
    except (NotAPlainFileError, KeyError, TypeError, RecursionError) as trouble:
        raise ValueError(f"not the facts of a repair: {trouble}") from trouble
    # a person and a program, and one reason
    are_ids = len(facts.agents) <= 2 and all(map(_AGENT.fullmatch, facts.agents))
    are_notes = len(facts.notes) <= 1 and all(map(is_commitment, facts.notes))
    if not (is_entry_time(facts.time) and are_ids and are_notes):
        raise ValueError("not the facts of a repair: a time, ids of agents and commitments expected")
    return facts


def sha512_of(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha512(data).hexdigest()
