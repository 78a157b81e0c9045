"""`catalog.json`: what the archive holds, as a function of the ledger up to a checkpoint.

The rows are the `run closed` entries, so a run counts from the moment it ends; the checkpoint is the one
that committed the last of them. Arrays come first and totals last: it is written while the rows pass, a
member or a row a line (schemas/catalog.schema.json).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from archive.core.canonical import compact
from archive.core.entries import EntryType, parse_entry

KIND: Final = "catalog"
VERSION: Final = 1
# Entries are canonical JSON: only an entry that has this can be the end of a run, and to look costs 0.1 µs
# where to parse costs 8.
_CLOSED: Final = b'"type":"run closed"'


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


class CatalogCheckpoint(NamedTuple):
    """The state of the ledger that a catalog is a function of; `root` in base64, `note` as it is signed."""

    size: int
    root: str
    note: str


class Totals(NamedTuple):
    """What stands behind the runs; `awaiting` counts their documents that nobody has described."""

    checkpoint: CatalogCheckpoint
    awaiting: int


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
    counts = [entry.get(name) for name in ("bags", "files", "bytes")]
    bags, files, size = [count if type(count) is int and count >= 0 else 0 for count in counts]
    outcome, manifest = entry.get("outcome"), entry.get("manifest")
    return ClosedRun(index, entry.run or "", str(outcome or ""), bags, files, size, str(manifest or ""))


def closed_runs(entries: Iterable[bytes], start: int = 0) -> Iterator[ClosedRun]:
    """Every run that these entries end; the first of them has the index `start`."""
    for index, raw in enumerate(entries, start):
        run = closed_run(index, raw)
        if run is not None:
            yield run


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
    checkpoint, awaiting = totals()
    yield Line("checkpoint", b'"checkpoint":' + compact(checkpoint._asdict()) + b",\n")
    counts = {"awaiting": awaiting, "bags": bags, "bytes": size, "files": files, "withdrawn": 0}
    yield Line("counts", b'"counts":' + compact(counts) + b"}\n")
