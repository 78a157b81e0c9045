"""Whether a copy is an earlier state of this archive: proven, before anything is written to it."""

import contextlib
from pathlib import Path
from typing import NamedTuple

from archive.core.copies import MARKER, CopyMarker
from archive.core.errors import EvidenceError, StorageError
from archive.core.findings import Finding, warning
from archive.core.ledger import note
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import NoteError, VerifierKey
from archive.core.ledger.tiles import TilePath
from archive.core.text import printable, shell_word
from archive.services.evidence.keys import known_keys
from archive.services.opened import OpenedArchive
from archive.storage.copies.files import names_below
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.keys.signing_key import verify
from archive.storage.ledger.files import LedgerFiles
from archive.storage.ledger.folder import CHECKPOINT, CHECKPOINTS, LEDGER, LedgerFolder

_COMPARE = "compare the two before either is written to: archive ledger verify, in each"


class ForeignCopyError(EvidenceError):
    """The ledger of a copy is proven to be no earlier state of the archive's."""


class CopyState(NamedTuple):
    """Up to where a copy goes: the checkpoint of its ledger, None where it has none that can be believed.

    `findings` say what is wrong with the copy's own checkpoint; the next ones written mend it. `kept` is the
    largest of the checkpoints kept beside it that is proven as well.
    """

    checkpoint: Checkpoint | None
    findings: tuple[Finding, ...] = ()
    kept: Checkpoint | None = None

    @property
    def size(self) -> int:
        """The number of its entries, 0 where that is not known."""
        return self.checkpoint.size if self.checkpoint is not None else 0

    @property
    def proven(self) -> int:
        """The largest state that the copy is proven to have had, 0 where none is: its bags came before it."""
        return max(self.size, self.kept.size if self.kept is not None else 0)


def copied_state(
    archive: OpenedArchive, root: Path, marker: CopyMarker | None, ours: Checkpoint, *, writes: bool = True
) -> CopyState:
    """The state that the copy at `root` is of, its ledger being proven to be a beginning of ours.

    `ours` is what the archive had a moment ago; the copy may have been brought on since. A checkpoint that no
    key of this archive signed is damage of the copy, and proves nothing, unless the marker of the copy says
    the same. Raises ForeignCopyError where the copy is ahead of the archive, or of
    another history, another error where the archive's own ledger cannot tell: nothing is to be written.
    Whoever `writes` to the copy gets a StorageError, too, where its ledger cannot be listed; for whoever only
    looks, what is not listed says nothing here, and is told by the verification of that ledger.
    """
    folder = LedgerFolder(str(root))
    found: list[Finding] = []
    keys = known_keys(archive)
    newest = _signed(keys, folder, CHECKPOINT, found)
    if newest is not None:
        ours = _require_ancestor(archive, root, newest, ours)
    kept = None
    passed_over = () if writes else (StorageError,)
    names: list[str] = []
    with contextlib.suppress(*passed_over):
        names = _kept(folder)
    for name in names:
        # From the largest on, down to one that counts: what a key signed that only that history knows of says
        # nothing here, but the one in which this archive's key handed over to it does.
        signed = _signed(keys, folder, name, found)
        if signed is None:
            continue
        ours = _require_ancestor(archive, root, signed, ours)
        if name == f"{CHECKPOINTS}/{signed.size}":
            kept = signed
            break
        found.append(_doubt(name, f"it is that of size {signed.size}"))
    if marker is not None and marker.size > ours.size:
        ours = _by_now(archive, ours)
    if marker is not None and marker.size > ours.size:
        with contextlib.suppress(*passed_over):
            if _goes_beyond(root, ours.size):
                _refuse_larger(root, marker.size, ours)
            found.append(_of_marker(marker))
    if marker is not None and (said := _said(folder, marker)) is not None:
        _require_ancestor(archive, root, said, ours)
    return CopyState(newest, tuple(found), kept)


def _said(folder: LedgerFolder, marker: CopyMarker) -> Checkpoint | None:
    """The state that the marker names, where a checkpoint on the copy names the same, whoever signed that.

    Damage does not spell one root twice.
    """
    for name in (CHECKPOINT, f"{CHECKPOINTS}/{marker.size}"):
        with contextlib.suppress(NoteError, NotAPlainFileError, StorageError):
            raw = folder.read_note(name)
            found = Checkpoint.parse_text(note.parse(raw).text) if raw is not None else None
            if found is not None and (found.size, found.root.hex()) == (marker.size, marker.root):
                return found
    return None


