"""The entries of a ledger gathered from what is left of it and from its copies, proven by a signed root.

Every bundle is taken from wherever one lies that a tile above it vouches for; the tree is computed anew from
the entries alone, and nothing is believed before its root is the one that was signed.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final, NamedTuple

from archive.core.errors import ArchiveError, EvidenceError, StorageError
from archive.core.ledger.checkpoint import Checkpoint, open_checkpoint
from archive.core.ledger.merkle import HASH_BYTES, complete_subtree, leaf_hash
from archive.core.ledger.note import NoteError, VerifierKey
from archive.core.ledger.tiles import (
    TILE_WIDTH,
    TilePath,
    TreeEdge,
    decode_bundle,
    encode_bundle,
    tile_widths,
)
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.keys.signing_key import verify
from archive.storage.ledger.folder import CHECKPOINT, CHECKPOINTS, NEW_CHECKPOINT, LedgerFolder

OWN: Final = ""  # the place of the archive's own ledger


class LedgerAt(NamedTuple):
    """A ledger and the place where it lies."""

    place: str
    folder: LedgerFolder


class SignedNote(NamedTuple):
    """A checkpoint whose signature holds, its note, and the place where it was found."""

    checkpoint: Checkpoint
    note: bytes
    place: str


class GoodFile(NamedTuple):
    """A file as it has to be, relative to the archive's root, and the place that its bytes came from."""

    path: str
    data: bytes
    place: str


