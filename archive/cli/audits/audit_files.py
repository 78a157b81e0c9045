"""The files that `archive audit --report` writes, and the bags that all its outputs list."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archive.cli.audits.report_files import write_report as write_pieces

if TYPE_CHECKING:
    from archive.services.audit.report import AuditReport
    from archive.services.catalog.index_reading import Asking
    from archive.services.opened import OpenedArchive
    from archive.storage.audits.plan import AuditPlan
    from archive.storage.index import Index

_ROWS_PER_PIECE: Final = 256


class AuditedBags:
    """The bags that are not intact (with `all_results`: every bag looked at), each time they are asked."""

    def __init__(
        self, target: "OpenedArchive", report: "AuditReport", plan: "AuditPlan", *, all_results: bool
    ) -> None:
        self._target = target
        self._report = report
        self._plan = plan
        self._all_results = all_results

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Each as a bag of `schemas/audit-report.schema.json`."""
        from archive.services.audit.report import bag_json
        from archive.services.catalog.index_reading import Asking

        with self._index() as own:
            index = Asking(own)
            for bag in self._plan.found.rows():
                reference, title = _named(index, bag.bag, bag.reference, known=bag.outcome != "unknown")
                yield bag_json(
                    bag=bag.bag,
                    reference=reference,
                    title=title,
                    outcome=bag.outcome,
                    last_intact=bag.last_intact,
                    known_since=bag.known_since,
                    acknowledged=bag.acknowledged,
                    findings=bag.findings,
                )
            for name, minted, earlier in self._plan.intact(self._report.last) if self._all_results else ():
                reference, title = _named(index, name, minted, known=True)
                yield bag_json(
                    bag=name,
                    reference=reference,
                    title=title,
                    outcome="intact",
                    last_intact=earlier or self._report.finished,
                    known_since=None,
                    findings=[],
                )

    def _index(self) -> "AbstractContextManager[Index | None]":
        from archive.services.audit.schedule import index_of

        return index_of(self._target)


def _named(index: "Asking", bag: str, reference: str | None, *, known: bool) -> tuple[str | None, str | None]:
    document = index.by_bag(bag) if known else None
    return (document.reference, document.title) if document else (reference, None)


def write_report(path: str, archive: "OpenedArchive", report: "AuditReport", bags: AuditedBags) -> None:
    """Writes the page, table or data that the name's suffix asks for; a bag in memory at a time.

    Raises StorageError where it cannot be written.
    """
    document = {**report.head(), **report.tail()}
    pieces: Iterator[str]
    match Path(path).suffix.lower():
        case ".json":
            pieces = _json(report, bags)
        case ".csv":
            from archive.formats.audit_csv import audit_csv

            pieces = audit_csv(document, bags)
        case _:
            from archive.formats.pages.audit import audit_page

            settings = archive.settings
            about = {
                "name": settings.name,
                "institution": settings.institution,
                "origin": settings.origin,
                "key": settings.key,
            }
            pieces = audit_page(document, bags, archive=about)
    write_pieces(path, pieces)


def _json(report: "AuditReport", bags: AuditedBags) -> Iterator[str]:
    import json

    def members(document: dict[str, Any]) -> str:
        return json.dumps(document, ensure_ascii=False)[1:-1]

    yield f'{{{members(report.head())}, "bags": ['
    waiting: list[str] = []
    separator = "\n"
    for bag in bags:
        waiting.append(separator + json.dumps(bag, ensure_ascii=False))
        separator = ",\n"
        if len(waiting) >= _ROWS_PER_PIECE:
            yield "".join(waiting)
            waiting.clear()
    yield "".join(waiting) + f"\n], {members(report.tail())}}}\n"
