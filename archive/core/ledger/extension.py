"""A checkpoint with the proof that it extends an older one, in the words of c2sp.org/tlog-witness.

The body of its `add-checkpoint` request: a line `old N`, the hashes of the consistency proof (RFC 9162
§2.1.4), an empty line, the signed note. Here it travels as a file.
"""

import base64
import re
from dataclasses import dataclass

from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.merkle import HASH_BYTES, verify_consistency
from archive.core.ledger.note import Note, NoteError, parse
from archive.core.ledger.note_keys import strict_base64
from archive.core.limits.ledger import EXTENSION_BYTES, PATH_HASHES

_OLD = re.compile("old (0|[1-9][0-9]{0,18})")


class ExtensionError(ValueError):
    """The bytes are not an extension in this form."""


@dataclass(frozen=True, slots=True)
class Extension:
    """The size of the older checkpoint, the hashes of the proof, and the signed note of the younger one."""

    old: int
    hashes: tuple[bytes, ...]
    note: bytes

    def signed_note(self) -> Note:
        """The note with its signatures."""
        return parse(self.note)

    def checkpoint(self) -> Checkpoint:
        """What the note states, signatures unverified."""
        return Checkpoint.parse_text(self.signed_note().text)

    def extends(self, root: bytes) -> bool:
        """True where the proof shows that the tree begins with the older one of that root."""
        now = self.checkpoint()
        return verify_consistency(self.old, now.size, root, now.root, self.hashes)

    def to_bytes(self) -> bytes:
        """The extension as it is stored."""
        lines = [f"old {self.old}", *(base64.b64encode(each).decode() for each in self.hashes), "", ""]
        return "\n".join(lines).encode() + self.note

    @classmethod
    def parse(cls, raw: bytes) -> "Extension":
        """The extension that the bytes spell; a bare note is one that extends nothing (old 0).

        Raises ExtensionError with what is wrong.
        """
        if len(raw) > EXTENSION_BYTES:
            raise ExtensionError(f"an extension has at most {EXTENSION_BYTES} bytes, this one {len(raw)}")
        head, gap, note = raw.partition(b"\n\n")
        first, *lines = head.decode("ascii", "replace").split("\n")
        old = _OLD.fullmatch(first) if gap else None
        try:
            made = cls(0, (), raw) if old is None else cls(int(old[1]), _hashes(lines), note)
            made.checkpoint()
        except NoteError as trouble:
            raise ExtensionError(str(trouble)) from trouble
        return made


def _hashes(lines: list[str]) -> tuple[bytes, ...]:
    try:
        hashes = tuple(map(strict_base64, lines[:PATH_HASHES]))
    except ValueError as trouble:
        raise ExtensionError(f"a hash is {trouble}") from trouble
    if len(lines) > PATH_HASHES or any(len(each) != HASH_BYTES for each in hashes):
        raise ExtensionError(f"up to {PATH_HASHES} hashes of {HASH_BYTES} bytes expected")
    return hashes
