"""What an index holds: all that follows from ledger, bags and results of audits up to a checkpoint."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.core.catalog_manifest import closed_run
from archive.core.findings import Finding
from archive.core.ledger.checkpoint import Checkpoint
from archive.services.catalog.catching_up import AllIntact, CatchingUp
from archive.services.catalog.derived_files import forget_readme, outdates_readme
from archive.services.evidence.proven_entries import NO_CATALOG, ProvenEntries, proven_entries
from archive.services.opened import OpenedArchive
from archive.storage.index import Index, IndexedDocument, IndexUnusableError


@dataclass(frozen=True, slots=True)
class Reading:
    """An index to read from, and what a reader should be told about it."""

    index: Index
    findings: tuple[Finding, ...]


def bring_up_to_date(
    archive: OpenedArchive,
    index: Index,
    checkpoint: Checkpoint,
    intact: AllIntact | None = None,
    *,
    consequence: str = NO_CATALOG,
    proven_until: int = 0,
) -> list[Finding]:
    """Adds what the ledger gained since the index was written, in one change; says what could not be read.

    Raises EvidenceError, with that consequence, where its entries do not lead to the checkpoint's root: then
    none was taken. Up to `proven_until`, where the checkpoint is an earlier one, the caller has proven them.
    Nobody looks for what was disposed of, up to there.
    """
    start, until = index.size, max(checkpoint.size, proven_until)
    before = ProvenEntries(archive, checkpoint, consequence, since=0 if proven_until else start)
    catching_up = CatchingUp(archive, index, before, intact)
    if start < checkpoint.size:
        with index.change():
            catching_up.find_disposed(
                archive.ledger.entries(start, until)
                if proven_until
                else proven_entries(archive, checkpoint, start, consequence)
            )
            is_outdated = False
            for number, raw in enumerate(archive.ledger.entries(start, checkpoint.size), start):
                catching_up.take(number, raw)
                is_outdated = is_outdated or outdates_readme(raw)
            catching_up.flush()
            if is_outdated:
                forget_readme(index)
            index.set_checkpoint(checkpoint)
    return catching_up.findings


class Addition:
    """The documents of one commit on their way into an index: added first, kept once the ledger has them."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._first = 0
        self._end = 0
        self._change = contextlib.ExitStack()

    def add(self, documents: Iterator[IndexedDocument], *, first: int, time: str) -> None:
        """Adds documents in the order of their entries, of which the first is at index `first` and all have
        the same `time`; nothing of it counts yet."""
        self._change.enter_context(self._index.change())
        try:
            numbered = ((number, time, made) for number, made in enumerate(documents, first))
            self._first, self._end = first, first + self._index.add_indexed(numbered)
        except BaseException:
            self.undo()
            raise

    def keep(self, checkpoint: Checkpoint, closed: bytes | None) -> None:
        """The commit is done: `closed` is the entry behind the documents that closed the run."""
        try:
            self._close(checkpoint, closed)
        except BaseException:
            self.undo()
            raise
        self._change.close()

    def _close(self, checkpoint: Checkpoint, closed: bytes | None) -> None:
        run = None if closed is None else closed_run(self._end, closed)
        if run is not None:
            self._index.add_run(run)
        if self._end + (run is not None) != checkpoint.size:
            entries, documents = checkpoint.size - self._first, self._end - self._first
            raise ValueError(f"the commit has {entries} entries, {documents} documents")
        self._index.set_checkpoint(checkpoint)

    def undo(self) -> None:
        """Takes back what was added."""
        with contextlib.suppress(_Undone):
            self._change.__exit__(_Undone, _Undone(), None)


class _Undone(Exception):  # noqa: N818 - ends a change, and is no error
    """A change is not wanted any more."""


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

    See `Addition`. An index that stood elsewhere is brought up to date from the ledger.
    """
    if index.size != first:
        bring_up_to_date(archive, index, checkpoint)
        return
    addition = Addition(index)
    addition.add(documents, first=first, time=time)
    addition.keep(checkpoint, closed)


def filled(
    archive: OpenedArchive,
    checkpoint: Checkpoint,
    path: str,
    on_close: Callable[[], None] | None = None,
    *,
    consequence: str = NO_CATALOG,
) -> Reading:
    """A new index at that path, with all that the ledger says up to the checkpoint.

    Raises EvidenceError, with that consequence, where its entries are not those that were signed.
    """
    index = Index.create(path, durable=False, on_close=on_close)
    try:
        index.note("archive", archive.settings.archive_id)
        return Reading(index, tuple(bring_up_to_date(archive, index, checkpoint, consequence=consequence)))
    except BaseException:
        index.close()
        raise


def require_belonging(archive: OpenedArchive, index: Index, checkpoint: Checkpoint) -> None:
    """Raises IndexUnusableError for the index of another archive, of another history of this one, or one
    that lost documents: nobody would find them, and the catalog would be published without them."""
    if index.meta("archive") != archive.settings.archive_id:
        raise IndexUnusableError("belongs to another archive")
    size = index.size
    if size > checkpoint.size:
        raise IndexUnusableError("is of a later state than the ledger")
    root = checkpoint.root if size == checkpoint.size else archive.ledger.root_at(size)
    if index.root != root.hex():
        raise IndexUnusableError("is of another history than the ledger")
    if index.lacks_documents():
        raise IndexUnusableError("lacks documents of runs that have ended")
