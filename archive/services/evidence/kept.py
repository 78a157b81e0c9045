"""Checkpoints that others kept, and whether today's ledger begins with what they fix."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.core.checkpoint import Checkpoint
from archive.core.errors import ConfigurationError, StorageError
from archive.core.findings import Finding, error
from archive.core.merkle import EMPTY_ROOT, Frontier, leaf_hash
from archive.core.note import MAX_NOTE_BYTES, Note, NoteError, VerifierKey, parse
from archive.storage.keys import verify

_COMPARE = "compare the archive with its other copies: one of its histories is not the true one"
_UNTOUCHED = "take the file exactly as `archive ledger checkpoint --out` wrote it"


@dataclass(frozen=True, slots=True)
class KeptNote:
    """A signed note that somebody kept, with the checkpoint it spells; its signature is not verified yet."""

    place: str
    note: Note
    checkpoint: Checkpoint


def read_kept(path: Path) -> KeptNote:
    """The checkpoint in a file that its keeper brought.

    Raises ConfigurationError where there is no such file or it holds no checkpoint, StorageError where it
    cannot be read.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_NOTE_BYTES + 1)
    except (FileNotFoundError, IsADirectoryError) as trouble:
        raise ConfigurationError(
            f"{path}: no such file", remedy="name a checkpoint kept earlier"
        ) from trouble
    except OSError as trouble:
        raise StorageError(f"{path}: cannot be read: {trouble.strerror}") from trouble
    try:
        note = parse(raw)
        return KeptNote(str(path), note, Checkpoint.parse_text(note.text))
    except NoteError as trouble:
        raise ConfigurationError(f"{path}: not a checkpoint: {trouble}", remedy=_UNTOUCHED) from trouble


def signature_finding(kept: KeptNote, keys: Sequence[VerifierKey]) -> Finding | None:
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


def compare(
    kept: Sequence[KeptNote], now: Checkpoint, roots: Mapping[int, bytes], signed_sizes: Iterable[int]
) -> list[Finding]:
    """What contradicts the kept checkpoints in a ledger that is proven up to `now`.

    `roots` has those of its entries at every kept size up to there; at `signed_sizes` the ledger has a
    checkpoint of its own.
    """
    own = {*signed_sizes, now.size}
    agreed = [
        each.checkpoint.size for each in kept if roots.get(each.checkpoint.size) == each.checkpoint.root
    ]
    findings = []
    for each in sorted(kept, key=lambda each: each.checkpoint.size):
        size, root = each.checkpoint.size, each.checkpoint.root
        if size > now.size:
            findings.append(_truncated(each, now.size))
        elif roots.get(size) != root:
            same = max((known for known in agreed if known < size), default=0)
            findings.append(_rewritten(each, roots[size], same, own))
    return findings


def _truncated(kept: KeptNote, size: int) -> Finding:
    return error(
        "LEDGER-TRUNCATED",
        kept.place,
        f"the ledger ends before this checkpoint: {kept.checkpoint.size - size} entries are gone",
        expected=f"{kept.checkpoint.size} entries or more",
        found=f"{size} entries",
        remedy="this is an older copy, or its end was cut off: find a copy that reaches the checkpoint",
    )


def _rewritten(kept: KeptNote, root: bytes, same: int, own: set[int]) -> Finding:
    size = kept.checkpoint.size
    where = f"the first that differs lies between entry {same} and entry {size - 1}"
    code, message = "LEDGER-REWRITTEN", f"the first {size} entries are not those of this checkpoint; {where}"
    if size in own:
        code, message = "LEDGER-FORK", f"the key signed two different ledgers of {size} entries; {where}"
    expected, found = (f"root {value.hex()}" for value in (kept.checkpoint.root, root))
    return error(code, kept.place, message, expected=expected, found=found, remedy=_COMPARE)
