"""The index kept in step with the ledger: by writers in place, by readers, where needed, beside it."""

import contextlib
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from archive.core.catalog_manifest import closed_run
from archive.core.change_entries import CHANGES, DISPOSAL_MARK, tombstone_reference
from archive.core.checkpoint import Checkpoint
from archive.core.entries import Entry, EntryType, parse_entry
from archive.core.errors import ArchiveError
from archive.core.findings import Finding, warning
from archive.core.holding import Holding
from archive.core.ids import is_uuid7
from archive.services.catalog.bag_record import derive_holding, holding_from_ledger, title_of_nobody
from archive.services.opened import OpenedArchive
from archive.storage.audit_results import past_checks
from archive.storage.index import Index, IndexedDocument, IndexUnusableError

AT_ONCE: Final = 1000
# Findings of a rebuild that are kept: an archive of which every bag is damaged must not fill the memory.
FINDINGS_KEPT: Final = 100

# Under this name the index notes the program that wrote last, as its agent's id.
SOFTWARE: Final = "software"


@dataclass(frozen=True, slots=True)
class Reading:
    """An index to read from, and what a reader should be told about it."""

    index: Index
    findings: tuple[Finding, ...]


def bring_up_to_date(archive: OpenedArchive, index: Index, checkpoint: Checkpoint) -> list[Finding]:
    """Adds what the ledger gained since the index was written, in one change; says what could not be read."""
    catching_up = _CatchingUp(archive, index)
    if index.size < checkpoint.size:
        with index.change():
            start = index.size
            catching_up.find_disposed(start, checkpoint.size)
            for number, raw in enumerate(archive.ledger.entries(start, checkpoint.size), start):
                catching_up.take(number, raw)
            catching_up.flush()
            index.set_checkpoint(checkpoint)
    return catching_up.findings


class _CatchingUp:
    """One pass over new entries."""

    def __init__(self, archive: OpenedArchive, index: Index) -> None:
        self.findings: list[Finding] = []
        self._archive = archive
        self._index = index
        self._waiting: list[Holding] = []
        self._disposed: set[str] = set()

    def find_disposed(self, start: int, size: int) -> None:
        """Learn which bags these entries dispose of: nobody need look for them."""
        for raw in self._archive.ledger.entries(start, size):
            if DISPOSAL_MARK in raw:
                self._disposed.add(parse_entry(raw).bag or "")

    def take(self, number: int, raw: bytes) -> None:
        """Take the entry at an index of the ledger."""
        run = closed_run(number, raw)
        if run is not None:
            self._index.add_run(run)
            return
        entry = parse_entry(raw)
        if entry.type == EntryType.INGESTION:
            self._hold(self._derived(number, entry))
        elif entry.type == EntryType.AUDIT_FINISHED:
            self.flush()
            self._take_audit(entry)
        elif entry.type == EntryType.SETTINGS_CHANGED:
            self._index.set_settings(str(entry.get("settings", "")))
        elif entry.type == EntryType.SOFTWARE_CHANGED:
            self._index.note(SOFTWARE, str(entry.get("software", "")))
        elif entry.type in CHANGES and entry.bag is not None:
            self.flush()
            self._take_change(number, entry, entry.bag)

    def _hold(self, holding: Holding) -> None:
        self._waiting.append(holding)
        if len(self._waiting) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Add the documents that wait."""
        self._index.add(self._waiting)
        self._waiting.clear()

    def _derived(self, number: int, entry: Entry, tag_manifest: str | None = None) -> Holding:
        if entry.bag in self._disposed:
            return holding_from_ledger(number, entry, tag_manifest)
        derived = derive_holding(self._archive, number, entry, tag_manifest)
        self.findings.extend(derived.findings[: max(FINDINGS_KEPT - len(self.findings), 0)])
        return derived.holding

    def _take_change(self, number: int, entry: Entry, bag: str) -> None:
        row = self._index.by_bag(bag)
        if row is None:
            return
        if entry.type == EntryType.DESCRIPTION_CHANGED:
            ingestion = parse_entry(self._archive.ledger.entry(row.entry))
            holding = self._derived(row.entry, ingestion, str(entry.get("tagmanifest")))
            revision = entry.get("revision")
            self._index.describe(
                holding, change=number, revision=revision if type(revision) is int else row.revision + 1
            )
        elif entry.type == EntryType.WITHDRAWAL:
            self._index.withdraw(row.entry, change=number, reference=_tombstone(entry))
        else:
            called = row.reference
            if row.declared:
                earlier = (
                    parse_entry(self._archive.ledger.entry(at)) for at in self._index.changes(row.entry)
                )
                called = next(filter(None, map(_tombstone, earlier)), bag)
            self._index.dispose(row.entry, change=number, reference=called, title=title_of_nobody(bag))

    def _take_audit(self, entry: Entry) -> None:
        summary = {"run": entry.run, "time": entry.time, "outcome": entry.get("outcome")}
        self._index.note("last audit", json.dumps(summary))
        if entry.run is None or not is_uuid7(entry.run):
            return
        rows = past_checks(self._archive.layout.audits, entry.run)
        self._index.mark_checked(
            (row["bag"], entry.time, row["outcome"])
            for row in rows
            if isinstance(row.get("bag"), str) and isinstance(row.get("outcome"), str)
        )


def _tombstone(entry: Entry) -> str | None:
    """What a withdrawal says that a document with a reference of the archivist's own is called."""
    declared = entry.get("declared")
    return tombstone_reference(declared) if isinstance(declared, str) else None


