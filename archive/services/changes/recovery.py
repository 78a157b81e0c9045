"""What a dead writer left of a change to what is held: finished where the ledger has it, else taken back."""

from typing import Final

from archive.core.errors import ConflictError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import EntryType, parse_entry
from archive.services.catalog.derived_files import publish_derived
from archive.services.catalog.own_index import build_index, current_index
from archive.services.changes.destruction import destroy_all
from archive.services.opened import OpenedArchive
from archive.storage.bags.bag_revision import settle_modes, take_back
from archive.storage.bags.held_bag import HeldBag
from archive.storage.bags.set_aside import set_aside
from archive.storage.intents import DESCRIBE, DISPOSE, WITHDRAW, Intent

# What the ledger has of a change once it is committed.
_ENTERED: Final = {
    DESCRIBE: EntryType.DESCRIPTION_CHANGED,
    WITHDRAW: EntryType.WITHDRAWAL,
    DISPOSE: EntryType.DISPOSAL,
}


def finish(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint) -> None:
    """Makes what the intent names as the ledger has it; the caller has made sure that it is the same ledger.

    An intent is no evidence: a bag of which the ledger does not say the same is left as it is. Raises
    ConflictError for an intent that a newer program left, StorageError where storage fails.
    """
    if intent.command not in _ENTERED:
        raise ConflictError(
            f"staging/{intent.run}: an unfinished {intent.command} is left by a newer program",
            remedy="finish it with that program: any of its writing commands does",
        )
    entered = _entered(archive, intent, checkpoint)
    if entered:
        _finish(archive, intent, checkpoint, entered)
    elif intent.command == DESCRIBE:
        _take_back(archive, intent, checkpoint)


def _finish(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint, entered: set[str]) -> None:
    bags = list(dict.fromkeys(each.bag for each in intent.bags() if each.bag in entered))
    if intent.command == DESCRIBE:
        for bag in bags:
            _settle(archive, bag)
    elif intent.command == WITHDRAW:
        set_aside(archive.root, bags)
    else:
        destroy_all(archive, intent, bags)
        build_index(archive, checkpoint)
    with current_index(archive, checkpoint) as index:
        publish_derived(archive, index)


def _entered(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint) -> set[str]:
    """The bags whose change the ledger has from this run; there is one commit for all of them."""
    entered = set()
    for raw in archive.ledger.entries(intent.size, checkpoint.size):
        if intent.run.encode() in raw:
            entry = parse_entry(raw)
            is_ours = entry.run == intent.run and entry.type == _ENTERED[intent.command]
            if is_ours and entry.bag is not None:
                entered.add(entry.bag)
    return entered


def _take_back(archive: OpenedArchive, intent: Intent, checkpoint: Checkpoint) -> None:
    """Takes back descriptions that never came into force."""
    held = archive.layout.bag  # a list may name bags without end, and none that is not there is taken back
    intended = {each.bag: each for each in intent.bags() if held(each.bag).is_dir()}
    in_force: dict[str, object] = {}
    for raw in archive.ledger.entries(0, checkpoint.size) if intended else ():
        entry = parse_entry(raw)
        bag, digest = entry.bag, entry.get("tagmanifest")
        if bag is not None and bag in intended and digest is not None:
            in_force[bag] = digest
    for bag, each in intended.items():
        if each.previous is not None and in_force.get(bag) == each.previous:
            take_back(archive.root, intent.folder, each)


def _settle(archive: OpenedArchive, bag: str) -> None:
    try:
        held = HeldBag(archive.root, bag)
    except OSError:  # damage is for an audit to say
        return
    with held:
        settle_modes(held)
