"""The ledger of an archive on disk: read, extended, proven and verified."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from archive.core.errors import ArchiveError, ConflictError, EvidenceError
from archive.core.ledger.checkpoint import Checkpoint, open_checkpoint
from archive.core.ledger.entries import Entry
from archive.core.ledger.ledger_findings import LedgerVerdict
from archive.core.ledger.merkle import (
    EMPTY_ROOT,
    SubtreeHash,
    consistency_proof,
    inclusion_proof,
    root_of,
    verify_consistency,
)
from archive.core.ledger.note import NoteError, NoteSigner, VerifierKey, parse
from archive.core.ledger.tiles import TILE_WIDTH
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.keys.last_signed import LastSigned
from archive.storage.keys.signing_key import verify as verify_signature
from archive.storage.ledger.commit import Commit, Sync, begin_ledger
from archive.storage.ledger.folder import CHECKPOINT, LedgerFolder
from archive.storage.ledger.verification import Verification

_REMEDY = "run `archive ledger verify`; put the file back from another copy of the archive"
_TILES = (
    "run `archive ledger verify`; tiles are made anew from the entries: in the archive itself"
    " archive repair --ledger does that, in a copy the next archive copy"
)


class LedgerFiles:
    """The ledger in `<archive>/ledger`, in the layout of c2sp.org/tlog-tiles with all checkpoints kept.

    Readers need no lock; `create` and `append` are called by the holder of the writer's lock only.
    """

    def __init__(self, archive: str) -> None:
        self._folder = LedgerFolder(archive)

    # Reading

    def read_checkpoint(self, vkey: str) -> Checkpoint:
        """The ledger's checkpoint, once the key's signature on it is verified.

        Raises EvidenceError with the cause: missing, malformed, not signed by the key, signature does not
        hold; StorageError where it cannot be read; ValueError where the vkey is none.
        """
        key = VerifierKey.parse(vkey)
        try:
            checkpoint = open_checkpoint(self.checkpoint_bytes(), key, verify_signature)
        except NoteError as trouble:
            raise EvidenceError(f"ledger/checkpoint: {trouble}", remedy=_REMEDY) from trouble
        if checkpoint.origin != key.name:
            raise EvidenceError(
                f"ledger/checkpoint: of {checkpoint.origin}, not of {key.name}", remedy=_REMEDY
            )
        return checkpoint

    def checkpoint_bytes(self) -> bytes:
        """The signed note as it is stored, for handing out; EvidenceError where there is none."""
        try:
            raw = self._folder.read_note(CHECKPOINT)
        except NotAPlainFileError as trouble:
            raise EvidenceError(str(trouble), remedy=_REMEDY) from trouble
        if raw is None:
            raise EvidenceError("ledger/checkpoint: missing", remedy=_REMEDY)
        return raw

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The entries [start, end), a bundle in memory at a time; to the checkpoint's size by default.

        Nothing is verified but the shape of the bundles: EvidenceError names one that is torn or missing.
        """
        end = self._claimed().size if end is None else end
        for number in range(start // TILE_WIDTH, -(-end // TILE_WIDTH)):
            first = number * TILE_WIDTH
            bundle = self._folder.bundle(number, min(TILE_WIDTH, end - first))
            yield from bundle[max(start - first, 0) :]

    def entry(self, index: int) -> bytes:
        """One entry by its index; EvidenceError where its bundle is torn or missing."""
        return self._folder.bundle(index // TILE_WIDTH, index % TILE_WIDTH + 1)[-1]

    def subtrees(self) -> SubtreeHash:
        """Hashes of complete subtrees as the tiles give them, and as good as these; some tiles are kept."""
        return self._folder.subtrees()

    def root_at(self, size: int) -> bytes:
        """The root over the first `size` entries as the tiles give it.

        As good as the tiles: `verify` proves them, `extends` needs no trust in them. EvidenceError names a
        tile that is torn or missing.
        """
        return root_of(size, self._folder.subtrees())

    def extends(self, size: int, root: bytes) -> bool:
        """True where the ledger begins with the tree of that size and root, proven against its checkpoint.

        The checkpoint's signature is the caller's to verify (`read_checkpoint`). Raises EvidenceError where
        the tiles do not give the checkpoint's own root, so that nothing can be said.
        """
        now = self._claimed()
        if size > now.size:
            return False
        if size == 0:
            return root == EMPTY_ROOT
        if size == now.size:
            return root == now.root
        subtrees = self._folder.subtrees()
        proof = consistency_proof(size, now.size, subtrees)
        if verify_consistency(size, now.size, root, now.root, proof):
            return True
        # That the tiles above give the signed root says nothing of those below, which the proof is made of.
        if not verify_consistency(size, now.size, root_of(size, subtrees), now.root, proof):
            raise EvidenceError(
                f"the tiles of the ledger do not give the root signed at size {now.size}", remedy=_TILES
            )
        return False

    def prove_inclusion(self, index: int, size: int) -> list[bytes]:
        """The RFC 9162 inclusion proof of an entry in the tree of that size; ValueError outside of it."""
        return inclusion_proof(index, size, self._folder.subtrees())

    def prove_consistency(self, first: int, second: int) -> list[bytes]:
        """The RFC 9162 consistency proof between two sizes; ValueError unless 0 < first <= second."""
        return consistency_proof(first, second, self._folder.subtrees())

    # Writing

    def create(
        self, first_entry: bytes, signer: NoteSigner, last_signed: LastSigned, *, sync: Sync | None = None
    ) -> Checkpoint:
        """Begin the ledger with entry 0 and sign it at size 1; completes a creation that was killed.

        Raises ConflictError where it exists or the key signed a ledger before.
        """

        def look() -> None:
            if last_signed.read()[0] is not None:
                raise ConflictError(
                    "this key signed a ledger before; a new archive takes a new key",
                    remedy="begin with a new key: archive init makes one",
                )

        look()
        begin_ledger(self._folder)
        checkpoint = Commit(self._folder, None, [signer]).run([first_entry], [last_signed], sync, look)
        if checkpoint is None:
            raise AssertionError("one entry was appended")
        return checkpoint

    def append(
        self,
        entries: Iterable[bytes],
        signer: NoteSigner,
        last_signed: LastSigned,
        *,
        sync: Sync | None = None,
    ) -> Checkpoint:
        """Commit the entries: when it returns, they are durable and signed; else `is_beyond` knows.

        Called under the writer's lock. Where `entries` is empty, leftovers are removed and nothing is
        committed. `sync` makes (files, folders) durable; by default fsync of each when there are few, else
        one syncfs. Raises EvidenceError where the checkpoint does not verify, does not extend what the key
        signed last, or the edge of the tree on disk does not give its root; StorageError where something
        cannot be written; ConflictError where another commit keeps the key for too long.
        """
        state = last_signed.check(self)
        state.refuse_unless_signable()

        def look() -> None:
            last_signed.check(self).refuse_unless_signable()

        checkpoint = Commit(self._folder, state.checkpoint, [signer]).run(entries, [last_signed], sync, look)
        return checkpoint or state.checkpoint

    def is_beyond(self, size: int) -> bool:
        """Whether a commit of more than so many entries is in place, or may be.

        For whoever called `append` and got an exception: a sync that failed after the rename, or a signal,
        leaves the new checkpoint in place, and what its entries vouch for must stay.
        """
        try:
            note = parse(self.checkpoint_bytes())
            return Checkpoint.parse_text(note.text).size > size
        except (ArchiveError, NoteError):
            return True

    def hand_over(
        self, entries: Iterable[bytes], before: str, hands: Sequence[tuple[NoteSigner, LastSigned]]
    ) -> Checkpoint:
        """Commit the entries that name a new key, signed by every hand: the old key too, where it is there.

        `before` is the verifier key of the present checkpoint. The caller holds the lock and has made sure
        that the ledger extends what the old key signed last. Raises as `append` does.
        """
        checkpoint = self.read_checkpoint(before)
        commit = Commit(
            self._folder, checkpoint, [signer for signer, _ in hands], before=VerifierKey.parse(before)
        )

        def look() -> None:
            for signer, state in hands:
                if str(signer.key) == before:
                    state.check(self).refuse_unless_signable()

        return commit.run(entries, [state for _, state in hands], None, look) or checkpoint

    # Verifying

    def verify(
        self,
        vkey: str,
        checkpoint: Checkpoint | None = None,
        on_entry: Callable[[int, bytes], None] | None = None,
        *,
        on_parsed: Callable[[int, Entry], None] | None = None,
        intents: Callable[[], Collection[int]] = tuple,
    ) -> LedgerVerdict:
        """Compute the tree anew from the entries and compare everything on disk with it.

        Judged by the checkpoint given (verified before), else by the one on disk. `on_entry` gets every entry
        that could be read, `on_parsed` every well-formed one: what they build counts only where the outcome
        is `proven`. `intents` gives the ledger sizes that unfinished intents name; a commit that was killed
        is recognised without it. What is wrong comes back as findings; only the callbacks and a vkey that is
        none (ValueError) raise. About 10 µs an entry.
        """
        key = VerifierKey.parse(vkey)
        return Verification(self._folder, key, checkpoint, on_entry, on_parsed, intents).run()

    def _claimed(self) -> Checkpoint:
        """The checkpoint on disk as it stands there, its signature unverified."""
        try:
            return Checkpoint.parse_text(parse(self.checkpoint_bytes()).text)
        except NoteError as trouble:
            raise EvidenceError(f"ledger/checkpoint: {trouble}", remedy=_REMEDY) from trouble