def whole_state(archive: OpenedArchive, marker: CopyMarker | None, state: CopyState) -> CopyState:
    """The state up to which the copy is whole: after a run that was cut off, the one of before that run.

    That run may have brought the ledger, and not said yet of which bags the copy still has an older state.
    """
    newest = state.checkpoint
    if newest is None or marker is None or marker.finished or marker.size >= newest.size:
        return state
    if not marker.size:
        return state._replace(checkpoint=None)
    whole = Checkpoint(newest.origin, marker.size, archive.ledger.root_at(marker.size))
    return state._replace(checkpoint=whole)


def _kept(folder: LedgerFolder) -> list[str]:
    """The checkpoints that are kept, the largest first: they may tell of a younger state."""
    with contextlib.suppress(EvidenceError):
        return [f"{CHECKPOINTS}/{size}" for size in reversed(folder.checkpoint_sizes())]
    return []


def _signed(
    keys: list[VerifierKey], folder: LedgerFolder, name: str, found: list[Finding]
) -> Checkpoint | None:
    try:
        raw = folder.read_note(name)
        if raw is None:
            return None
        signed = note.parse(raw)
        checkpoint = Checkpoint.parse_text(signed.text)
        if any(signed.is_signed_by(key, verify) for key in keys):
            return checkpoint
        reason = "no key of this archive signed it"
    except NoteError as trouble:
        reason = str(trouble)
    except NotAPlainFileError:
        reason = "is no plain file"
    except StorageError as trouble:
        reason = trouble.message
    found.append(_doubt(name, reason))
    return None


def _doubt(name: str, reason: str) -> Finding:
    message = f"of the copy does not hold: {printable(reason)}"
    return warning("COPY-LEDGER", f"ledger/{name}", message, remedy="it is written anew from the archive")


def _require_ancestor(archive: OpenedArchive, root: Path, theirs: Checkpoint, ours: Checkpoint) -> Checkpoint:
    """The archive's checkpoint by which a state of the copy is proven: `ours`, or a later one."""
    if theirs.size > ours.size:
        ours = _by_now(archive, ours)
    if theirs.size > ours.size:
        _refuse_larger(root, theirs.size, ours)
    if theirs.origin != ours.origin or not archive.ledger.extends(theirs.size, theirs.root):
        raise ForeignCopyError(
            f"{printable(str(root))}: the ledger of this copy is no earlier state of this archive's, and"
            " that is no damage: there are two histories; nothing was touched",
            remedy=_COMPARE,
        )
    return ours


def _by_now(archive: OpenedArchive, ours: Checkpoint) -> Checkpoint:
    """The archive's checkpoint as it is by now: another command may have written, and brought the copy on."""
    archive.refresh()
    newest = archive.checkpoint()
    return newest if archive.ledger.extends(ours.size, ours.root) else ours


def _refuse_larger(root: Path, size: int, ours: Checkpoint) -> None:
    """A copy that has more than the archive: a later state of it, unless its ledger proves another past."""
    entries = f"{size - ours.size:,} {'entry' if size == ours.size + 1 else 'entries'}"
    if _is_of_another_history(root, ours):
        raise ForeignCopyError(
            f"{printable(str(root))}: the ledger of this copy has {entries} more than the archive's and does"
            " not begin with it: there are two histories; nothing was touched",
            remedy=_COMPARE,
        )
    raise ForeignCopyError(
        f"{printable(str(root))}: this copy is {entries} ahead of"
        " the archive, which was put back to an older state; nothing was touched",
        remedy="keep the copy as it is: it has what the archive lost. archive repair --ledger --plan --from"
        f" {shell_word(str(root))} says what brings the archive on; then archive repair --all",
    )


def _goes_beyond(root: Path, size: int) -> bool:
    """Whether the copy's ledger has, by its names, what only a larger one than of that size has.

    Nothing vouches for the marker, and of a larger state more is left than that. Raises StorageError where
    it cannot be listed.
    """
    tiles = map(TilePath.parse, names_below(root / LEDGER))
    kept = (int(name.rpartition("/")[2]) for name in _kept(LedgerFolder(str(root))))
    return any(tile is not None and tile.end > size for tile in tiles) or any(one > size for one in kept)


def _of_marker(marker: CopyMarker) -> Finding:
    message = f"says that the copy goes up to entry {marker.size:,}, and nothing of its ledger does"
    return warning(
        "COPY-MARKER", MARKER, message, remedy="archive copy --to, with this folder, writes it anew"
    )


def _is_of_another_history(root: Path, ours: Checkpoint) -> bool:
    """Whether the copy's own ledger, which gives the root of its checkpoint, does not begin with ours."""
    copied = LedgerFiles(str(root))
    try:
        theirs = Checkpoint.parse_text(note.parse(copied.checkpoint_bytes()).text)
        return theirs.size >= ours.size and not copied.extends(ours.size, ours.root)
    except (EvidenceError, NoteError, NotAPlainFileError, StorageError):
        return False  # torn or unread: then it is said to be ahead, as its checkpoint says
