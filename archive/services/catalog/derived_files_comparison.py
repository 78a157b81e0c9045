"""`holdings.csv` and `README.html` compared with what an index that was made anew gives."""

import hashlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from archive.core.errors import ArchiveError, StorageError
from archive.core.findings import Finding, error, warning
from archive.core.limits.archives import README_BYTES
from archive.services.catalog.as_left import is_in_place
from archive.services.catalog.derived_files import holdings_of_index, readme_of
from archive.services.opened import OpenedArchive
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.disk.streamed_file import sha512_of_plain
from archive.storage.index import Index

REMEDY: Final = "archive catalog rebuild makes it anew; find out who changed it"
_LOOK: Final = "look at the storage, then verify again"
_EARLIER: Final = "is that of an earlier state, as catalog.json is: the holdings have changed since"
_IN_DOUBT: Final = "could not be compared: bags that it follows from cannot be read"


class Given(NamedTuple):
    """What the two files are in one state: SHA-512 and size of the list, the bytes of the page."""

    holdings: tuple[str, int]
    readme: bytes

    @classmethod
    def by(cls, archive: OpenedArchive, index: Index) -> "Given":
        """As an index gives them."""
        digest, size = hashlib.sha512(), 0
        for piece in holdings_of_index(index):
            digest.update(piece)
            size += len(piece)
        return cls((digest.hexdigest(), size), readme_of(archive, index))


def not_compared(place: str, trouble: ArchiveError) -> Finding:
    """What is said of a file that could not be compared."""
    message = f"could not be compared: {trouble.message}"
    return error("CATALOG-UNREADABLE", place, message, remedy=trouble.remedy or _LOOK)


def files_that_differ(
    archive: OpenedArchive, given: Given, earlier: Given | None, *, certain: bool
) -> Iterator[Finding]:
    """What is wrong with list and page, where they are there.

    They may be of the state `earlier`, where a command was cut off before it wrote them. Unless it is
    `certain` what they should be, one that differs could not be compared.
    """
    layout = archive.layout
    for path, look in ((layout.holdings, _holdings), (layout.readme, _readme)):
        if not is_in_place(path):
            continue
        try:
            found = look(archive, given)
            if found is not None and earlier is not None and look(archive, earlier) is None:
                remedy = "archive catalog rebuild brings it up to date"
                found = warning("CATALOG-DERIVED-STALE", path.name, _EARLIER, remedy=remedy)
            elif found is not None and not certain:
                remedy = "archive audit says what is wrong with them"
                found = error("CATALOG-UNREADABLE", path.name, _IN_DOUBT, remedy=remedy)
        except StorageError as trouble:
            found = not_compared(path.name, trouble)
        if found is not None:
            yield found


def _holdings(archive: OpenedArchive, given: Given) -> Finding | None:
    digest, size = given.holdings
    if sha512_of_plain(str(archive.layout.holdings), size) == digest:
        return None
    message = "is not the list that ledger and bags give"
    return error("CATALOG-DERIVED-ALTERED", "holdings.csv", message, remedy=REMEDY)


def _readme(archive: OpenedArchive, given: Given) -> Finding | None:
    try:
        page = read_plain(str(archive.layout.readme), README_BYTES)
    except NotAPlainFileError:
        page = b""
    if page is None or page == given.readme:
        return None
    message = "is not the page that ledger, bags and archive.toml give"
    remedy = f"{REMEDY}, or whether archive.toml was edited since"
    return warning("CATALOG-DERIVED-STALE", "README.html", message, remedy=remedy)
