"""A change of keys that was cut off: finished where the ledger holds it, before a writer needs its key."""

from typing import NamedTuple

from archive.core.errors import EvidenceError
from archive.core.ledger.entries import parse_entry
from archive.core.ledger.key_chain import KEY_TYPES
from archive.services.opened import OpenedArchive
from archive.storage import settings as settings_file
from archive.storage.disk.durable import replace_file
from archive.storage.intents import Intent
from archive.storage.keys import key_intents


class FinishedChange(NamedTuple):
    """A change of keys that the ledger holds: both verifier keys, and the index of its entry."""

    command: str
    before: str
    key: str
    entry: int


def is_left(archive: OpenedArchive) -> bool:
    """True where a change of keys is under way, or was cut off."""
    return next(key_intents.unfinished_changes(archive.layout.staging), None) is not None


def finish(archive: OpenedArchive) -> FinishedChange | None:
    """Writes archive.toml where the ledger already names the new key; what was finished, or None.

    The caller holds the writer's lock. The intent stays for the recovery that follows. Raises EvidenceError
    where the ledger does not extend the one that the change began from.
    """
    done = None
    for left in key_intents.unfinished_changes(archive.layout.staging):
        committed = _committed(archive, left)
        if committed is not None:
            put_key(archive, committed.key)
            done = committed
    return done


def put_key(archive: OpenedArchive, key: str) -> None:
    """Writes the key into archive.toml, everything else of which stays, and reads it again."""
    path = archive.layout.settings
    present = settings_file.read_bytes(path)
    if settings_file.parse(present, path.name).key != key:
        replace_file(str(path), settings_file.with_key(present, key))
    archive.refresh()


def _committed(archive: OpenedArchive, intent: Intent) -> FinishedChange | None:
    """What the ledger holds of this change; None where it was not committed."""
    checkpoint = archive.checkpoint()
    if checkpoint.size < intent.size or not archive.ledger.extends(intent.size, bytes.fromhex(intent.root)):
        raise EvidenceError(
            f"staging/{intent.run}: the ledger does not extend the one that this unfinished {intent.command}"
            " began from; nothing was touched",
            remedy="this is an older or an altered ledger: archive ledger verify",
        )
    for index, raw in enumerate(archive.ledger.entries(intent.size, checkpoint.size), intent.size):
        entry = parse_entry(raw)
        if entry.type in KEY_TYPES and entry.run == intent.run:
            return FinishedChange(intent.command, str(entry.get("previous")), str(entry.get("key")), index)
    return None
