"""What an ingest would find as it reads documents, found by a dry run that reads them and keeps nothing."""

from collections.abc import Iterator
from operator import attrgetter

from archive.engine.batches import batched
from archive.engine.driver import BatchLost, Driver, result_lost
from archive.services.ingest.payload_keys import KeyBatch, payload_keys
from archive.services.ingest.request import Duplicates
from archive.services.ingest.twins import settle_twins
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage.index import Index
from archive.storage.plan import Plan
from archive.storage.sources.source_walk import Source

_BATCH_DOCUMENTS = 256
_BATCH_BYTES = 64 << 20


def foretell_staging(
    plan: Plan,
    index: Index,
    archive: OpenedArchive,
    sources: list[Source],
    driver: Driver,
    duplicates: Duplicates,
    surroundings: Surroundings,
) -> None:
    """Reads every planned document, and refuses, leaves out or names as a twin those that staging would.

    A file that cannot be read and one that is not what its depositor's digest says refuse their document.
    """
    progress = surroundings.progress
    progress.begin("Reading documents", plan.count("planned"), "documents")
    try:
        for batch, result in driver.run(payload_keys, _batches(plan, sources)):
            if isinstance(result, BatchLost):
                raise result_lost("read documents")
            for document, read in zip(batch.documents, result, strict=True):
                for finding in read.wrong:
                    plan.add_finding(finding, document.source)
                if read.key is None or read.wrong:
                    plan.set_state(document.seq, "rejected")
                else:
                    plan.record_foretold(document, read.key)
            progress.advance(len(batch.documents))
    finally:
        progress.end()
    settle_twins(plan, index, archive, duplicates)
    plan.set_states("staged", "planned")


def _batches(plan: Plan, sources: list[Source]) -> Iterator[KeyBatch]:
    roots = tuple(source.base for source in sources)
    size = attrgetter("bytes")
    for documents in batched(plan.documents(), size, most=_BATCH_DOCUMENTS, most_bytes=_BATCH_BYTES):
        yield KeyBatch(roots, tuple(documents))
