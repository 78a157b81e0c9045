"""Lists and searches of what is held."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archive.core.descriptions.access import AccessStatus
from archive.core.search_query import SearchQuery, parse_search
from archive.core.text import lossless
from archive.services.holdings.resolution import resolve_run
from archive.storage.index import Index, IndexRow
from archive.storage.layout import bag_path, quarantine_path


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What a search found: the best first, `total` in all, and the query as it was understood."""

    query: SearchQuery
    documents: tuple[IndexRow, ...]
    total: int


def list_documents(
    index: Index,
    *,
    undescribed: bool = False,
    accession: str | None = None,
    run: str | None = None,
    access: AccessStatus | None = None,
    withdrawn: bool = False,
    limit: int | None = None,
) -> Iterator[IndexRow]:
    """The held documents that meet every condition, in the order of ingest; memory stays flat.

    `run` may be any ending of a run's id. With `withdrawn` those that are not held any more, instead.
    Raises ConfigurationError where several runs end so.
    """
    if run is not None:
        run = resolve_run(index, run) or run  # of one that has not ended the whole id is known
    state = "withdrawn" if withdrawn else "held"
    return index.list(
        undescribed=undescribed, accession=accession, run=run, access=access, state=state, limit=limit
    )


def search(index: Index, words: str, *, limit: int = 50) -> SearchResult:
    """The held documents whose description, name or reference has these words; no input raises."""
    query = parse_search(words)
    found = tuple(index.search(query, limit=limit))
    total = len(found) if len(found) < limit else index.count(query)
    return SearchResult(query=query, documents=found, total=total)


def place_of(row: IndexRow) -> str | None:
    """Where the document's bag lies below the archive; None where it was disposed of."""
    if row.state == "held":
        return bag_path(row.bag)
    return quarantine_path(row.bag) if row.state == "withdrawn" else None


def document_json(row: IndexRow) -> dict[str, Any]:
    """A document as lists and searches give it; absent facts are null."""
    return {
        "id": row.bag,
        "reference": lossless(row.reference),
        "title": lossless(row.title),
        "creator": lossless(row.creator),
        "date": lossless(row.date),
        "path": place_of(row),
        "source": lossless(row.source),
        "accession": lossless(row.accession),
        "run": row.run,
        "files": row.files,
        "bytes": row.bytes,
        "ingested": row.ingested,
        "description_awaited": row.awaiting,
        "revision": row.revision,
        "state": row.state,
        "last_checked": row.last_checked or None,
        "last_intact": row.last_intact or None,
        "last_outcome": row.last_outcome or None,
        "access": row.access or AccessStatus.NOT_STATED.value,
    }
