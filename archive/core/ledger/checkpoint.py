"""Checkpoints (c2sp.org/tlog-checkpoint): origin, size and root of a ledger as a signed note."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from archive.core.ledger import note
from archive.core.ledger.merkle import EMPTY_ROOT, HASH_BYTES
from archive.core.ledger.note import NoteError, NoteSigner, Verifier, VerifierKey
from archive.core.ledger.note_keys import strict_base64

_SIZE = re.compile("0|[1-9][0-9]{0,18}")  # below 2**63


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What is signed: the ledger's origin, the number of its entries and the root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The note text: a line each for origin, size, root and extensions."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @classmethod
    def parse_text(cls, text: str) -> "Checkpoint":
        """The checkpoint that a note text spells; NoteError names the line that is wrong."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise NoteError("a checkpoint has three or more lines, none of them empty")
        origin, size, encoded, *extensions = lines
        if not _SIZE.fullmatch(size):
            raise NoteError("the second line of a checkpoint is its size in decimal digits")
        try:
            root = strict_base64(encoded)
        except ValueError as trouble:
            raise NoteError(f"the third line of a checkpoint, its root, is {trouble}") from trouble
        if len(root) != HASH_BYTES:
            raise NoteError(f"the root of a checkpoint has {HASH_BYTES} bytes, not {len(root)}")
        if size == "0" and root != EMPTY_ROOT:
            raise NoteError("the root of an empty ledger is SHA-256 of nothing")
        return cls(origin, int(size), root, tuple(extensions))


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[NoteSigner]) -> bytes:
    """The signed note of a checkpoint, as it is stored."""
    Checkpoint.parse_text(checkpoint.text())
    return note.sign(checkpoint.text(), signers).to_bytes()


def open_checkpoint(raw: bytes, key: VerifierKey, verify: Verifier) -> Checkpoint:
    """The checkpoint in the note, once the key's signature is verified.

    Raises NoteError where the note or the checkpoint is malformed, the key did not sign it, or its signature
    does not hold. Signature lines of other keys (witnesses) are ignored, as the specification asks.
    """
    signed = note.parse(raw)
    if not signed.is_signed_by(key, verify):
        names = ", ".join(f"{line.name}+{line.key_id.hex()}" for line in signed.signatures)
        raise NoteError(f"not signed by {key.name}+{key.key_id.hex()} but by {names}")
    return Checkpoint.parse_text(signed.text)
