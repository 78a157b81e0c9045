"""The files at the root that are derived: `catalog.json`, `holdings.csv`, `README.html`."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from archive.core.catalog_manifest import (
    ClosedRun,
    HoldingsChange,
    Line,
    Totals,
    catalog_lines,
    place_of,
)
from archive.core.errors import StorageError
from archive.core.ledger.change_entries import CHANGES
from archive.core.ledger.entries import EntryType
from archive.formats.holdings_csv import COLUMNS, HoldingRow, holdings_csv
from archive.services.catalog.change_checkpoint import checkpoint_of_change
from archive.services.opened import OpenedArchive
from archive.storage.disk.durable import replace_file
from archive.storage.disk.streamed_file import pieces_of, replace_streamed, sha512_of_plain
from archive.storage.index import Index
from archive.storage.layout import bag_path

HOLDINGS_STATE: Final = "holdings"
_README_STATE: Final = "readme"
_KEYS: Final = frozenset({EntryType.KEY_CHANGED, EntryType.KEY_REPLACED})
_STATE: Final = re.compile(r"([0-9]{1,18}):([0-9]{1,18}):([0-9]{1,18}):([0-9a-f]{128})")
_README: Final = re.compile(r"([0-9]{1,18}):([0-9a-f]{128})")
# What the page tells of, or by what: entries are canonical JSON, in which nothing else holds these bytes.
_ON_PAGE: Final = re.compile(
    b'"type":"(?:%s)"'
    % "|".join(sorted({*CHANGES, *_KEYS, EntryType.INGESTION, EntryType.RUN_CLOSED})).encode()
)
_HEADER: Final = len(",".join(COLUMNS)) + 1


def publish_derived(archive: OpenedArchive, index: Index) -> None:
    """Writes the three files as they follow from the index, each replaced as a whole.

    The caller holds the writer's lock and has brought the index up to date.
    """
    publish_holdings(archive, index)
    page = readme_of(archive, index)
    forget_readme(index)  # killed behind the next line, nobody is accused of the new page
    replace_file(str(archive.layout.readme), page)
    index.note(_README_STATE, f"{len(page)}:{hashlib.sha512(page).hexdigest()}")
    lines = catalog_of_index(archive, index)
    replace_streamed(str(archive.layout.catalog), (line.data for line in lines))


# -- catalog.json ------------------------------------------------------------------------------------------


def catalog_of_index(archive: OpenedArchive, index: Index) -> Iterator[Line]:
    """`catalog.json` as the index gives it, line by line; of its state when it is asked for."""
    settings, last = archive.settings, index.last_change()
    totals = Totals(
        checkpoint_of_change(archive, last), index.awaiting_in_closed_runs(), index.no_longer_held()
    )
    return catalog_lines(
        archive=settings.archive_id, origin=settings.origin, runs=index.runs(last), totals=lambda: totals
    )


def catalog_of_ledger(
    archive: OpenedArchive, events: Iterator[ClosedRun | HoldingsChange], awaiting: Callable[[], int]
) -> Iterator[Line]:
    """`catalog.json` as these events of the ledger give it, line by line."""
    last = 0
    withdrawn = (0, 0, 0)

    def counted() -> Iterator[ClosedRun]:
        nonlocal last, withdrawn
        for event in events:
            last = place_of(event)
            if isinstance(event, ClosedRun):
                yield event
            else:
                bags, files, size = withdrawn
                withdrawn = (bags + event.bags, files + event.files, size + event.bytes)

    def totals() -> Totals:
        return Totals(checkpoint_of_change(archive, last), awaiting(), withdrawn)

    settings = archive.settings
    return catalog_lines(archive=settings.archive_id, origin=settings.origin, runs=counted(), totals=totals)


# -- holdings.csv ------------------------------------------------------------------------------------------


def publish_holdings(archive: OpenedArchive, index: Index) -> None:
    """Writes `holdings.csv`: what is new behind a copy of the old file, where that is as it was left.

    Where a document was described or withdrawn since, it is written in full.
    """
    path = str(archive.layout.holdings)
    left = _left(index)
    changes = index.last_later_change()
    kept = left.end if left.changes == changes and _has(path, left) else 0
    digest = replace_streamed(path, _holdings(path, index, kept))
    index.note(HOLDINGS_STATE, f"{index.end}:{changes}:{os.path.getsize(path)}:{digest}")


def holdings_digest(index: Index) -> tuple[str, int] | None:
    """The sha512 (hexadecimal) and the size in bytes that `holdings.csv` was left with; None where the index
    has changed since, or does not say."""
    left = _left(index)
    is_current = left.digest and (left.end, left.changes) == (index.end, index.last_later_change())
    return (left.digest, left.size) if is_current else None


def holdings_are_as_left(archive: OpenedArchive, index: Index) -> bool:
    """True where `holdings.csv` is, byte for byte, the one that was last made of this index."""
    left = _left(index)
    return bool(left.digest) and _has(str(archive.layout.holdings), left)


class _Left(NamedTuple):
    """How a command left `holdings.csv`: after which document and later change, with which bytes."""

    end: int = 0
    changes: int = 0
    size: int = 0
    digest: str = ""


def _left(index: Index) -> _Left:
    found = _STATE.fullmatch(index.meta(HOLDINGS_STATE) or "")
    return _Left() if found is None else _Left(int(found[1]), int(found[2]), int(found[3]), found[4])


def holdings_of_index(index: Index, since: int = 0) -> Iterator[bytes]:
    """`holdings.csv` as the index gives it, with the documents from entry `since` on."""
    return holdings_csv(
        HoldingRow(bag, reference, title, date or "", bag_path(bag), files, byte_count, key)
        for bag, reference, title, date, files, byte_count, key in index.held_since(since)
    )


def _holdings(path: str, index: Index, kept: int) -> Iterator[bytes]:
    pieces = holdings_of_index(index, kept)
    if kept:
        yield from pieces_of(path)
        yield next(pieces)[_HEADER:]
    yield from pieces


def _has(path: str, left: _Left) -> bool:
    try:
        return sha512_of_plain(path, left.size) == left.digest
    except StorageError:
        return False


# -- README.html -------------------------------------------------------------------------------------------


def readme_digest(index: Index) -> tuple[str, int] | None:
    """The sha512 (hexadecimal) and the size in bytes that `README.html` was left with; None where the index
    does not say."""
    found = _README.fullmatch(index.meta(_README_STATE) or "")
    return None if found is None else (found[2], int(found[1]))


def outdates_readme(raw: bytes) -> bool:
    """True for an entry with which the page is written anew."""
    return _ON_PAGE.search(raw) is not None


def forget_readme(index: Index) -> None:
    """Notes that the index cannot say how the page was left."""
    index.note(_README_STATE, "")


def readme_of(archive: OpenedArchive, index: Index) -> bytes:
    """The page for the finder of this folder, as of the last change of holdings."""
    from archive.formats.readme_page import ReadmePage, readme_html  # few commands write it

    settings, counts = archive.settings, index.counts()
    first = next(index.list(limit=1), None)
    page = ReadmePage(
        name=settings.name,
        institution=settings.institution,
        contact=settings.contact,
        origin=settings.origin,
        key=settings.key,
        bags=counts.documents,
        files=counts.files,
        bytes=counts.bytes,
        checkpoint=checkpoint_of_change(archive, index.last_change()).note,
        example=None if first is None else bag_path(first.bag),
    )
    return readme_html(page)
