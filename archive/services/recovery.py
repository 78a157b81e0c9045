"""What a dead writer left: finished where the ledger holds it, swept where it does not, nothing else touched.

Only the holder of the writer's lock calls this. It first makes sure that the ledger extends the one that the
intent began from; else it touches nothing.
"""

import os
import re
from pathlib import Path

from archive.core.errors import EvidenceError
from archive.core.ids import is_uuid7
from archive.core.ledger.checkpoint import Checkpoint
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage import intents
from archive.storage.audits.results import is_begun
from archive.storage.disk.durable import remove, storage_error
from archive.storage.intents import Intent
from archive.storage.keys import key_intents
from archive.storage.keys.signing_key import Key
from archive.storage.keys.signing_lock import signing_alone

# What `replace_file` and `replace_streamed` call the file that is about to take another one's place.
_TEMPORARY = re.compile(
    r"\.(?:archive\.toml|catalog\.json|catalog\.sqlite|holdings\.csv|README\.html"
    r"|last\.json|pending\.json|key\.pem|key\.vkey|[0-9a-f-]{36}\.json)"
    r"\.[0-9a-f]{16}\.tmp"
)


def recover(
    archive: OpenedArchive,
    key: Key,
    checkpoint: Checkpoint,
    agents: tuple[str, ...],
    surroundings: Surroundings,
) -> Checkpoint:
    """Finishes or undoes every unfinished command; returns the checkpoint to go on from.

    Raises EvidenceError where the ledger does not extend the one that an intent began from, ConflictError
    where another command keeps the key.
    """
    for folder in (str(archive.root), str(archive.layout.runs)):
        _clear_temporaries(folder)
    with signing_alone([key.folder]):  # this archive's lock says nothing of its copies, which share the key
        _clear_temporaries(key.folder)
    _clear_unbegun_audits(archive)
    for left in intents.unfinished(archive.layout.staging):
        if isinstance(left, Path):
            if is_uuid7(left.name):  # killed before its intent was whole: nothing of it was published
                intents.remove_tree(left)
            continue
        _refuse_foreign_ledger(archive, left, checkpoint)
        if left.command in {key_intents.ROTATE, key_intents.REPLACE}:
            intents.end(left)  # settled before the writer had its key: services/signing/unfinished.py
            continue
        # few writers need any of these
        if left.command == intents.REPAIR:
            from archive.services.repair import recovery as repairs

            checkpoint = repairs.finish(archive, left, checkpoint, key)
            intents.end(left)
            continue
        if left.command == intents.INGEST:
            from archive.services.ingest import recovery as ingests

            checkpoint = ingests.finish(archive, left, checkpoint, key, agents, surroundings)
        else:
            from archive.services.changes import recovery as changes

            changes.finish(archive, left, checkpoint)
        intents.end(left)
    return checkpoint


def _clear_temporaries(folder: str) -> None:
    """Removes what a killed writer was about to rename; the folder's lock says that no writer is at work."""
    try:
        names = os.listdir(folder)
    except OSError as trouble:
        raise storage_error(trouble, folder, "list the folder") from trouble
    for name in names:
        if _TEMPORARY.fullmatch(name):
            remove(os.path.join(folder, name))


def _clear_unbegun_audits(archive: OpenedArchive) -> None:
    """Removes the folders of audits that were killed before their plan: they are made under the lock."""
    audits = archive.layout.audits
    try:
        names = os.listdir(audits)
    except FileNotFoundError:
        return
    except OSError as trouble:
        raise storage_error(trouble, str(audits), "list the folder") from trouble
    for name in names:
        if is_uuid7(name) and not is_begun(audits / name):
            intents.remove_tree(audits / name)


def _refuse_foreign_ledger(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint) -> None:
    if checkpoint.size < intent.size or not archive.ledger.extends(intent.size, bytes.fromhex(intent.root)):
        raise EvidenceError(
            f"staging/{intent.run}: the ledger does not extend the one that this unfinished {intent.command}"
            " began from; nothing was touched",
            remedy="this is an older or an altered ledger: archive ledger verify",
        )
