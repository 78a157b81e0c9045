"""What an audit looks at beside the chosen bags: all of `bags/`, notes, earlier results, the catalog."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from archive.core import findings
from archive.core.copies import CopyForm
from archive.core.errors import ArchiveError
from archive.core.findings import Finding
from archive.core.ledger.checkpoint import Checkpoint
from archive.services.audit.beside import lies_beside
from archive.services.audit.brought_before import brought_before
from archive.services.audit.evidence import Evidence
from archive.services.audit.faults import LEDGER_BACK
from archive.services.audit.newest import Newest
from archive.services.audit.presence import Presence
from archive.services.audit.quarantine import BY_HAND, Quarantine
from archive.services.catalog.as_left import as_left
from archive.services.catalog.verification import verify_catalog
from archive.services.copies.itself import strayed_marker
from archive.services.opened import OpenedArchive
from archive.services.signing.recording import damaged
from archive.storage import intents
from archive.storage.audits.history import AuditHistory
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.waiting_runs import DamagedStatement, WaitingRun, WaitingRuns
from archive.storage.copies.names import bag_of_name, bag_place
from archive.storage.disk.kinds import may_be_there
from archive.storage.intents import Intent
from archive.storage.layout import damaged_path, quarantine_path
from archive.storage.ledger.files import LedgerFiles
from archive.storage.ledger.note_verification import NotesListing


class BothDirections:
    """Both directions between the ledger and everything that it vouches for.

    First everything is listed, then the intents are read, then the newest ledger: whatever was there when it
    was listed is by then named by one of them, unless nobody vouches for it.
    """

    def __init__(
        self,
        target: OpenedArchive,
        plan: AuditPlan,
        evidence: Evidence,
        run: str,
        form: CopyForm = CopyForm.FOLDER,
        ledger: LedgerFiles | None = None,
        source: Path | None = None,
    ) -> None:
        """`ledger` is the one that promises, where it is not the target's own.

        `source` is the archive that a copy is written from, where it is at hand.
        """
        self.findings: list[Finding] = []
        self.pending = 0
        self.missing: list[str] = []
        self.moved: set[str] = set()
        self.left: frozenset[str] = frozenset()
        self.revisions: dict[str, int] = {}
        self._target = target
        self._plan = plan
        self._evidence = evidence
        self._run = run
        self._form = form
        self._source = source
        self._ledger = ledger or target.ledger

    def look(self, newest: Newest | None, *, withdrawn_too: bool) -> None:
        """Looks at everything; `newest` is None where the ledger does not hold.

        With `withdrawn_too` what lies in quarantine is read in full; it is listed in any case.
        """
        presence, quarantine = self._walk(is_copy=False)
        notes = NotesListing(self._target.root)
        history = AuditHistory(self._target.layout.audits)
        at_work = self._read_intents(presence)
        self.findings += strayed_marker(self._target)
        self.findings += lies_beside(self._target.layout)
        if newest is not None:
            self.moved = newest.catch_up()
            self.findings += newest.findings
        complete = self._evidence.is_complete
        unjudged = presence.settle_unknown(complete=complete)
        self.missing = presence.settle_absent(lambda bag: not complete and quarantine.has(bag))
        presence.settle_back()
        self.findings += presence.findings
        self.pending = presence.pending
        if self.pending:
            message = f"{self.pending} of an ingest that has not committed yet"
            self.findings.append(findings.note("BAG-PENDING", "bags", message))
        if unjudged:
            self.findings.append(_unjudged(unjudged))
        if self.revisions:
            message = f"{len(self.revisions)} held, with a new description that is not committed yet"
            self.findings.append(findings.note("BAG-REVISION-PENDING", "bags", message))
        if complete:
            self.findings += quarantine.verify(newest, read=withdrawn_too)
            if newest is not None:  # it was followed while quarantine was read, which takes long
                self.findings += (one for one in newest.findings if one not in self.findings)
            self.findings += notes.verify(self._plan.vouched.notes())
            self.findings += history.verify(self._plan.vouched.known_audits(), self._run, self._waiting())
            self.findings += self._catalog(at_work)

    def look_at_copy(self, newest: Newest | None, *, withdrawn_too: bool, unfinished: bool) -> None:
        """The same for a copy, which may be of an earlier state than the ledger that promises.

        What is wrong beside its bags is what is so by that state and by the newest: results of a later audit
        are not missing from it, and what a run brought before the copy's own ledger is no stranger. A bag
        that nobody vouches for may belong to an `unfinished` run where the archive is not at hand.
        """
        presence, quarantine = self._walk(is_copy=True)
        beside = _CopyBeside(self._target, quarantine, NotesListing(self._target.root))
        complete = self._evidence.is_complete
        before = beside.verify(self._plan, self._run, read=withdrawn_too) if complete else []
        if newest is not None:
            self.moved = newest.catch_up()
            self.findings += newest.findings
            withdrawn = {bag for bag in self.moved if self._plan.state(bag) == "withdrawn"}
            self.left = frozenset(bag for bag in withdrawn if not quarantine.has(bag))
        alone = self._ledger is self._target.ledger
        pending = unfinished and (alone or newest is None)  # else the archive's ledger knows all it brings
        unjudged = presence.settle_unknown(complete=complete and not pending)
        self.missing = presence.settle_absent(
            lambda bag: not complete and quarantine.has(bag), left=self.left
        )
        presence.settle_back()
        self.findings += presence.findings
        if unjudged:
            self.findings.append(_unjudged(unjudged, pending=complete))
        if before:
            after = set(beside.verify(self._plan, self._run, read=withdrawn_too))
            self.findings += [finding for finding in before if finding in after]
        self.findings = self._on_its_way(presence.back, unfinished=unfinished)
        self.findings += self._disposed_since()
        if complete:
            self.findings += self._catalog_of_copy(newest, unfinished=unfinished)
        if unfinished and alone:
            self.findings = [brought_before(self._target.root, one) for one in self.findings]

    def _on_its_way(self, back: list[str], *, unfinished: bool) -> list[Finding]:
        """What an unfinished run has still to move is a note; what is still to be destroyed, a warning.

        `back` are bags in the copy's `bags/` that are not held any more.
        """
        told = {one: bag_place(one, self._form) for one in back}
        withdrawn = {bag for bag in told if self._plan.state(bag) == "withdrawn"}
        aside = {bag_place(bag, self._form, withdrawn=True) for bag in withdrawn} if unfinished else set()
        leaving = {told[bag] for bag in withdrawn} if unfinished else set()
        disposed = {place for bag, place in told.items() if bag not in withdrawn}
        settled = []
        for one in self.findings:
            if one.code == "QUARANTINE-MISSING" and one.place in aside:
                continue
            if one.code == "BAG-WITHDRAWN" and one.place in leaving:
                message = "an unfinished run over the copy has still to move it"
                settled.append(findings.note("BAG-LEAVING", one.place, message))
            elif one.code == "QUARANTINE-DISPOSED" or (one.code == "BAG-WITHDRAWN" and one.place in disposed):
                settled.append(_disposed(one.place))
            elif one.remedy == BY_HAND and self._can_be_copied(one.place):
                remedy = "archive copy --to, with this folder, once a recorded audit of the copy has found it"
                settled.append(replace(one, remedy=remedy))
            else:
                settled.append(one)
        return settled

    def _can_be_copied(self, place: str) -> bool:
        """False for a withdrawn bag, or what is in it, that the archive has not got either."""
        bag = next(filter(None, (bag_of_name(part, self._form) for part in place.split("/"))), None)
        return bag is None or self._source is None or may_be_there(self._source / quarantine_path(bag))

    def _disposed_since(self) -> Iterator[Finding]:
        """What was disposed of after the state that the copy is of, and lies there."""
        for bag in sorted(bag for bag in self.moved if self._plan.state(bag) == "disposed"):
            places = [bag_place(bag, self._form, withdrawn=withdrawn) for withdrawn in (False, True)]
            there = (*places, damaged_path(bag, "").rstrip("/"))
            yield from (_disposed(place) for place in there if may_be_there(self._target.root / place))

    def _catalog_of_copy(self, newest: Newest | None, *, unfinished: bool) -> list[Finding]:
        """By both states, as above; the index is the archive's own: a copy has none, and needs none."""
        checkpoint = self._evidence.checkpoint
        if checkpoint is None:
            return []
        view = CopyView(self._target.layout, self._target.settings, self._ledger, checkpoint)
        judged = verify_catalog(view, checkpoint, pending=unfinished)
        found = [one for one in judged if one.code != "CATALOG-INDEX"]
        if not found or newest is None or newest.size == checkpoint.size:
            return found
        later = CopyView(view.layout, view.settings, view.ledger, newest.taken)
        known = {(one.code, one.place) for one in verify_catalog(later, newest.taken)}
        return [one for one in found if (one.code, one.place) in known]

    def _walk(self, *, is_copy: bool) -> tuple[Presence, Quarantine]:
        presence = Presence(self._target, self._plan, self._form, is_copy=is_copy)
        presence.walk()
        quarantine = Quarantine(self._target, self._plan, self._form, is_copy=is_copy)
        quarantine.walk()
        return presence, quarantine

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

    def _waiting(self) -> dict[str, WaitingRun]:
        """The audits without a signature on this machine."""
        waiting: dict[str, WaitingRun] = {}
        try:
            for run in WaitingRuns.of(self._target.settings.archive_id).all():
                if isinstance(run, DamagedStatement):
                    self.findings.append(damaged(run))
                else:
                    waiting[run.run] = run
        except ArchiveError as trouble:
            message = f"statements of audits that wait: {trouble.message}"
            self.findings.append(findings.warning("AUDIT-WAITING-MISSING", "audits", message))
        return waiting

    def _catalog(self, at_work: bool) -> Iterator[Finding]:
        checkpoint = self._evidence.checkpoint
        if checkpoint is not None:
            yield from verify_catalog(self._target, checkpoint, pending=at_work)
            yield from as_left(self._target)


