"""The archive's own index, for writers: in step with the ledger, made anew where it is of no use."""

import contextlib
import os
import secrets
from collections.abc import Iterator

from archive.core.findings import Finding
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import parse_entry
from archive.services.catalog.bag_record import derive_holding
from archive.services.catalog.catching_up import STAND_INS
from archive.services.catalog.derived_files import holdings_are_as_left, publish_holdings
from archive.services.catalog.index_contents import bring_up_to_date, filled, require_belonging
from archive.services.catalog.unread_results import require_results
from archive.services.opened import OpenedArchive
from archive.storage.index import Index, IndexDamagedError, IndexSharedError, IndexUnusableError


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


def index_let_go(archive: OpenedArchive, checkpoint: Checkpoint) -> Index:
    """The archive's own index, writable, where another program reads the file and does not let go of it.

    What was committed to it is kept, but where nobody else may even read it: then it is made anew.
    """
    try:
        return _copied_in_place(archive)
    except IndexUnusableError:
        return index_made_anew(archive, checkpoint)


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
    with contextlib.suppress(IndexSharedError):
        return Index.open(str(archive.layout.index), writable=True)
    return _copied_in_place(archive)


def _copied_in_place(archive: OpenedArchive) -> Index:
    """A copy of the index, writable, in its place; the one before stays as it is for whoever has it."""
    path = str(archive.layout.index)
    with _beside(archive) as temporary, Index.open(path) as before:
        before.copy_to(temporary).finish(path)
    return Index.open(path, writable=True)


def build_index(archive: OpenedArchive, checkpoint: Checkpoint) -> list[Finding]:
    """Makes the index anew beside its place and puts it there; says which bags could not be read.

    Raises EvidenceError where the ledger's entries are not those that were signed.
    """
    with _beside(archive) as temporary:
        index = filled(archive, checkpoint, temporary)
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
