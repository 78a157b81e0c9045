"""The event of a repair of the archive's own files: kept in staging until it can be entered in the ledger.

What is put back needs no key, and is put back before the ledger holds. So the run leaves an intent before its
first file; whoever writes next, with the key, enters the event and makes anew what is derived.
"""

import contextlib
import json
import os
from collections.abc import Sequence
from typing import Any

from archive.core.canonical import readable
from archive.core.errors import ArchiveError, ConflictError, StorageError
from archive.core.findings import Finding, warning
from archive.core.ids import is_uuid7
from archive.core.ledger import entries
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.core.ledger.repair_entries import repaired
from archive.core.outcomes import BagOutcome, FileOutcome
from archive.core.repair_record import VERSION, exact
from archive.core.text import lossless
from archive.services.catalog.rebuilding import rebuild
from archive.services.changes.notes import note_text
from archive.services.evidence.verification import verify_ledger
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.repair.committing import FACTS, Facts, read_facts, sha512_of
from archive.services.repair.own_litter import is_committed
from archive.services.repair.request import RepairRequest
from archive.services.surroundings import Surroundings
from archive.storage import intents, own_file_restoration, own_repair_list
from archive.storage.disk.durable import sync_file
from archive.storage.intents import Intent
from archive.storage.keys.signing_key import Key
from archive.storage.layout import own_damaged_path
from archive.storage.own_files_set_aside import files_set_aside

_REMEDY = (
    "give archive repair --ledger again with the signing key at hand: it is entered then, as it is by any"
    " command that writes"
)


def facts_of(archive: OpenedArchive, request: RepairRequest, surroundings: Surroundings, run: str) -> Facts:
    """What the entry of a run says beside its record."""
    person = person_agent(archive.settings, request.agent)
    return Facts(
        run=run,
        time=entries.timestamp(surroundings.now()),
        agents=(person.id, software_agent().id),
        note=note_text(person, reason=request.reason),
    )


def begin(archive: OpenedArchive, facts: Facts, proven: Checkpoint) -> Intent:
    """Leaves the intent of a run that puts back files of a proven ledger; durable on return.

    The caller holds the writer's lock. StorageError where it cannot be written.
    """
    intent = intents.begin(
        archive.layout.staging,
        run=facts.run,
        command=intents.REPAIR,
        started=facts.time,
        size=proven.size,
        root=proven.root.hex(),
    )
    try:
        with contextlib.suppress(ArchiveError):  # notes/ is damaged: the event is entered without a note
            facts.keep_note(archive)
        facts.write(intent)
        read_facts(intent)
        sync_file(str(intent.folder / FACTS))
        own_repair_list.begin(intent.folder)
    except ValueError as trouble:
        intents.end(intent)
        raise StorageError(f"staging/{intent.run}: {trouble}", remedy="check the disk") from trouble
    except BaseException:
        intents.end(intent)  # nothing was put back yet
        raise
    return intent


def waiting(archive: OpenedArchive) -> tuple[str, ...]:
    """The runs that the ledger has still to be told of. Raises OSError where staging cannot be listed."""
    staging = archive.layout.staging
    try:
        names = sorted(os.listdir(staging))
    except FileNotFoundError:
        return ()
    return tuple(name for name in names if is_uuid7(name) and own_repair_list.is_begun(staging / name))


def not_recorded(run: str, reason: str) -> Finding:
    """That files were put back by a run, and the ledger does not say so yet."""
    message = f"what this repair put back is not in the ledger yet: {reason}"
    return warning("REPAIR-NOT-RECORDED", own_damaged_path(run), message, remedy=_REMEDY)


def finish(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint, key: Key) -> Checkpoint:
    """Enters the event of a run that waits, if it put anything back, and makes anew what is derived.

    Returns the checkpoint to go on from. May be begun again after a crash at any point. Raises StorageError
    where storage fails, ConflictError where something stands in the way of quarantine, or what staging has
    of the run cannot be read.
    """
    root, run = archive.root, intent.run
    own_file_restoration.remove_empty_folders(root, run)
    data = own_file_restoration.kept_record(root, run)
    rows = record_rows(data, run)
    if rows is None or data is None:
        rows = _rows_of_killed(archive, run)
        if not rows:
            return checkpoint
        data = keep_record(archive, run, rows)
    if not is_committed(archive, intent, checkpoint):
        try:
            facts = read_facts(intent)
        except (OSError, ValueError) as trouble:
            raise ConflictError(
                f"staging/{run}: the event of a repair cannot be taken up: {trouble}",
                remedy="move the folder out of staging, then archive repair --ledger",
            ) from trouble
        holds = verify_ledger(archive).outcome is LedgerOutcome.PROVEN
        entry = entry_of(rows, data, facts, holds=holds)
        checkpoint = archive.ledger.append([entry], key.signer, key.last_signed)
    rebuild(archive, checkpoint)
    return checkpoint


def keep_record(archive: OpenedArchive, run: str, rows: Sequence[dict[str, Any]]) -> bytes:
    """Writes the record of a run beside what it set aside, and returns it."""
    data = readable({"version": VERSION, "run": run, "files": list(rows)})
    own_file_restoration.keep_record(archive.root, run, data)
    return data


def entry_of(rows: Sequence[dict[str, Any]], record: bytes, facts: Facts, *, holds: bool) -> bytes:
    """The entry of a run: of a row without a place nobody knows more than that it was set aside.

    Of a row that expects nothing (null) that is all that there is to know.
    """
    done = [row for row in rows if row.get("place", "") is not None]
    is_whole = holds and len(done) == len(rows)
    return repaired(
        time=facts.time,
        agents=facts.agents,
        bag=None,
        run=facts.run,
        outcome=(BagOutcome.INTACT if is_whole else BagOutcome.DAMAGED).value,
        restored=sum(row.get("expected", "") is not None for row in done),
        moved=sum(row["outcome"] != FileOutcome.MISSING for row in done),
        record=sha512_of(record),
        notes=facts.notes,
    )


def record_rows(record: bytes | None, run: str) -> list[dict[str, Any]] | None:
    """What the record of a run says of each file; None where it is not the record of that run."""
    try:
        document = json.loads(record or b"")
        rows: list[dict[str, Any]] = document["files"]
        is_record = document["version"] == VERSION and document["run"] == run and readable(document) == record
        return rows if is_record and all({"path", "outcome"} <= row.keys() for row in rows) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def rows_set_aside(archive: OpenedArchive, run: str) -> list[dict[str, Any]]:
    """What lies in quarantine of a run: of one that was killed that may be all that is known."""
    paths = files_set_aside(archive.root, run)
    return [{"path": lossless(path), "outcome": FileOutcome.ALTERED.value} for path in paths]


def _rows_of_killed(archive: OpenedArchive, run: str) -> list[dict[str, Any]]:
    rows = own_file_restoration.rows_put_back(archive.root, run)
    known = {exact(row["path"]) for row in rows}
    for row in rows_set_aside(archive, run):
        path = exact(row["path"])
        if not any(path == one or path.startswith(f"{one}/") for one in known):
            rows.append(row)
    return rows
