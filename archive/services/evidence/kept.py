"""Checkpoints that others kept, as files that they bring, and the roots of a ledger to hold against them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archive.core.errors import ConfigurationError, EvidenceError
from archive.core.findings import Finding, error
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.extension import Extension, ExtensionError
from archive.core.ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash
from archive.core.ledger.note import Note, NoteError, VerifierKey, parse
from archive.services.evidence.kept_files import BroughtFile, read_brought
from archive.storage.keys.signing_key import verify

_UNTOUCHED = "take the file exactly as `archive ledger checkpoint --out` wrote it"


@dataclass(frozen=True, slots=True)
class KeptNote:
    """A signed note that somebody kept, with the checkpoint it spells; its signature is not verified yet.

    `hashes` are those of ranges of entries that came with it, proven to be part of its tree.
    """

    place: str
    note: Note
    checkpoint: Checkpoint
    hashes: Mapping[tuple[int, int], bytes] = field(default_factory=dict)


def read_kept(path: Path) -> list[KeptNote]:
    """The checkpoints in a file that its keeper brought: one, or those of the proofs in a proof or receipt.

    Raises ConfigurationError where there is no such file or it holds none, StorageError where it cannot be
    read, EvidenceError where a proof in it does not lead to its checkpoint.
    """
    brought = read_brought(path)
    if brought.is_proof:
        return _of_proofs(brought)
    try:
        raw = Extension.parse(brought.raw).note if brought.raw.startswith(b"old ") else brought.raw
        note = parse(raw)
        return [KeptNote(str(path), note, Checkpoint.parse_text(note.text))]
    except (NoteError, ExtensionError) as trouble:
        raise ConfigurationError(f"{path}: not a checkpoint: {trouble}", remedy=_UNTOUCHED) from trouble


def _of_proofs(brought: BroughtFile) -> list[KeptNote]:
    hashes: dict[bytes, dict[tuple[int, int], bytes]] = {}
    for proof in brought.proofs:
        if proof.entry is not None and not proof.holds:
            raise EvidenceError(
                f"{brought.place}: its proof of entry {proof.index} does not give the root of its checkpoint",
                remedy="archive ledger check-proof says more; take the file exactly as it was given",
            )
        hashes.setdefault(proof.note, {}).update(proof.ranges())
    notes = {raw: parse(raw) for raw in hashes}
    return [
        KeptNote(brought.place, note, Checkpoint.parse_text(note.text), hashes[raw])
        for raw, note in notes.items()
    ]


def signature_finding(kept: KeptNote, *keys: VerifierKey) -> Finding | None:
    """Why the note is no evidence about a ledger that had these keys; None where one of them signed it."""
    signers = ", ".join(f"{line.name}+{line.key_id.hex()}" for line in kept.note.signatures)
    ours = ", ".join(f"{key.name}+{key.key_id.hex()}" for key in keys)
    try:
        if any(kept.note.is_signed_by(key, verify) and kept.checkpoint.origin == key.name for key in keys):
            return None
    except NoteError as trouble:
        return error("LEDGER-KEPT-ALTERED", kept.place, str(trouble), expected=ours, remedy=_UNTOUCHED)
    return error(
        "LEDGER-OTHER-KEY",
        kept.place,
        f"a checkpoint of {kept.checkpoint.origin}, not signed by the key of this ledger",
        expected=ours,
        found=signers,
        remedy="find out which of the two keys is the archive's: one of them is another archive's, or forged",
    )


class RootsAt:
    """The roots of a growing tree at the sizes asked for, from entries that come in order."""

    def __init__(self, sizes: Iterable[int]) -> None:
        self._wanted = sorted({size for size in sizes if size > 0}, reverse=True)
        self._tree = Frontier()
        self.roots: dict[int, bytes] = {0: EMPTY_ROOT}

    def take(self, index: int, entry: bytes) -> None:
        """The next entry; after a gap no more roots are given."""
        if not self._wanted:
            return
        if index != self._tree.size:
            self._wanted.clear()
            return
        self._tree.append(leaf_hash(entry))
        if self._tree.size == self._wanted[-1]:
            self.roots[self._wanted.pop()] = self._tree.root()
