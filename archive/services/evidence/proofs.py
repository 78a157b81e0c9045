"""Proofs handed out: that the entry of a document is in the ledger, provable without the archive."""

from archive.core.errors import ConfigurationError, EvidenceError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import NoteError
from archive.core.ledger.tlog_proof import EntryProof
from archive.services.evidence.checkpoints import SignedCheckpoint, cosigned_checkpoint, current_checkpoint
from archive.services.evidence.kept import KeptNote
from archive.services.evidence.keys import known_keys
from archive.services.opened import OpenedArchive
from archive.storage.keys.signing_key import verify

_REMEDY = "archive ledger verify says what does not hold"


class Prover:
    """Makes proofs in the tree of one checkpoint: today's, or an older one that somebody kept."""

    def __init__(self, archive: OpenedArchive, at: KeptNote | None = None) -> None:
        """EvidenceError where the checkpoint's signature does not hold or the ledger does not extend it."""
        self._ledger = archive.ledger
        self.signed = cosigned_checkpoint(archive) if at is None else _kept(archive, at)

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint that the proofs lead to."""
        return self.signed.checkpoint

    def prove(self, index: int) -> EntryProof:
        """The proof of one entry, verified before it is handed out.

        Raises ConfigurationError for an entry that came later, EvidenceError where the ledger does not hold.
        """
        size = self.checkpoint.size
        if index >= size:
            raise ConfigurationError(
                f"entry {index} came after that checkpoint, which covers {size} entries",
                remedy="leave --at out, or give a younger checkpoint",
            )
        hashes = self._ledger.prove_inclusion(index, size)
        made = EntryProof(index, self._ledger.entry(index), tuple(hashes), self.signed.note)
        if not made.holds:
            raise EvidenceError(
                f"entry {index}: not provable: entry and tiles do not give the signed root", remedy=_REMEDY
            )
        return made


def _kept(archive: OpenedArchive, at: KeptNote) -> SignedCheckpoint:
    try:
        signed = any(at.note.is_signed_by(key, verify) for key in known_keys(archive))
    except NoteError as trouble:
        raise EvidenceError(
            f"{at.place}: {trouble}",
            remedy="take the file exactly as archive ledger checkpoint --out wrote it",
        ) from trouble
    checkpoint = at.checkpoint
    if not signed:
        raise EvidenceError(f"{at.place}: not signed by a key of this archive", remedy=_REMEDY)
    current_checkpoint(archive)
    if not archive.ledger.extends(checkpoint.size, checkpoint.root):
        raise EvidenceError(
            f"{at.place}: the ledger does not extend this checkpoint",
            remedy=f"archive ledger verify --trust {at.place} says where they part",
        )
    return SignedCheckpoint(checkpoint, at.note.to_bytes())