@dataclass(slots=True)
class CopyView(OpenedArchive):
    """The files of a copy under the archive's ledger, as of one of its states."""

    state: Checkpoint

    def checkpoint(self) -> Checkpoint:
        """That state, which the ledger was proven to have had."""
        return self.state


class _CopyBeside:
    """What lies in a copy beside its bags, and is judged by one state of the ledger after another."""

    def __init__(self, target: OpenedArchive, quarantine: Quarantine, notes: NotesListing) -> None:
        self._quarantine = quarantine
        self._notes = notes
        self._history = AuditHistory(target.layout.audits)

    def verify(self, plan: AuditPlan, run: str, *, read: bool) -> list[Finding]:
        """What does not hold by what the plan has taken in so far."""
        return [
            *self._quarantine.verify(None, read=read),
            *self._notes.verify(plan.vouched.notes()),
            *self._history.verify(plan.vouched.known_audits(), run, {}),
        ]


def _disposed(place: str) -> Finding:
    """A warning, until somebody says yes."""
    message = "was disposed of in the archive, and is to be destroyed here, too"
    remedy = "archive copy --to, with this folder and --yes"
    return findings.warning("COPY-DISPOSED", place, message, remedy=remedy)


def _unjudged(bags: int, *, pending: bool = False) -> Finding:
    """Of a run over a copy that is `pending` the copy's ledger does not know all yet."""
    if pending:
        message = f"{bags} in bags/ may be of a run over the copy that has not ended"
        remedy = (
            "archive audit --copy, in the archive, tells; archive copy --to, with this folder, ends the run"
        )
        return findings.warning("BAG-UNJUDGED", "bags", message, remedy=remedy)
    message = f"{bags} in bags/ may belong to entries of the ledger that do not hold or were not read"
    return findings.warning("BAG-UNJUDGED", "bags", message, remedy=LEDGER_BACK)
