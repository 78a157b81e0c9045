"""An audit whose key is locked: its results are kept, its statement lies with the keys, and both wait."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from archive.core import findings
from archive.core.findings import Finding
from archive.core.ledger.note import VerifierKey
from archive.services.audit.report import AuditReport
from archive.services.opened import OpenedArchive
from archive.storage.audits.results_folder import ResultsFolder
from archive.storage.audits.waiting_runs import WaitingRun, WaitingRuns
from archive.storage.keys.files import KeyLockedError
from archive.storage.keys.signing_key import find_key, last_signed
from archive.storage.lock import Holder, WriterLock


class UnsignedRun:
    """One audit without a signature; the next signed command records it (`archive.services.signing`)."""

    def __init__(self, archive: OpenedArchive, locked: KeyLockedError) -> None:
        self._archive = archive
        self._waiting = WaitingRuns.of(archive.settings.archive_id)
        self._run: WaitingRun | None = None
        self.reason = (
            f"it waits for a signature, its results are kept; archive key sign records it ({locked.message})"
        )

    def begin(
        self,
        entry: bytes,
        folder: ResultsFolder,
        plan: dict[str, Any],
        wait: float,
        waiting: Callable[[Holder], None] | None,
    ) -> None:
        """Keeps the text of the entry that begins it with the keys, then makes the folder for the results.

        Raises EvidenceError where the ledger could not be signed anyhow, StorageError where nothing can be
        kept, ConflictError where another writer stays.
        """
        archive = self._archive
        with WriterLock(str(archive.root), command="audit", wait=wait, waiting=waiting):
            checkpoint = archive.checkpoint()
            key = VerifierKey.parse(archive.signing_key())
            if (found := find_key(key)) is not None:  # it was, locked, a moment ago
                last_signed(key, found[0]).check(archive.ledger).refuse_unless_signable()
            self._run = WaitingRun(
                run=folder.run, size=checkpoint.size, root=checkpoint.root.hex(), started=entry.decode()
            )
            # First here: what lies in audits/ and is not known here is another machine's.
            self._waiting.put(self._run)
            folder.begin({**plan, "unsigned": True})

    def finish(self, report: AuditReport, agents: tuple[str, ...], time: str, results: str) -> None:
        """Keeps how it ended, with the digest of its results."""
        if self._run is None:
            raise AssertionError("finished before it began")
        finished = {
            "time": time,
            "agents": list(agents),
            "outcome": report.outcome.value,
            "counts": report.counts,
            "results": results,
            "interrupted": report.interrupted,
        }
        if self._run.copy is not None:
            finished["size"] = report.checkpoint_size
        self._waiting.put(replace(self._run, finished=finished))

    def finding(self, run: str) -> Finding:
        """What the report says of it."""
        return findings.note(
            "AUDIT-WAITING",
            f"audits/{run}",
            "its results are kept and wait for a signature: nothing in the ledger vouches for them yet",
            remedy="archive key sign, with the passphrase; every other signed command records them too",
        )


def waits(archive: OpenedArchive, run: str) -> bool:
    """True for an audit that has ended, or was interrupted, and waits for a signature on this machine.

    Raises StorageError where what waits cannot be read.
    """
    waiting = WaitingRuns.of(archive.settings.archive_id).finished()
    return any(one.run == run for one in waiting)
