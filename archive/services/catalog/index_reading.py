"""An index for readers: the archive's own, or where that is not in step or cannot serve, one beside it."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from typing import TypeVar

from archive.core.errors import ArchiveError
from archive.core.findings import Finding, warning
from archive.core.ledger.checkpoint import Checkpoint
from archive.services.catalog.index_contents import Reading, bring_up_to_date, filled, require_belonging
from archive.services.catalog.unread_results import require_results
from archive.services.evidence.proven_entries import NOTHING_TOLD
from archive.services.opened import OpenedArchive
from archive.storage.index import Index, IndexDamagedError, IndexRow, IndexUnusableError

_Made = TypeVar("_Made")


@contextlib.contextmanager
def reading_index(archive: OpenedArchive) -> Iterator[Reading]:
    """An index in step with the ledger: the archive's own, or where it is not, a temporary one elsewhere.

    Raises EvidenceError where entries are read for it that are not those that were signed.
    """
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
        while True:
            checkpoint = archive.checkpoint()
            try:
                return _in_step(archive, index, checkpoint)
            except IndexUnusableError as trouble:
                # A writer commits to the ledger first: it may have done both since.
                if archive.checkpoint() == checkpoint:
                    index.close()
                    return _temporary(archive, checkpoint, trouble.reason)
    except BaseException:
        index.close()
        raise


def _in_step(archive: OpenedArchive, index: Index, checkpoint: Checkpoint) -> Reading:
    require_belonging(archive, index, checkpoint)
    require_results(archive, index)
    if index.size == checkpoint.size:
        return Reading(index, ())
    return _caught_up(archive, index, checkpoint)


def _caught_up(archive: OpenedArchive, index: Index, checkpoint: Checkpoint) -> Reading:
    folder = tempfile.TemporaryDirectory(prefix="document-archive-")
    copy = index.copy_to(os.path.join(folder.name, "catalog.sqlite"), on_close=folder.cleanup)
    index.close()
    try:
        behind = checkpoint.size - copy.size
        if behind <= 0:  # a writer brought it up to date meanwhile
            return Reading(copy, ())
        found = bring_up_to_date(archive, copy, checkpoint, consequence=NOTHING_TOLD)
    except BaseException:
        copy.close()
        raise
    told = _told(f"is {behind:,} entries behind the ledger, which was read instead")
    return Reading(copy, (told, *found))


def _temporary(archive: OpenedArchive, checkpoint: Checkpoint, reason: str) -> Reading:
    folder = tempfile.TemporaryDirectory(prefix="document-archive-")
    path = os.path.join(folder.name, "catalog.sqlite")
    reading = filled(archive, checkpoint, path, folder.cleanup, consequence=NOTHING_TOLD)
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
