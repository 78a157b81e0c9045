"""The index, the list of holdings and the page for finders compared with what ledger and bags give.

None of them is evidence, but people read them: a title, a verdict or a date of the last check in them can be
edited by anybody who can write to the disk. `audit` never believes them; this says where they were edited.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final, NamedTuple

from archive.core.errors import ArchiveError, StorageError
from archive.core.findings import Finding, error, warning
from archive.core.ids import is_uuid7, short_id
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import EntryType, parse_entry
from archive.core.limits.archives import README_BYTES
from archive.core.limits.output import INDEX_ROWS, REBUILD_FINDINGS
from archive.services.catalog.as_left import is_in_place
from archive.services.catalog.derived_files import holdings_of_index, readme_of
from archive.services.catalog.index_state import bring_up_to_date, require_belonging
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.audits.vouched_results import DoubtfulResultsError, vouched_chunks
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.disk.streamed_file import sha512_of_plain
from archive.storage.index import Index, IndexRow

_REMEDY: Final = "archive catalog rebuild makes it anew; find out who changed it"
_PUT_BACK: Final = "put audits/ back from another copy of the archive: archive repair --ledger"
_LOOK: Final = "look at the storage, then verify again"
# What a row has from the bag: of damaged bags it is not known now, though it was when the row was made.
_OF_THE_BAG: Final = frozenset(
    {"reference", "declared", "accession", "source", "awaiting", "title", "creator", "date"}
)
# And from the results of audits.
_OF_RESULTS: Final = frozenset({"last_checked", "last_intact", "last_outcome"})


def compare_derived(archive: OpenedArchive, checkpoint: Checkpoint, progress: Progress) -> list[Finding]:
    """What differs from an index made anew in a temporary folder, and what could not be compared.

    Nothing where there is no index to compare: one that cannot be used or is behind is left to
    `verify_catalog`, and so is everything where the ledger does not allow it. Reads description and PREMIS
    of every bag; memory stays flat.
    """
    try:
        with Index.open(str(archive.layout.index)) as own:
            require_belonging(archive, own, checkpoint)
            if own.size != checkpoint.size or own.meta("archive") != archive.settings.archive_id:
                return []
            return _compared_apart(archive, checkpoint, own, progress)
    except ArchiveError:
        return []


def _compared_apart(
    archive: OpenedArchive, checkpoint: Checkpoint, own: Index, progress: Progress
) -> list[Finding]:
    try:
        with tempfile.TemporaryDirectory(prefix="document-archive-") as folder:
            return _compared(archive, checkpoint, own, os.path.join(folder, "made.sqlite"), progress)
    except StorageError as trouble:  # of the ledger, of the index, or of the room for another one
        return [_not_compared("catalog.sqlite", trouble)]


def _not_compared(place: str, trouble: StorageError) -> Finding:
    message = f"could not be compared: {trouble.message}"
    return error("CATALOG-UNREADABLE", place, message, remedy=trouble.remedy or _LOOK)


def _compared(
    archive: OpenedArchive, checkpoint: Checkpoint, own: Index, path: str, progress: Progress
) -> list[Finding]:
    progress.begin("making the index anew", None, "documents")
    try:
        with Index.create(path, durable=False) as made:
            made.note("archive", archive.settings.archive_id)
            doubtful = bring_up_to_date(archive, made, checkpoint)
            unknown = list(_results_in_doubt(archive, checkpoint))
            passed = Passed.of(doubtful, results=bool(unknown))
            differ = list(_rows_that_differ(own, made, passed, progress))
            found = [*doubtful, *unknown, *differ]
            if not doubtful:
                found += _files_that_differ(archive, made)
            elif not differ:  # as far as it can be known, the archive's own index says what a new one would
                found += _files_that_differ(archive, own)
            return found
    finally:
        progress.end()


class Passed(NamedTuple):
    """Columns that nothing is left to compare with: of every row, and of the rows of some bags."""

    everywhere: frozenset[str]
    bags: frozenset[str]

    @classmethod
    def of(cls, doubtful: list[Finding], *, results: bool) -> "Passed":
        """Those of bags that could not be read; of all bags, where they are too many to be named."""
        everywhere = _OF_RESULTS if results else frozenset()
        if len(doubtful) >= REBUILD_FINDINGS:
            return cls(everywhere | _OF_THE_BAG, frozenset())
        return cls(everywhere, frozenset(finding.place.rpartition("/")[2] for finding in doubtful))

    def at(self, bag: str) -> frozenset[str]:
        """The columns of a bag's row."""
        return self.everywhere | _OF_THE_BAG if bag in self.bags else self.everywhere


