"""A repair that was killed: what it had announced is done to its end, whatever it had not was never moved."""

from archive.core.errors import ConflictError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import EntryType, parse_entry
from archive.core.repair_record import RepairRecord
from archive.services.catalog.derived_files import publish_derived
from archive.services.catalog.own_index import current_index
from archive.services.opened import OpenedArchive
from archive.services.repair import own_event, own_litter
from archive.services.repair.committing import entry_of, put_right, read_facts, verified
from archive.services.repair.shown_needed import require_needed
from archive.storage import own_repair_list
from archive.storage.audits.plan import AuditPlan
from archive.storage.bags.bag_restoration import staged_record
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.intents import Intent
from archive.storage.keys.signing_key import Key


def finish(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint, key: Key) -> Checkpoint:
    """Completes what the intent announced and commits what the ledger does not have yet.

    Returns the checkpoint to go on from. The caller has made sure that the ledger extends the one that the
    intent began from. Raises ConflictError where what was staged is not there, StorageError where storage
    fails.
    """
    if own_repair_list.is_begun(intent.folder):
        return own_event.finish(archive, intent, checkpoint, key)
    bags = [intended.bag for intended in intent.bags()]
    if not bags:
        return own_litter.finish(archive, intent, checkpoint, key)
    try:
        facts = read_facts(intent)
        records = [_record(archive, intent, bag) for bag in bags]
    except (OSError, ValueError) as trouble:
        raise _refusal(intent, trouble) from trouble
    committed = _committed(archive, intent, checkpoint)
    with FileSystemSync(str(archive.root)) as sync, AuditPlan() as plan:
        _fill(archive, plan, checkpoint, set(bags))
        withdrawn = {bag for bag in bags if plan.state(bag) == "withdrawn"}
        _require_needed(archive, intent, records, plan, withdrawn)
        digests = put_right(archive.root, intent, records, sync, withdrawn)
        waiting = []
        for record, digest in zip(records, digests, strict=True):
            promise = plan.expectation(record.bag)
            if record.bag not in committed and promise is not None:
                outcome = verified(archive.root, promise, withdrawn=record.bag in withdrawn)
                waiting.append(entry_of(record, digest, outcome, facts))
        if waiting:
            checkpoint = archive.ledger.append(waiting, key.signer, key.last_signed, sync=sync.sync)
    with current_index(archive, checkpoint) as index:
        publish_derived(archive, index)
    return checkpoint


def _refusal(intent: Intent, trouble: Exception) -> ConflictError:
    return ConflictError(
        f"staging/{intent.run}: an unfinished repair cannot be taken up: {trouble}",
        remedy="audit the bags that it names, then move the folder out of staging",
    )


def _require_needed(
    archive: OpenedArchive, intent: Intent, records: list[RepairRecord], plan: AuditPlan, withdrawn: set[str]
) -> None:
    """ConflictError where a bag needs nothing of what its record says; before anything moves.

    Raises StorageError or OSError where storage does not answer.
    """
    try:
        for record in records:
            promise, is_withdrawn = plan.expectation(record.bag), record.bag in withdrawn
            require_needed(archive.root, intent.folder, record, promise, withdrawn=is_withdrawn)
    except ValueError as trouble:
        raise _refusal(intent, trouble) from trouble


def _record(archive: OpenedArchive, intent: Intent, bag: str) -> RepairRecord:
    """What is to be done to a bag; ValueError where the record speaks of another bag or run."""
    record = RepairRecord.parse(staged_record(intent.folder, archive.root, bag, intent.run))
    if (record.bag, record.run) != (bag, intent.run):
        raise ValueError("the record is of another repair")
    return record


def _committed(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint) -> set[str]:
    """The bags of which the ledger has the repair already."""
    found: set[str] = set()
    for raw in archive.ledger.entries(intent.size, checkpoint.size):
        if intent.run.encode() in raw:
            entry = parse_entry(raw)
            if entry.run == intent.run and entry.type == EntryType.REPAIRED and entry.bag is not None:
                found.add(entry.bag)
    return found


def _fill(archive: OpenedArchive, plan: AuditPlan, checkpoint: Checkpoint, bags: set[str]) -> None:
    """What the ledger promises of these bags."""
    for number, raw in enumerate(archive.ledger.entries(0, checkpoint.size)):
        if any(bag.encode() in raw for bag in bags):
            plan.take_entry(number, parse_entry(raw))
            plan.flush()
