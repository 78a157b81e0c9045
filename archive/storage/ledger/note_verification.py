"""Whether the notes on disk are the texts that the ledger is committed to; removed ones are allowed."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archive.core import findings
from archive.core.errors import EvidenceError, StorageError
from archive.core.findings import Finding
from archive.core.ledger.commitments import is_commitment
from archive.core.litter import litter
from archive.storage.disk.descriptors import FOLDER
from archive.storage.disk.kinds import known_link
from archive.storage.ledger.notes import NOTES, Notes, note_path

_PUT_BACK: Final = "put it back from another copy of the archive"


class NotesListing:
    """`notes/` as it was listed; what the ledger refers to is asked later, so that it is never older."""

    def __init__(self, archive: Path) -> None:
        self._notes = Notes(str(archive))
        self._names: list[str] = []
        self._trouble: list[Finding] = []
        self._walk(archive / NOTES)

    def verify(self, vouched: Iterable[tuple[str, int]]) -> Iterator[Finding]:
        """What does not hold of the notes that entries refer to, and what nothing refers to.

        `vouched` has (commitment, entry). A note of no entry is a note: a command that was killed leaves one.
        """
        yield from self._trouble
        known = set()
        removed: list[tuple[str, int]] = []
        for commitment, entry in vouched:
            place = f"{NOTES}/{commitment[:2]}/{commitment}.json"
            known.add(place)
            try:
                if self._notes.read(commitment) is None:
                    removed.append((place, entry))
            except EvidenceError as trouble:
                message = f"is not the text that entry {entry} is committed to"
                found = trouble.message.partition(": ")[2]
                yield findings.error("NOTE-ALTERED", place, message, found=found, remedy=_PUT_BACK)
            except StorageError as trouble:
                yield findings.error("NOTE-UNREADABLE", place, trouble.message)
        if removed:
            place, entry = removed[0]
            more = f", and {len(removed) - 1} more were" if len(removed) > 1 else ""
            message = f"the note of entry {entry} was removed{more}; the ledger holds without it"
            yield findings.note("NOTE-REMOVED", place if not more else NOTES, message)
        for place in self._names:
            if place not in known:
                yield _stranger(place)

    def _walk(self, folder: Path) -> None:
        try:
            shards = sorted(os.listdir(folder), key=os.fsencode)
        except FileNotFoundError:
            return
        except OSError as trouble:
            self._trouble.append(_unreadable(NOTES, trouble))
            return
        for shard in shards:
            if known_link(folder / shard):
                self._trouble.append(_link(f"{NOTES}/{shard}"))
                continue
            try:
                names = _listed(folder / shard)
            except NotADirectoryError:
                self._names.append(f"{NOTES}/{shard}")
            except OSError as trouble:
                self._trouble.append(_unreadable(f"{NOTES}/{shard}", trouble))
            else:
                self._names += [f"{NOTES}/{shard}/{name}" for name in names]


def _listed(folder: Path) -> list[str]:
    """The names in a folder, sorted; OSError where it cannot be listed, or is a link."""
    descriptor = os.open(folder, FOLDER)
    try:
        return sorted(os.listdir(descriptor), key=os.fsencode)
    finally:
        os.close(descriptor)


def _link(place: str) -> Finding:
    remedy = "make it a folder again: what lies elsewhere can be exchanged unseen"
    return findings.error("FIX-LINK", place, "is a link, which is not followed", remedy=remedy)


def _stranger(place: str) -> Finding:
    if (kind := litter(os.path.basename(place))) is not None:
        return findings.warning("NOTE-LITTER", place, f"is {kind}, and no part of the archive")
    commitment = os.path.basename(place).removesuffix(".json")
    if not is_commitment(commitment) or place != note_path(commitment):
        message = "is none of the files that the archive keeps there"
        return findings.warning("NOTE-FOREIGN", place, message, remedy="find out who put it there")
    return findings.note("NOTE-UNKNOWN", place, "no entry of the ledger refers to it")


def _unreadable(place: str, trouble: OSError) -> Finding:
    message = f"cannot be read: {trouble.strerror}; nothing is known of the notes in it"
    return findings.error("NOTE-UNREADABLE", place, message)
