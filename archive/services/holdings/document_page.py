"""The page of one document: what it says comes from bag and ledger, and it says on whose word."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Unpack

from archive.core.errors import EvidenceError, StorageError
from archive.core.findings import Finding, Severity, error
from archive.core.ledger import entries
from archive.core.ledger.change_entries import CHANGES
from archive.core.ledger.entries import Entry, EntryType
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.core.ledger.trust import Trust
from archive.services.evidence.brought import Brought
from archive.services.evidence.checkpoints import current_checkpoint
from archive.services.evidence.verification import LedgerReport, verify_ledger
from archive.services.history.timeline import Timeline
from archive.services.holdings.document import DocumentReport
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage.index import Index

# The entries about a document that the index names.
_INDEXED: Final = frozenset({EntryType.INGESTION.value, *CHANGES})
_EXIT: Final = {
    LedgerOutcome.PROVEN: 0,
    LedgerOutcome.BROKEN: EvidenceError.exit_code,
    LedgerOutcome.UNREADABLE: StorageError.exit_code,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPage:
    """What the page is written from; `checks` are what audits found of the document, oldest first.

    `findings` are those of the ledger and of the results of audits: the report of the document has its own.
    """

    archive: OpenedArchive
    report: DocumentReport
    ledger: LedgerReport
    checks: tuple[dict[str, Any], ...]
    entry: str
    note: str
    made: str
    findings: tuple[Finding, ...]

    @classmethod
    def of(
        cls,
        archive: OpenedArchive,
        index: Index,
        report: DocumentReport,
        surroundings: Surroundings,
        **brought: Unpack[Brought],
    ) -> "DocumentPage":
        """Verifies the ledger by what was brought, and looks through the results of every recorded audit.

        Raises ConfigurationError where a key or file that was brought is none. About 10 µs an entry, and the
        time to read every results file.
        """
        about: list[int] = []

        def take(number: int, entry: Entry) -> None:
            if entry.bag == report.row.bag and entry.type in _INDEXED:
                about.append(number)

        ledger = verify_ledger(archive, on_parsed=take, progress=surroundings.progress, **brought)
        timeline = Timeline(archive, index, report.row)
        reach = ledger.trust.size or 0  # entries that somebody outside vouches for; none on our own word
        checks = tuple(
            {**event.to_json(), "attested": event.last < reach}
            for event in timeline.checks(surroundings.progress)
        )
        return cls(
            archive=archive,
            report=report,
            ledger=ledger,
            checks=checks,
            entry=archive.ledger.entry(report.row.entry).decode("utf-8", "replace"),
            note=current_checkpoint(archive).note.decode("utf-8", "replace"),
            made=entries.timestamp(surroundings.now()),
            findings=(*ledger.findings, *timeline.findings, *_unindexed(index, report, about)),
        )

    @property
    def trust(self) -> Trust:
        """On whose word the page rests."""
        return self.ledger.trust

    @property
    def exit_code(self) -> int:
        """5 where the ledger does not hold, 3 where it could not be read, 1 where results do not."""
        wrong = any(finding.severity is Severity.ERROR for finding in self.findings)
        return _EXIT[self.ledger.outcome] or int(wrong)

    def pieces(self) -> Iterator[str]:
        """The page as one HTML document, piece by piece."""
        from archive.formats.pages.document import document_page

        settings = self.archive.settings
        return document_page(
            self.report.to_json(),
            {
                "outcome": self.ledger.outcome.value,
                "trust": self.trust.to_json(),
                "checks": self.checks,
                "entry": self.entry,
                "note": self.note,
            },
            {
                "name": settings.name,
                "institution": settings.institution,
                "contact": settings.contact,
                "origin": settings.origin,
                "key": settings.key,
            },
            made=self.made,
        )


def _unindexed(index: Index, report: DocumentReport, about: list[int]) -> tuple[Finding, ...]:
    """An error where the index keeps silent about an entry of the document, or names one of another."""
    known = [report.row.entry, *index.changes(report.row.entry)]
    if known == about:
        return ()
    message = "does not name the entries about this document that the ledger has"
    expected, found = (", ".join(map(str, numbers)) for numbers in (about, known))
    remedy = "archive catalog rebuild makes it anew; find out who changed it"
    return (
        error(
            "CATALOG-INDEX-ALTERED",
            "catalog.sqlite",
            message,
            expected=expected,
            found=found,
            remedy=remedy,
        ),
    )
