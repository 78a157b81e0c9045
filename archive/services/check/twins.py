"""Documents of the same bytes, found by reading no more than the files that have the size of another."""

import os
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from archive.core import findings
from archive.core.submission import Role
from archive.engine.batches import batched
from archive.engine.driver import BatchLost, Driver, result_lost
from archive.services.ingest.twins import disposed_bytes
from archive.services.surroundings import Surroundings
from archive.storage.bags import bag_writing
from archive.storage.index import Index
from archive.storage.plan import FileRow, Plan
from archive.storage.sources.source_files import SourceFiles
from archive.storage.sources.source_walk import Source

BATCH_FILES = 256
BATCH_BYTES = 64 << 20


class DigestBatch(NamedTuple):
    """Files whose SHA-512 is wanted; `roots` are the folders that their paths are relative to."""

    roots: tuple[str, ...]
    files: tuple[FileRow, ...]


def digests(batch: DigestBatch) -> list[str | None]:
    """Each file's SHA-512 in hexadecimal; None where it cannot be read."""
    with SourceFiles(list(batch.roots)) as sources:
        return [_digest(file, sources) for file in batch.files]


def _digest(file: FileRow, sources: SourceFiles) -> str | None:
    try:
        descriptor, _ = sources.open(file.root, file.path)
    except OSError:
        return None
    try:
        return bag_writing.sha512_of_descriptor(descriptor)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def find_twins(
    plan: Plan, index: Index | None, sources: list[Source], driver: Driver, surroundings: Surroundings
) -> None:
    """Notes each file that has the bytes of another or of a held document; empty files are no twins.

    What cannot be read is an error, and so are the bytes of a disposed document. The twins of the
    submission are in `plan.twin_groups` afterwards.
    """
    sizes = _sizes(plan, index)
    progress = surroundings.progress
    progress.begin("Looking for twins", None, "files")
    try:
        for batch, result in driver.run(digests, _batches(plan, sources, sizes)):
            if isinstance(result, BatchLost):
                raise result_lost("looked for twins")
            for file, digest in zip(batch.files, result, strict=True):
                if digest is None:
                    message = "cannot be read"
                    plan.add_finding(findings.error("SRC-UNREADABLE", file.path, message), file.path)
                else:
                    _note_twin(plan, index, file, digest)
            progress.advance(len(batch.files))
    finally:
        progress.end()


def _sizes(plan: Plan, index: Index | None) -> set[int]:
    """The sizes that more than one file has, or a file and a document that is or was held."""
    sizes = plan.repeated_sizes()
    if index is not None:
        single = plan.single_sizes()
        sizes.update(row.bytes for row in index.list(state=None) if row.bytes in single)
    return sizes


def _batches(plan: Plan, sources: list[Source], sizes: set[int]) -> Iterator[DigestBatch]:
    roots = tuple(source.base for source in sources)
    wanted = (file for file in plan.files_with_role(Role.DOCUMENT) if file.size in sizes)
    for files in batched(wanted, attrgetter("size"), most=BATCH_FILES, most_bytes=BATCH_BYTES):
        yield DigestBatch(roots, tuple(files))


def _note_twin(plan: Plan, index: Index | None, file: FileRow, digest: str) -> None:
    other = plan.add_digest(file.id, digest)
    rows = index.by_payload(digest) if index is not None else []
    gone = next((row.reference for row in rows if row.state == "disposed"), None)
    if gone is not None and file.document is not None and plan.is_to_be_numbered(file.document):
        plan.add_finding(disposed_bytes(file.path, gone), file.path)
        return
    if other is not None:
        plan.add_finding(findings.note("DUP-TWIN", file.path, f"the same bytes as {other}"))
        return
    held = next((row for row in rows if row.state == "held"), None)
    if held is not None and held.source != file.path:
        message = f"the same bytes as {held.reference}, which is held"
        plan.add_finding(findings.note("DUP-TWIN", file.path, message))
