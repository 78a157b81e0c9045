"""Events in the order of the ledger: of the whole archive, or of one document."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from archive.core.errors import ArchiveError, EvidenceError, StorageError
from archive.core.findings import Finding, error
from archive.core.ids import is_uuid7
from archive.core.ledger.entries import Entry, EntryType, parse_entry
from archive.core.ledger.ledger_findings import LedgerCode, ledger_finding
from archive.services.catalog.bag_record import (
    BagDoubtError,
    listed_bytes,
    open_bag,
    revision_records,
    tag_files,
)
from archive.services.changes.notes import ChangeNote, parse_note
from archive.services.evidence.checkpoints import current_checkpoint
from archive.services.evidence.doubtful_results import results_finding
from archive.services.evidence.outside import KeptMark, kept_marks
from archive.services.history.event import Event
from archive.services.history.names import AgentNames
from archive.services.history.sentences import check_sentence, sentence
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.audits.vouched_results import DoubtfulResultsError, checks_in, vouched_chunks
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.index import Index, IndexRow
from archive.storage.ledger.notes import Notes

_CHANGED: Final = "changed: "
# A run's end says all that its ingestions say, and an audit's end what its beginning does.
_INGESTION: Final = b'"type":"ingestion"'
_ENDED = re.compile(rb'"type":"(?:audit finished|copied|copy audited)"')
_AUDITED = re.compile(rb'"type":"audit finished"')  # of the archive's own bytes
_BEGUN: Final = frozenset({EntryType.AUDIT_STARTED, EntryType.COPY_STARTED, EntryType.COPY_AUDIT_STARTED})


class Timeline:
    """The events that are asked for, oldest first; what could not be read ends up in `findings`.

    Of the whole archive the entries of one run and kind stand together as one event. `earlier` is the index
    before which more is to be had, None where nothing is.
    """

    def __init__(self, archive: OpenedArchive, index: Index, row: IndexRow | None = None) -> None:
        """Of the document `row`, else of the archive. EvidenceError where the checkpoint does not hold."""
        self.checkpoint = current_checkpoint(archive).checkpoint
        self.findings: list[Finding] = []
        self.trouble: ArchiveError | None = None
        self.earlier: int | None = None
        self._archive = archive
        self._index = index
        self._row = row
        self._names = AgentNames(archive)
        self._notes = Notes(str(archive.root))
        self._read_notes: dict[str, ChangeNote | None] = {}

    def events(
        self, *, limit: int | None = None, before: int | None = None, checks: bool = False
    ) -> Iterator[Event]:
        """The newest `limit` events, all of them for None, of entries before an index; newest last.

        `checks` adds what each audit, also of a copy, and each run of `archive copy` found of the document.
        """
        size = self.checkpoint.size if before is None else min(before, self.checkpoint.size)
        found = self._of_document(size, checks=checks) if self._row else self._grouped(self._of_archive(size))
        if limit is None:
            yield from (self._finished(event, entry) for event, entry in found)
            return
        kept = deque(found, maxlen=limit + 1)
        if len(kept) > limit:
            kept.popleft()
            self.earlier = kept[0][0].index
        yield from (self._finished(event, entry) for event, entry in kept)

    def checks(self, progress: Progress) -> Iterator[Event]:
        """What each recorded audit of the archive's own bytes found of the one document, oldest first.

        Nothing for the whole archive.
        """
        if self._row is None:
            return
        progress.begin("looking through audits", None, "audits")
        try:
            for event, entry in self._checks(self._row, self.checkpoint.size, _AUDITED, progress):
                yield self._finished(event, entry)
        finally:
            progress.end()

    def marks(self) -> Iterator[KeptMark]:
        """The marks from outside that the archive keeps; nothing is judged, that takes their makers' keys."""
        try:
            yield from kept_marks(self._archive)
        except StorageError as trouble:
            self.findings.append(
                error(LedgerCode.UNREADABLE, "ledger", trouble.message, remedy=trouble.remedy)
            )

    # -- entries -------------------------------------------------------------------------------------------

    def _of_archive(self, size: int) -> Iterator[tuple[int, Entry]]:
        ended: set[str | None] = set()
        for _, raw in self._raw(self.checkpoint.size):  # one that ends behind `size` has ended, too
            if _ENDED.search(raw) and (entry := self._parsed(0, raw)) is not None:
                ended.add(entry.run)
        for number, raw in self._raw(size):
            if _INGESTION in raw:
                continue
            entry = self._parsed(number, raw)
            if entry is None or (entry.type in _BEGUN and entry.run in ended):
                continue
            yield number, entry

    def _raw(self, size: int) -> Iterator[tuple[int, bytes]]:
        number = 0
        try:
            for number, raw in enumerate(self._archive.ledger.entries(0, size)):
                yield number, raw
        except (EvidenceError, StorageError) as trouble:
            if self.trouble is None:
                torn = isinstance(trouble, EvidenceError)
                code = LedgerCode.BUNDLE_TORN if torn else LedgerCode.UNREADABLE
                self.findings.append(ledger_finding(code, f"entry {number}", trouble.message))
            self.trouble = trouble

    def _parsed(self, number: int, raw: bytes) -> Entry | None:
        try:
            return parse_entry(raw)
        except ArchiveError as trouble:
            if self.trouble is None:
                self.findings.append(
                    error(
                        LedgerCode.ENTRY_MALFORMED, f"entry {number}", trouble.message, remedy=trouble.remedy
                    )
                )
            self.trouble = trouble
            return None

    # -- events --------------------------------------------------------------------------------------------

    def _grouped(self, entries: Iterable[tuple[int, Entry]]) -> Iterator[tuple[Event, Entry]]:
        waiting: tuple[Event, Entry] | None = None
        for number, entry in entries:
            if waiting is not None:
                event, first = waiting
                if entry.bag is not None and (first.type, first.run) == (entry.type, entry.run):
                    event.last, event.count, event.bag = number, event.count + 1, None
                    continue
                yield waiting
            waiting = self._event(number, entry), entry
        if waiting is not None:
            yield waiting

    def _event(self, number: int, entry: Entry) -> Event:
        bags = entry.get("bags")
        outcome = entry.get("outcome")
        return Event(
            index=number,
            last=number,
            time=entry.time,
            type=entry.type,
            text="",
            count=bags if type(bags) is int else int(entry.bag is not None),
            run=entry.run,
            bag=entry.bag,
            outcome=outcome if isinstance(outcome, str) else None,
        )

    def _of_document(self, size: int, *, checks: bool) -> Iterator[tuple[Event, Entry]]:
        row = self._row
        if row is None:
            return
        found = [
            (self._event(number, entry), entry)
            for number in (row.entry, *self._index.changes(row.entry))
            if number < size and (entry := self._parsed(number, self._archive.ledger.entry(number)))
        ]
        if checks:
            found += self._checks(row, size, _ENDED)
        yield from sorted(found, key=lambda each: each[0].index)

    def _checks(
        self, row: IndexRow, size: int, wanted: re.Pattern[bytes], progress: Progress | None = None
    ) -> Iterator[tuple[Event, Entry]]:
        for number, raw in self._raw(size):
            entry = self._parsed(number, raw) if wanted.search(raw) else None
            if entry is None or entry.run is None or not is_uuid7(entry.run):
                continue
            if progress is not None:
                progress.advance(1)
            audits = self._archive.layout.audits
            try:
                chunks = vouched_chunks(audits, entry.run, str(entry.get("results")))
                for result in checks_in(audits, entry.run, chunks):
                    if result.get("bag") == row.bag:
                        event = self._event(number, entry)
                        event.count, event.bag, event.outcome = 1, row.bag, str(result.get("outcome"))
                        event.text = check_sentence(entry, event.outcome)
                        yield event, entry
            except DoubtfulResultsError as trouble:
                self.findings.append(results_finding(trouble, entry.run, number))

    def _finished(self, event: Event, entry: Entry) -> Event:
        """The event with its words: who, why, which document; only for those that are shown."""
        note = self._note(entry)
        event.agents = self._names.agents(entry, note)
        if note is not None and entry.type != EntryType.SETTINGS_CHANGED:
            event.reason, event.authority = note.reason, note.authority
        if event.bag is not None:
            row = self._row or self._index.by_bag(event.bag)
            event.reference = row.reference if row else None
        event.text = event.text or sentence(entry, event.count, self._changed_fields(entry, event))
        return event

    def _note(self, entry: Entry) -> ChangeNote | None:
        several = entry.get("notes")
        named = [entry.get("note"), *(several if isinstance(several, list) else ())]
        commitment = next((text for text in named if isinstance(text, str)), None)
        if commitment is None:
            return None
        if commitment not in self._read_notes:
            self._read_notes.clear()  # the entries of a run, which follow each other, share one
            self._read_notes[commitment] = self._opened_note(commitment, entry)
        return self._read_notes[commitment]

    def _opened_note(self, commitment: str, entry: Entry) -> ChangeNote | None:
        try:
            text = self._notes.read(commitment)
        except (ArchiveError, ValueError) as trouble:
            code = "NOTE-UNREADABLE" if isinstance(trouble, StorageError) else "NOTE-ALTERED"
            self.findings.append(error(code, f"the note of a {entry.type}", str(trouble)))
            return None
        if text is None or entry.type == EntryType.SETTINGS_CHANGED:
            return None
        return parse_note(text)

    def _changed_fields(self, entry: Entry, event: Event) -> str | None:
        """The fields that a revision changed, as its PREMIS says; None where its bag does not say."""
        if entry.type != EntryType.DESCRIPTION_CHANGED or event.count != 1 or entry.bag is None:
            return None
        from archive.formats.premis.reader import read_premis

        try:
            with open_bag(self._archive, entry.bag) as held:
                listed = tag_files(held, str(entry.get("tagmanifest")))
                premis = read_premis(listed_bytes(held, listed, revision_records(listed)[-1]))
        except (ArchiveError, BagDoubtError, NotAPlainFileError, OSError, IndexError):
            return None
        details = [detail for one in premis.events for detail in one.details]
        return next((text.removeprefix(_CHANGED) for text in details if text.startswith(_CHANGED)), None)
