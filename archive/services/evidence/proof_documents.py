"""Documents held to proven entries: are these the bytes that were taken in?"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.versions import V1_0
from archive.core.errors import BagFormatError, ConfigurationError, StorageError
from archive.core.findings import Finding, error
from archive.core.ledger.entries import Entry
from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.core.text import lossless
from archive.services.evidence.kept_files import BroughtFile
from archive.services.evidence.proof_pages import shown_findings
from archive.services.surroundings import Progress
from archive.storage.bags.held_bag import MANIFEST
from archive.storage.sources.brought_files import open_brought, read_brought_bytes


class DocumentOutcome(StrEnum):
    """What holding one document against the proven entries established."""

    RECEIVED = "received"  # its bytes are those that an entry records
    OTHER = "other"  # no entry records these bytes
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """One document: its SHA-512 and the index of the entry that records it, None where there is none."""

    place: str
    outcome: DocumentOutcome
    sha512: str | None = None
    entry: int | None = None

    def to_json(self) -> dict[str, Any]:
        """A member of `documents` of the report."""
        return {
            "file": lossless(self.place),
            "outcome": self.outcome.value,
            "sha512": self.sha512,
            "entry": self.entry,
        }


def check_documents(
    brought: BroughtFile,
    entries: dict[int, Entry],
    documents: Sequence[Path],
    findings: list[Finding],
    progress: Progress,
) -> list[CheckedDocument]:
    """Holds each document to the entries that are proven; what differs or cannot be read becomes a finding.

    A payload manifest, in the receipt or among the documents, vouches for its files once an entry records it.
    """
    recorded, manifests = _recorded(entries)
    for raw in brought.manifests:
        _take_manifest(raw, brought.place, recorded, manifests, findings)
    findings += shown_findings(brought, entries, frozenset({*recorded, *manifests}))
    progress.begin("reading documents", len(documents), "files")
    looked = []
    try:
        for path in documents:
            looked.append(_looked(path, findings))
            progress.advance(1)
    finally:
        progress.end()
    for path, digest in looked:  # a manifest that was brought says what files it vouches for
        if digest in manifests:
            listing = _bounded(path, digest)
            if listing is not None:
                _take_manifest(listing, str(path), recorded, manifests, findings)
    return [_judged(path, digest, recorded, manifests, findings) for path, digest in looked]


def _recorded(entries: dict[int, Entry]) -> tuple[dict[str, int], dict[str, int]]:
    """SHA-512 to entry: of files, and of payload manifests."""
    files: dict[str, int] = {}
    manifests: dict[str, int] = {}
    for index, entry in entries.items():
        payload = entry.get("payload")
        if isinstance(payload, dict):
            if isinstance(digest := payload.get("sha512"), str):
                files[digest] = index
            if isinstance(digest := payload.get("manifest-sha512"), str):
                manifests[digest] = index
    return files, manifests


def _take_manifest(
    raw: bytes, place: str, recorded: dict[str, int], manifests: dict[str, int], findings: list[Finding]
) -> None:
    digest = hashlib.sha512(raw).hexdigest()
    if digest not in manifests:
        message = "a list of files that no proven entry records"
        findings.append(error("PROOF-MANIFEST-FOREIGN", place, message, found=f"sha512:{digest}"))
        return
    try:
        listed = parse_manifest(raw, name=MANIFEST, version=V1_0, payload=True).entries
    except BagFormatError as trouble:
        findings.append(error("PROOF-MANIFEST-FOREIGN", place, f"cannot be read: {trouble.message}"))
        return
    recorded.update({value.lower(): manifests[digest] for _, value in listed})


def _looked(path: Path, findings: list[Finding]) -> tuple[Path, str | None]:
    try:
        with open_brought(path, "the document") as stream:
            return path, hashlib.file_digest(stream, "sha512").hexdigest()
    except (ConfigurationError, StorageError) as trouble:
        findings.append(error("PROOF-UNREADABLE", str(path), trouble.message))
    except OSError as trouble:
        findings.append(error("PROOF-UNREADABLE", str(path), f"cannot be read: {trouble.strerror}"))
    return path, None


def _judged(
    path: Path,
    digest: str | None,
    recorded: dict[str, int],
    manifests: dict[str, int],
    findings: list[Finding],
) -> CheckedDocument:
    if digest is None:
        return CheckedDocument(str(path), DocumentOutcome.UNREADABLE)
    entry = recorded.get(digest, manifests.get(digest))
    if entry is not None:
        return CheckedDocument(str(path), DocumentOutcome.RECEIVED, digest, entry)
    expected = f"sha512:{next(iter(recorded))}" if len(recorded) == 1 else None
    message = "not the bytes that were taken in"
    findings.append(
        error("PROOF-DOCUMENT-DIFFERS", str(path), message, expected=expected, found=f"sha512:{digest}")
    )
    return CheckedDocument(str(path), DocumentOutcome.OTHER, digest)


def _bounded(path: Path, digest: str | None) -> bytes | None:
    """The bytes of a manifest looked at before; None where they changed since or are too many."""
    try:
        raw = read_brought_bytes(path, HELD_MANIFEST_BYTES, "the manifest")
    except (ConfigurationError, StorageError):
        return None
    return raw if hashlib.sha512(raw).hexdigest() == digest else None
