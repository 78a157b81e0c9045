"""Ledgers that may go further than what is proven: storage refused their checkpoints, or they are none."""

import os
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from archive.core import findings
from archive.core.errors import EvidenceError, StorageError
from archive.core.findings import Finding
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import NoteError, parse
from archive.services.repair.good_ledger import OWN, LedgerAt
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.ledger.folder import CHECKPOINT, CHECKPOINTS, LEDGER

_AGAIN: Final = (
    "try another cable or reader, or see who may read there, then run the same command again: that ledger may"
    " have what the archive lost"
)
_OTHER: Final = (
    "look for another copy, and repair from it; then archive copy --to, with this one, writes its ledger anew"
)
_NOTHING: Final = Checkpoint("", 0, b"")


class DoubtfulState(NamedTuple):
    """A checkpoint that does not say how far its ledger goes; `unread` is None where it was read."""

    place: str
    name: str
    unread: StorageError | None


def doubtful_states(
    ledgers: Sequence[LedgerAt], size: int, *, is_newest: bool = False
) -> Iterator[DoubtfulState]:
    """Of each ledger that may have more than `size` entries the checkpoint that keeps that from being known.

    A checkpoint is kept under its size before it becomes the ledger's own, so that the names of the kept ones
    tell how far a ledger goes: the others matter only where a name is larger, or where there is none. Where
    that size `is_newest` of what is signed, a checkpoint that says more is none.
    """
    for ledger in ledgers:
        found = sorted(_doubtful(ledger, size, is_newest=is_newest), key=lambda one: one.unread is None)
        yield from found[:1]


def _doubtful(ledger: LedgerAt, size: int, *, is_newest: bool) -> Iterator[DoubtfulState]:
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
            said = _checkpoint(ledger, name) if ledger.folder.read_note(name) is not None else _NOTHING
        except StorageError as trouble:
            yield DoubtfulState(ledger.place, name, trouble)
        except NotAPlainFileError:
            yield DoubtfulState(ledger.place, name, None)
        else:
            if said is None or (is_newest and said.size > size):
                yield DoubtfulState(ledger.place, name, None)


def _checkpoint(ledger: LedgerAt, name: str) -> Checkpoint | None:
    """What the note says, whoever signed it; None where there is none, or none that can be read."""
    try:
        return Checkpoint.parse_text(parse(ledger.folder.read_note(name) or b"").text)
    except (StorageError, NotAPlainFileError, NoteError):
        return None


def told_as_none(doubtful: Sequence[DoubtfulState]) -> tuple[Finding, ...]:
    """The findings about copies that may be ahead and whose checkpoints were read and are none.

    Of the archive's own the verification of its ledger tells.
    """
    return tuple(
        findings.error(
            "REPAIR-CHECKPOINT",
            os.path.join(one.place, LEDGER, one.name),
            "is none that the archive's key signed: how far that ledger goes is not known",
            remedy=_OTHER,
        )
        for one in doubtful
        if one.unread is None and one.place != OWN
    )


def told(unread: Sequence[DoubtfulState]) -> tuple[Finding, ...]:
    """The findings about ledgers that may be ahead and could not be read."""
    return tuple(
        findings.error(
            "LEDGER-UNREADABLE", os.path.join(one.place, LEDGER, one.name), one.unread.message, remedy=_AGAIN
        )
        for one in unread
        if one.unread is not None
    )


def refuse_unread(unread: Sequence[DoubtfulState]) -> None:
    """Raises StorageError where there is any: what is at hand may be an older state."""
    if unread:
        raise StorageError(
            "a ledger at hand could not be read, and may go further than the others; nothing was put back",
            remedy=_AGAIN,
            findings=told(unread),
        )
