"""The catalog compared with what the ledger makes of it."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from archive.core.catalog_manifest import ClosedRun, HoldingsChange, holdings_events, place_of
from archive.core.errors import ArchiveError, EvidenceError, StorageError
from archive.core.findings import Finding, error, note, warning
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.litter import litter
from archive.services.catalog.catalog_comparison import CatalogFile, Difference, open_catalog
from archive.services.catalog.change_checkpoint import missing_checkpoint
from archive.services.catalog.derived_files import catalog_of_ledger
from archive.services.catalog.index_contents import require_belonging
from archive.services.catalog.run_manifests import RunManifests
from archive.services.opened import OpenedArchive
from archive.storage import intents
from archive.storage.index import Counts, Index, IndexUnusableError
from archive.storage.intents import Intent

_BEGUN: Final = re.compile(r"\.([0-9a-f-]{36})\.json\.[0-9a-f]{16}\.tmp")
REBUILD: Final = "archive catalog rebuild makes it anew; find out who changed it"


def verify_catalog(archive: OpenedArchive, checkpoint: Checkpoint, *, pending: bool = False) -> list[Finding]:
    """What does not hold of `catalog.json`, of the manifests in `runs/` and of the index.

    `checkpoint` is the state to judge by, its signature verified by the caller; a catalog that a writer has
    published since is judged by the newer state that it names. `pending` tells that a writer is at work, or
    was killed: then a catalog that is behind is a note. Memory grows with the number of runs only.
    """
    found: list[Finding] = []
    strangers: list[str] = []
    try:
        strangers = RunManifests.names(archive.layout.runs)
    except NotADirectoryError:
        message = "is no folder any more"
        remedy = "find out who put it there, and move it out"
        found.append(error("CATALOG-RUN-UNKNOWN", "runs", message, remedy=remedy))
    except StorageError as trouble:
        message = trouble.message.removeprefix("runs: ")
        found.append(error("CATALOG-UNREADABLE", "runs", message, remedy=trouble.remedy))
    try:
        with open_catalog(archive.layout.catalog) as catalog:
            end = _newest(archive, checkpoint)
            judged = _Judged(archive, end.size, RunManifests(archive.layout.runs))
            found += _verify_file(archive, catalog, judged, pending=pending)
            found += judged.finish()
        found += _verify_strangers(archive, strangers, judged.known)
        found += verify_index(archive, end, judged)
    except EvidenceError as trouble:
        message = f"could not be judged: {trouble.message}"
        found.append(warning("CATALOG-NOT-JUDGED", "catalog.json", message, remedy="archive ledger verify"))
    except StorageError as trouble:
        found.append(error("CATALOG-UNREADABLE", "catalog.json", trouble.message, remedy=trouble.remedy))
    return sorted(found, key=Finding.sort_key)


def _newest(archive: OpenedArchive, checkpoint: Checkpoint) -> Checkpoint:
    """The younger of the checkpoint given and the one on disk, if that one's signature holds."""
    try:
        newest = archive.checkpoint()
    except ArchiveError:
        return checkpoint
    return newest if newest.size > checkpoint.size else checkpoint


@dataclass(slots=True)
class _Judged:
    """The runs of the ledger in order, each compared with its manifest as it passes."""

    archive: OpenedArchive
    size: int
    manifests: RunManifests
    known: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    awaiting: int | None = 0
    totals: list[int] = field(default_factory=lambda: [0, 0, 0])
    withdrawn: list[int] = field(default_factory=lambda: [0, 0, 0])
    _events: Iterator[ClosedRun | HoldingsChange] | None = None
    _next: ClosedRun | HoldingsChange | None = None

    def until(self, size: int | None) -> Iterator[ClosedRun | HoldingsChange]:
        """The runs and changes from before the ledger had that size; all of them for None."""
        self._events = holdings_events(self.archive.ledger.entries(0, self.size))
        for event in self._events:
            if size is not None and place_of(event) >= size:
                self._next = event
                return
            self._look(event)
            yield event

    def finish(self) -> list[Finding]:
        """Passes the runs that are left; what is wrong with all the manifests."""
        if self._events is None:
            self._events = holdings_events(self.archive.ledger.entries(0, self.size))
        if self._next is not None:
            self._look(self._next)
        for event in self._events:
            self._look(event)
        return self.findings

    @property
    def is_behind(self) -> bool:
        """True where the holdings have changed since the state that was asked for."""
        return self._next is not None

    def _look(self, event: ClosedRun | HoldingsChange) -> None:
        if isinstance(event, ClosedRun):
            self._look_at_run(event)
            return
        for place, count in enumerate((event.bags, event.files, event.bytes)):
            self.withdrawn[place] += count
        if self.awaiting is not None:
            self.awaiting += event.awaiting

    def _look_at_run(self, run: ClosedRun) -> None:
        self.known.add(run.run)
        for place, count in enumerate((run.bags, run.files, run.bytes)):
            self.totals[place] += count
        looked = self.manifests.look(run)
        if looked.finding is not None:
            self.findings.append(self._pending(run, looked.finding))
        if looked.awaiting is None or self.awaiting is None:
            self.awaiting = None
        else:
            self.awaiting += looked.awaiting

    def _pending(self, run: ClosedRun, finding: Finding) -> Finding:
        """A manifest that a writer has still to put in place is a note."""
        if finding.code != "CATALOG-RUN-MISSING" or run.run not in _unfinished(self.archive):
            return finding
        looked = self.manifests.look(run)  # it may have been put there meanwhile
        if looked.finding is None:
            return note("CATALOG-RUN-PENDING", finding.place, "was put in its place by a run that just ended")
        return note("CATALOG-RUN-PENDING", finding.place, "is still to be put in its place by its run")