def add_ingested(
    archive: OpenedArchive,
    index: Index,
    checkpoint: Checkpoint,
    documents: Iterator[IndexedDocument],
    *,
    first: int,
    time: str,
    closed: bytes | None,
) -> None:
    """Adds the documents of a commit of a moment ago from what is at hand, not from their bags.

    `documents` are in the order of their entries, of which the first is at index `first` and all have the
    same `time`; `closed` is the entry behind them that closed the run. An index that stood elsewhere is
    brought up to date from the ledger.
    """
    if index.size != first:
        bring_up_to_date(archive, index, checkpoint)
        return
    with index.change():
        end = first + index.add_indexed((number, time, made) for number, made in enumerate(documents, first))
        run = None if closed is None else closed_run(end, closed)
        if run is not None:
            index.add_run(run)
        if end + (run is not None) != checkpoint.size:
            raise ValueError(f"the commit has {checkpoint.size - first} entries, {end - first} documents")
        index.set_checkpoint(checkpoint)


# -- for writers -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def current_index(archive: OpenedArchive, checkpoint: Checkpoint) -> Iterator[Index]:
    """The archive's own index, writable and in step with the checkpoint; made anew where it cannot be used.

    Called by the holder of the writer's lock.
    """
    try:
        index = _open_in_place(archive, checkpoint)
    except IndexUnusableError:
        build_index(archive, checkpoint)
        index = Index.open(str(archive.layout.index), writable=True)
    with index:
        yield index


def _open_in_place(archive: OpenedArchive, checkpoint: Checkpoint) -> Index:
    index = Index.open(str(archive.layout.index), writable=True)
    try:
        require_belonging(archive, index, checkpoint)
        bring_up_to_date(archive, index, checkpoint)
    except BaseException:
        index.close()
        raise
    return index


def build_index(archive: OpenedArchive, checkpoint: Checkpoint) -> list[Finding]:
    """Makes the index anew beside its place and puts it there; says which bags could not be read."""
    root = str(archive.root)
    for name in os.listdir(root):
        if name.startswith(".catalog.sqlite.") and name.endswith(".tmp"):
            os.unlink(os.path.join(root, name))
    temporary = os.path.join(root, f".catalog.sqlite.{secrets.token_hex(8)}.tmp")
    try:
        index = _filled(archive, checkpoint, temporary)
        index.index.finish(str(archive.layout.index))
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return list(index.findings)


