"""What a checkpoint is that lies under a name beyond the end of the ledger, for readers and the writer."""

from collections.abc import Callable, Iterable
from enum import Enum, auto
from typing import NamedTuple

from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import Note, NoteError, VerifierKey, parse
from archive.storage.keys.signing_key import verify


class Beyond(Enum):
    """What such a checkpoint says of the ledger."""

    UNSIGNED = auto()  # nothing: no key of the ledger signed it
    UNFINISHED = auto()  # a commit of it was begun and not made
    LARGER = auto()  # it had more entries once
    FORK = auto()  # it has another history elsewhere
    EARLIER = auto()  # it had this state once, which has another name


class CheckpointBeyond(NamedTuple):
    """One of them: what it is, and what it holds, None where that is unsigned."""

    kind: Beyond
    note: Note | None = None
    checkpoint: Checkpoint | None = None


def judge_beyond(
    raw: bytes,
    *,
    end: int,
    unfinished: bytes | None,
    keys: Callable[[int], Iterable[VerifierKey]],
    differs: Callable[[Checkpoint], bool],
) -> CheckpointBeyond:
    """What the bytes of a checkpoint beyond the end are.

    `keys` gives the keys that may have signed a checkpoint of some size; `differs` tells whether the ledger
    has another root at a size that it has. `unfinished` is the note of a commit that was begun: a copy may
    have cosignatures beside the same text.
    """
    opened = _signed(raw, keys)
    if opened is None:
        return CheckpointBeyond(Beyond.UNSIGNED)
    note, found = opened
    if found.size > end:
        begun = _signed(unfinished, keys) if unfinished is not None else None
        is_begun = begun is not None and begun[0].text == note.text
        return CheckpointBeyond(Beyond.UNFINISHED if is_begun else Beyond.LARGER, note, found)
    return CheckpointBeyond(Beyond.FORK if differs(found) else Beyond.EARLIER, note, found)


def claimed(raw: bytes) -> Checkpoint | None:
    """The checkpoint that a note spells, whoever signed it; None where it spells none."""
    try:
        return Checkpoint.parse_text(parse(raw).text)
    except NoteError:
        return None


def _signed(raw: bytes, keys: Callable[[int], Iterable[VerifierKey]]) -> tuple[Note, Checkpoint] | None:
    try:
        note = parse(raw)
        found = Checkpoint.parse_text(note.text)
        return (note, found) if any(note.is_signed_by(key, verify) for key in keys(found.size)) else None
    except NoteError:
        return None
