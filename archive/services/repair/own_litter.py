"""Litter beside the bags set aside: announced, moved by renames, entered in the ledger, one commit.

It is entered as a repair of the archive's own files in which nothing was put back: audits watch over what was
set aside, and over the record of it, as over that of any repair.
"""

from collections.abc import Sequence

from archive.core.errors import ConflictError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import EntryType, parse_entry
from archive.core.ledger.repair_entries import repaired
from archive.core.litter_record import litter_record, parse_litter_record
from archive.core.outcomes import BagOutcome
from archive.core.repair_record import Displaced
from archive.services.catalog.derived_files import publish_derived
from archive.services.catalog.own_index import current_index
from archive.services.opened import OpenedArchive
from archive.services.repair.committing import Facts, begin, read_facts, sha512_of
from archive.services.writing import Writing
from archive.storage import intents, litter_set_aside
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.staged_tree import files_below, folders_below
from archive.storage.intents import Intent
from archive.storage.keys.signing_key import Key


def set_aside(archive: OpenedArchive, writing: Writing, facts: Facts, files: Sequence[Displaced]) -> None:
    """Moves the files and folders to quarantine, and enters that in the ledger.

    The caller has verified the ledger. Raises StorageError where our own disk refuses: before anything was
    moved nothing has changed, after it the next writing command completes what was begun.
    """
    data = litter_record(facts.run, files)
    with FileSystemSync(str(archive.root)) as sync:
        intent = begin(archive, writing, facts)
        try:
            litter_set_aside.require_place(archive.root, (one.path for one in files))
            litter_set_aside.stage_record(intent.folder, data)
            facts.keep(archive, intent)
            sync.sync(files_below(intent.folder), folders_below(intent.folder))
            # An empty list of bags: from here on a recovery carries out the record.
            sync.sync((intents.announce(intent, 1, ()),), (str(intent.folder),))
        except BaseException:
            intents.end(intent)  # nothing is moved yet
            raise
        _move(archive, intent, files, sync)
        entry = _entry(facts, data, len(files))
        writing.checkpoint = archive.ledger.append(
            [entry], writing.key.signer, writing.key.last_signed, sync=sync.sync
        )
        writing.follow()
        intents.end(intent)


def finish(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint, key: Key) -> Checkpoint:
    """Completes what a killed run had announced; what it had not was never moved.

    Returns the checkpoint to go on from. Raises ConflictError where what was staged cannot be read,
    StorageError where storage fails.
    """
    if not intents.is_announced(intent):
        return checkpoint
    data = litter_set_aside.record_of(intent.folder, archive.root, intent.run)
    if data is None:  # the list of bags of another repair, torn before anything was moved
        return checkpoint
    try:
        files, facts = parse_litter_record(data), read_facts(intent)
    except (OSError, ValueError) as trouble:
        raise ConflictError(
            f"staging/{intent.run}: litter that was being set aside cannot be taken up: {trouble}",
            remedy="move the folder out of staging, then archive tidy",
        ) from trouble
    with FileSystemSync(str(archive.root)) as sync:
        _move(archive, intent, files, sync)
        if not is_committed(archive, intent, checkpoint):
            entry = _entry(facts, data, len(files))
            checkpoint = archive.ledger.append([entry], key.signer, key.last_signed, sync=sync.sync)
    with current_index(archive, checkpoint) as index:
        publish_derived(archive, index)
    return checkpoint


def _move(archive: OpenedArchive, intent: Intent, files: Sequence[Displaced], sync: FileSystemSync) -> None:
    touched = litter_set_aside.set_aside(archive.root, intent.run, (one.path for one in files))
    sync.sync((), touched)
    sync.sync((), (litter_set_aside.keep_record(archive.root, intent.run, intent.folder),))


def _entry(facts: Facts, record: bytes, moved: int) -> bytes:
    return repaired(
        time=facts.time,
        agents=facts.agents,
        bag=None,
        run=facts.run,
        outcome=BagOutcome.INTACT.value,  # of the ledger: nothing is set aside before it was verified
        restored=0,
        moved=moved,
        record=sha512_of(record),
        notes=facts.notes,
    )


def is_committed(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint) -> bool:
    """True where the ledger has the event of a run that was about the archive's own files."""
    for raw in archive.ledger.entries(intent.size, checkpoint.size):
        if intent.run.encode() in raw:
            entry = parse_entry(raw)
            if entry.run == intent.run and entry.type == EntryType.REPAIRED and entry.bag is None:
                return True
    return False
