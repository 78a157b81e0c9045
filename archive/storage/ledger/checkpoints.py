"""The checkpoint of a ledger and all earlier ones, as a verification meets them.

The current one is judged by the key given; earlier ones by the keys that the entries name for their size,
which are known only after the pass over the entries.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from archive.core.errors import StorageError
from archive.core.ledger.checkpoint import Checkpoint, open_checkpoint
from archive.core.ledger.key_chain import KeyChain
from archive.core.ledger.ledger_findings import LedgerCode
from archive.core.ledger.note import Note, NoteError, VerifierKey, parse
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.keys.signing_key import verify
from archive.storage.ledger.beyond import Beyond, CheckpointBeyond, claimed, judge_beyond
from archive.storage.ledger.folder import (
    CHECKPOINT,
    CHECKPOINTS,
    NEW_CHECKPOINT,
    LedgerFolder,
    is_leftover,
    is_size,
)
from archive.storage.ledger.looks import Looks


class KeptCheckpoints:
    """Which checkpoint to judge by, and whether the others agree with it."""

    def __init__(
        self,
        folder: LedgerFolder,
        key: VerifierKey,
        intents: Callable[[], Collection[int]],
        looks: Looks,
    ) -> None:
        self._folder = folder
        self._key = key
        self._intents = intents
        self._looks = looks
        # Listed before the checkpoint is read: a commit in between makes nothing look rolled back.
        names = looks.names(folder.checkpoint_names)
        self._sizes = sorted(int(name) for name in names if is_size(name))
        for name in sorted(name for name in names if not is_size(name)):
            if is_leftover(name):
                looks.find(LedgerCode.BEYOND, f"{CHECKPOINTS}/{name}", "left by a writer that was killed")
            else:
                looks.find(LedgerCode.UNKNOWN_FILE, f"{CHECKPOINTS}/{name}", "no part of a ledger")
        self._current = self._open(CHECKPOINT)
        self._kept: dict[int, tuple[Note, Checkpoint]] = {}
        self._judged: Checkpoint | None = None

    @property
    def top(self) -> int:
        """The size beyond which nothing is ledger."""
        sizes = [each.size for each in (self._judged, self._current) if each is not None]
        return max(sizes, default=0)

    def judged_by(self, given: Checkpoint | None) -> Checkpoint | None:
        """The checkpoint to judge by: the one given, unless the ledger on disk falls short of it."""
        self._judged = self._choose(given)
        return self._judged

    def _choose(self, given: Checkpoint | None) -> Checkpoint | None:
        current = self._current
        if current is None:
            return given or self._largest_kept()
        if given is None:
            return current
        if given.origin != current.origin or (given.size == current.size and given.root != current.root):
            self._looks.find(
                LedgerCode.CHECKPOINT_CONTRADICTED,
                CHECKPOINT,
                f"contradicts the checkpoint of {given.origin} at size {given.size} that it was held against",
            )
            return current
        if given.size > current.size:
            self._looks.find(
                LedgerCode.ROLLBACK,
                CHECKPOINT,
                f"ends at {current.size}; the checkpoint that it was held against ends at {given.size}",
            )
            return current
        return given

    def _largest_kept(self) -> Checkpoint | None:
        for size in reversed(self._sizes):
            raw, _ = self._looks.note(f"{CHECKPOINTS}/{size}")
            try:
                found = open_checkpoint(raw, self._key, verify) if raw is not None else None
            except NoteError:
                continue
            if found is not None and found.size == size:
                return found
        return None

    def sizes_up_to(self, size: int) -> list[int]:
        """The sizes, ascending, up to a size that a checkpoint names: one kept under it or one beyond."""
        for kept in self._sizes:
            if kept > size:
                break
            note = self._parse(f"{CHECKPOINTS}/{kept}")
            found = note[1] if note is not None else None
            if found is not None and found.size != kept:
                self._looks.find(
                    LedgerCode.CHECKPOINT_ALTERED,
                    f"{CHECKPOINTS}/{kept}",
                    "holds the checkpoint of another size",
                    expected=str(kept),
                    found=str(found.size),
                )
            elif note is not None:
                self._kept[kept] = note
        if self._current is not None and self._current.size not in self._sizes:
            self._parse(f"{CHECKPOINTS}/{self._current.size}")  # removed, or committed since the listing
        named = {*self._kept, *self._named_beyond()}
        return sorted(each for each in named if 0 < each <= size)

    def _named_beyond(self) -> Iterator[int]:
        """The sizes that notes under names beyond the end spell, whoever signed them."""
        for size in self._sizes:
            raw = self._looks.quiet_note(f"{CHECKPOINTS}/{size}") if size > self.top else None
            found = claimed(raw) if raw is not None else None
            if found is not None:
                yield found.size

    def agreed(self, roots: Mapping[int, bytes], below: int) -> int:
        """The largest size below one at which a kept checkpoint has the root of the tree; 0 for none."""
        kept = self._kept
        return max(
            (size for size in kept if size < below and roots.get(size) == kept[size][1].root), default=0
        )

    def contradicted_by(self, roots: Mapping[int, bytes]) -> list[int]:
        """The sizes, ascending, at which the tree has another root than the one signed."""
        kept = self._kept
        return [size for size, root in roots.items() if size in kept and kept[size][1].root != root]

    def judge_signatures(self, chain: KeyChain, *, is_whole: bool) -> None:
        """Leave out every kept checkpoint that the key of its size did not sign, with a finding.

        Where entries are missing, so that the chain may be cut short, each key that is known will do, and
        what bears none of their signatures is left out without one: an earlier key may have signed it.
        """
        for size, (note, _) in list(self._kept.items()):
            expected = chain.key_at(size) or self._key
            keys = [expected]
            if not is_whole:
                keys += [link.key for link in chain.links] + [self._key]
            trouble = _unsigned(note, keys)
            if trouble is None:
                if is_whole:
                    self._judge_hand_over(f"{CHECKPOINTS}/{size}", note, chain.handed_over(size))
                continue
            known = {key.key_id for key in keys}
            if is_whole or any(line.key_id in known for line in note.signatures):
                self._looks.find(LedgerCode.CHECKPOINT_ALTERED, f"{CHECKPOINTS}/{size}", trouble)
            del self._kept[size]
        if is_whole and self._current is not None:
            before = chain.handed_over(self._current.size)
            found = self._parse(CHECKPOINT) if before is not None else None
            if found is not None and found[1].size == self._current.size:
                self._judge_hand_over(CHECKPOINT, found[0], before)

    def _judge_hand_over(self, name: str, note: Note, before: VerifierKey | None) -> None:
        """The checkpoint of a change of keys bears the signature of the key before, too."""
        trouble = _unsigned(note, [before]) if before is not None else None
        if trouble is not None:
            self._looks.find(LedgerCode.CHECKPOINT_ALTERED, name, f"{trouble}; a change of keys has both")

    def has_moved(self) -> bool:
        """True where the checkpoint on disk is larger now than the one judged by: a writer is at work."""
        now = self._quietly(CHECKPOINT)
        return now is not None and self._judged is not None and now.size > self._judged.size

    def is_also_signed_by(self, key: VerifierKey) -> bool:
        """True where the current checkpoint bears that key's signature beside the one it was judged by.

        The first checkpoint after a change of keys is signed by both.
        """
        try:
            raw = self._folder.read_note(CHECKPOINT)
            return raw is not None and parse(raw).is_signed_by(key, verify)
        except (NoteError, NotAPlainFileError, StorageError):
            return False

    def look_beyond(self, chain: KeyChain, roots: Mapping[int, bytes], *, is_whole: bool) -> None:
        """Judge checkpoints under names beyond the end; `roots` are those of the tree, once it is proven."""
        unfinished = self._looks.note_beyond(NEW_CHECKPOINT)
        found_any = False
        for size in self._sizes:
            if size <= self.top:
                continue
            name = f"{CHECKPOINTS}/{size}"
            found_any = True
            raw = self._looks.note_beyond(name)
            now = self._quietly(CHECKPOINT)
            if raw is None or (now is not None and now.size >= size):
                continue
            beyond = judge_beyond(
                raw,
                end=self.top,
                unfinished=unfinished,
                keys=lambda signed: self._signers(chain, signed, is_whole=is_whole),
                differs=lambda found: self._differs(found, roots),
            )
            self._say_beyond(size, beyond)
        if unfinished is not None and not found_any:
            self._looks.find(LedgerCode.BEYOND, NEW_CHECKPOINT, "leftover of a commit that was not made")

    def _signers(self, chain: KeyChain, size: int, *, is_whole: bool) -> list[VerifierKey]:
        """The keys that may have signed a checkpoint of some size: where entries are missing, all known."""
        if size > self.top:
            return [self._key]
        named = [chain.key_at(size)] if is_whole else [link.key for link in chain.links]
        return [self._key, *(key for key in named if key is not None)]

    def _differs(self, found: Checkpoint, roots: Mapping[int, bytes]) -> bool:
        """True where another root is known at the size of a checkpoint."""
        if found.size in roots:
            return roots[found.size] != found.root
        known = [each for each in (self._judged, self._current) if each is not None]
        known += [kept for _, kept in self._kept.values()]
        return any(each.size == found.size and each.root != found.root for each in known)

    def _say_beyond(self, size: int, beyond: CheckpointBeyond) -> None:
        name, found = f"{CHECKPOINTS}/{size}", beyond.checkpoint
        if found is None:
            self._looks.find(LedgerCode.BEYOND, name, "unsigned leftover of a commit that was not made")
        elif beyond.kind is Beyond.FORK:
            message = "signed over other entries than those of the ledger: a fork"
            self._looks.find(LedgerCode.CHECKPOINT_CONTRADICTED, name, message)
        elif beyond.kind is Beyond.EARLIER:
            message = f"holds the checkpoint of another size: of {found.size}"
            self._looks.find(LedgerCode.BEYOND, name, message)
        elif beyond.kind is Beyond.UNFINISHED or size in self._intents():
            self._looks.find(LedgerCode.UNFINISHED, name, "a commit was begun and not made")
        else:
            message = f"was signed, but the ledger ends at {self.top}: it was rolled back"
            self._looks.find(LedgerCode.ROLLBACK, name, message)

    def _open(self, name: str) -> Checkpoint | None:
        """The checkpoint of that name; why there is none becomes a finding."""
        raw, reported = self._looks.note(name)
        if raw is None:
            if not reported:
                self._looks.find(LedgerCode.CHECKPOINT_MISSING, name, "missing")
            return None
        try:
            found = open_checkpoint(raw, self._key, verify)
        except NoteError as trouble:
            self._looks.find(LedgerCode.CHECKPOINT_ALTERED, name, str(trouble))
            return None
        if found.origin != self._key.name:
            self._looks.find(LedgerCode.CHECKPOINT_ALTERED, name, f"of {found.origin}, not {self._key.name}")
            return None
        return found

    def _parse(self, name: str) -> tuple[Note, Checkpoint] | None:
        """The note of that name and the checkpoint it spells, its signature not verified yet."""
        raw, reported = self._looks.note(name)
        if raw is None:
            if not reported:
                self._looks.find(LedgerCode.CHECKPOINT_MISSING, name, "missing")
            return None
        try:
            note = parse(raw)
            found = Checkpoint.parse_text(note.text)
        except NoteError as trouble:
            self._looks.find(LedgerCode.CHECKPOINT_ALTERED, name, str(trouble))
            return None
        if found.origin != self._key.name:
            self._looks.find(LedgerCode.CHECKPOINT_ALTERED, name, f"of {found.origin}, not {self._key.name}")
            return None
        return note, found

    def _quietly(self, name: str) -> Checkpoint | None:
        raw = self._looks.quiet_note(name)
        try:
            return open_checkpoint(raw, self._key, verify) if raw is not None else None
        except NoteError:
            return None


def _unsigned(note: Note, keys: list[VerifierKey]) -> str | None:
    """Why none of the keys signed the note; None where one did and its signature holds."""
    try:
        if any(note.is_signed_by(key, verify) for key in keys):
            return None
    except NoteError as trouble:
        return str(trouble)
    names = ", ".join(f"{line.name}+{line.key_id.hex()}" for line in note.signatures)
    return f"not signed by {keys[0].name}+{keys[0].key_id.hex()} but by {names}"
