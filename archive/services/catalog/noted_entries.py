"""The ledger's last entry of a kind, found by what the index notes of it and never believed for that.

Anybody who can write to the disk can edit the index. So it notes the number of an entry only, and what the
entry says is read in the ledger.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from archive.core.errors import EvidenceError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import Entry, EntryType, parse_entry
from archive.core.ledger.merkle import leaf_hash, verify_inclusion
from archive.core.ledger.tiles import TILE_WIDTH
from archive.services.opened import OpenedArchive
from archive.storage.index import Index

# Under which name the index notes the number of the last entry of a kind.
NOTED: Final = {
    EntryType.SETTINGS_CHANGED: "settings entry",
    EntryType.SOFTWARE_CHANGED: "software entry",
}


class Numbered(NamedTuple):
    """An entry and its index in the ledger."""

    number: int
    entry: Entry


def note_entry(index: Index, kind: EntryType, number: int) -> None:
    """Has the index note the last entry of a kind."""
    index.note(NOTED[kind], str(number))


def noted_entry(archive: OpenedArchive, index: Index, size: int, kind: EntryType) -> Numbered | None:
    """The entry that the index notes as the last of its kind; None where the ledger, of that size, has no
    such entry there."""
    text = index.meta(NOTED[kind]) or ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else size
    if number >= size:
        return None
    found = Numbered(number, parse_entry(archive.ledger.entry(number)))
    return found if found.entry.type == kind else None


def latest_entries(archive: OpenedArchive, size: int, kind: EntryType) -> Iterator[Numbered]:
    """Every entry of a kind among the first `size` of the ledger, the last one first."""
    mark = f'"type":"{kind}"'.encode()  # entries are canonical JSON
    for first in range((size - 1) // TILE_WIDTH * TILE_WIDTH, -1, -TILE_WIDTH):
        bundle = list(archive.ledger.entries(first, min(first + TILE_WIDTH, size)))
        for place in range(len(bundle) - 1, -1, -1):
            if mark in bundle[place] and (entry := parse_entry(bundle[place])).type == kind:
                yield Numbered(first + place, entry)


def require_signed(archive: OpenedArchive, checkpoint: Checkpoint, number: int) -> None:
    """EvidenceError where the entry at that index is not the one that the checkpoint vouches for."""
    leaf = leaf_hash(archive.ledger.entry(number))
    proof = archive.ledger.prove_inclusion(number, checkpoint.size)
    if not verify_inclusion(number, checkpoint.size, leaf, proof, checkpoint.root):
        raise EvidenceError(
            f"entry {number} of the ledger is not what was signed",
            remedy="run `archive ledger verify`; archive repair --ledger puts it back from a copy",
        )
