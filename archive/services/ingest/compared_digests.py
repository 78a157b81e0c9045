"""The depositor's digests against the bytes, as an ingest would compare them: only such files are read."""

import os
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from archive.core import findings
from archive.core.digests import Digest
from archive.core.findings import Finding
from archive.core.submission import PlannedDocument, SourceFile
from archive.engine.batches import batched
from archive.engine.driver import BatchLost, Driver, result_lost
from archive.services.ingest.checksums import contradicted, unjudged_digests
from archive.services.source_copy import not_regular, unreadable
from archive.services.surroundings import Surroundings
from archive.storage.bags import bag_writing
from archive.storage.plan import Plan
from archive.storage.sources.source_files import NotRegularError, SourceFiles
from archive.storage.sources.source_walk import Source

_BATCH_DOCUMENTS = 256
_BATCH_BYTES = 64 << 20


class StatedBatch(NamedTuple):
    """Documents with digests of the depositor; `roots` are the folders that their paths are relative to."""

    roots: tuple[str, ...]
    documents: tuple[PlannedDocument, ...]


def compare(batch: StatedBatch) -> list[list[Finding]]:
    """What is wrong with each document: a digest that differs, a file that cannot be read."""
    with SourceFiles(list(batch.roots)) as sources:
        return [_of_document(document, sources) for document in batch.documents]


def _of_document(document: PlannedDocument, sources: SourceFiles) -> list[Finding]:
    stated = unjudged_digests(document)
    found: list[Finding] = []
    for file in document.files:
        if file.path in stated:
            found += _compared(file, stated[file.path], document, sources)
    return found


def _compared(
    file: SourceFile, stated: list[Digest], document: PlannedDocument, sources: SourceFiles
) -> list[Finding]:
    try:
        descriptor, _ = sources.open(file.root, file.path)
    except NotRegularError:
        return [not_regular(document.place_of(file.path))]
    except OSError as trouble:
        return [unreadable(document.place_of(file.path), trouble)]
    try:
        names = tuple(dict.fromkeys(digest.algorithm.value for digest in stated))
        found = bag_writing.digests_of_descriptor(descriptor, names)
    except OSError as trouble:
        return [unreadable(document.place_of(file.path), trouble)]
    finally:
        os.close(descriptor)
    return contradicted(file.path, stated, found, document)


def compare_stated(plan: Plan, sources: list[Source], driver: Driver, surroundings: Surroundings) -> None:
    """Refuses every planned document of which a file is not what its depositor's digest says.

    Those in the manifests of bags were compared when these were judged.
    """
    progress = surroundings.progress
    count = plan.count_stated()
    if not count:
        return
    progress.begin("Comparing the depositor's checksums", count, "files")
    try:
        for batch, result in driver.run(compare, _batches(plan, sources)):
            if isinstance(result, BatchLost):
                raise result_lost("compared checksums")
            for document, found in zip(batch.documents, result, strict=True):
                for finding in found:
                    plan.add_finding(finding, document.source)
                if found:
                    plan.set_state(document.seq, "rejected")
                progress.advance(len(unjudged_digests(document)))
    finally:
        progress.end()


def say_not_compared(plan: Plan, option: str, remedy: str) -> None:
    """Notes that the files were not read, where the depositor stated digests of some."""
    if count := plan.count_stated():
        files = f"{count:,} {'file' if count == 1 else 'files'}"
        message = f"the depositor's checksums of {files} were not compared with the files"
        plan.add_finding(findings.note("SUM-NOT-COMPARED", option, message, remedy=remedy))


def _batches(plan: Plan, sources: list[Source]) -> Iterator[StatedBatch]:
    roots = tuple(source.base for source in sources)
    wanted = (each for each in plan.documents() if each.digests and unjudged_digests(each))
    for documents in batched(wanted, attrgetter("bytes"), most=_BATCH_DOCUMENTS, most_bytes=_BATCH_BYTES):
        yield StatedBatch(roots, tuple(documents))
