"""What an audit looks at beside the chosen bags: all of `bags/`, notes, earlier results, the catalog."""

import os
from collections.abc import Iterator

from archive.core import findings
from archive.core.errors import ArchiveError
from archive.core.findings import Finding
from archive.services.audit.evidence import Evidence
from archive.services.audit.newest import Newest
from archive.services.audit.presence import Presence
from archive.services.audit.quarantine import Quarantine
from archive.services.catalog.verification import verify_catalog
from archive.services.opened import OpenedArchive
from archive.services.signing.recording import damaged
from archive.storage import intents
from archive.storage.audit_history import AuditHistory
from archive.storage.audit_plan import AuditPlan
from archive.storage.intents import Intent
from archive.storage.note_verification import NotesListing
from archive.storage.waiting_runs import DamagedStatement, WaitingRuns


class BothDirections:
    """Both directions between the ledger and everything that it vouches for.

    First everything is listed, then the intents are read, then the newest ledger: whatever was there when it
    was listed is by then named by one of them, unless nobody vouches for it.
    """

    def __init__(self, target: OpenedArchive, plan: AuditPlan, evidence: Evidence, run: str) -> None:
        self.findings: list[Finding] = []
        self.pending = 0
        self.missing: list[str] = []
        self.moved: set[str] = set()
        self.revisions: dict[str, int] = {}
        self._target = target
        self._plan = plan
        self._evidence = evidence
        self._run = run

    def look(self, newest: Newest | None, *, withdrawn_too: bool) -> None:
        """Looks at everything; `newest` is None where the ledger does not hold.

        With `withdrawn_too` what lies in quarantine is read in full; it is listed in any case.
        """
        presence = Presence(self._target, self._plan)
        presence.walk()
        quarantine = Quarantine(self._target, self._plan)
        quarantine.walk()
        notes = NotesListing(self._target.root)
        history = AuditHistory(self._target.layout.audits)
        at_work = self._read_intents(presence)
        if newest is not None:
            self.moved = newest.catch_up()
            self.findings += newest.findings
        complete = self._evidence.is_complete
        unjudged = presence.settle_unknown(complete=complete)
        self.missing = presence.settle_absent()
        presence.settle_back()
        self.findings += presence.findings
        self.pending = presence.pending
        if self.pending:
            message = f"{self.pending} of an ingest that has not committed yet"
            self.findings.append(findings.note("BAG-PENDING", "bags", message))
        if unjudged:
            message = (
                f"{unjudged} in bags/ may belong to entries of the ledger that do not hold or were not read"
            )
            remedy = "put the ledger back from another copy of the archive, then audit again"
            self.findings.append(findings.warning("BAG-UNJUDGED", "bags", message, remedy=remedy))
        if self.revisions:
            message = f"{len(self.revisions)} held, with a new description that is not committed yet"
            self.findings.append(findings.note("BAG-REVISION-PENDING", "bags", message))
        if complete:
            self.findings += quarantine.verify(newest, read=withdrawn_too)
            self.findings += notes.verify(self._plan.vouched.notes())
            self.findings += history.verify(self._plan.vouched.known_audits(), self._run, self._waiting())
            self.findings += self._catalog(at_work)

    def _read_intents(self, presence: Presence) -> bool:
        """Tells the presence of every bag of an unfinished command; True where there is such a command."""
        at_work = False
        staging = self._target.layout.staging
        try:
            for left in intents.unfinished(staging):
                if isinstance(left, Intent):
                    at_work = True
                    for intended in left.bags():
                        presence.settle_pending(intended)
                        if intended.revision is not None and self._plan.found.outcome(intended.bag):
                            self.revisions[intended.bag] = intended.revision
        except FileNotFoundError:  # it ended while it was read, and its bags are in the newest ledger
            return True
        except (OSError, ArchiveError) as trouble:
            reason = trouble.strerror if isinstance(trouble, OSError) else trouble.message
            message = f"cannot be read: {reason}; bags of an unfinished ingest are not told apart"
            self.findings.append(findings.error("FIX-UNREADABLE", os.path.basename(staging), message))
        return at_work

    def _waiting(self) -> dict[str, str | None]:
        """The audits without a signature on this machine, with the digest of their results if they ended."""
        waiting: dict[str, str | None] = {}
        try:
            for run in WaitingRuns.of(self._target.settings.archive_id).all():
                if isinstance(run, DamagedStatement):
                    self.findings.append(damaged(run))
                else:
                    waiting[run.run] = run.finished["results"] if run.finished else None
        except ArchiveError as trouble:
            message = f"statements of audits that wait: {trouble.message}"
            self.findings.append(findings.warning("AUDIT-WAITING-MISSING", "audits", message))
        return waiting

    def _catalog(self, at_work: bool) -> Iterator[Finding]:
        checkpoint = self._evidence.checkpoint
        if checkpoint is not None:
            yield from verify_catalog(self._target, checkpoint, pending=at_work)
