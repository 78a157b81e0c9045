"""Keys of signed notes (c2sp.org/signed-note) as text: `name+hash+base64` of a type byte and a public key."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import ClassVar, Final, Self

KEY_ID_BYTES: Final = 4
PUBLIC_BYTES: Final = 32
_NAME = re.compile(r"[^\s+]+")
_KEY_ID = re.compile("[0-9a-f]{8}")


def strict_base64(text: str) -> bytes:
    """The bytes of a canonical standard base64 text (RFC 4648 §4); ValueError for any other spelling."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as trouble:
        raise ValueError("not base64") from trouble
    if base64.b64encode(raw).decode() != text:  # stray bits in the last character
        raise ValueError("not canonical base64")
    return raw


def is_key_name(name: str) -> bool:
    """True for a non-empty name without spaces, plus signs and control characters."""
    return _NAME.fullmatch(name) is not None and name.isprintable()


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A name and an Ed25519 public key; what it signs is told by the type byte of its class."""

    name: str
    public: bytes

    kind: ClassVar[int]
    called: ClassVar[str]

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise ValueError(f"not a key name: {self.name!r}")
        if len(self.public) != PUBLIC_BYTES:
            raise ValueError(f"an Ed25519 public key has {PUBLIC_BYTES} bytes, not {len(self.public)}")

    @property
    def typed(self) -> bytes:
        """The type byte and the public key."""
        return bytes([self.kind]) + self.public

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || 0x0A || type || public key)[:4]."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.typed).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.typed).decode()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The key that `name+hash+base64` spells; ValueError where it is malformed or of another type."""
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        if not _KEY_ID.fullmatch(key_id):
            raise ValueError(f"{cls.called} reads name+8 hexadecimal digits+base64")
        raw = strict_base64(encoded)
        if len(raw) != 1 + PUBLIC_BYTES or raw[0] != cls.kind:
            raise ValueError(f"an Ed25519 key of type {cls.kind} is wanted")
        key = cls(name, raw[1:])
        if key.key_id.hex() != key_id:
            raise ValueError(f"the key id is {key.key_id.hex()}, not {key_id}")
        return key
