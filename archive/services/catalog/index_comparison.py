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
from archive.core.ids import short_id
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.limits.archives import README_BYTES
from archive.core.limits.output import INDEX_ROWS, REBUILD_FINDINGS
from archive.services.catalog.as_left import is_in_place
from archive.services.catalog.derived_files import holdings_of_index, readme_of
from archive.services.catalog.doubtful_records import records_in_doubt
from archive.services.catalog.index_state import bring_up_to_date, require_belonging
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.disk.streamed_file import sha512_of_plain
from archive.storage.index import Index, IndexRow
from archive.storage.index.comparison import OF_BAGS, OF_INCIDENTS, OF_LEDGER, OF_RESULTS, Difference

_NOT_WHAT: Final = "not what ledger, bags and results of audits give"
_REMEDY: Final = "archive catalog rebuild makes it anew; find out who changed it"
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
        with (
            tempfile.TemporaryDirectory(prefix="document-archive-") as folder,
            own.copy_to(os.path.join(folder, "own.sqlite")) as kept,
        ):
            return _compared(archive, checkpoint, kept, os.path.join(folder, "made.sqlite"), progress)
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
            results, repairs = records_in_doubt(archive, checkpoint)
            passed = Passed.of(doubtful, results=bool(results), incidents=bool(repairs))
            differ = list(_index_differs(own, made, passed, progress))
            found = [*doubtful, *results, *repairs, *differ]
            if not doubtful:
                found += _files_that_differ(archive, made)
            elif not differ:  # as far as it can be known, the archive's own index says what a new one would
                found += _files_that_differ(archive, own)
            return found
    finally:
        progress.end()


class Passed(NamedTuple):
    """What nothing is left to compare with: columns of every row, those of the rows of some bags, what
    follows from results of audits, and the incidents."""

    everywhere: frozenset[str]
    bags: frozenset[str]
    results: bool = False
    incidents: bool = False

    @classmethod
    def of(cls, doubtful: list[Finding], *, results: bool, incidents: bool = True) -> "Passed":
        """Those of bags that could not be read; of all bags, where they are too many to be named."""
        everywhere = _OF_RESULTS if results else frozenset()
        bags = frozenset(finding.place.rpartition("/")[2] for finding in doubtful)
        if len(doubtful) >= REBUILD_FINDINGS:
            everywhere, bags = everywhere | _OF_THE_BAG, frozenset()
        return cls(everywhere, bags, results, results or incidents)

    def at(self, bag: str) -> frozenset[str]:
        """The columns of a bag's row."""
        return self.everywhere | _OF_THE_BAG if bag in self.bags else self.everywhere


def _index_differs(own: Index, made: Index, passed: Passed, progress: Progress) -> Iterator[Finding]:
    differ = 0
    for message in _differences(own, made, passed, progress):
        differ += 1
        if differ <= INDEX_ROWS:
            yield error("CATALOG-INDEX-ALTERED", "catalog.sqlite", message, remedy=_REMEDY)
    if differ > INDEX_ROWS:
        message = f"{differ - INDEX_ROWS:,} more rows are {_NOT_WHAT}"
        yield error("CATALOG-INDEX-ALTERED", "catalog.sqlite", message, remedy=_REMEDY)


def _differences(own: Index, made: Index, passed: Passed, progress: Progress) -> Iterator[str]:
    """What differs, in words: documents as lists show them, then whatever else the tables hold."""
    for mine, anew in zip_longest(own.list(state=None), made.list(state=None)):
        progress.advance(1)
        message = difference(mine, anew, passed)
        if message is None:
            continue
        yield f"{named(anew or mine)}: {message}"
        if mine is None or anew is None or mine.entry != anew.entry:
            break  # from here on every row would be another one
    parts = [*OF_LEDGER]
    parts += OF_RESULTS if not passed.results else ()
    parts += OF_INCIDENTS if not passed.incidents else ()
    with own.compared(made.path) as compared:
        yield from map(_of_table, compared.rows(parts))
        if passed.everywhere >= _OF_THE_BAG:
            return
        yield from (_of_table(one) for one in compared.rows(OF_BAGS) if one.bag not in passed.bags)
        words = compared.words(passed.bags)
        if words is not None:
            yield _of_table(words)


def _of_table(one: Difference) -> str:
    about = f" of {one.reference} ({short_id(one.bag)})" if one.bag and one.reference else ""
    return f"{one.table}{about}, {one.row}: {_NOT_WHAT}"


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
    return f"{', '.join(names)}: {_NOT_WHAT}"


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
