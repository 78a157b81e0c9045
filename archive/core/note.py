"""Signed notes (c2sp.org/signed-note): a text, an empty line, and signature lines anybody may add to."""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Signer = Callable[[bytes], bytes]
# (public key, signature, message) -> True where the signature holds
Verifier = Callable[[bytes, bytes, bytes], bool]

ED25519 = 0x01
_PUBLIC_BYTES = 32
_SIGNATURE_BYTES = 64
_KEY_ID_BYTES = 4

# The specification asks for at least 16 signatures, post-quantum ones of nearly 5 kB among them.
MAX_NOTE_BYTES = 256 * 1024
MAX_SIGNATURES = 64

_DASH = "— "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_NAME = re.compile(r"[^\s+]+")
_KEY_ID = re.compile("[0-9a-f]{8}")


class NoteError(ValueError):
    """The bytes are not a signed note, or no signature of the expected key holds."""


def strict_base64(text: str) -> bytes:
    """The bytes of a canonical standard base64 text (RFC 4648 §4); ValueError for any other spelling."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as trouble:
        raise ValueError("not base64") from trouble
    if base64.b64encode(raw).decode() != text:  # stray bits in the last character
        raise ValueError("not canonical base64")
    return raw


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The name and Ed25519 public key that a signature is checked with."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise ValueError(f"not a key name: {self.name!r}")
        if len(self.public) != _PUBLIC_BYTES:
            raise ValueError(f"an Ed25519 public key has {_PUBLIC_BYTES} bytes, not {len(self.public)}")

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || 0x01 || public key)[:4]."""
        typed = bytes([ED25519]) + self.public
        return hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        typed = base64.b64encode(bytes([ED25519]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{typed}"

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """The key that `name+hash+base64` spells; ValueError where it is malformed or of another type."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        if not _KEY_ID.fullmatch(key_id):
            raise ValueError("a verifier key reads name+8 hexadecimal digits+base64")
        raw = strict_base64(encoded)
        if len(raw) != 1 + _PUBLIC_BYTES or raw[0] != ED25519:
            raise ValueError("not an Ed25519 verifier key")
        key = cls(name, raw[1:])
        if key.key_id.hex() != key_id:
            raise ValueError(f"the key id is {key.key_id.hex()}, not {key_id}")
        return key


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


def is_key_name(name: str) -> bool:
    """True for a non-empty name without spaces, plus signs and control characters."""
    return _NAME.fullmatch(name) is not None and name.isprintable()


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
    if len(raw) > MAX_NOTE_BYTES:
        raise NoteError(f"a note has at most {MAX_NOTE_BYTES} bytes, this one {len(raw)}")
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
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"more than {MAX_SIGNATURES} signatures")
    return Note(body + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not is_key_name(name):
        raise NoteError("a signature line reads '— name base64'")
    try:
        raw = strict_base64(encoded)
    except ValueError as trouble:
        raise NoteError(f"the signature of {name} is {trouble}") from trouble
    if len(raw) <= _KEY_ID_BYTES:
        raise NoteError(f"the signature of {name} is cut off")
    return Signature(name, raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])
