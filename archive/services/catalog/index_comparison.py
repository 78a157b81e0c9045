"""The index, the list of holdings and the page for finders compared with what ledger and bags give.

None of them is evidence, but people read them: a title, a verdict or a date of the last check in them can be
edited by anybody who can write to the disk. `audit` never believes them; this says where they were edited.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from archive.core.errors import ArchiveError
from archive.core.findings import Finding, error, warning
from archive.core.ids import short_id
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.limits.archives import README_BYTES
from archive.core.limits.output import INDEX_ROWS
from archive.formats.readme_page import readme_html
from archive.services.catalog.derived_files import holdings_of_index, readme_of
from archive.services.catalog.index_state import bring_up_to_date, require_belonging
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.disk.streamed_file import sha512_of_file
from archive.storage.index import Index, IndexRow, IndexUnusableError

_REMEDY: Final = "archive catalog rebuild makes it anew; find out who changed it"
# What a row has from the bag: of damaged bags it is not known now, though it was when the row was made.
_OF_THE_BAG: Final = frozenset(
    {"reference", "declared", "accession", "source", "awaiting", "title", "creator", "date"}
)


def compare_derived(archive: OpenedArchive, checkpoint: Checkpoint, progress: Progress) -> list[Finding]:
    """What differs from an index made anew in a temporary folder; nothing where there is none to compare.

    An index that cannot be used or is behind is left to `verify_catalog`, and so is everything where ledger
    or storage do not allow it. Reads description and PREMIS of every bag; memory stays flat.
    """
    try:
        with Index.open(str(archive.layout.index)) as own:
            require_belonging(archive, own, checkpoint)
            if own.size != checkpoint.size or own.meta("archive") != archive.settings.archive_id:
                return []
            with tempfile.TemporaryDirectory(prefix="document-archive-") as folder:
                return _compared(archive, checkpoint, own, os.path.join(folder, "made.sqlite"), progress)
    except (ArchiveError, IndexUnusableError):
        return []


def _compared(
    archive: OpenedArchive, checkpoint: Checkpoint, own: Index, path: str, progress: Progress
) -> list[Finding]:
    progress.begin("making the index anew", None, "documents")
    try:
        with Index.create(path, durable=False) as made:
            made.note("archive", archive.settings.archive_id)
            doubtful = bring_up_to_date(archive, made, checkpoint)
            passed = _OF_THE_BAG if doubtful else frozenset()
            found = list(_rows_that_differ(own, made, passed, progress))
            if not doubtful:
                found += _files_that_differ(archive, made)
            return found
    finally:
        progress.end()


def _rows_that_differ(
    own: Index, made: Index, passed: frozenset[str], progress: Progress
) -> Iterator[Finding]:
    differ = 0
    for mine, anew in zip_longest(own.list(state=None), made.list(state=None)):
        progress.advance(1)
        message = _difference(mine, anew, passed)
        if message is None:
            continue
        differ += 1
        if differ > INDEX_ROWS:
            continue
        row = anew or mine
        yield error("CATALOG-INDEX-ALTERED", "catalog.sqlite", f"{_named(row)}: {message}", remedy=_REMEDY)
        if mine is None or anew is None or mine.entry != anew.entry:
            return  # from here on every row would be another one
    if differ > INDEX_ROWS:
        message = f"{differ - INDEX_ROWS:,} more rows are not what ledger, bags and results of audits give"
        yield error("CATALOG-INDEX-ALTERED", "catalog.sqlite", message, remedy=_REMEDY)


def _difference(mine: IndexRow | None, anew: IndexRow | None, passed: frozenset[str]) -> str | None:
    if mine == anew:
        return None
    if mine is None or anew is None or mine.entry != anew.entry:
        return "is in only one of the two, the index and what ledger and bags give"
    names = [
        name
        for name, one, other in zip(IndexRow._fields, mine, anew, strict=True)
        if one != other and name not in passed
    ]
    if not names:
        return None
    return f"{', '.join(names)}: not what ledger, bags and results of audits give"


def _named(row: IndexRow | None) -> str:
    return f"{row.reference} ({short_id(row.bag)})" if row is not None else "a row"


def _files_that_differ(archive: OpenedArchive, made: Index) -> Iterator[Finding]:
    digest = hashlib.sha512()
    for piece in holdings_of_index(made):
        digest.update(piece)
    holdings = archive.layout.holdings
    if holdings.is_file() and sha512_of_file(str(holdings)) != digest.hexdigest():
        message = "is not the list that ledger and bags give"
        yield error("CATALOG-DERIVED-ALTERED", "holdings.csv", message, remedy=_REMEDY)
    try:
        page = read_plain(str(archive.layout.readme), README_BYTES)
    except NotAPlainFileError:
        page = b""
    if page is not None and page != readme_html(readme_of(archive, made)):
        message = "is not the page that ledger, bags and archive.toml give"
        remedy = f"{_REMEDY}, or whether archive.toml was edited since"
        yield warning("CATALOG-DERIVED-STALE", "README.html", message, remedy=remedy)