class GoodLedger:
    """The files of the ledger at one checkpoint.

    Raises EvidenceError where what is at hand does not give its root, StorageError where it may, and could
    not be read.
    """

    def __init__(self, ledgers: Sequence[LedgerAt], signed: SignedNote, sizes: Collection[int] = ()) -> None:
        self.signed = signed
        self.roots: dict[int, bytes] = {}
        self._ledgers = ledgers
        self._sizes = sorted(size for size in set(sizes) if 0 < size <= signed.checkpoint.size)
        self._refused: StorageError | None = None  # what was read first and storage did not give
        orders = [list(ledgers), *([one] for one in ledgers)]
        if not any(self._is_proven(order) for order in orders):
            if self._refused is not None:
                raise StorageError(
                    f"the ledger of {signed.checkpoint.size:,} entries that was signed could not be read in"
                    f" full: {self._refused.message}",
                    remedy=self._refused.remedy,
                )
            raise EvidenceError(
                f"what is at hand does not give the ledger of {signed.checkpoint.size:,} entries that was"
                " signed",
                remedy="bring another copy: archive repair --ledger --from COPY",
            )

    def agrees_with(self, other: Checkpoint) -> bool:
        """True where another checkpoint is of this history, not of another ledger or beginning.

        Its size has to be among `sizes`. Of one that is larger than this ledger nothing can be said against.
        """
        ours = self.signed.checkpoint
        return other.origin == ours.origin and self.roots.get(other.size, other.root) == other.root

    def files(self) -> Iterator[GoodFile]:
        """Every bundle and tile, a bundle in memory at a time."""
        edge = TreeEdge()
        for number, width in tile_widths(self.signed.checkpoint.size, None):
            entries, place = self._bundle(self._order, number, width, edge)
            bundle = TilePath(None, number, width)
            yield GoodFile(_path(bundle), encode_bundle(entries), place)
            for narrow in self._earlier(bundle):
                yield GoodFile(_path(narrow), encode_bundle(entries[: narrow.width]), place)
            for tile, data in edge.extend([leaf_hash(entry) for entry in entries]):
                yield from self._tile(tile, data)
        for tile, data in edge.partial_tiles():
            yield from self._tile(tile, data)

    def _tile(self, tile: TilePath, data: bytes) -> Iterator[GoodFile]:
        yield GoodFile(_path(tile), data, OWN)
        for narrow in self._earlier(tile):
            yield GoodFile(_path(narrow), data[: narrow.width * HASH_BYTES], OWN)

    def _earlier(self, tile: TilePath) -> list[TilePath]:
        """The tiles of earlier checkpoints that stay in its place until the next commit."""
        return [tile._replace(width=width) for width in self._narrower(self._ledgers[0], tile)]

    def entries(self) -> Iterator[bytes]:
        """The entries, in their order."""
        edge = TreeEdge()
        for number, width in tile_widths(self.signed.checkpoint.size, None):
            entries, _ = self._bundle(self._order, number, width, edge)
            edge.extend([leaf_hash(entry) for entry in entries])
            yield from entries

    def _is_proven(self, order: Sequence[LedgerAt]) -> bool:
        edge = TreeEdge()
        roots: dict[int, bytes] = {}
        waiting = iter(self._sizes)
        following = next(waiting, None)
        for number, width in tile_widths(self.signed.checkpoint.size, None):
            entries, _ = self._bundle(order, number, width, edge)
            leaves = [leaf_hash(entry) for entry in entries]
            if len(leaves) != width:
                return False
            done = 0
            while following is not None and following <= number * TILE_WIDTH + width:
                cut = following - number * TILE_WIDTH
                edge.extend(leaves[done:cut])
                roots[following] = edge.root()
                done, following = cut, next(waiting, None)
            edge.extend(leaves[done:])
        if edge.root() != self.signed.checkpoint.root:
            return False
        self._order, self.roots = order, roots
        return True

    def _bundle(
        self, order: Sequence[LedgerAt], number: int, width: int, edge: TreeEdge
    ) -> tuple[list[bytes], str]:
        """The entries of a bundle and the place they are from; none where nobody has it whole.

        The first whole bundle that the tile above vouches for; else the entries one by one, from wherever
        each lies, as a tile of leaf hashes that is vouched for wants them; else what is whole: the root says.
        """
        claims = self._claims(number) if width == TILE_WIDTH else set()
        whole: list[tuple[list[bytes], str]] = []
        for one in order:
            entries = self._entries(one, number, width)
            if len(entries) != width:
                continue
            if self._is_vouched([leaf_hash(entry) for entry in entries], claims, edge):
                return entries, one.place
            whole.append((entries, one.place))
        gathered = self._gathered(order, number, width, claims, edge)
        if gathered is not None:
            return gathered
        return whole[0] if whole else ([], OWN)

    def _is_vouched(self, leaves: list[bytes], claims: set[bytes], edge: TreeEdge) -> bool:
        """True where the tile above has their hash; of the last tile, where they give the signed root."""
        if len(leaves) == TILE_WIDTH and claims:
            return complete_subtree(leaves) in claims
        if edge.size + len(leaves) != self.signed.checkpoint.size:
            return False
        trial = edge.copy()
        trial.extend(leaves)
        return trial.root() == self.signed.checkpoint.root

    def _gathered(
        self, order: Sequence[LedgerAt], number: int, width: int, claims: set[bytes], edge: TreeEdge
    ) -> tuple[list[bytes], str] | None:
        """The entries that a vouched tile of level 0 wants, each from any bundle that still has it."""
        pool: dict[bytes, tuple[bytes, str]] = {}
        for one in order:
            for narrow in (width, *self._narrower(one, TilePath(None, number, width))):
                for entry in self._entries(one, number, narrow):
                    pool.setdefault(leaf_hash(entry), (entry, one.place))
        for one in self._ledgers:
            row = self._hashes(one, 0, number, width)
            if row is None:
                continue
            if all(leaf in pool for leaf in row) and self._is_vouched(row, claims, edge):
                places = {place for _, place in map(pool.__getitem__, row)} - {OWN}
                return [pool[leaf][0] for leaf in row], ", ".join(sorted(places))
        return None

    def _claims(self, number: int) -> set[bytes]:
        """What the tiles of level 1, here and there, have for a full tile of level 0."""
        claims: set[bytes] = set()
        for one in self._ledgers:
            row = self._hashes(one, 1, number // TILE_WIDTH, number % TILE_WIDTH + 1)
            if row is not None:
                claims.add(row[-1])
        return claims

    # -- what storage gives, and what it refuses ------------------------------------------------------------

    def _entries(self, ledger: LedgerAt, number: int, width: int) -> list[bytes]:
        """As many entries of a bundle as can be read, also of one that is torn; at most its width."""
        try:
            found = ledger.folder.find(TilePath(None, number, width))
        except (ArchiveError, NotAPlainFileError, OSError) as trouble:
            self._keep(trouble)
            return []
        return decode_bundle(found[1], found[0].width)[0][:width] if found is not None else []

    def _hashes(self, ledger: LedgerAt, level: int, number: int, width: int) -> list[bytes] | None:
        try:
            return ledger.folder.hashes(level, number, width)
        except (ArchiveError, NotAPlainFileError, OSError) as trouble:
            self._keep(trouble)
            return None

    def _narrower(self, ledger: LedgerAt, tile: TilePath) -> list[int]:
        """The widths of narrower tiles that lie in its place."""
        try:
            widths = ledger.folder.partial_widths(tile)
        except ArchiveError as trouble:
            self._keep(trouble)
            return []
        return [width for width in widths if width < tile.width]

    def _keep(self, trouble: Exception) -> None:
        if isinstance(trouble, StorageError):
            self._refused = self._refused or trouble


def _path(tile: TilePath) -> str:
    return f"ledger/{tile}"


def choose_checkpoint(ledgers: Sequence[LedgerAt], key: VerifierKey) -> SignedNote:
    """The checkpoint to go by: the archive's own where its signature holds, else the largest that is signed.

    Where a ledger at hand, be it by a checkpoint that it keeps, is ahead of the archive's own, the archive
    was put back to an older state, and that one is taken: the caller has to see that it extends the
    archive's. Raises EvidenceError where none is at hand.
    """
    own = signed_note(ledgers[0], CHECKPOINT, key)
    found = [one for each in ledgers if (one := signed_note(each, CHECKPOINT, key)) is not None]
    for ledger in ledgers:
        begun = signed_note(ledger, NEW_CHECKPOINT, key)  # its commit was never made
        for name in kept_names(ledger, beyond=own.checkpoint.size if own is not None else -1):
            one = signed_note(ledger, name, key)
            if one is not None and (begun is None or one.checkpoint != begun.checkpoint):
                found.append(one)
    if not found:
        raise EvidenceError(
            "no checkpoint is left that the archive's key signed, here or on what was brought",
            remedy="bring a copy: archive repair --ledger --from COPY",
        )
    return max(found, key=lambda one: one.checkpoint.size)  # the first of equals: the archive's own


def kept_names(ledger: LedgerAt, *, beyond: int = -1) -> list[str]:
    """The checkpoints that a ledger keeps, by their names; with `beyond` those of more entries."""
    try:
        return [f"{CHECKPOINTS}/{size}" for size in ledger.folder.checkpoint_sizes() if size > beyond]
    except ArchiveError:
        return []


def signed_note(ledger: LedgerAt, name: str, *keys: VerifierKey) -> SignedNote | None:
    """The checkpoint of that name where one of the keys signed it; None for anything else."""
    try:
        raw = ledger.folder.read_note(name)
    except (ArchiveError, NotAPlainFileError):
        return None
    for key in keys if raw is not None else ():
        try:
            checkpoint = open_checkpoint(raw or b"", key, verify)
        except NoteError:
            continue
        if checkpoint.origin == key.name:
            return SignedNote(checkpoint, raw or b"", ledger.place)
    return None
