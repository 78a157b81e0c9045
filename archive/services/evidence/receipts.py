"""Receipts: what was received under one accession, or one document, with the proof of each."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.versions import V1_0
from archive.core.errors import ArchiveError, ConfigurationError, ConflictError
from archive.core.ledger import entries
from archive.core.ledger.entries import Entry, parse_entry
from archive.core.limits.archives import RUN_MANIFEST_READ, RUN_TAIL_BYTES
from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.core.text import printable
from archive.formats.pages.receipt import ReceiptDocument, ReceiptFile, receipt_page
from archive.services.catalog.bag_record import BagDoubtError, payload_key_of, tag_files
from archive.services.evidence.checkpoints import require_outside
from archive.services.evidence.proofs import Prover
from archive.services.holdings.resolution import resolve
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage.bags.held_bag import MANIFEST, HeldBag
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.disk.streamed_file import pieces_of, publish_streamed
from archive.storage.index import Index, IndexRow


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt is about; `accession` is None for a single document."""

    accession: str | None
    rows: tuple[IndexRow, ...]


def receipt_for(index: Index, wanted: str) -> Receipt:
    """The documents of an accession, else the one document of that reference or id; withdrawn ones too.

    Raises ConfigurationError where the text means neither.
    """
    rows = tuple(index.list(accession=wanted, state=None))
    if rows:
        return Receipt(wanted, rows)
    try:
        row = resolve(index, wanted)
    except ConfigurationError as trouble:
        raise ConfigurationError(
            f"{printable(wanted)}: no accession of that number, and no one document",
            remedy=trouble.remedy,
        ) from trouble
    return Receipt(row.accession, (row,))


def write_receipt(archive: OpenedArchive, receipt: Receipt, target: Path, surroundings: Surroundings) -> int:
    """Writes the page to a new file outside the archive; returns the number of entries its proofs lead to.

    Raises ConfigurationError inside the archive, ConflictError where the name is taken, EvidenceError where
    the ledger does not prove what it should, StorageError where it cannot be written. Memory holds one
    document at a time.
    """
    require_outside(archive, target)
    if target.exists() or target.is_symlink():
        raise ConflictError(
            f"{printable(str(target))}: is there already, and is never overwritten", remedy="name a new file"
        )
    if not target.absolute().parent.is_dir():
        raise ConfigurationError(
            f"{printable(str(target))}: there is no such folder",
            remedy="make it first, or name another place",
        )
    prover = Prover(archive)
    settings = archive.settings
    about: dict[str, Any] = {
        "name": settings.name,
        "institution": settings.institution,
        "contact": settings.contact,
        "origin": settings.origin,
        "key": str(archive.verifier_key()),
        "accession": receipt.accession,
        "made": entries.timestamp(surroundings.now()),
        "count": len(receipt.rows),
        "note": prover.signed.note.decode(),
        **_provenance(archive, {row.run for row in receipt.rows}),
    }
    surroundings.progress.begin("proving", len(receipt.rows), "documents")
    try:
        pages = receipt_page(about, _documents(archive, prover, receipt.rows, surroundings))
        publish_streamed(str(target), (piece.encode("utf-8", "replace") for piece in pages))
    finally:
        surroundings.progress.end()
    return prover.checkpoint.size


def _documents(
    archive: OpenedArchive, prover: Prover, rows: Iterable[IndexRow], surroundings: Surroundings
) -> Iterator[ReceiptDocument]:
    for row in rows:
        proof = prover.prove(row.entry)
        entry = parse_entry(proof.entry or b"")
        manifest, files = _files(archive, row, entry)
        yield ReceiptDocument(
            bag=row.bag,
            reference=row.reference,
            title=row.title,
            source=row.source,
            received=entry.time,
            state=row.state,
            files=files,
            entry=row.entry,
            digest=payload_key_of(entry),
            proof=proof.to_bytes().decode(),
            manifest=manifest,
        )
        surroundings.progress.advance(1)


def _files(archive: OpenedArchive, row: IndexRow, entry: Entry) -> tuple[str, tuple[ReceiptFile, ...]]:
    """The payload manifest where the entry records it, and the files; none where the bag gives none."""
    key = payload_key_of(entry)
    single = "sha512" in entry.get("payload", {})
    try:
        with HeldBag(archive.root, row.bag) as held:
            raw = held.read(MANIFEST, HELD_MANIFEST_BYTES)
            listed = parse_manifest(raw, name=MANIFEST, version=V1_0, payload=True).entries
            found = hashlib.sha512(raw).hexdigest()
            if (listed[0][1] if single and len(listed) == 1 else found) != key:
                return "", ()
            if single and tag_files(held, row.tag_manifest).get(MANIFEST) != found:  # the name, too
                return "", ()
            sizes: list[int | None] = [held.size(path) for path, _ in listed]
            whole = None not in sizes
            if not whole or sum(size or 0 for size in sizes) != entry.get(
                "bytes"
            ):  # damaged: not what was received
                sizes = [None] * len(sizes)
            files = tuple(
                ReceiptFile(name=path.removeprefix("data/"), bytes=size, sha512=digest)
                for (path, digest), size in zip(listed, sizes, strict=True)
            )
            return "" if single else raw.decode(), files
    except (BagDoubtError, NotAPlainFileError, ArchiveError, OSError, UnicodeDecodeError):
        return "", ()


def _provenance(archive: OpenedArchive, runs: set[str]) -> dict[str, str | None]:
    """From whom and when, where all runs say the same."""
    found = [_totals(archive.layout.runs / f"{run}.json") for run in sorted(runs)]
    known: dict[str, str | None] = {}
    for name in ("received", "received_from"):
        values = {str(each[name]) for each in found if each.get(name)}
        known[name] = values.pop() if len(values) == 1 else None
    return known


def _totals(path: Path) -> dict[str, Any]:
    """The last line of a run's manifest; empty where it does not give it."""
    tail = b""
    try:
        for piece in pieces_of(str(path), RUN_MANIFEST_READ):
            tail = (tail + piece)[-RUN_TAIL_BYTES:]
        found = json.loads(b"{" + tail.rstrip(b"\n").rpartition(b"\n")[2])
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
