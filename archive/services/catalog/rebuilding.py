"""The catalog made anew from ledger and bags alone."""

from dataclasses import dataclass

from archive.core.checkpoint import Checkpoint
from archive.core.findings import Finding
from archive.services.catalog.derived_files import HOLDINGS_STATE, publish_derived
from archive.services.catalog.index_state import build_index
from archive.services.opened import OpenedArchive
from archive.storage.index import Counts, Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What the rebuilt catalog holds, and which bags could not be read for it."""

    counts: Counts
    size: int
    findings: tuple[Finding, ...]


def rebuild(archive: OpenedArchive, checkpoint: Checkpoint) -> Rebuilt:
    """Makes `catalog.sqlite`, `catalog.json`, `holdings.csv` and `README.html` anew, whatever was there.

    The caller holds the writer's lock. A bag that is damaged or missing keeps its row, from the ledger alone,
    and gives a finding. Results of audits are taken from `audits/`.
    """
    findings = build_index(archive, checkpoint)
    with Index.open(str(archive.layout.index), writable=True) as index:
        index.note(HOLDINGS_STATE, "0:")  # whatever holdings.csv was: it is written in full
        publish_derived(archive, index)
        return Rebuilt(counts=index.counts(), size=index.size, findings=tuple(findings))
