"""The entries of a ledger as a history, read one after another and not verified against its tree."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archive.core.errors import ArchiveError, ConfigurationError, ConflictError, EvidenceError, StorageError
from archive.core.findings import Finding, error
from archive.core.ids import short_id
from archive.core.ledger.entries import Entry, parse_entry
from archive.core.ledger.ledger_findings import LedgerCode, ledger_finding
from archive.core.limits.output import MEANT
from archive.services.evidence.checkpoints import current_checkpoint
from archive.services.opened import OpenedArchive


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One entry with its place in the ledger."""

    index: int
    entry: Entry


class History:
    """Entries in the order of the ledger, newest last; trouble on the way ends up in `findings`.

    The checkpoint's signature is verified at once: EvidenceError where it does not hold. `limit` keeps only
    the last so many.
    """

    def __init__(self, archive: OpenedArchive, *, of: str | None = None, limit: int | None = None) -> None:
        """`of` is the id of a bag or run, its ending, or a reference; ConfigurationError for none or many."""
        self.checkpoint = current_checkpoint(archive).checkpoint
        self.findings: list[Finding] = []
        self.trouble: ArchiveError | None = None
        self._ledger = archive.ledger
        self._limit = limit
        self.subject = self._resolve(of) if of is not None else None

    def __iter__(self) -> Iterator[HistoryEntry]:
        size = self.checkpoint.size
        if self.subject is None:
            yield from self._parsed(self._raw(max(size - self._limit, 0) if self._limit is not None else 0))
        elif self._limit is None:
            yield from self._parsed(self._about(self.subject))
        else:
            yield from self._parsed(deque(self._about(self.subject), maxlen=self._limit))

    def _raw(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Entries from `start` on; one that storage or a torn bundle withholds ends them with a finding."""
        index = start
        try:
            for index, raw in enumerate(self._ledger.entries(start, self.checkpoint.size), start):
                yield index, raw
        except (EvidenceError, StorageError) as trouble:
            self.trouble = trouble
            code = LedgerCode.BUNDLE_TORN if isinstance(trouble, EvidenceError) else LedgerCode.UNREADABLE
            self.findings.append(ledger_finding(code, f"entry {index}", trouble.message))

    def _about(self, subject: str) -> Iterator[tuple[int, bytes]]:
        wanted = subject.encode()
        for index, raw in self._raw(0):
            if wanted in raw:  # cheap; the parsed entry decides
                entry = _quietly(raw)
                if entry is None or subject in {entry.bag, entry.run}:
                    yield index, raw

    def _parsed(self, entries: Iterable[tuple[int, bytes]]) -> Iterator[HistoryEntry]:
        for index, raw in entries:
            try:
                yield HistoryEntry(index, parse_entry(raw))
            except EvidenceError as trouble:
                self.trouble = self.trouble or trouble
                self.findings.append(
                    ledger_finding(LedgerCode.ENTRY_MALFORMED, f"entry {index}", trouble.message)
                )
            except ConflictError as trouble:
                self.trouble = self.trouble or trouble
                self.findings.append(
                    error(LedgerCode.ENTRY_NEWER, f"entry {index}", trouble.message, remedy=trouble.remedy)
                )

    def _resolve(self, of: str) -> str:
        """The full id of the one bag or run that is meant."""
        wanted = of.strip().lower()
        needle = wanted.encode("utf-8", "surrogateescape")
        found: dict[str, None] = {}
        for raw in self._ledger.entries(0, self.checkpoint.size) if wanted else ():
            if needle in raw.lower():
                entry = _quietly(raw)
                found.update(dict.fromkeys(_meant(entry, wanted) if entry else ()))
        if wanted in found:
            return wanted
        if len(found) == 1:
            return next(iter(found))
        if not found:
            raise ConfigurationError(
                f"{of}: the ledger knows no bag, run or reference of that name",
                remedy="archive ledger log lists what it knows",
            )
        names = ", ".join(short_id(each) for each in list(found)[:MEANT])
        raise ConfigurationError(
            f"{of}: fits {len(found)} bags and runs ({names}); type more of it",
            remedy="give the whole id, as archive ledger log prints it",
        )


def _meant(entry: Entry, wanted: str) -> Iterator[str]:
    for known in (entry.bag, entry.run):
        if known is not None and known.lower().endswith(wanted):
            yield known
    reference = entry.get("reference")
    if entry.bag is not None and isinstance(reference, str) and reference.lower() == wanted:
        yield entry.bag


def _quietly(raw: bytes) -> Entry | None:
    try:
        return parse_entry(raw)
    except ArchiveError:
        return None
