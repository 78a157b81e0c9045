"""The commit: bundles and tiles first, then the signed checkpoint, whose rename is the only commit point.

Killed or cut off anywhere, the ledger is the old one or the new one. What lies beyond the checkpoint is not
ledger, and the next commit removes it.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from archive.core.errors import ConflictError, EvidenceError, StorageError
from archive.core.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from archive.core.ledger.entries import EntryError, parse_entry
from archive.core.ledger.key_chain import KeyChain
from archive.core.ledger.merkle import consistency_proof, leaf_hash, root_of, verify_consistency
from archive.core.ledger.note import NoteError, NoteSigner, VerifierKey
from archive.core.ledger.tiles import (
    TILE_WIDTH,
    TilePath,
    TreeEdge,
    edge_tiles,
    encode_bundle,
    level_sizes,
    tile_widths,
)
from archive.storage.disk.durable import (
    NotAPlainFileError,
    make_folder,
    read_back,
    remove,
    rename,
    sync_folder,
    write_new,
)
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.kinds import something_lies_at
from archive.storage.keys.last_signed import LastSigned
from archive.storage.keys.signing_key import verify
from archive.storage.keys.signing_lock import signing_alone
from archive.storage.ledger.beyond import Beyond, CheckpointBeyond, judge_beyond
from archive.storage.ledger.folder import CHECKPOINT, CHECKPOINTS, NEW_CHECKPOINT, TILES, LedgerFolder

# (files, folders) that were written and must be durable when it returns
Sync = Callable[[Sequence[str], Sequence[str]], None]

# Up to here file by file: syncfs also waits for whatever other programs are writing to that disk.
_FEW = 32
_REMEDY = "run `archive ledger verify`"


class Commit:
    """One append to the ledger on disk, begun at a verified checkpoint (None: there is none yet).

    `before` is the key of that checkpoint, where it is not the first of the signers.
    """

    def __init__(
        self,
        folder: LedgerFolder,
        checkpoint: Checkpoint | None,
        signers: Sequence[NoteSigner],
        before: VerifierKey | None = None,
    ) -> None:
        self._folder = folder
        self._checkpoint = checkpoint
        self._signers = signers
        self._before = before or signers[0].key
        self._files: list[str] = []
        self._folders: dict[str, None] = {}
        self._earlier: dict[int, int] = {}  # size that a kept checkpoint is named by -> its own

    @property
    def _size(self) -> int:
        return self._checkpoint.size if self._checkpoint is not None else 0

    def run(
        self,
        entries: Iterable[bytes],
        states: Sequence[LastSigned],
        sync: Sync | None,
        last_look: Callable[[], None],
    ) -> Checkpoint | None:
        """Append the entries; the new checkpoint, or the old one where there was nothing to append.

        `last_look` raises where the keys signed what this would contradict; nobody else signs with them from
        then on. Raises EvidenceError where the ledger on disk does not hold, StorageError where it cannot be
        written, ConflictError where another commit keeps a key: then the old checkpoint stands, unless the
        last sync failed (`LedgerFiles.is_beyond`). Memory does not grow with the number of entries.
        """
        for name in (CHECKPOINTS, TILES):
            self._folder.refuse_links(name)
        self._judge_beyond()
        edge, pending = self._edge()
        self._clean()
        whole = FileSystemSync(self._folder.path) if sync is None else None
        try:
            self._write(edge, pending, entries)
            if edge.size == self._size:
                return self._checkpoint
            self._make_durable(sync, whole)
        finally:
            if whole is not None:
                whole.close()
        checkpoint = Checkpoint(self._before.name, edge.size, edge.root())
        with signing_alone(state.folder for state in states):
            last_look()  # while the entries were written a copy of this archive may have been signed
            for state in states:
                state.begin(checkpoint)
            self._publish(checkpoint)
            for state in states:
                # It is committed: what lies beside the key names this checkpoint as begun, and the next to
                # sign finds it in place. To fail here would say that the old one stands.
                with contextlib.suppress(StorageError):
                    state.finish(checkpoint)
        return checkpoint

    def _judge_beyond(self) -> None:
        """EvidenceError where a checkpoint beyond the end is of a larger ledger or of another history.

        Notes which are this ledger's own, under a wrong name.
        """
        unfinished = self._note(NEW_CHECKPOINT)
        for size in self._folder.checkpoint_sizes():
            raw = self._note(f"{CHECKPOINTS}/{size}") if size > self._size else None
            if raw is None:
                continue
            beyond = judge_beyond(
                raw, end=self._size, unfinished=unfinished, keys=self._keys, differs=self._differs
            )
            if beyond.kind is Beyond.LARGER:
                raise EvidenceError(
                    f"ledger/checkpoints/{size} was signed, but the ledger ends at {self._size}: rolled back",
                    remedy="find out who put an older state in place; compare with the other copies",
                )
            if beyond.kind is Beyond.FORK:
                raise EvidenceError(
                    f"ledger/checkpoints/{size} was signed over other entries than the ledger's: a fork",
                    remedy="compare it with the other copies: one of them was written apart",
                )
            found = beyond.checkpoint
            if found is not None and found.size <= self._size and self._is_fully_signed(beyond):
                self._earlier[size] = found.size

    def _keys(self, size: int) -> Iterator[VerifierKey]:
        """The keys that may have signed a checkpoint of some size; entries name those of an earlier one."""
        yield self._before
        if size <= self._size and (key := self._chain.key_at(size)) is not None:
            yield key

    @cached_property
    def _chain(self) -> KeyChain:
        """The keys as the entries name them: read only where a checkpoint lies under a wrong name."""
        chain = KeyChain(verify)
        for number, width in tile_widths(self._size, None):
            for index, raw in enumerate(self._folder.bundle(number, width), number * TILE_WIDTH):
                with contextlib.suppress(EntryError, ConflictError):
                    chain.take(index, parse_entry(raw))
        return chain

    def _differs(self, found: Checkpoint) -> bool:
        """True where the ledger has another root at that size, proven against its checkpoint.

        EvidenceError where the tiles prove neither.
        """
        now = self._checkpoint
        if now is None or found.size in {0, now.size}:
            return now is not None and found.size > 0 and found.root != now.root
        subtrees = self._folder.subtrees()
        proof = consistency_proof(found.size, now.size, subtrees)
        if verify_consistency(found.size, now.size, found.root, now.root, proof):
            return False
        if verify_consistency(found.size, now.size, root_of(found.size, subtrees), now.root, proof):
            return True
        raise EvidenceError(
            f"the tiles of the ledger do not give the root signed at size {now.size}", remedy=_REMEDY
        )

    def _is_fully_signed(self, beyond: CheckpointBeyond) -> bool:
        """True where it is of this ledger and has each signature that the checkpoint of its size has."""
        note, found = beyond.note, beyond.checkpoint
        if note is None or found is None or found.origin != self._before.name:
            return False
        keys = (self._chain.key_at(found.size), self._chain.handed_over(found.size))
        try:
            return all(note.is_signed_by(key, verify) for key in keys if key is not None)
        except NoteError:
            return False

    def _note(self, name: str) -> bytes | None:
        try:
            return self._folder.read_note(name)
        except NotAPlainFileError:
            return None

    def _edge(self) -> tuple[TreeEdge, list[bytes]]:
        """The right edge of the tree as signed, and the entries of the last, partial bundle.

        From the files of that very checkpoint: a wider leftover in their place is about to be removed.
        """
        rows: list[list[bytes]] = [[] for _ in level_sizes(self._size)]
        for tile in edge_tiles(self._size):
            rows[tile.level or 0] = self._folder.hashes(tile.level or 0, tile.number, tile.width, exact=True)
        edge = TreeEdge(self._size, rows)
        if self._checkpoint is not None and edge.root() != self._checkpoint.root:
            raise EvidenceError(
                f"the tiles of the ledger do not give the root signed at size {self._size}", remedy=_REMEDY
            )
        width = self._size % TILE_WIDTH
        last = TilePath(None, self._size // TILE_WIDTH, width)
        pending = self._folder.bundle(last.number, width, exact=True) if width else []
        if [leaf_hash(entry) for entry in pending] != (rows[0] if rows else []):
            raise EvidenceError(f"ledger/{last}: altered: its entries are not in the tree", remedy=_REMEDY)
        return edge, pending

    def _clean(self) -> None:
        """Remove what lies beyond the checkpoint and the partial tiles of the one before it."""
        for name in self._folder.leftovers():
            self._take_away(name)
        for size in self._folder.checkpoint_sizes():
            if size > self._size:
                self._set_right(size)
        if something_lies_at(self._folder.at(NEW_CHECKPOINT)):
            # In this order, also through a power cut: without it they would look like a rollback.
            sync_folder(self._folder.at(CHECKPOINTS))
            self._take_away(NEW_CHECKPOINT)
        keep = set(edge_tiles(self._size))
        keep.add(TilePath(None, self._size // TILE_WIDTH, self._size % TILE_WIDTH))
        for name, tile, _ in self._folder.walk_tiles():
            if tile is None or (tile.end <= self._size and (tile.width == TILE_WIDTH or tile in keep)):
                continue
            self._take_away(name)
            if tile.width != TILE_WIDTH:
                with contextlib.suppress(OSError):  # others may lie in it
                    os.rmdir(os.path.dirname(self._folder.at(name)))

    def _set_right(self, size: int) -> None:
        """Remove a checkpoint beyond; an earlier one that lies there alone gets its own name back."""
        name = f"{CHECKPOINTS}/{size}"
        if size in self._earlier:
            own = self._folder.at(f"{CHECKPOINTS}/{self._earlier[size]}")
            if not something_lies_at(own):
                rename(self._folder.at(name), own)
                return
        self._take_away(name)

    def _take_away(self, name: str) -> None:
        """Remove what has the name; StorageError for a folder that holds something: it is anybody's."""
        path = self._folder.at(name)
        if self._folder.has_folder(name):
            with contextlib.suppress(OSError):  # then `remove` says what to do with it
                os.rmdir(path)
        remove(path)

    def _write(self, edge: TreeEdge, pending: list[bytes], entries: Iterable[bytes]) -> None:
        begun = edge.size
        leaves: list[bytes] = []
        for entry in entries:
            pending.append(entry)
            leaves.append(leaf_hash(entry))
            if len(leaves) == edge.room:
                number = edge.size // TILE_WIDTH
                for tile, raw in edge.extend(leaves):
                    self._put(tile, raw)
                self._put(TilePath(None, number), encode_bundle(pending))
                pending.clear()
                leaves.clear()
        edge.extend(leaves)
        if edge.size == begun:
            return
        for tile, raw in edge.partial_tiles():
            if tile.end > begun:  # an upper level that did not grow has its tile already
                self._put(tile, raw)
        if pending:
            number, width = divmod(edge.size, TILE_WIDTH)
            self._put(TilePath(None, number, width), encode_bundle(pending))

    def _put(self, tile: TilePath, raw: bytes) -> None:
        path = self._folder.at(str(tile))
        folder = os.path.dirname(path)
        if folder not in self._folders:
            self._folder.refuse_links(os.path.dirname(str(tile)))
            self._make_folders(folder)
            self._folders[folder] = None
        write_new(path, raw)
        read_back(path, raw)
        self._files.append(path)

    def _make_folders(self, folder: str) -> None:
        missing = []
        while not os.path.isdir(folder):
            missing.append(folder)
            folder = os.path.dirname(folder)
        for each in reversed(missing):
            make_folder(each)
            self._folders[os.path.dirname(each)] = None

    def _make_durable(self, sync: Sync | None, whole: FileSystemSync | None) -> None:
        folders = list(self._folders)
        if sync is not None:
            sync(self._files, folders)
        elif whole is not None and len(self._files) + len(folders) > _FEW:
            whole.sync(self._files, folders)
        else:
            with FileSystemSync(self._folder.path, whole=False) as each:
                each.sync(self._files, folders)

    def _publish(self, checkpoint: Checkpoint) -> None:
        """Sign, write the copy under its size, and commit by the rename."""
        raw = sign_checkpoint(checkpoint, self._signers)
        try:
            for signer in self._signers:
                open_checkpoint(raw, signer.key, verify)
        except NoteError as trouble:
            raise EvidenceError(
                f"the checkpoint just signed does not verify: {trouble}",
                remedy="nothing was committed; run it again, and report it where that does not help",
            ) from trouble
        fresh = self._folder.at(NEW_CHECKPOINT)
        write_new(fresh, raw, sync=True)
        sync_folder(self._folder.path)
        # Before its copy is written: a copy without the same bytes here would look like a rollback.
        read_back(fresh, raw)
        kept = self._folder.at(f"{CHECKPOINTS}/{checkpoint.size}")
        write_new(kept, raw, sync=True)
        sync_folder(os.path.dirname(kept))
        read_back(kept, raw)
        rename(fresh, self._folder.at(CHECKPOINT))
        sync_folder(self._folder.path)


def begin_ledger(folder: LedgerFolder) -> None:
    """Make the folders of a ledger; ConflictError where one was begun and committed already."""
    if something_lies_at(folder.at(CHECKPOINT)):
        raise ConflictError(
            "the ledger exists already, and is never overwritten",
            remedy="make a new archive in another folder: archive init DIR",
        )
    sizes = folder.checkpoint_sizes()
    if any(size > 1 for size in sizes):
        raise EvidenceError(
            f"ledger/checkpoint is missing, but ledger/checkpoints/{sizes[-1]} is there",
            remedy="put the checkpoint back from another copy of the archive",
        )
    for name in (CHECKPOINTS, TILES):
        folder.refuse_links(name)
    for path in (folder.path, folder.at(CHECKPOINTS), folder.at(TILES)):
        make_folder(path)
        sync_folder(os.path.dirname(path))
    for size in sizes:  # an init that was killed, perhaps with a key that is gone
        remove(folder.at(f"{CHECKPOINTS}/{size}"))
