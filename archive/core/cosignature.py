"""Cosignatures of witnesses (c2sp.org/tlog-cosignature, Ed25519, v1): a time, and a checkpoint seen then."""

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from archive.core.note import Note, NoteError, Signature, Verifier, is_key_name, strict_base64

COSIGNATURE: Final = 0x04
_PUBLIC_BYTES: Final = 32
_TIME_BYTES: Final = 8
_BYTES: Final = _TIME_BYTES + 64
_LAST_TIME: Final = (1 << 63) - 1
_KEY_ID = re.compile("[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The name and Ed25519 public key of a witness."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise ValueError(f"not a key name: {self.name!r}")
        if len(self.public) != _PUBLIC_BYTES:
            raise ValueError(f"an Ed25519 public key has {_PUBLIC_BYTES} bytes, not {len(self.public)}")

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || 0x04 || public key)[:4]."""
        typed = bytes([COSIGNATURE]) + self.public
        return hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:4]

    def __str__(self) -> str:
        typed = base64.b64encode(bytes([COSIGNATURE]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{typed}"

    @classmethod
    def parse(cls, text: str) -> "WitnessKey":
        """The key that `name+hash+base64` spells; ValueError where it is malformed or of another type."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        if not _KEY_ID.fullmatch(key_id):
            raise ValueError("a witness's key reads name+8 hexadecimal digits+base64")
        raw = strict_base64(encoded)
        if len(raw) != 1 + _PUBLIC_BYTES or raw[0] != COSIGNATURE:
            raise ValueError("not an Ed25519 key for cosignatures (type 4)")
        key = cls(name, raw[1:])
        if key.key_id.hex() != key_id:
            raise ValueError(f"the key id is {key.key_id.hex()}, not {key_id}")
        return key


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

    Raises NoteError where a line claims its name and key id and does not verify.
    """
    times = []
    for line in note.signatures:
        if (line.name, line.key_id) != (key.name, key.key_id):
            continue
        time = int.from_bytes(line.value[:_TIME_BYTES], "big")
        signature = line.value[_TIME_BYTES:]
        if len(line.value) != _BYTES or time > _LAST_TIME:
            raise NoteError(f"the cosignature of {key.name} is malformed")
        if not verify(key.public, signature, cosigned_message(note.text, time)):
            raise NoteError(f"the cosignature of {key.name} does not hold")
        times.append(time)
    return max(times, default=None)
