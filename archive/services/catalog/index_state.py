"""The index kept in step with the ledger: by writers in place, by readers, where needed, beside it."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from archive.core.catalog_manifest import closed_run
from archive.core.errors import ArchiveError
from archive.core.findings import Finding, warning
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import parse_entry
from archive.services.catalog.bag_record import derive_holding
from archive.services.catalog.catching_up import STAND_INS, AllIntact, CatchingUp
from archive.services.catalog.derived_files import (
    forget_readme,
    holdings_are_as_left,
    outdates_readme,
    publish_holdings,
)
from archive.services.catalog.unread_results import require_results
from archive.services.evidence.proven_entries import require_entries
from archive.services.opened import OpenedArchive
from archive.storage.index import (
    Index,
    IndexDamagedError,
    IndexedDocument,
    IndexRow,
    IndexSharedError,
    IndexUnusableError,
)

_Made = TypeVar("_Made")


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
    disposed_until: int = 0,
) -> list[Finding]:
    """Adds what the ledger gained since the index was written, in one change; says what could not be read.

    Nobody looks for what was disposed of; where the checkpoint is an earlier one, up to that size.
    """
    catching_up = CatchingUp(archive, index, intact)
    if index.size < checkpoint.size:
        with index.change():
            start = index.size
            catching_up.find_disposed(start, max(checkpoint.size, disposed_until))
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


# -- for writers -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def current_index(archive: OpenedArchive, checkpoint: Checkpoint) -> Iterator[Index]:
    """The archive's own index, writable and in step with the checkpoint; made anew where it cannot be used.

    Called by the holder of the writer's lock. One that turns out damaged later is removed, so that the next
    writer makes it anew.
    """
    try:
        index = _open_in_place(archive, checkpoint)
    except _UndescribedError as trouble:
        index = index_made_anew(archive, checkpoint)
        if trouble.is_listed:
            publish_holdings(archive, index)
    except IndexUnusableError:
        index = index_made_anew(archive, checkpoint)
    try:
        with index:
            yield index
    except IndexDamagedError:
        with contextlib.suppress(OSError):
            os.unlink(archive.layout.index)
        raise


def index_made_anew(archive: OpenedArchive, checkpoint: Checkpoint) -> Index:
    """The archive's own index, writable, whatever it was before."""
    build_index(archive, checkpoint)
    return Index.open(str(archive.layout.index), writable=True)


def _open_in_place(archive: OpenedArchive, checkpoint: Checkpoint) -> Index:
    index = _open_own(archive)
    try:
        require_belonging(archive, index, checkpoint)
        require_results(archive, index)
        bring_up_to_date(archive, index, checkpoint)
        _require_described(archive, index)
    except BaseException:
        index.close()
        raise
    return index


class _UndescribedError(IndexUnusableError):
    """A bag could not be read for the index, and can be now; `is_listed` where the list at the root is the
    one that was made of this index, and lacks its description, too."""

    def __init__(self, *, is_listed: bool) -> None:
        super().__init__("lacks the description of a bag that could not be read")
        self.is_listed = is_listed


def _require_described(archive: OpenedArchive, index: Index) -> None:
    """Raises _UndescribedError where a bag that could not be read for the index can be now."""
    if index.meta(STAND_INS) is None:
        return
    for row in index.stand_ins(good=True):
        ingestion = parse_entry(archive.ledger.entry(row.entry))
        if not derive_holding(archive, row.entry, ingestion, row.tag_manifest).findings:
            raise _UndescribedError(is_listed=holdings_are_as_left(archive, index))


def _open_own(archive: OpenedArchive) -> Index:
    """The index for writing; where it has another name, as in a backup, that one keeps what it is."""
    path = str(archive.layout.index)
    with contextlib.suppress(IndexSharedError):
        return Index.open(path, writable=True)
    with _beside(archive) as temporary, Index.open(path) as shared:
        shared.copy_to(temporary).finish(path)
    return Index.open(path, writable=True)


