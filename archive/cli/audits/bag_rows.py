"""Bags that are not as they should be, with what the index knows of their documents."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.services.opened import OpenedArchive
    from archive.storage.audits.results import ChunkRow


def told_bags(archive: "OpenedArchive", rows: Iterable["ChunkRow"]) -> Iterator[dict[str, Any]]:
    """Each row as reports show a bag; titles and references as far as there is an index."""
    from archive.services.audit.report import bag_json
    from archive.services.catalog.index_reading import Asking, optional_index

    with optional_index(archive) as own:
        index = Asking(own)
        for row in rows:
            document = index.by_bag(row.bag)
            yield bag_json(
                bag=row.bag,
                reference=document.reference if document else None,
                title=document.title if document else None,
                outcome=row.outcome,
                last_intact=document.last_intact if document else None,
                known_since=None,
                findings=row.findings,
            )
