"""One pass over a ledger: every entry, tile and checkpoint against the tree computed anew."""

from collections.abc import Callable, Collection, Sequence

from archive.core.errors import ConflictError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import Entry, EntryError, EntryType, parse_entry
from archive.core.ledger.key_chain import KEY_TYPES, KeyChain, reason_of_replacement
from archive.core.ledger.ledger_findings import LedgerCode, LedgerVerdict
from archive.core.ledger.ledger_tree import Difference, LedgerTree, Source
from archive.core.ledger.merkle import HASH_BYTES, leaf_hash
from archive.core.ledger.note import VerifierKey
from archive.core.ledger.tiles import TILE_WIDTH, TilePath, decode_bundle, split_hashes, tile_widths
from archive.storage.keys.signing_key import verify
from archive.storage.ledger.checkpoints import KeptCheckpoints
from archive.storage.ledger.folder import TILES, LedgerFolder
from archive.storage.ledger.looks import Looks


class Verification:
    """The state of one pass."""

    def __init__(
        self,
        folder: LedgerFolder,
        key: VerifierKey,
        checkpoint: Checkpoint | None,
        on_entry: Callable[[int, bytes], None] | None,
        on_parsed: Callable[[int, Entry], None] | None,
        intents: Callable[[], Collection[int]],
    ) -> None:
        self._folder = folder
        self._key = key
        self._given = checkpoint
        self._on_entry = on_entry
        self._on_parsed = on_parsed
        self._looks = Looks(folder)
        self._kept = KeptCheckpoints(folder, key, intents, self._looks)
        self._superseded: dict[tuple[int | None, int], list[int]] = {}
        self._time = ""
        self._chain = KeyChain(verify)
        self._count = 0

    def run(self) -> LedgerVerdict:
        """Look at everything, then judge."""
        judged = self._kept.judged_by(self._given)
        self._walk(self._kept.top)
        root = None
        if judged is not None:
            tree = LedgerTree(judged, self._recorded, self._kept.sizes_up_to(judged.size))
            self._grow(tree, judged)
            is_whole = self._count == judged.size
            self._kept.judge_signatures(self._chain, is_whole=is_whole)
            if is_whole:
                self._judge_key(judged)
            self._conclude(tree, judged)
            root = tree.root
            self._kept.look_beyond(self._chain, tree.roots if tree.is_proven else {}, is_whole=is_whole)
        size = judged.size if judged is not None else 0
        return LedgerVerdict(self._looks.findings(), size, root, judged, tuple(self._chain.links))

    def _walk(self, top: int) -> None:
        """Note what lies beyond the checkpoint, strangers, and the partial tiles of earlier ones."""
        for name in self._looks.names(self._folder.strangers):
            self._looks.find(LedgerCode.UNKNOWN_FILE, name, "no part of a ledger")
        for name in self._looks.names(self._folder.linked):
            self._linked(name)
        beyond: list[str] = []
        count = 0
        for name, tile, is_link in self._looks.listed(self._folder.walk_tiles):
            if tile is None and is_link:
                self._linked(name)
            elif tile is None:
                self._looks.find(LedgerCode.UNKNOWN_FILE, name, "no part of a ledger")
            elif tile.end > top:
                if top and self._looks.is_in_the_way(name):
                    continue
                count += 1
                beyond = sorted([*beyond, name])[:3]
            elif tile.width < TILE_WIDTH:
                self._superseded.setdefault((tile.level, tile.number), []).append(tile.width)
        if (
            beyond and top and not self._kept.has_moved()
        ):  # without any checkpoint nothing is known to be beyond it
            names = ", ".join(beyond) + (", …" if count > len(beyond) else "")
            self._looks.find(LedgerCode.BEYOND, TILES, f"files beyond the checkpoint: {count} ({names})")

    def _linked(self, name: str) -> None:
        self._looks.find(LedgerCode.LINKED, name, "is a link, where the ledger has a folder")

    def _recorded(self, number: int) -> bytes | None:
        """What level 1 on disk has for a full tile of level 0."""
        raw = self._looks.silently(TilePath(1, number // TILE_WIDTH, number % TILE_WIDTH + 1))
        place = number % TILE_WIDTH * HASH_BYTES
        return raw[place : place + HASH_BYTES] if raw is not None else None

    def _grow(self, tree: LedgerTree, judged: Checkpoint) -> None:
        for number, width in tile_widths(judged.size, None):
            entries = self._bundle(TilePath(None, number, width))
            hashes = [leaf_hash(entry) for entry in entries]
            tile = self._tile(TilePath(0, number, width))
            leaves, full = tree.take(number, width, hashes, tile)
            for path, raw in full:
                self._compare(path, raw)
            self._earlier_partials(number, leaves)
            self._read_entries(number * TILE_WIDTH, entries, hashes, leaves, judged)
        for path, raw in tree.partial_tiles():
            self._compare(path, raw)

    def _bundle(self, tile: TilePath) -> list[bytes]:
        """The entries of a bundle as far as they are there."""
        actual, raw = self._looks.at_tile(tile, LedgerCode.BUNDLE_MISSING, self._kept.has_moved)
        if raw is None:
            return []
        entries, trouble = decode_bundle(raw, actual.width)
        if trouble is not None:
            self._looks.find(LedgerCode.BUNDLE_TORN, str(actual), trouble)
        return entries[: tile.width]

    def _tile(self, tile: TilePath) -> list[bytes] | None:
        """The hashes of a tile, or None where it is not there or has another length."""
        actual, raw = self._looks.at_tile(tile, LedgerCode.TILE_MISSING, self._kept.has_moved)
        if raw is None:
            return None
        if len(raw) != actual.width * HASH_BYTES:
            self._looks.find(
                LedgerCode.TILE_ALTERED,
                str(actual),
                "not the length of its hashes",
                expected=f"{actual.width * HASH_BYTES} bytes",
                found=f"{len(raw)} bytes",
            )
            return None
        return split_hashes(raw)[: tile.width]

    def _compare(self, tile: TilePath, raw: bytes) -> None:
        """A computed tile above level 0 with the one on disk, and with the narrower ones before it."""
        if not tile.level:
            return
        found = self._tile(tile)
        if found is not None and found != split_hashes(raw):
            self._looks.find(LedgerCode.TILE_ALTERED, str(tile), "not the hashes of the tiles below it")
        for width in self._superseded.pop((tile.level, tile.number), []):
            if width < tile.width:
                narrow = self._looks.superseded(tile._replace(width=width))
                self._judge_earlier(tile._replace(width=width), narrow in {None, raw[: width * HASH_BYTES]})

    def _earlier_partials(self, number: int, leaves: Sequence[bytes] | None) -> None:
        """The partial tiles and bundles of earlier checkpoints, which are kept until the next commit."""
        for level in (None, 0):
            widths = self._superseded.pop((level, number), [])
            for width in widths if leaves is not None else []:
                tile = TilePath(level, number, width)
                if width >= len(leaves or ()):
                    continue  # the current one, which was looked at
                raw = self._looks.superseded(tile)
                if raw is None:
                    continue  # removed meanwhile by a writer
                if level == 0:
                    found, trouble = raw, None
                else:
                    entries, trouble = decode_bundle(raw, width)
                    found = b"".join([leaf_hash(entry) for entry in entries])
                self._judge_earlier(tile, trouble is None and found == b"".join((leaves or ())[:width]))

    def _judge_earlier(self, tile: TilePath, is_right: bool) -> None:
        if not is_right:
            code = LedgerCode.TILE_ALTERED if tile.level is not None else LedgerCode.BUNDLE_TORN
            self._looks.find(code, str(tile), "not what an earlier checkpoint covered")

    def _read_entries(
        self,
        first: int,
        entries: Sequence[bytes],
        hashes: Sequence[bytes],
        leaves: Sequence[bytes] | None,
        judged: Checkpoint,
    ) -> None:
        """Hand on the entries that are the settled ones, and judge what they say."""
        settled = leaves if leaves is not None else hashes
        for index, (raw, ours, right) in enumerate(zip(entries, hashes, settled, strict=False), first):
            if ours != right:
                continue
            if self._on_entry is not None:
                self._on_entry(index, raw)
            entry = self._parsed(index, raw)
            if entry is None:
                continue
            if entry.time < self._time:
                self._looks.find(
                    LedgerCode.CLOCK_BACK,
                    f"entry {index}",
                    "its time is before that of the entry before it",
                    expected=f"not before {self._time}",
                    found=entry.time,
                )
            self._time = entry.time
            self._count += 1
            if index == 0:
                self._judge_first(entry, judged)
            if index == 0 or entry.type in KEY_TYPES:
                self._take_key(index, entry)
            if self._on_parsed is not None:
                self._on_parsed(index, entry)

    def _parsed(self, index: int, raw: bytes) -> Entry | None:
        try:
            return parse_entry(raw)
        except EntryError as trouble:
            self._looks.find(LedgerCode.ENTRY_MALFORMED, f"entry {index}", trouble.message)
        except ConflictError as trouble:
            self._looks.find(LedgerCode.ENTRY_NEWER, f"entry {index}", trouble.message)
        return None

    def _judge_first(self, entry: Entry, judged: Checkpoint) -> None:
        """Entry 0 carries the origin and the first of the keys that everything is verified with."""
        expected = (EntryType.ARCHIVE_CREATED.value, judged.origin)
        found = (entry.type, entry.get("origin"))
        if found != expected:
            self._refuse_first(expected, found)

    def _refuse_first(self, expected: tuple[str, ...], found: tuple[object, ...]) -> None:
        self._looks.find(
            LedgerCode.FIRST_ENTRY,
            "entry 0",
            "does not create a ledger of this origin and key",
            expected=" ".join(expected),
            found=" ".join(map(str, found)),
        )

    def _take_key(self, index: int, entry: Entry) -> None:
        before = self._chain.current
        troubles = self._chain.take(index, entry)
        # Behind a gap it may follow a key that an entry in the gap names.
        is_judged = self._count > index or before is None or entry.get("previous") == str(before)
        for trouble in troubles if is_judged else ():
            self._looks.find(LedgerCode.KEY_CHAIN, f"entry {index}", trouble)
        if entry.type == EntryType.KEY_REPLACED:
            self._looks.find(
                LedgerCode.KEY_REPLACED,
                f"entry {index}",
                f"the signing key was replaced on {entry.time[:10]} without its signature:"
                f" {reason_of_replacement(entry.get('why'), entry.get('signed'))}",
            )

    def _judge_key(self, judged: Checkpoint) -> None:
        """The checkpoint judged by must bear the signature of the key that the chain leads to."""
        current = self._chain.current
        if current == self._key or (current is not None and self._kept.is_also_signed_by(current)):
            return
        if len(self._chain.links) <= 1:
            self._refuse_first((judged.origin, str(self._key)), (judged.origin, current or "no key"))
            return
        self._looks.find(
            LedgerCode.KEY_CHAIN,
            "checkpoint",
            f"signed by another key than entry {self._chain.links[-1].entry} names",
            expected=str(current),
            found=str(self._key),
        )

    def _conclude(self, tree: LedgerTree, judged: Checkpoint) -> None:
        """Name what differs, now that the root says what is right."""
        for difference in tree.differences:
            self._name_difference(difference, proven=tree.is_proven)
        contradicted = self._kept.contradicted_by(tree.roots)
        if tree.is_proven:
            for size in contradicted:
                self._looks.find(
                    LedgerCode.CHECKPOINT_CONTRADICTED,
                    f"checkpoints/{size}",
                    "signed over other entries than those of the ledger: a fork",
                )
        elif tree.root is not None or contradicted:
            first_bad = min([*contradicted, judged.size])
            last_good = self._kept.agreed(tree.roots, below=first_bad)
            self._looks.find(
                LedgerCode.CHECKPOINT_CONTRADICTED,
                "checkpoint",
                f"the entries do not give the root signed at size {first_bad}; "
                f"the first that is wrong lies between entry {last_good} and entry {first_bad - 1}",
            )

    def _name_difference(self, difference: Difference, *, proven: bool) -> None:
        bundle = TilePath(None, difference.number, difference.width)
        tile = TilePath(0, difference.number, difference.width)
        names = ", ".join(map(str, difference.indexes[:10]))
        more = len(difference.indexes) - 10
        entries = f"entry {names}" + (f" and {more} more" if more > 0 else "")
        if not proven:
            message = (
                f"{entries}: not the bytes whose hashes stand in {tile}, and neither gives the signed root"
            )
            self._looks.find(LedgerCode.ENTRY_ALTERED, str(bundle), message)
        elif difference.right is Source.TILE:
            message = f"{entries}: not the bytes that the signed tree was made of"
            self._looks.find(LedgerCode.ENTRY_ALTERED, str(bundle), message)
        else:
            message = f"not the hash of {entries}, which the signed tree was made of"
            self._looks.find(LedgerCode.TILE_ALTERED, str(tile), message)