def _filled(
    archive: OpenedArchive, checkpoint: Checkpoint, path: str, on_close: Callable[[], None] | None = None
) -> Reading:
    index = Index.create(path, durable=False, on_close=on_close)
    try:
        index.note("archive", archive.settings.archive_id)
        return Reading(index, tuple(bring_up_to_date(archive, index, checkpoint)))
    except BaseException:
        index.close()
        raise


def require_belonging(archive: OpenedArchive, index: Index, checkpoint: Checkpoint) -> None:
    """Raises IndexUnusableError for the index of another archive, or of another history of this one."""
    if index.meta("archive") != archive.settings.archive_id:
        raise IndexUnusableError("belongs to another archive")
    size = index.size
    if size > checkpoint.size:
        raise IndexUnusableError("is of a later state than the ledger")
    root = checkpoint.root if size == checkpoint.size else archive.ledger.root_at(size)
    if index.root != root.hex():
        raise IndexUnusableError("is of another history than the ledger")


# -- for readers -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def reading_index(archive: OpenedArchive) -> Iterator[Reading]:
    """An index in step with the ledger: the archive's own, or where it is not, a temporary one elsewhere."""
    reading = _reading(archive)
    with reading.index:
        yield reading


def readable_index(archive: OpenedArchive) -> Index:
    """As `reading_index`, for a caller who closes it and says nothing of its state."""
    return _reading(archive).index


@contextlib.contextmanager
def optional_index(archive: OpenedArchive) -> Iterator[Index | None]:
    """The archive's own index where it can be used, however far behind; None where it cannot."""
    index = None
    with contextlib.suppress(ArchiveError):
        index = Index.open(str(archive.layout.index))
        try:
            require_belonging(archive, index, archive.checkpoint())
        except ArchiveError:
            index.close()
            index = None
    try:
        yield index
    finally:
        if index is not None:
            index.close()


def _reading(archive: OpenedArchive) -> Reading:
    # The index is opened first: a writer who commits meanwhile makes the ledger younger, never the index.
    try:
        index = Index.open(str(archive.layout.index))
    except IndexUnusableError as trouble:
        return _temporary(archive, archive.checkpoint(), trouble.reason)
    checkpoint = archive.checkpoint()
    try:
        require_belonging(archive, index, checkpoint)
        if index.size == checkpoint.size:
            return Reading(index, ())
        return _caught_up(archive, index, checkpoint)
    except IndexUnusableError as trouble:
        index.close()
        return _temporary(archive, checkpoint, trouble.reason)
    except BaseException:
        index.close()
        raise


def _caught_up(archive: OpenedArchive, index: Index, checkpoint: Checkpoint) -> Reading:
    behind = checkpoint.size - index.size
    folder = tempfile.TemporaryDirectory(prefix="document-archive-")
    copy = index.copy_to(os.path.join(folder.name, "catalog.sqlite"), on_close=folder.cleanup)
    index.close()
    try:
        found = bring_up_to_date(archive, copy, checkpoint)
    except BaseException:
        copy.close()
        raise
    told = _told(f"is {behind:,} entries behind the ledger, which was read instead")
    return Reading(copy, (told, *found))


def _temporary(archive: OpenedArchive, checkpoint: Checkpoint, reason: str) -> Reading:
    folder = tempfile.TemporaryDirectory(prefix="document-archive-")
    path = os.path.join(folder.name, "catalog.sqlite")
    reading = _filled(archive, checkpoint, path, folder.cleanup)
    told = (
        () if checkpoint_is_young(reading.index) else (_told(f"{reason}; ledger and bags were read instead"),)
    )
    return Reading(reading.index, (*told, *reading.findings))


def checkpoint_is_young(index: Index) -> bool:
    """True where nothing was ever ingested: then nobody misses the index."""
    return next(index.runs(), None) is None and not index.counts().documents


def _told(reason: str) -> Finding:
    return warning(
        "CATALOG-INDEX",
        "catalog.sqlite",
        reason,
        remedy="nothing is lost: the next ingest or audit makes it anew",
    )
