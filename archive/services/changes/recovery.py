"""What a dead writer left of a change to what is held: finished where the ledger has it, else taken back."""

from archive.core.errors import ConflictError
from archive.core.ledger.change_entries import CHANGES
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import parse_entry
from archive.services.catalog.derived_files import publish_derived
from archive.services.catalog.index_state import build_index, current_index
from archive.services.changes.destruction import destroy_all
from archive.services.opened import OpenedArchive
from archive.storage.bags.bag_revision import settle_modes, take_back
from archive.storage.bags.held_bag import HeldBag
from archive.storage.bags.set_aside import set_aside
from archive.storage.intents import DESCRIBE, DISPOSE, WITHDRAW, IntendedBag, Intent


def finish(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint) -> None:
    """Makes what the intent names as the ledger has it; the caller has made sure that it is the same ledger.

    Raises ConflictError for an intent that a newer program left, StorageError where storage fails.
    """
    if intent.command not in (DESCRIBE, WITHDRAW, DISPOSE):
        raise ConflictError(
            f"staging/{intent.run}: an unfinished {intent.command} is left by a newer program",
            remedy="finish it with that program: any of its writing commands does",
        )
    if _is_committed(archive, intent, checkpoint):
        _finish(archive, intent, checkpoint)
    elif intent.command == DESCRIBE:
        for intended in intent.bags():
            take_back(archive.root, intent.folder, intended)


def _finish(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint) -> None:
    if intent.command == DESCRIBE:
        for intended in intent.bags():
            _settle(archive, intended)
    elif intent.command == WITHDRAW:
        set_aside(archive.root, [intended.bag for intended in intent.bags()])
    else:
        destroy_all(archive, intent)
        build_index(archive, checkpoint)
    with current_index(archive, checkpoint) as index:
        publish_derived(archive, index)


def _is_committed(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint) -> bool:
    """True where the ledger has the entries of the run: there is one commit for all of them."""
    for raw in archive.ledger.entries(intent.size, checkpoint.size):
        if intent.run.encode() in raw:
            entry = parse_entry(raw)
            if entry.run == intent.run and entry.type in CHANGES:
                return True
    return False


def _settle(archive: OpenedArchive, intended: IntendedBag) -> None:
    try:
        held = HeldBag(archive.root, intended.bag)
    except OSError:  # damage is for an audit to say
        return
    with held:
        settle_modes(held)