def build_index(archive: OpenedArchive, checkpoint: Checkpoint) -> list[Finding]:
    """Makes the index anew beside its place and puts it there; says which bags could not be read.

    Raises EvidenceError where the ledger's entries are not those that were signed.
    """
    require_entries(archive, checkpoint, "so that no catalog is made of them")
    with _beside(archive) as temporary:
        index = _filled(archive, checkpoint, temporary)
        index.index.finish(str(archive.layout.index))
    return list(index.findings)


@contextlib.contextmanager
def _beside(archive: OpenedArchive) -> Iterator[str]:
    """A path for an index that is made to take the place of the archive's own; nothing stays there."""
    root = str(archive.root)
    for name in os.listdir(root):
        if name.startswith(".catalog.sqlite.") and name.endswith(".tmp"):
            os.unlink(os.path.join(root, name))
    temporary = os.path.join(root, f".catalog.sqlite.{secrets.token_hex(8)}.tmp")
    try:
        yield temporary
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


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


# -- for readers -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def reading_index(archive: OpenedArchive) -> Iterator[Reading]:
    """An index in step with the ledger: the archive's own, or where it is not, a temporary one elsewhere."""
    reading = _reading(archive)
    with reading.index:
        yield reading


def from_reading(archive: OpenedArchive, use: Callable[[Reading], _Made]) -> _Made:
    """What `use` makes of a `reading_index`; where that turns out damaged, it begins again with a temporary
    one."""
    try:
        with reading_index(archive) as reading:
            return use(reading)
    except IndexDamagedError as trouble:
        reason = trouble.reason
    reading = _temporary(archive, archive.checkpoint(), reason)
    with reading.index:
        return use(reading)


def readable_index(archive: OpenedArchive) -> Index:
    """As `reading_index`, for a caller who closes it and says nothing of its state."""
    return _reading(archive).index


@contextlib.contextmanager
def optional_index(archive: OpenedArchive) -> Iterator[Index | None]:
    """The archive's own index where it can be used, however far behind; None where it cannot."""
    with contextlib.ExitStack() as opened:
        index = None
        with contextlib.suppress(ArchiveError):
            found = opened.enter_context(Index.open(str(archive.layout.index)))
            require_belonging(archive, found, archive.checkpoint())
            index = found
        yield index


class Asking:
    """Asks an index that nobody depends on: one that turns out unusable is as good as none from then on."""

    def __init__(self, index: Index | None) -> None:
        self._index = index
        self.trouble: IndexUnusableError | None = None

    def __call__(self, use: Callable[[Index | None], _Made]) -> _Made:
        """What `use` makes of the index, or else, from the beginning again, of none."""
        if self._index is not None:
            try:
                return use(self._index)
            except IndexUnusableError as trouble:
                self._index, self.trouble = None, trouble
        return use(None)

    def findings(self) -> Iterator[Finding]:
        """What a report says of an index that turned out unusable."""
        if self.trouble is not None:
            yield warning("CATALOG-INDEX", "catalog.sqlite", self.trouble.reason, remedy=self.trouble.remedy)

    def by_bag(self, bag: str) -> IndexRow | None:
        """The document in a bag, as far as the index says."""
        return self(lambda index: None if index is None else index.by_bag(bag))

    def damaged_since(self, bag: str) -> str | None:
        """Since when the document in it is known to be damaged, as far as the index says."""
        return self(lambda index: None if index is None else index.damaged_since(bag))


def _reading(archive: OpenedArchive) -> Reading:
    # The index is opened first: a writer who commits meanwhile makes the ledger younger, never the index.
    try:
        index = Index.open(str(archive.layout.index))
    except IndexUnusableError as trouble:
        return _temporary(archive, archive.checkpoint(), trouble.reason)
    try:
        checkpoint = archive.checkpoint()
    except BaseException:
        index.close()
        raise
    try:
        require_belonging(archive, index, checkpoint)
        require_results(archive, index)
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
