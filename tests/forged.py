"""Bags and entries of the ledger, altered to fit each other by somebody without the signing key."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from tests.archives import overwrite
from tests.changes import Changing

FORGED = b"One"  # as many bytes as the document had: its entry says how many


def forge(changing: Changing, source: str, *, tags: bool = True) -> None:
    """Other bytes for a document, and their digests wherever bag and entries name those that were signed.

    The tiles of hashes and the checkpoint stay as they are; without `tags`, so does the tag manifest.
    """
    bag = changing.bag(source)
    (payload,) = (bag / "data").iterdir()
    digests = [_replaced(payload, FORGED)]
    listing, premis, tag_manifest = (
        bag / name for name in ("manifest-sha512.txt", "metadata/premis.xml", "tagmanifest-sha512.txt")
    )
    within = [_replaced(listing, _with(listing, digests))]
    if tags:
        within.append(_replaced(premis, _with(premis, digests)))
        digests.append(_replaced(tag_manifest, _with(tag_manifest, within)))
    alter_entries(changing, digests)


def alter_entries(changing: Changing, texts: list[tuple[bytes, bytes]]) -> None:
    """Texts of the entries of the ledger, replaced by others of the same length; some of them are there."""
    found = False
    for bundle in _bundles(changing):
        altered = _with(bundle, texts)
        found = found or altered != bundle.read_bytes()
        overwrite(bundle, altered)
    assert found


def _bundles(changing: Changing) -> Iterator[Path]:
    return (path for path in (changing.root / "ledger/tile/entries").rglob("*") if path.is_file())


def _with(path: Path, texts: list[tuple[bytes, bytes]]) -> bytes:
    raw = path.read_bytes()
    for before, after in texts:
        assert len(before) == len(after)
        raw = raw.replace(before, after)
    return raw


def _replaced(path: Path, content: bytes) -> tuple[bytes, bytes]:
    """The digests of a file before and after it got another content."""
    before = path.read_bytes()
    overwrite(path, content)
    return _digest(before), _digest(content)


def _digest(content: bytes) -> bytes:
    return hashlib.sha512(content).hexdigest().encode()
