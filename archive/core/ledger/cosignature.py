"""Cosignatures of witnesses (c2sp.org/tlog-cosignature, Ed25519, v1): a time, and a checkpoint seen then."""

from collections.abc import Callable
from typing import Final

from archive.core.ledger.note import Note, NoteError, Signature, Verifier
from archive.core.ledger.note_keys import NoteKey

_TIME_BYTES: Final = 8
_BYTES: Final = _TIME_BYTES + 64
_LAST_TIME: Final = (1 << 63) - 1


class WitnessKey(NoteKey):
    """The key of a witness, for cosignatures (type 4)."""

    __slots__ = ()
    kind = 0x04
    called = "a witness's key"


def cosigned_message(text: str, time: int) -> bytes:
    """What a witness signs: two lines of its own, then the whole text of the note."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosign(note: Note, key: WitnessKey, sign: Callable[[bytes], bytes], time: int) -> Note:
    """The note with the witness's signature of that time (seconds since 1970), replacing its earlier one."""
    if not 0 <= time <= _LAST_TIME:
        raise ValueError(f"{time} is no time of a cosignature")
    value = time.to_bytes(_TIME_BYTES, "big") + sign(cosigned_message(note.text, time))
    others = tuple(line for line in note.signatures if (line.name, line.key_id) != (key.name, key.key_id))
    return Note(note.text, (*others, Signature(key.name, key.key_id, value)))


def cosigned_at(note: Note, key: WitnessKey, verify: Verifier) -> int | None:
    """The latest time at which the witness cosigned the note, in seconds since 1970; None where it did not.

    Raises NoteError where lines claim its name and key id and none of them verifies: where copies of a note
    were brought together, one that was damaged may stand beside the whole one.
    """
    times: list[int] = []
    trouble = None
    for line in note.signatures:
        if (line.name, line.key_id) != (key.name, key.key_id):
            continue
        time = int.from_bytes(line.value[:_TIME_BYTES], "big")
        signature = line.value[_TIME_BYTES:]
        if len(line.value) != _BYTES or time > _LAST_TIME:
            trouble = f"the cosignature of {key.name} is malformed"
        elif not verify(key.public, signature, cosigned_message(note.text, time)):
            trouble = f"the cosignature of {key.name} does not hold"
        else:
            times.append(time)
    if trouble is not None and not times:
        raise NoteError(trouble)
    return max(times, default=None)
