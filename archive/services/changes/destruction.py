"""What a disposal destroys: bags in quarantine, and the notes that are about them alone."""

import os
from collections.abc import Collection, Iterable, Iterator

from archive.core.errors import ConflictError
from archive.core.ledger.change_entries import DISPOSAL_MARK
from archive.core.ledger.commitments import is_commitment
from archive.core.ledger.entries import Entry, EntryType, parse_entry
from archive.core.text import printable
from archive.services.opened import OpenedArchive
from archive.storage.bags.set_aside import destroy
from archive.storage.disk.durable import refuse_link, remove, storage_error, sync_folder
from archive.storage.disk.kinds import link_lies_at, something_at
from archive.storage.intents import Intent
from archive.storage.ledger.notes import Notes


def destroy_all(archive: OpenedArchive, intent: Intent, bags: Iterable[str]) -> int:
    """Destroys bags whose disposal by the intent's command the ledger has, and the notes of what was disposed
    of; how many notes. May be begun again."""
    removed = 0
    for commitment in sorted(notes_of_disposed(archive)):
        path = Notes(str(archive.root)).path_of(commitment)
        refuse_link(os.path.dirname(path))
        if something_at(path):
            remove(path)
            sync_folder(os.path.dirname(path))
            removed += 1
    destroy(archive.root, intent.folder, bags)
    return removed


def require_own_notes(archive: OpenedArchive, bags: Collection[str]) -> None:
    """Raises ConflictError where a folder of notes, or a note about these bags alone, is a link: no note is
    destroyed behind it."""
    try:
        with os.scandir(archive.layout.notes) as listing:
            linked = sorted(entry.name for entry in listing if entry.is_symlink())
    except FileNotFoundError:
        return
    except OSError as trouble:
        raise storage_error(trouble, str(archive.layout.notes), "list the folder") from trouble
    if linked:
        raise ConflictError(
            f"notes/{printable(linked[0])}: is a link, and what it leads to would stay",
            remedy="move it away; if it leads to notes of the archive, put their folder itself in its place",
        )
    for commitment in sorted(notes_of_disposed(archive, bags)):
        path = Notes(str(archive.root)).path_of(commitment)
        if link_lies_at(path):
            place = os.path.relpath(path, archive.root)
            raise ConflictError(
                f"{printable(place)}: is a link, and what it leads to would stay",
                remedy="destroy what it leads to, too, if that is the note, and move the link away",
            )


def notes_of_disposed(archive: OpenedArchive, bags: Collection[str] = ()) -> set[str]:
    """The notes about disposed documents alone; those of disposals stay, for they say on whose authority.

    `bags` are counted among them: they are about to be disposed of.
    """
    return set(disposed_by_note(archive, bags))


def disposed_by_note(
    archive: OpenedArchive, bags: Collection[str] = (), *, until: int | None = None
) -> dict[str, set[str]]:
    """The same notes, each with the bags that it is about, by the ledger `until` that size."""
    own: dict[str, set[str]] = {}
    shared: set[str] = set()
    size = archive.checkpoint().size if until is None else until
    disposed = {parse_entry(raw).bag for raw in archive.ledger.entries(0, size) if DISPOSAL_MARK in raw}
    disposed.update(bags)
    for raw in archive.ledger.entries(0, size):
        if b'"note' not in raw:
            continue
        entry = parse_entry(raw)
        if entry.bag is not None and entry.bag in disposed and entry.type != EntryType.DISPOSAL:
            for commitment in _commitments(entry):
                own.setdefault(commitment, set()).add(entry.bag)
        else:
            shared.update(_commitments(entry))
    return {commitment: about for commitment, about in own.items() if commitment not in shared}


def _commitments(entry: Entry) -> Iterator[str]:
    several = entry.get("notes")
    for text in (entry.get("note"), *(several if isinstance(several, list) else ())):
        if isinstance(text, str) and is_commitment(text):
            yield text
