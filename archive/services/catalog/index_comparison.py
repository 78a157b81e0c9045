"""The index, the list of holdings and the page for finders compared with what ledger and bags give.

None of them is evidence, but people read them: a title, a verdict or a date of the last check in them can be
edited by anybody who can write to the disk. `audit` never believes them; this says where they were edited.
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import Final, NamedTuple

from archive.core.errors import ArchiveError, StorageError
from archive.core.findings import Finding, error, warning
from archive.core.ids import short_id
from archive.core.ledger.change_entries import CHANGES, DISPOSAL_MARK
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import EntryType, parse_entry
from archive.core.limits.output import INDEX_ROWS, REBUILD_FINDINGS
from archive.services.catalog.bag_record import title_of_nobody
from archive.services.catalog.catalog_comparison import open_catalog
from archive.services.catalog.derived_files import holdings_digest
from archive.services.catalog.derived_files_comparison import REMEDY, Given, files_that_differ, not_compared
from archive.services.catalog.doubtful_records import records_in_doubt
from archive.services.catalog.index_contents import bring_up_to_date, require_belonging
from archive.services.catalog.unread_results import LACKING, can_be_read
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Progress
from archive.storage.index import Index, IndexDamagedError, IndexRow, IndexUnusableError, IndexValueError
from archive.storage.index.comparison import OF_BAGS, OF_INCIDENTS, OF_LEDGER, OF_RESULTS, Difference
from archive.storage.layout import bag_path

_LOOKS: Final = 3  # as often where writers are at work
_MADE_ANEW: Final = "nothing is lost: the next command that writes makes the index anew"
_NOT_WHAT: Final = "not what ledger, bags and results of audits give"
# Entries are canonical JSON, so that nothing but what list and page follow from holds these bytes.
_TOLD_IN_FILES: Final = re.compile(
    b'"type":"(?:%s)"' % "|".join(sorted({*CHANGES, EntryType.INGESTION, EntryType.RUN_CLOSED})).encode()
)
# What a row has from the bag: of damaged bags it is not known now, though it was when the row was made.
_OF_THE_BAG: Final = frozenset(
    {"reference", "declared", "accession", "source", "awaiting", "title", "creator", "date", "access"}
)
# And from the results of audits.
_OF_RESULTS: Final = frozenset({"last_checked", "last_intact", "last_outcome"})


def compare_derived(archive: OpenedArchive, checkpoint: Checkpoint, progress: Progress) -> list[Finding]:
    """What differs from an index made anew in a temporary folder, and what could not be compared.

    An index that is behind is held against one made anew of the state that it says it is of; one that cannot
    be used is left to `verify_catalog`, and one whose file is damaged anywhere is named; then the files are
    compared all the same. Reads description and PREMIS of every bag; memory stays flat.
    """
    progress.begin("making the index anew", None, "documents")
    found: list[Finding] = []
    try:
        for _ in range(_LOOKS):
            found, size = _look(archive, checkpoint, progress)
            if not found or archive.checkpoint().size == size:
                break  # else a writer changed meanwhile what was read
    except ArchiveError as trouble:  # of the ledger, of the index, or of the room for another one
        return [not_compared("catalog.sqlite", trouble)]
    else:
        return found
    finally:
        progress.end()


def _look(archive: OpenedArchive, checkpoint: Checkpoint, progress: Progress) -> tuple[list[Finding], int]:
    """What differs, and the size of the ledger that it was judged by."""
    with (
        tempfile.TemporaryDirectory(prefix="document-archive-") as folder,
        _own(archive, checkpoint, os.path.join(folder, "own.sqlite")) as (own, newest, damaged),
        Index.create(os.path.join(folder, "made.sqlite"), durable=False) as made,
    ):
        made.note("archive", archive.settings.archive_id)
        found = _compared(archive, newest, own, made, progress)
        if damaged is not None:
            found.insert(0, warning("CATALOG-INDEX", "catalog.sqlite", damaged.reason, remedy=damaged.remedy))
        return found, newest.size


@contextlib.contextmanager
def _own(
    archive: OpenedArchive, checkpoint: Checkpoint, path: str
) -> Iterator[tuple[Index | None, Checkpoint, IndexDamagedError | None]]:
    """A copy of the archive's own index, which nobody changes meanwhile, and the state of the ledger.

    No index where it cannot be used; where it is damaged, by which words.
    """
    with contextlib.ExitStack() as opened:
        own = None
        trouble = None
        with contextlib.suppress(IndexUnusableError):
            own = opened.enter_context(Index.open(str(archive.layout.index)))
        try:
            own = None if own is None else opened.enter_context(own.copy_to(path))
            if own is not None:
                own.require_sound()
        except IndexDamagedError as damaged:
            own, trouble = None, damaged
        newest = archive.checkpoint()  # read last: a writer makes the ledger younger before the index
        checkpoint = newest if newest.size > checkpoint.size else checkpoint
        try:
            if own is not None:
                require_belonging(archive, own, checkpoint)
        except IndexUnusableError:
            own = None
        yield own, checkpoint, trouble


def _compared(
    archive: OpenedArchive, checkpoint: Checkpoint, own: Index | None, made: Index, progress: Progress
) -> list[Finding]:
    results, repairs = records_in_doubt(archive, checkpoint)
    if own is not None and can_be_read(archive, own):
        results.append(warning("CATALOG-INDEX", "catalog.sqlite", LACKING, remedy=_MADE_ANEW))
    behind = _size_of_catalog(archive, checkpoint)
    is_of = checkpoint.size if own is None else own.size
    doubtful: list[Finding] = []
    differ: list[Finding] = []
    earlier = None
    for size in sorted({is_of, checkpoint.size, *([] if behind is None else [behind])}):
        state = checkpoint if size == checkpoint.size else _state(archive, checkpoint, size)
        doubtful += bring_up_to_date(archive, made, state, proven_until=checkpoint.size)
        if own is not None and size == is_of:
            doubtful += islice(_made_without_bag(own, made), REBUILD_FINDINGS)
            leaving = _disposed(archive, size, checkpoint.size)
            passed = Passed.of(doubtful, results=bool(results), incidents=bool(repairs or leaving))
            passed = passed._replace(bags=passed.bags | leaving)
            differ = list(_index_differs(own, made, passed, progress))
        if size == behind:
            earlier = Given.by(archive, made)
    doubtful = list(dict.fromkeys(doubtful))  # one that each state was made from is said once
    found = [*doubtful, *results, *repairs, *differ]
    if not doubtful:
        found += files_that_differ(archive, Given.by(archive, made), earlier, certain=True)
    elif not differ:  # as far as it can be known, the archive's own index says what a new one would
        certain = own is not None and holdings_digest(own) is not None and behind is None
        given = Given.by(archive, made if own is None else own)
        found += files_that_differ(archive, given, earlier, certain=certain)
    return found


def _made_without_bag(own: Index, made: Index) -> Iterator[Finding]:
    """The documents of which the index knows no more than the ledger, while their bags can be read now."""
    for mine in own.stand_ins():
        anew = made.by_entry(mine.entry)
        if anew is None or not {mine.reference, mine.accession} <= _called(anew):
            continue
        if _told(mine) in ((title_of_nobody(anew.bag), None, None, ""), _told(anew)) and mine != anew:
            message = "is not described in the catalog: it could not be read for it, and can be now"
            remedy = "archive catalog rebuild takes its description from the bag"
            yield warning("CATALOG-BAG-DOUBTFUL", bag_path(anew.bag), message, remedy=remedy)


def _called(row: IndexRow) -> set[str | None]:
    return {row.reference, row.bag, row.accession, None}


def _told(row: IndexRow) -> tuple[str | None, ...]:
    return row.title, row.creator, row.date, row.access


def _state(archive: OpenedArchive, checkpoint: Checkpoint, size: int) -> Checkpoint:
    return Checkpoint(checkpoint.origin, size, archive.ledger.root_at(size))


def _size_of_catalog(archive: OpenedArchive, checkpoint: Checkpoint) -> int | None:
    """The size that catalog.json says it is of, where documents or descriptions came or went since: a
    command that was cut off leaves list and page as they were then."""
    try:
        with open_catalog(archive.layout.catalog) as catalog:
            size = None if catalog is None else catalog.claimed_size
    except StorageError:
        return None
    if size is None or size >= checkpoint.size:
        return None
    since = archive.ledger.entries(size, checkpoint.size)
    return size if any(map(_TOLD_IN_FILES.search, since)) else None


def _disposed(archive: OpenedArchive, start: int, end: int) -> frozenset[str]:
    """The bags that these entries dispose of: what an index before them says of them, nobody knows now."""
    entries = (parse_entry(raw) for raw in archive.ledger.entries(start, end) if DISPOSAL_MARK in raw)
    return frozenset(entry.bag for entry in entries if entry.bag)


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
            yield error("CATALOG-INDEX-ALTERED", "catalog.sqlite", message, remedy=REMEDY)
    if differ > INDEX_ROWS:
        message = f"{differ - INDEX_ROWS:,} more rows are {_NOT_WHAT}"
        yield error("CATALOG-INDEX-ALTERED", "catalog.sqlite", message, remedy=REMEDY)


def _differences(own: Index, made: Index, passed: Passed, progress: Progress) -> Iterator[str]:
    """What differs, in words: documents as lists show them, then whatever else the tables hold."""
    try:
        yield from _rows_that_differ(own, made, passed, progress)
    except IndexValueError as trouble:
        yield trouble.reason
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


def _rows_that_differ(own: Index, made: Index, passed: Passed, progress: Progress) -> Iterator[str]:
    for mine, anew in zip_longest(own.list(state=None), made.list(state=None)):
        progress.advance(1)
        message = difference(mine, anew, passed)
        if message is None:
            continue
        yield f"{named(anew or mine)}: {message}"
        if mine is None or anew is None or mine.entry != anew.entry:
            return  # from here on every row would be another one


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
