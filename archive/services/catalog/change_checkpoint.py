"""The checkpoint that the files at the root are of: the first one signed over the last change of holdings.

Two places have it: `ledger/checkpoints/` and `catalog.json`. Where the kept one was lost or altered since,
the catalog's own still is what it was, and says so by its signature: it is not accused of the other's loss.
"""

import contextlib
from typing import NamedTuple

from archive.core.catalog_manifest import CatalogCheckpoint
from archive.core.copies import MARKER
from archive.core.errors import EvidenceError, StorageError
from archive.core.findings import Finding, error
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import Note, NoteError, VerifierKey, parse
from archive.services.catalog.catalog_comparison import open_catalog
from archive.services.evidence.keys import known_keys
from archive.services.opened import OpenedArchive
from archive.storage.disk.durable import NotAPlainFileError, replace_file
from archive.storage.disk.kinds import may_be_there
from archive.storage.keys.signing_key import verify
from archive.storage.ledger.folder import CHECKPOINTS, LEDGER, LedgerFolder

_PUT_BACK = (
    "archive catalog rebuild puts it back; cosignatures that it bore are on other copies of the archive"
)
_BRING_AGAIN = "archive copy --to, with this folder, brings it again"


class _Signed(NamedTuple):
    """A checkpoint with the lines of the archive's own keys; those of witnesses, kept later, are left out."""

    checkpoint: Checkpoint
    note: Note

    @classmethod
    def parse(cls, raw: bytes) -> "_Signed":
        signed = parse(raw)
        checkpoint = Checkpoint.parse_text(signed.text)
        own = tuple(line for line in signed.signatures if line.name == checkpoint.origin)
        return cls(checkpoint, Note(signed.text, own))

    def is_of(self, archive: OpenedArchive, keys: list[VerifierKey]) -> bool:
        """True where one of the keys signed it for this archive and the entries give its root."""
        try:
            if not any(self.note.is_signed_by(key, verify) for key in keys):
                return False
        except NoteError:
            return False
        return self.checkpoint.origin == archive.settings.origin and (
            archive.ledger.root_at(self.checkpoint.size) == self.checkpoint.root
        )


def checkpoint_of_change(archive: OpenedArchive, last: int) -> CatalogCheckpoint:
    """The first checkpoint that was signed over the entry at index `last`, with the archive's signatures.

    What changes the holdings is the last entry of its commit: that checkpoint holds nothing younger. The
    manifest is a function of the ledger and its checkpoints. Raises EvidenceError where there is no such
    checkpoint, or it is damaged and the catalog has none in its place.
    """
    wanted, kept, trouble = last + 1, None, ""
    try:
        kept = _kept(archive, wanted)
    except (NoteError, NotAPlainFileError) as damage:
        trouble = str(damage)
    if kept is None or kept.checkpoint.size != wanted or not _is_signed_now(archive, kept):
        kept = _better(archive, wanted, kept)
    if kept is None:
        message = trouble or f"none of size {wanted} or more"
        raise EvidenceError(f"{LEDGER}/{CHECKPOINTS}: {message}", remedy="archive ledger verify")
    checkpoint = kept.checkpoint
    return CatalogCheckpoint(checkpoint.size, checkpoint.text().split("\n")[2], kept.note.to_bytes().decode())


def missing_checkpoint(archive: OpenedArchive, size: int | None) -> Finding | None:
    """What has to be said where a checkpoint that the catalog rightly names is not kept any more."""
    try:
        if size is None or LedgerFolder(str(archive.root)).read_note(f"{CHECKPOINTS}/{size}") is not None:
            return None
    except (NotAPlainFileError, StorageError):
        return None  # the ledger's own verification names it
    message = "is not there; catalog.json has what was signed"
    remedy = _BRING_AGAIN if may_be_there(archive.root / MARKER) else _PUT_BACK
    return error("LEDGER-CHECKPOINT-MISSING", f"{LEDGER}/{CHECKPOINTS}/{size}", message, remedy=remedy)


def put_back_checkpoint(archive: OpenedArchive, last: int) -> int | None:
    """Writes the checkpoint that `missing_checkpoint` tells of as the catalog has it; its size, else None.

    The caller holds the writer's lock. `last` is the entry of the last change of holdings. Durable on return.
    """
    checkpoint = checkpoint_of_change(archive, last)
    if missing_checkpoint(archive, checkpoint.size) is None:
        return None
    folder = LedgerFolder(str(archive.root))
    folder.refuse_links(CHECKPOINTS)
    replace_file(folder.at(f"{CHECKPOINTS}/{checkpoint.size}"), checkpoint.note.encode(), 0o444)
    return checkpoint.size


def _kept(archive: OpenedArchive, wanted: int) -> _Signed | None:
    """The smallest kept checkpoint of that size or more; NoteError where its file holds one of another."""
    folder = LedgerFolder(str(archive.root))
    size: int | None = wanted
    raw = folder.read_note(f"{CHECKPOINTS}/{wanted}")
    if raw is None:
        size = next((size for size in folder.checkpoint_sizes() if size > wanted), None)
        raw = None if size is None else folder.read_note(f"{CHECKPOINTS}/{size}")
    if raw is None:
        return None
    signed = _Signed.parse(raw)
    if signed.checkpoint.size != size:
        raise NoteError(f"{size}: holds the checkpoint of another size: of {signed.checkpoint.size}")
    return signed


def _is_signed_now(archive: OpenedArchive, signed: _Signed) -> bool:
    """True where the key of today signed it: then nobody has to be asked for the keys before it."""
    with contextlib.suppress(EvidenceError, NoteError):
        return signed.note.is_signed_by(archive.verifier_key(), verify)
    return False


def _better(archive: OpenedArchive, wanted: int, kept: _Signed | None) -> _Signed | None:
    """The smaller of the kept one and the catalog's own that is good; else the kept one."""
    named = _named_in_catalog(archive)
    if named is None or named == kept or named.checkpoint.size < wanted:
        return kept
    keys = known_keys(archive)
    found = sorted((one for one in (kept, named) if one is not None), key=lambda one: one.checkpoint.size)
    return next((one for one in found if one.is_of(archive, keys)), kept)


def _named_in_catalog(archive: OpenedArchive) -> _Signed | None:
    with contextlib.suppress(StorageError, NoteError), open_catalog(archive.layout.catalog) as catalog:
        if catalog is not None and catalog.claimed_note is not None:
            return _Signed.parse(catalog.claimed_note)
    return None
