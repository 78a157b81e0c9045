"""The payload key of a document without storing anything: to see whether it is held already."""

import os
from typing import NamedTuple

from archive.core.findings import Finding
from archive.core.submission import PlannedDocument
from archive.services.ingest import tag_files
from archive.services.ingest.checksums import algorithms_with_sha512, contradicted, unjudged_digests
from archive.services.ingest.payload_copy import payload_names
from archive.services.source_copy import not_regular, unreadable
from archive.storage.bags import bag_writing
from archive.storage.sources.source_files import NotRegularError, SourceFiles


class KeyBatch(NamedTuple):
    """Documents whose payload key is wanted."""

    roots: tuple[str, ...]
    documents: tuple[PlannedDocument, ...]


class KeyRead(NamedTuple):
    """A document's payload key, and an error for each file that is not what its depositor's digest says.

    Without a key, why: the file that cannot be read.
    """

    key: str | None
    wrong: tuple[Finding, ...]


def payload_keys(batch: KeyBatch) -> list[KeyRead]:
    """What was read of each document."""
    with SourceFiles(list(batch.roots)) as sources:
        return [_key_of(document, sources) for document in batch.documents]


def _key_of(document: PlannedDocument, sources: SourceFiles) -> KeyRead:
    stated = unjudged_digests(document)
    payload: list[tuple[str, str]] = []
    wrong: list[Finding] = []
    for source, (_, stored) in zip(document.files, payload_names(document), strict=True):
        try:
            descriptor, _ = sources.open(source.root, source.path)
        except NotRegularError:
            return KeyRead(None, (not_regular(document.place_of(source.path)),))
        except OSError as trouble:
            return KeyRead(None, (unreadable(document.place_of(source.path), trouble),))
        try:
            digests = stated.get(source.path, ())
            found = bag_writing.digests_of_descriptor(descriptor, algorithms_with_sha512(digests))
        except OSError as trouble:
            return KeyRead(None, (unreadable(document.place_of(source.path), trouble),))
        finally:
            os.close(descriptor)
        payload.append((f"data/{stored}", found["sha512"]))
        wrong += contradicted(source.path, digests, found, document)
    kind, key = tag_files.payload_key(payload, tag_files.payload_manifest(payload))
    return KeyRead(f"{kind}:{key}", tuple(wrong))