def _results_in_doubt(archive: OpenedArchive, checkpoint: Checkpoint) -> Iterator[Finding]:
    """Audits whose results are not those on record, or cannot be read: what they found is not known now."""
    doubts = 0
    for raw in archive.ledger.entries(0, checkpoint.size):
        if EntryType.AUDIT_FINISHED.encode() not in raw or doubts == REBUILD_FINDINGS:
            continue
        entry = parse_entry(raw)
        if entry.type != EntryType.AUDIT_FINISHED or entry.run is None or not is_uuid7(entry.run):
            continue
        try:
            vouched_chunks(archive.layout.audits, entry.run, str(entry.get("results")))
        except DoubtfulResultsError as doubt:
            doubts += 1
            why = doubt.__cause__
            unread = isinstance(why, OSError) and not isinstance(why, FileNotFoundError)
            code, remedy = ("AUDIT-RESULTS-UNREADABLE", _LOOK) if unread else ("AUDIT-RESULTS", _PUT_BACK)
            yield error(code, f"audits/{entry.run}", str(doubt), remedy=remedy)


def _rows_that_differ(own: Index, made: Index, passed: Passed, progress: Progress) -> Iterator[Finding]:
    differ = 0
    for mine, anew in zip_longest(own.list(state=None), made.list(state=None)):
        progress.advance(1)
        message = difference(mine, anew, passed)
        if message is None:
            continue
        differ += 1
        if differ > INDEX_ROWS:
            continue
        row = anew or mine
        yield error("CATALOG-INDEX-ALTERED", "catalog.sqlite", f"{named(row)}: {message}", remedy=_REMEDY)
        if mine is None or anew is None or mine.entry != anew.entry:
            return  # from here on every row would be another one
    if differ > INDEX_ROWS:
        message = f"{differ - INDEX_ROWS:,} more rows are not what ledger, bags and results of audits give"
        yield error("CATALOG-INDEX-ALTERED", "catalog.sqlite", message, remedy=_REMEDY)


def difference(mine: IndexRow | None, anew: IndexRow | None, passed: Passed) -> str | None:
    """How a row of the index differs from the one made anew, in words; None where it does not."""
    if mine == anew:
        return None
    if mine is None or anew is None or mine.entry != anew.entry:
        return "is in only one of the two, the index and what ledger and bags give"
    names = [
        name
        for name, one, other in zip(IndexRow._fields, mine, anew, strict=True)
        if one != other and name not in passed.at(anew.bag)
    ]
    if not names:
        return None
    return f"{', '.join(names)}: not what ledger, bags and results of audits give"


def named(row: IndexRow | None) -> str:
    """What a row is called to people."""
    return f"{row.reference} ({short_id(row.bag)})" if row is not None else "a row"


def _files_that_differ(archive: OpenedArchive, index: Index) -> Iterator[Finding]:
    """Whether list and page, where they are, are those that the index gives."""
    layout = archive.layout
    for path, compare in ((layout.holdings, _holdings_differ), (layout.readme, _readme_differs)):
        if not is_in_place(path):
            continue
        try:
            yield from compare(archive, index)
        except StorageError as trouble:
            yield _not_compared(path.name, trouble)


def _holdings_differ(archive: OpenedArchive, index: Index) -> Iterator[Finding]:
    digest, size = hashlib.sha512(), 0
    for piece in holdings_of_index(index):
        digest.update(piece)
        size += len(piece)
    if sha512_of_plain(str(archive.layout.holdings), size) != digest.hexdigest():
        message = "is not the list that ledger and bags give"
        yield error("CATALOG-DERIVED-ALTERED", "holdings.csv", message, remedy=_REMEDY)


def _readme_differs(archive: OpenedArchive, index: Index) -> Iterator[Finding]:
    try:
        page = read_plain(str(archive.layout.readme), README_BYTES)
    except NotAPlainFileError:
        page = b""
    if page is not None and page != readme_of(archive, index):
        message = "is not the page that ledger, bags and archive.toml give"
        remedy = f"{_REMEDY}, or whether archive.toml was edited since"
        yield warning("CATALOG-DERIVED-STALE", "README.html", message, remedy=remedy)
