"""Whether the files for people at the root are there, and as the last command left them.

A look that costs next to nothing: what they should say is for `index_comparison` to make anew.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from archive.core.errors import ArchiveError, StorageError
from archive.core.findings import Finding, error, warning
from archive.core.ledger.checkpoint import Checkpoint
from archive.services.catalog.derived_files import holdings_digest, readme_digest
from archive.services.catalog.index_reading import Asking, optional_index
from archive.services.opened import OpenedArchive
from archive.storage import intents
from archive.storage.disk.streamed_file import sha512_of_plain
from archive.storage.index import Index

_REMEDY: Final = "archive catalog rebuild makes it anew; find out who changed it"
_CATCHES_UP: Final = "nothing is lost: the next ingest or audit brings it up to date"


def as_left(archive: OpenedArchive) -> list[Finding]:
    """What is missing of the two, and which has other bytes than were noted when it was written.

    Nothing of the bytes where the index cannot tell, being behind the ledger, say, or a writer is at work.
    """
    noted = _noted(archive)
    layout = archive.layout
    return [
        *missing_files(archive),
        *_altered(archive, layout.holdings, noted, lambda each: each.holdings),
        *_altered(archive, layout.readme, noted, lambda each: each.readme),
    ]


def missing_files(archive: OpenedArchive) -> list[Finding]:
    """Warnings where no plain file is in its place, though one was written.

    They are written before `catalog.json`, which an archive that never took anything in does not have.
    """
    if not archive.layout.catalog.exists():
        return []
    files = (archive.layout.holdings, archive.layout.readme)
    return [
        warning("CATALOG-DERIVED-MISSING", path.name, "is not there as a plain file", remedy=_REMEDY)
        for path in files
        if not is_in_place(path)
    ]


def is_in_place(path: Path) -> bool:
    """True where there is a plain file, and no link to one."""
    return path.is_file() and not path.is_symlink()


def index_behind(archive: OpenedArchive, index: Asking, checkpoint: Checkpoint) -> Iterator[Finding]:
    """A warning where the index is of an earlier state than the checkpoint, and nobody is at work.

    Every command that ends leaves it in step: it was put back, or its command was killed.
    """
    size = index(lambda known: None if known is None else known.size)
    if size is not None and size < checkpoint.size and not _is_written(archive):
        entries = "1 entry" if checkpoint.size - size == 1 else f"{checkpoint.size - size:,} entries"
        message = f"is {entries} behind the ledger"
        yield warning("CATALOG-INDEX", "catalog.sqlite", message, remedy=_CATCHES_UP)


class _Noted(NamedTuple):
    """What the index says the two were left with: SHA-512 and size of each, None where it cannot tell."""

    holdings: tuple[str, int] | None = None
    readme: tuple[str, int] | None = None


def _noted(archive: OpenedArchive) -> _Noted:
    with optional_index(archive) as index:
        return Asking(index)(lambda known: _Noted() if known is None else _noted_in(archive, known))


def _noted_in(archive: OpenedArchive, index: Index) -> _Noted:
    if index.size < archive.checkpoint().size:  # both may have been written since
        return _Noted()
    return _Noted(holdings_digest(index), readme_digest(index))


def _altered(
    archive: OpenedArchive, path: Path, noted: _Noted, of: Callable[[_Noted], tuple[str, int] | None]
) -> Iterator[Finding]:
    wanted = of(noted)
    while wanted is not None and is_in_place(path):
        digest, size = wanted
        try:
            if sha512_of_plain(str(path), size) == digest or _is_written(archive):
                return
        except StorageError as trouble:
            yield error("CATALOG-UNREADABLE", path.name, trouble.message, remedy=trouble.remedy)
            return
        before, wanted = wanted, of(_noted(archive))
        if wanted == before:  # nobody has written it meanwhile
            message = "is not the file that was written last"
            yield warning("CATALOG-DERIVED-STALE", path.name, message, remedy=_REMEDY)
            return


def _is_written(archive: OpenedArchive) -> bool:
    """True where a command is at work, or was killed; whoever finishes it writes both."""
    try:
        return any(intents.unfinished(archive.layout.staging))
    except (OSError, ArchiveError):
        return True
