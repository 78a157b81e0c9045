"""The payload of one document: copied into staging, digests taken as the bytes pass."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from archive.core.digests import Digest
from archive.core.findings import Finding
from archive.core.portable_names import stored_names
from archive.core.submission import SUBMISSION_FOLDER, PlannedDocument, SourceFile
from archive.formats.premis import PremisFile
from archive.services.ingest.checksums import algorithms_with_sha512, contradicted, stated_digests
from archive.services.source_copy import copy_source
from archive.storage.bags import bag_writing
from archive.storage.bags.bag_writing import Copied
from archive.storage.sources.source_files import SourceFiles


class CopiedPayload(NamedTuple):
    """A document's payload in staging: its files, (stored, original) names that differ, and what is wrong."""

    files: list[PremisFile]
    names: list[tuple[str, str]]
    trouble: list[Finding]


def copy_documents_payload(
    document: PlannedDocument, bag: str, *, sources: SourceFiles, target: int
) -> CopiedPayload:
    """Copies every file of a document below `<bag>/data/` in the batch's folder."""
    stated = stated_digests(document)
    copied = CopiedPayload([], [], [])
    folders = {"data"}
    for source, (original, stored) in zip(document.files, payload_names(document), strict=True):
        place = f"data/{stored}"
        _make_parents(bag, place, folders, target)
        digests = stated.get(source.path, ())
        one = _copied(
            source, f"{bag}/{place}", digests, document, copied.trouble, sources=sources, target=target
        )
        if one is None:
            continue
        if stored != original:
            copied.names.append((place, original))
        sha512 = one.digests["sha512"]
        copied.files.append(
            PremisFile(place, source.path, one.size, sha512, one.modified_ns, None, tuple(digests))
        )
    for inner in sorted(folders - {"data"}, reverse=True):
        os.chmod(f"{bag}/{inner}", bag_writing.FOLDER_MODE, dir_fd=target)
    return copied


class CopiedSubmission(NamedTuple):
    """Tag files of a submitted bag in staging: (path, sha512), names that differ, and what is wrong."""

    files: list[tuple[str, str]]
    names: list[tuple[str, str]]
    trouble: list[Finding]


def copy_documents_submission(
    document: PlannedDocument, bag: str, *, sources: SourceFiles, target: int
) -> CopiedSubmission:
    """Copies the tag files of the bag that a document came in below `<bag>/metadata/submission/`.

    They must have the digests that they had when the bag was verified.
    """
    copied = CopiedSubmission([], [], [])
    if not document.submission:
        return copied
    stated = stated_digests(document)
    stored = stored_names([source.path for source in document.submission])
    folders = {SUBMISSION_FOLDER}
    os.mkdir(f"{bag}/{SUBMISSION_FOLDER}", 0o755, dir_fd=target)
    for source in document.submission:
        place = f"{SUBMISSION_FOLDER}/{stored[source.path]}"
        _make_parents(bag, place, folders, target)
        digests = stated.get(source.path, ())
        one = _copied(
            source, f"{bag}/{place}", digests, document, copied.trouble, sources=sources, target=target
        )
        if one is None:
            continue
        if stored[source.path] != source.path:
            copied.names.append((place, source.path))
        copied.files.append((place, one.digests["sha512"]))
    for inner in sorted(folders, reverse=True):
        os.chmod(f"{bag}/{inner}", bag_writing.FOLDER_MODE, dir_fd=target)
    return copied


def _copied(
    source: SourceFile,
    place: str,
    digests: Sequence[Digest],
    document: PlannedDocument,
    trouble: list[Finding],
    *,
    sources: SourceFiles,
    target: int,
) -> Copied | None:
    """One file copied and compared with the depositor's digests; None, with the trouble, where it was not."""
    one = copy_source(
        sources, source.root, source.path, place, dir_fd=target, algorithms=algorithms_with_sha512(digests)
    )
    if isinstance(one, Finding):
        trouble.append(replace(one, place=document.place_of(source.path)))
        return None
    trouble.extend(contradicted(source.path, digests, one.digests, document))
    return one


def payload_names(document: PlannedDocument) -> list[tuple[str, str]]:
    """(original, stored) names below `data/` of a document's files, in their order."""
    paths = [file.path for file in document.files]
    originals = [path[document.cut :] for path in paths] if document.cut >= 0 else _distinct_names(paths)
    stored = stored_names(originals)
    return [(original, stored[original]) for original in originals]


def _distinct_names(paths: list[str]) -> list[str]:
    names = [os.path.basename(path) for path in paths]
    return names if len(set(names)) == len(names) else paths


def _make_parents(bag: str, place: str, made: set[str], target: int) -> None:
    parent = os.path.dirname(place)
    missing = []
    while parent not in made:
        missing.append(parent)
        parent = os.path.dirname(parent)
    for folder in reversed(missing):
        os.mkdir(f"{bag}/{folder}", 0o755, dir_fd=target)
        made.add(folder)
