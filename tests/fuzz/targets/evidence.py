"""What the ledger is made of: entries, notes, checkpoints, keys, tiles and bundles."""

import hashlib
from collections.abc import Sequence
from functools import cache

from archive.core.canonical import compact
from archive.core.catalog_manifest import closed_run
from archive.core.errors import ConflictError
from archive.core.ledger import entries, note, tiles
from archive.core.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from archive.core.ledger.note import NoteError, NoteSigner, VerifierKey
from archive.core.ledger.tiles import TilePath
from tests.fuzz.target import Target, mutating

_TIME = "2026-11-21T02:40:59.123Z"
_KEY = VerifierKey("archive.example/test", bytes(range(32)))
_OTHER = VerifierKey("witness.example", bytes(32))


def _seal(public: bytes, message: bytes) -> bytes:
    """A stand-in for Ed25519: 64 bytes that depend on key and message."""
    return hashlib.sha512(public + message).digest()


def _holds(public: bytes, signature: bytes, message: bytes) -> bool:
    return signature == _seal(public, message)


_SIGNER = NoteSigner(_KEY, lambda message: _seal(_KEY.public, message))
_WITNESS = NoteSigner(_OTHER, lambda message: _seal(_OTHER.public, message))
_CHECKPOINTS = (
    Checkpoint("archive.example/test", 7, bytes(range(32))),
    Checkpoint("o", 1 << 40, bytes(32), ("one extension", "two")),
)


@cache
def examples_of_entries() -> tuple[bytes, ...]:
    common: dict[str, object] = {"time": _TIME, "agents": ["a", "b"]}
    return (
        entries.archive_created(time=_TIME, agents=["a"], archive="u", origin="o", key=str(_KEY)),
        entries.settings_changed(time=_TIME, agents=["a"], settings="00" * 64, note="ab"),
        entries.ingestion(
            time=_TIME,
            agents=["a", "é"],
            bag="b",
            run="r",
            file_count=1,
            byte_count=5,
            payload=("sha512", "aa"),
            tagmanifest="cc",
            reference="2026-000001",
            notes=["n"],
        ),
        entries.run_closed(
            time=_TIME,
            agents=[],
            run="r",
            outcome="completed",
            bag_count=1,
            file_count=2,
            byte_count=3,
            manifest="dd",
        ),
        compact({**common, "v": 1, "type": "run closed", "bags": [1], "files": -1, "outcome": None}),
        compact({**common, "v": 2, "type": "of the future"}),
    )


@cache
def _with_plain_entries() -> tuple[bytes, ...]:
    def plain(reference: str | None, notes: Sequence[str]) -> bytes:
        return entries.ingestion(
            time=_TIME,
            agents=["a", "b"],
            bag="b-1",
            run="r-1",
            file_count=1,
            byte_count=5,
            payload=("manifest-sha512", "0a" * 64),
            tagmanifest="1b" * 64,
            reference=reference,
            notes=notes,
        )

    return (*examples_of_entries(), plain(None, []), plain("2026-000001", ["n", ""]))


def check_entry(data: bytes) -> None:
    """An entry, or one of two errors; what it holds can be written again and is then the same."""
    for read in (entries.parse_entry, lambda raw: closed_run(0, raw)):
        try:
            read(data)
        except (entries.EntryError, ConflictError):
            continue
    try:
        entry = entries.parse_entry(data)
    except (entries.EntryError, ConflictError):
        return
    assert entry == entries._of_json(data), "read in two ways it is two entries"
    assert isinstance(entry.bag, str | None)
    assert isinstance(entry.run, str | None)
    try:
        again = compact(dict(entry.members))
    except UnicodeEncodeError:
        assert b"\\u" in data, "half a character from nowhere"
        return
    assert entries.parse_entry(again) == entry, "written again it is another entry"


def check_note(data: bytes) -> None:
    """A note has one spelling, and opens as a checkpoint only where its key signed these very bytes."""
    try:
        signed = note.parse(data)
    except NoteError:
        signed = None
    if signed is not None:
        assert signed.to_bytes() == data, "a note with two spellings"
    try:
        opened = open_checkpoint(data, _KEY, _holds)
    except NoteError:
        return
    assert opened in _CHECKPOINTS, "a checkpoint that nobody signed"


def check_key(data: bytes) -> None:
    """A verifier key has one spelling."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        key = VerifierKey.parse(text)
    except ValueError:
        return
    assert str(key) == text, "a key with two spellings"


def _notes() -> Sequence[bytes]:
    return [
        sign_checkpoint(each, signers)
        for each in _CHECKPOINTS
        for signers in ([_SIGNER], [_WITNESS, _SIGNER], [_WITNESS])
    ]


def _bundles() -> Sequence[bytes]:
    return [
        tiles.encode_bundle(examples_of_entries()),
        tiles.encode_bundle([b""] * 256),
        bytes(32 * 256),
        b"ab" * 32,
    ]


def check_tile(data: bytes) -> None:
    """Bundles and tiles read back as they are, or say where they are torn."""
    for width in (1, 6, 256):
        bundle = tiles.decode_bundle(data, width)
        assert len(bundle.entries) <= width
        assert data.startswith(tiles.encode_bundle(bundle.entries))
        assert (bundle.trouble is None) == (
            len(bundle.entries) == width and tiles.encode_bundle(bundle.entries) == data
        )
    try:
        hashes = tiles.split_hashes(data)
    except ValueError:
        return
    assert b"".join(hashes) == data


def check_tile_path(data: bytes) -> None:
    """A tile's path has one spelling."""
    text = data.decode("utf-8", "surrogateescape")
    tile = TilePath.parse(text)
    assert tile is None or str(tile) == text


def _paths() -> Sequence[bytes]:
    found = (TilePath(0, 5), TilePath(None, 1234067, 5), TilePath(63, 10**12, 255), TilePath(2, 0, 1))
    return [str(each).encode() for each in found]


_JSON = (
    b'"v":1',
    b'"type":"run closed"',
    b"null",
    b"true",
    b"1.0",
    b"NaN",
    b"{}",
    b"[]",
    b'"bag"',
    b"\\ud800",
)

TARGETS: tuple[Target, ...] = (
    mutating("entry", "evidence", check_entry, examples=_with_plain_entries, words=_JSON),
    mutating(
        "note",
        "evidence",
        check_note,
        examples=_notes,
        words=(b"\n\n", "— ".encode(), b"0", b"=", b"\n", b"+"),
    ),
    mutating("key", "evidence", check_key, examples=lambda: [str(_KEY).encode(), str(_OTHER).encode()]),
    mutating("tile", "evidence", check_tile, examples=_bundles, words=(b"\0\0", b"\xff\xff", b"\0\1")),
    mutating("tile-path", "evidence", check_tile_path, examples=_paths, words=(b"x000/", b".p/", b"entries")),
)
