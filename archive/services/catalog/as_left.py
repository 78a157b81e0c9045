"""Whether the files for people at the root are there, and as the last command left them.

A look that costs next to nothing: what they should say is for `index_comparison` to make anew.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from archive.core.errors import ArchiveError, StorageError
from archive.core.findings import Finding, error, warning
from archive.services.catalog.derived_files import holdings_digest, readme_digest
from archive.services.catalog.index_state import Asking, optional_index
from archive.services.opened import OpenedArchive
from archive.storage import intents
from archive.storage.disk.streamed_file import sha512_of_plain

_REMEDY: Final = "archive catalog rebuild makes it anew; find out who changed it"


def as_left(archive: OpenedArchive) -> list[Finding]:
    """What is missing of the two, and which has other bytes than were noted when it was written.

    Nothing of the bytes where the index cannot tell, or a writer is at work.
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


class _Noted(NamedTuple):
    """What the index says the two were left with: SHA-512 and size of each, None where it cannot tell."""

    holdings: tuple[str, int] | None = None
    readme: tuple[str, int] | None = None


def _noted(archive: OpenedArchive) -> _Noted:
    with optional_index(archive) as index:
        return Asking(index)(
            lambda known: _Noted() if known is None else _Noted(holdings_digest(known), readme_digest(known))
        )


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
