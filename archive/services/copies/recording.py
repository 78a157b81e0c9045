"""The record of a run of `archive copy`: an entry before the first byte, results, an entry at the end."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from archive.core.copies import CopyOutcome
from archive.core.ledger import copy_entries, entries
from archive.core.outcomes import BagOutcome
from archive.engine.batches import batched
from archive.services.copies.report import CopyReport
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.surroundings import Surroundings
from archive.services.writing import Writing
from archive.storage.audits.results import ChunkRow, pack
from archive.storage.audits.results_folder import ResultsFolder

_AT_ONCE: Final = 1000


@dataclass(slots=True)
class CopyRecording:
    """Keeps the record of one run; all but `add` and `add_gone` is for the holder of the writer's lock."""

    archive: OpenedArchive
    agent: str | None
    surroundings: Surroundings
    started: int = -1
    folder: ResultsFolder | None = None
    agents: tuple[str, ...] = field(default_factory=tuple)

    def begin(self, hold: Writing, report: CopyReport) -> None:
        """Appends `copy started`, then makes the folder for the results: what lies there is always known."""
        self.agents = (person_agent(self.archive.settings, self.agent).id, software_agent().id)
        place = report.place
        entry = copy_entries.copy_started(
            time=self._time(), agents=self.agents, run=report.run, copy=place.id, form=place.form.value
        )
        self.started = hold.checkpoint.size
        hold.checkpoint = self.archive.ledger.append([entry], hold.key.signer, hold.key.last_signed)
        folder = ResultsFolder(self.archive.layout.audits, report.run)
        folder.begin({"run": report.run, "copy": place.id, "started": report.started, "entry": self.started})
        self.folder = folder
        hold.follow()

    def add(self, rows: list[ChunkRow]) -> None:
        """Keeps the rows of bags that were put in place, or of what the archive could not give."""
        if self.folder is not None and rows:
            self.folder.add(pack(rows), self._time())

    def add_gone(self, bags: Iterable[str]) -> None:
        """Keeps of bags that nothing of them lies on the copy."""
        rows = (ChunkRow(bag, BagOutcome.MISSING.value, 0, 0, []) for bag in bags)
        for some in batched(rows, lambda _: 0, most=_AT_ONCE, most_bytes=1):
            self.add(some)

    def end(self, hold: Writing, report: CopyReport) -> None:
        """Writes the list of results and appends `copied`; the index follows."""
        if self.folder is None:
            return
        counts = report.counts.to_json()
        summary = {"copy": report.place.id, "outcome": report.outcome.value, "counts": counts}
        results = self.folder.finish(summary)
        try:
            entry = copy_entries.copied(
                time=self._time(),
                agents=self.agents,
                run=report.run,
                started=self.started,
                copy=report.place.id,
                form=report.place.form.value,
                outcome=report.outcome.value,
                size=report.size,
                root=report.root,
                counts=counts,
                results=results,
            )
            hold.checkpoint = self.archive.ledger.append([entry], hold.key.signer, hold.key.last_signed)
        except BaseException:
            if not self.archive.ledger.is_beyond(hold.checkpoint.size):
                self.folder.retract()
            raise
        report.recorded = True
        hold.follow()

    def close(self) -> None:
        """Lets go of the folder of results."""
        if self.folder is not None:
            self.folder.close()

    def _time(self) -> str:
        return entries.timestamp(self.surroundings.now())


def lacking(row: ChunkRow) -> ChunkRow:
    """A bag that is not on the copy, since the archive could not give it: the findings say why."""
    return row._replace(outcome=BagOutcome.MISSING.value, files=0, bytes=0)


def outcome_of(failed: int, *, errors: bool) -> CopyOutcome:
    """How a run ended that came to its end."""
    return CopyOutcome.INCOMPLETE if failed or errors else CopyOutcome.COMPLETE
