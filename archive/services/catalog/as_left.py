"""Whether the files for people at the root are there, and as the last command left them.

A look that costs next to nothing: what they should say is for `index_comparison` to make anew.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from archive.core.errors import ArchiveError, StorageError
from archive.core.findings import Finding, error, warning
from archive.services.catalog.derived_files import holdings_digest, readme_digest
from archive.services.catalog.index_state import optional_index
from archive.services.opened import OpenedArchive
from archive.storage import intents
from archive.storage.disk.streamed_file import sha512_of_plain
from archive.storage.index import Index

_REMEDY: Final = "archive catalog rebuild makes it anew; find out who changed it"


def as_left(archive: OpenedArchive) -> list[Finding]:
    """What is missing of the two, and which has other bytes than were noted when it was written.

    Nothing of the bytes where the index cannot tell, or a writer is at work.
    """
    layout = archive.layout
    return [
        *missing_files(archive),
        *_altered(archive, layout.holdings, holdings_digest),
        *_altered(archive, layout.readme, readme_digest),
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


_DigestOf = Callable[[Index], tuple[str, int] | None]


def _altered(archive: OpenedArchive, path: Path, digest_of: _DigestOf) -> Iterator[Finding]:
    noted = _noted(archive, digest_of)
    while noted is not None and is_in_place(path):
        digest, size = noted
        try:
            if sha512_of_plain(str(path), size) == digest or _is_written(archive):
                return
        except StorageError as trouble:
            yield error("CATALOG-UNREADABLE", path.name, trouble.message, remedy=trouble.remedy)
            return
        before, noted = noted, _noted(archive, digest_of)
        if noted == before:  # nobody has written it meanwhile
            message = "is not the file that was written last"
            yield warning("CATALOG-DERIVED-STALE", path.name, message, remedy=_REMEDY)
            return


def _noted(archive: OpenedArchive, digest_of: _DigestOf) -> tuple[str, int] | None:
    with optional_index(archive) as index:
        return None if index is None else digest_of(index)


def _is_written(archive: OpenedArchive) -> bool:
    """True where a command is at work, or was killed; whoever finishes it writes both."""
    try:
        return any(intents.unfinished(archive.layout.staging))
    except (OSError, ArchiveError):
        return True
