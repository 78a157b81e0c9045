"""Ledgers that may go further than what is proven: storage refused their checkpoints, or they are none."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archive.core.errors import EvidenceError, StorageError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import NoteError, parse
from archive.services.repair.good_ledger import LedgerAt
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.ledger.folder import CHECKPOINT, CHECKPOINTS


class DoubtfulState(NamedTuple):
    """A checkpoint that does not say how far its ledger goes; `unread` is None where it was read."""

    place: str
    name: str
    unread: StorageError | None


def doubtful_states(ledgers: Sequence[LedgerAt], size: int) -> Iterator[DoubtfulState]:
    """Of each ledger that may have more than `size` entries the checkpoint that keeps that from being known.

    A checkpoint is kept under its size before it becomes the ledger's own, so that the names of the kept ones
    tell how far a ledger goes: the others matter only where a name is larger, or where there is none.
    """
    for ledger in ledgers:
        found = sorted(_doubtful(ledger, size), key=lambda one: one.unread is None)
        yield from found[:1]


def _doubtful(ledger: LedgerAt, size: int) -> Iterator[DoubtfulState]:
    names: list[str] = []
    try:
        sizes = ledger.folder.checkpoint_sizes()
    except StorageError as trouble:
        if _checkpoint(ledger, CHECKPOINT) is None:
            yield DoubtfulState(ledger.place, CHECKPOINTS, trouble)
        sizes = []
    except EvidenceError:  # no folder
        sizes = []
    if not sizes or sizes[-1] > size:
        names = [CHECKPOINT, *(f"{CHECKPOINTS}/{each}" for each in reversed(sizes) if each > size)]
    for name in names:
        try:
            is_none = ledger.folder.read_note(name) is not None and _checkpoint(ledger, name) is None
        except StorageError as trouble:
            yield DoubtfulState(ledger.place, name, trouble)
        except NotAPlainFileError:
            yield DoubtfulState(ledger.place, name, None)
        else:
            if is_none:
                yield DoubtfulState(ledger.place, name, None)


def _checkpoint(ledger: LedgerAt, name: str) -> Checkpoint | None:
    """What the note says, whoever signed it; None where there is none, or none that can be read."""
    try:
        return Checkpoint.parse_text(parse(ledger.folder.read_note(name) or b"").text)
    except (StorageError, NotAPlainFileError, NoteError):
        return None