def _unfinished(archive: OpenedArchive) -> set[str]:
    return {left.run for left in intents.unfinished(archive.layout.staging) if isinstance(left, Intent)}


def _verify_file(
    archive: OpenedArchive, catalog: CatalogFile | None, judged: _Judged, *, pending: bool
) -> list[Finding]:
    if catalog is None:
        if next(judged.until(0), None) is None and not judged.is_behind:
            return []  # nothing was ever ingested: there is none yet
        message = "is not there"
        return [warning("CATALOG-MISSING", "catalog.json", message, remedy="archive catalog rebuild")]
    if catalog.trouble is not None:
        return [error("CATALOG-ALTERED", "catalog.json", catalog.trouble, remedy=REBUILD)]
    awaiting = catalog.claimed_awaiting
    runs = judged.until(catalog.claimed_size)
    difference = catalog.difference(catalog_of_ledger(archive, runs, lambda: _awaiting(judged, awaiting)))
    if difference is not None:
        for _ in runs:  # the others are judged all the same
            pass
        return [_altered(difference)]
    lost = missing_checkpoint(archive, catalog.claimed_size)
    return [*([] if lost is None else [lost]), *_behind(judged, pending=pending)]


def _behind(judged: _Judged, *, pending: bool) -> list[Finding]:
    if not judged.is_behind:
        return []
    message = "is the catalog of an earlier state: the holdings have changed since"
    if pending:
        return [note("CATALOG-STALE", "catalog.json", message)]
    remedy = "the next ingest or audit brings it up to date; so does archive catalog rebuild"
    return [warning("CATALOG-STALE", "catalog.json", message, remedy=remedy)]


def _awaiting(judged: _Judged, claimed: int | None) -> int:
    """What the manifests give; where one cannot be read, nobody can contradict what the catalog says."""
    if judged.awaiting is not None:
        return judged.awaiting
    return claimed or 0


def _altered(difference: Difference) -> Finding:
    return error(
        "CATALOG-ALTERED",
        "catalog.json",
        f"{difference.member} is not what the ledger gives",
        expected=difference.expected,
        found=difference.found,
        remedy=REBUILD,
    )


def _verify_strangers(archive: OpenedArchive, names: list[str], known: set[str]) -> Iterator[Finding]:
    pending: set[str] | None = None
    for name in names:
        run, extension = os.path.splitext(name)
        if extension == ".json" and run in known:
            continue
        pending = _unfinished(archive) if pending is None else pending
        place = f"runs/{name}"
        if extension == ".json" and run in pending:
            yield note("CATALOG-RUN-PENDING", place, "belongs to a run that is being finished")
        elif (begun := _BEGUN.fullmatch(name)) is not None and begun[1] in known:
            message = "is what a rebuild of the catalog that was killed had begun to write"
            yield note("CATALOG-RUN-PENDING", place, message)
        elif (kind := litter(name)) is not None:
            yield warning("CATALOG-LITTER", place, f"is {kind}, and no part of the archive")
        else:
            remedy = "find out who put it there, and move it out"
            yield error("CATALOG-RUN-UNKNOWN", place, "is no run that the ledger knows", remedy=remedy)


def verify_index(archive: OpenedArchive, checkpoint: Checkpoint, judged: _Judged) -> Iterator[Finding]:
    """Warnings where the index cannot be used, is behind, or counts otherwise than the ledger."""
    try:
        with Index.open(str(archive.layout.index)) as index:
            require_belonging(archive, index, checkpoint)
            if index.size < checkpoint.size:
                return  # behind, as after a crash: whoever reads it says so and catches up
            counts = index.counts()
            rows = sum(run.bags for run in index.runs())
        reason = None if rows == judged.totals[0] and _agree(counts, judged) else "miscounts what is held"
    except IndexUnusableError as trouble:
        reason = trouble.reason
    if reason is not None and judged.known:
        remedy = "nothing is lost: archive catalog rebuild makes it anew"
        yield warning("CATALOG-INDEX", "catalog.sqlite", reason, remedy=remedy)


def _agree(counts: Counts, judged: _Judged) -> bool:
    """Documents of runs that have not ended are in the index, not in the totals: never fewer."""
    held = (counts.documents, counts.files, counts.bytes)
    promised = zip(judged.totals, judged.withdrawn, strict=True)
    enough = all(mine >= all_ - gone for mine, (all_, gone) in zip(held, promised, strict=True))
    return enough and counts.withdrawn == judged.withdrawn[0]
