"""Signed notes (c2sp.org/signed-note): a text, an empty line, and signature lines anybody may add to."""

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive.core.ledger.note_keys import KEY_ID_BYTES, NoteKey, is_key_name, strict_base64
from archive.core.limits.ledger import NOTE_BYTES, NOTE_SIGNATURES

Signer = Callable[[bytes], bytes]
# (public key, signature, message) -> True where the signature holds
Verifier = Callable[[bytes, bytes, bytes], bool]

_SIGNATURE_BYTES = 64


_DASH = "— "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


class NoteError(ValueError):
    """The bytes are not a signed note, or no signature of the expected key holds."""


class VerifierKey(NoteKey):
    """The key that the signatures of a ledger are checked with (type 1)."""

    __slots__ = ()
    kind = 0x01
    called = "a verifier key"


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A verifier key with the function that signs for it."""

    key: VerifierKey
    sign: Signer

    @property
    def vkey(self) -> str:
        """The verifier key as text."""
        return str(self.key)


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who signed by name and id, and the bytes, whatever their type."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text (ending in a line feed) and all its signatures, those of unknown keys included."""

    text: str
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The note as it is stored."""
        return (self.text + "\n" + "".join(f"{line}\n" for line in self.signatures)).encode()

    def is_signed_by(self, key: VerifierKey, verify: Verifier) -> bool:
        """True where the key signed the text; False where it did not sign at all.

        Raises NoteError where a line claims the key's name and id and does not verify: such a note is
        rejected whole, whatever other signatures say.
        """
        claimed = [line for line in self.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
        message = self.text.encode()
        for line in claimed:
            if len(line.value) != _SIGNATURE_BYTES or not verify(key.public, line.value, message):
                raise NoteError(f"the signature of {key.name} does not hold")
        return bool(claimed)


def joined(note: Note, other: bytes | None) -> Note:
    """The note with what others signed of the same text and only the other note has, as far as there is room.

    The lines of the ledger's own key, whose name is the first line of the text, stay those of the note.
    """
    try:
        found = parse(other) if other is not None else note
    except NoteError:
        return note
    if found.text != note.text:
        return note
    origin = note.text.partition("\n")[0]
    ours = {line.key_id for line in note.signatures if line.name == origin}
    for line in found.signatures:
        if line in note.signatures or line.name == origin or line.key_id in ours:
            continue
        more = Note(note.text, (*note.signatures, line))
        if len(more.signatures) > NOTE_SIGNATURES or len(more.to_bytes()) > NOTE_BYTES:
            break
        note = more
    return note


def sign(text: str, signers: Sequence[NoteSigner]) -> Note:
    """The text with a signature of each signer.

    Raises NoteError where the text cannot be the text of a note.
    """
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError("the text of a note ends in a line feed and holds no other control characters")
    message = text.encode()
    lines = [Signature(each.key.name, each.key.key_id, each.sign(message)) for each in signers]
    return Note(text, tuple(lines))


def parse(raw: bytes) -> Note:
    """The note that the bytes spell; NoteError names what is wrong with them."""
    if len(raw) > NOTE_BYTES:
        raise NoteError(f"a note has at most {NOTE_BYTES} bytes, this one {len(raw)}")
    try:
        text = raw.decode()
    except UnicodeDecodeError as trouble:
        raise NoteError(f"not UTF-8 at byte {trouble.start}") from trouble
    if _CONTROL.search(text):
        raise NoteError("control characters in a note")
    body, gap, tail = text.rpartition("\n\n")
    if not gap or not body or not tail.endswith("\n"):
        raise NoteError("a note is a text, an empty line and signature lines, each ended by a line feed")
    lines = tail[:-1].split("\n")
    if len(lines) > NOTE_SIGNATURES:
        raise NoteError(f"more than {NOTE_SIGNATURES} signatures")
    return Note(body + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_key_name(name):
        raise NoteError("a signature line reads '— name base64'")
    try:
        raw = strict_base64(encoded)
    except ValueError as trouble:
        raise NoteError(f"the signature of {name} is {trouble}") from trouble
    if len(raw) <= KEY_ID_BYTES:
        raise NoteError(f"the signature of {name} is cut off")
    return Signature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])
