"""Proofs that an entry is in a ledger (c2sp.org/tlog-proof), with the entry itself: nothing else is needed.

The specification leaves the line `extra` to the application; here it holds the bytes of the entry.
"""

import base64
import re
from dataclasses import dataclass
from typing import Final

from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.merkle import HASH_BYTES, inclusion_ranges, leaf_hash, node_hash, verify_inclusion
from archive.core.ledger.note import Note, NoteError, parse
from archive.core.ledger.note_keys import strict_base64
from archive.core.limits.ledger import PATH_HASHES, PROOF_BYTES

HEADER: Final = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile("index (0|[1-9][0-9]{0,18})")


class ProofError(ValueError):
    """The bytes are not a proof in this form."""


@dataclass(frozen=True, slots=True)
class EntryProof:
    """An entry, its index, the inclusion proof and the signed note of the checkpoint that it leads to.

    `entry` is None where the proof came without it.
    """

    index: int
    entry: bytes | None
    hashes: tuple[bytes, ...]
    note: bytes

    def checkpoint(self) -> Checkpoint:
        """What the note states, signatures unverified."""
        return Checkpoint.parse_text(self.signed_note().text)

    def signed_note(self) -> Note:
        """The note with its signatures."""
        return parse(self.note)

    @property
    def holds(self) -> bool:
        """True where entry and hashes give the checkpoint's root (RFC 9162 §2.1.3.2); signatures apart."""
        checkpoint = self.checkpoint()
        return self.entry is not None and verify_inclusion(
            self.index, checkpoint.size, leaf_hash(self.entry), self.hashes, checkpoint.root
        )

    def ranges(self) -> dict[tuple[int, int], bytes]:
        """The hash over entries [start, end) for each node of the tree that a proof that holds has shown."""
        if self.entry is None:
            return {}
        node, value = (self.index, self.index + 1), leaf_hash(self.entry)
        known = {node: value}
        covered = inclusion_ranges(self.index, self.checkpoint().size)
        for sibling, other in zip(covered, self.hashes, strict=True):
            left = sibling < node
            value = node_hash(other, value) if left else node_hash(value, other)
            node = (sibling[0], node[1]) if left else (node[0], sibling[1])
            known |= {sibling: other, node: value}
        return known

    def to_bytes(self) -> bytes:
        """The proof as it is stored, in a file named `….tlog-proof`."""
        lines = [HEADER]
        if self.entry is not None:
            lines.append(f"extra {_base64(self.entry)}")
        lines.append(f"index {self.index}")
        lines += map(_base64, self.hashes)
        return "\n".join([*lines, "", ""]).encode() + self.note

    @classmethod
    def parse(cls, raw: bytes) -> "EntryProof":
        """The proof that the bytes spell; ProofError names the line that is wrong."""
        if len(raw) > PROOF_BYTES:
            raise ProofError(f"a proof has at most {PROOF_BYTES} bytes, this one {len(raw)}")
        head, gap, note = raw.partition(b"\n\n")
        if not gap:
            raise ProofError("no empty line before its checkpoint")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as trouble:
            raise ProofError("other than ASCII before its checkpoint") from trouble
        if lines[0] != HEADER:
            raise ProofError(f"the first line is not {HEADER}")
        entry = None
        rest = lines[1:]
        if rest and rest[0].startswith("extra "):
            entry = _decoded(rest.pop(0).removeprefix("extra "), "line 2, the entry,")
        index = _INDEX.fullmatch(rest[0]) if rest else None
        if index is None:
            raise ProofError("no line “index N” before the hashes")
        if len(rest) - 1 > PATH_HASHES:
            raise ProofError(f"more than {PATH_HASHES} hashes")
        hashes = tuple(_decoded(line, "a hash") for line in rest[1:])
        if any(len(each) != HASH_BYTES for each in hashes):
            raise ProofError(f"a hash has {HASH_BYTES} bytes")
        made = cls(int(index[1]), entry, hashes, note)
        try:
            made.checkpoint()
        except NoteError as trouble:
            raise ProofError(str(trouble)) from trouble
        return made


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(text: str, what: str) -> bytes:
    try:
        return strict_base64(text)
    except ValueError as trouble:
        raise ProofError(f"{what} is {trouble}") from trouble
