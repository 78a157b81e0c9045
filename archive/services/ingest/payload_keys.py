"""The payload key of a document without storing anything: to see whether it is held already."""

import os
from typing import NamedTuple

from archive.core.submission import PlannedDocument
from archive.services.ingest import tag_files
from archive.services.ingest.payload_copy import payload_names
from archive.storage.bags import bag_writing
from archive.storage.sources.source_files import SourceFiles


class KeyBatch(NamedTuple):
    """Documents whose payload key is wanted."""

    roots: tuple[str, ...]
    documents: tuple[PlannedDocument, ...]


def payload_keys(batch: KeyBatch) -> list[tuple[int, str | None]]:
    """Each document's number and payload key; None where it cannot be read."""
    with SourceFiles(list(batch.roots)) as sources:
        return [(document.seq, _key_of(document, sources)) for document in batch.documents]


def _key_of(document: PlannedDocument, sources: SourceFiles) -> str | None:
    payload: list[tuple[str, str]] = []
    for source, (_, stored) in zip(document.files, payload_names(document), strict=True):
        try:
            descriptor, _ = sources.open(source.root, source.path)
        except OSError:
            return None
        try:
            payload.append((f"data/{stored}", bag_writing.sha512_of_descriptor(descriptor)))
        except OSError:
            return None
        finally:
            os.close(descriptor)
    kind, key = tag_files.payload_key(payload, tag_files.payload_manifest(payload))
    return f"{kind}:{key}"
