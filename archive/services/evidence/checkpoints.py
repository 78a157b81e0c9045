"""The checkpoint handed out: to print, to mail, to keep where nobody of the archive can change it."""

from dataclasses import dataclass
from pathlib import Path

from archive.core.errors import ConfigurationError, EvidenceError, StorageError
from archive.core.ledger.checkpoint import Checkpoint, open_checkpoint
from archive.core.ledger.extension import Extension
from archive.core.ledger.note import NoteError, VerifierKey
from archive.services.opened import OpenedArchive
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.disk.new_files import publish_new
from archive.storage.keys.signing_key import verify
from archive.storage.ledger.folder import CHECKPOINTS, LedgerFolder


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint with the signed note that spells it."""

    checkpoint: Checkpoint
    note: bytes


def current_checkpoint(archive: OpenedArchive) -> SignedCheckpoint:
    """The archive's checkpoint, its signature verified by the key of archive.toml.

    Raises EvidenceError where it is missing or its signature does not hold.
    """
    raw = archive.ledger.checkpoint_bytes()
    try:
        key = VerifierKey.parse(archive.signing_key())
        checkpoint = open_checkpoint(raw, key, verify)
    except ValueError as trouble:  # NoteError is one
        where = "ledger/checkpoint" if isinstance(trouble, NoteError) else "archive.toml: key"
        raise EvidenceError(f"{where}: {trouble}", remedy="archive ledger verify says more") from trouble
    return SignedCheckpoint(checkpoint, raw)


def cosigned_checkpoint(archive: OpenedArchive) -> SignedCheckpoint:
    """The same with the signatures of others that are kept for it; raises as `current_checkpoint`."""
    signed = current_checkpoint(archive)
    try:
        raw = LedgerFolder(str(archive.root)).read_note(f"{CHECKPOINTS}/{signed.checkpoint.size}")
        key = VerifierKey.parse(archive.signing_key())
        if raw is not None and open_checkpoint(raw, key, verify) == signed.checkpoint:
            return SignedCheckpoint(signed.checkpoint, raw)
    except (NotAPlainFileError, StorageError, ValueError):
        pass  # `archive ledger verify` names it; the checkpoint itself holds
    return signed


def extension_since(archive: OpenedArchive, signed: SignedCheckpoint, size: int) -> Extension:
    """The checkpoint with the proof that it extends the ledger of an older size, 0 for none.

    Raises ConfigurationError for a size beyond it, EvidenceError where the ledger does not prove it.
    """
    now = signed.checkpoint
    if size > now.size:
        raise ConfigurationError(
            f"--since {size}: the ledger has {now.size} entries",
            remedy="ask the witness how many entries it saw last; more than there are means a rollback",
        )
    hashes = archive.ledger.prove_consistency(size, now.size) if 0 < size < now.size else []
    made = Extension(size, tuple(hashes), signed.note)
    if 0 < size < now.size and not made.extends(archive.ledger.root_at(size)):
        raise EvidenceError(
            f"the tiles do not prove the ledger of {size} entries", remedy="archive ledger verify says more"
        )
    return made


def keep(archive: OpenedArchive, signed: SignedCheckpoint, target: Path) -> None:
    """Writes the note to a new file outside the archive; durable on return.

    Raises ConfigurationError inside the archive, ConflictError where the name is taken.
    """
    keep_outside(archive, signed.note, target)


def keep_outside(archive: OpenedArchive, raw: bytes, target: Path) -> None:
    """Writes evidence to a new file outside the archive; durable on return, raises as `keep` does."""
    require_outside(archive, target)
    publish_new(str(target), raw)


def require_outside(archive: OpenedArchive, target: Path) -> None:
    """ConfigurationError for a place inside the archive, be it that a link leads there or lies there."""
    place, root = target.absolute(), archive.root.resolve()
    if any(each.is_relative_to(root) for each in (place.resolve(), place.parent.resolve() / place.name)):
        raise ConfigurationError(
            f"{target}: inside the archive, where whoever changes the ledger can change it too",
            remedy="keep it elsewhere: on a stick, on paper, with somebody else",
        )
