"""`catalog.json`: what the archive holds, as a function of the ledger up to a checkpoint.

The rows are the `run closed` entries, so a run counts from the moment it ends; what was described or
withdrawn since changes the counts. The checkpoint is the one that committed the last of these entries. Arrays
come first and totals last: it is written while the rows pass, a member or a row a line
(schemas/catalog.schema.json).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from archive.core.canonical import compact
from archive.core.ledger.entries import Entry, EntryType, parse_entry

KIND: Final = "catalog"
VERSION: Final = 1
# Entries are canonical JSON: only an entry that has this can be the end of a run, and to look costs 0.1 µs
# where to parse costs 8.
_CLOSED: Final = b'"type":"run closed"'
_CHANGES_HOLDINGS = re.compile(rb'"type":"(?:run closed|description changed|withdrawal|disposal)"')


class ClosedRun(NamedTuple):
    """One ingest run that has ended; `closed` is the index of its entry, `manifest` a sha512."""

    closed: int
    run: str
    outcome: str
    bags: int
    files: int
    bytes: int
    manifest: str

    def to_json(self) -> dict[str, Any]:
        """The row of the catalog."""
        row: dict[str, Any] = self._asdict()
        del row["closed"]
        return row


class HoldingsChange(NamedTuple):
    """By how much the entry at index `entry` changes what is held; a withdrawal takes bags away."""

    entry: int
    awaiting: int
    bags: int = 0
    files: int = 0
    bytes: int = 0


class CatalogCheckpoint(NamedTuple):
    """The state of the ledger that a catalog is a function of; `root` in base64, `note` as it is signed."""

    size: int
    root: str
    note: str


class Totals(NamedTuple):
    """What stands behind the runs; `awaiting` counts their documents that nobody has described.

    `withdrawn` has the bags, files and bytes of these runs that are not held any more.
    """

    checkpoint: CatalogCheckpoint
    awaiting: int
    withdrawn: tuple[int, int, int] = (0, 0, 0)


class Line(NamedTuple):
    """One line of the catalog, and the member it holds: `head`, `runs`, `runs[3]`, `checkpoint`, `counts`."""

    member: str
    data: bytes


def closed_run(index: int, raw: bytes) -> ClosedRun | None:
    """The run that this entry ends, or None. Raises EntryError where the entry is malformed."""
    if _CLOSED not in raw:
        return None
    entry = parse_entry(raw)
    if entry.type != EntryType.RUN_CLOSED:
        return None
    bags, files, size = (_count(entry, name) for name in ("bags", "files", "bytes"))
    outcome, manifest = entry.get("outcome"), entry.get("manifest")
    return ClosedRun(index, entry.run or "", str(outcome or ""), bags, files, size, str(manifest or ""))


def holdings_change(index: int, entry: Entry) -> HoldingsChange | None:
    """What this entry changes of the holdings beside an ingest, or None where it does not."""
    awaiting = entry.get("awaiting")
    step = awaiting if type(awaiting) is int and awaiting in (-1, 1) else 0
    match entry.type:
        case EntryType.DESCRIPTION_CHANGED:
            return HoldingsChange(index, step)
        case EntryType.WITHDRAWAL:
            return HoldingsChange(index, step, 1, _count(entry, "files"), _count(entry, "bytes"))
        case EntryType.DISPOSAL:
            return HoldingsChange(index, 0)
        case _:
            return None


def holdings_events(entries: Iterable[bytes], start: int = 0) -> Iterator[ClosedRun | HoldingsChange]:
    """Every run that these entries end and every later change; the first of them has the index `start`."""
    for index, raw in enumerate(entries, start):
        if not _CHANGES_HOLDINGS.search(raw):
            continue
        event = closed_run(index, raw) or holdings_change(index, parse_entry(raw))
        if event is not None:
            yield event


def place_of(event: ClosedRun | HoldingsChange) -> int:
    """The index of the entry behind an event."""
    return event.closed if isinstance(event, ClosedRun) else event.entry


def _count(entry: Entry, name: str) -> int:
    value = entry.get(name)
    return value if type(value) is int and value >= 0 else 0


def catalog_lines(
    *,
    archive: str,
    origin: str,
    runs: Iterable[ClosedRun],
    totals: Callable[[], Totals],
) -> Iterator[Line]:
    """The bytes of the catalog line by line; memory does not grow with the runs.

    `totals` is asked after the last run: it may be filled while the runs pass.
    """
    head = compact({"archive": archive, "kind": KIND, "origin": origin, "version": VERSION})
    yield Line("head", head[:-1] + b",\n")
    yield Line("runs", b'"runs":[')
    bags = files = size = number = 0
    for number, run in enumerate(runs, 1):
        before = b",\n" if number > 1 else b"\n"
        yield Line(f"runs[{number - 1}]", before + compact(run.to_json()))
        bags, files, size = bags + run.bags, files + run.files, size + run.bytes
    yield Line("runs", b"\n],\n" if number else b"],\n")
    checkpoint, awaiting, (withdrawn, less_files, less_size) = totals()
    yield Line("checkpoint", b'"checkpoint":' + compact(checkpoint._asdict()) + b",\n")
    counts = {
        "awaiting": awaiting,
        "bags": bags - withdrawn,
        "bytes": size - less_size,
        "files": files - less_files,
        "withdrawn": withdrawn,
    }
    yield Line("counts", b'"counts":' + compact(counts) + b"}\n")
