"""The catalog made anew from ledger and bags alone."""

from dataclasses import dataclass

from archive.core.findings import Finding
from archive.core.ledger.checkpoint import Checkpoint
from archive.services.catalog.change_checkpoint import put_back_checkpoint
from archive.services.catalog.derived_files import HOLDINGS_STATE, publish_derived
from archive.services.catalog.lost_manifests import restore_manifests
from archive.services.catalog.own_index import build_index
from archive.services.opened import OpenedArchive
from archive.storage.index import Counts, Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What the rebuilt catalog holds, which run manifests came back, which bags could not be read.

    `checkpoint` is the size of one that was lost from the ledger's folder and was put back there.
    """

    counts: Counts
    size: int
    restored: tuple[str, ...]
    checkpoint: int | None
    findings: tuple[Finding, ...]


def rebuild(archive: OpenedArchive, checkpoint: Checkpoint) -> Rebuilt:
    """Makes `catalog.sqlite`, `catalog.json`, `holdings.csv` and `README.html` anew, whatever was there.

    The caller holds the writer's lock. A bag that is damaged or missing keeps its row, from the ledger alone,
    and gives a finding. Results of audits are taken from `audits/`. A run manifest that is missing is written
    where its bytes have the digest in the ledger, and the checkpoint that the old catalog names where it is
    lost and the signature in the catalog holds; no other one is touched.
    """
    findings = build_index(archive, checkpoint)
    with Index.open(str(archive.layout.index), writable=True) as index:
        index.note(HOLDINGS_STATE, "")  # whatever holdings.csv was: it is written in full
        restored = restore_manifests(archive, index)
        put_back = put_back_checkpoint(archive, index.last_change())
        publish_derived(archive, index)
        return Rebuilt(
            counts=index.counts(),
            size=index.size,
            restored=tuple(restored),
            checkpoint=put_back,
            findings=tuple(findings),
        )
