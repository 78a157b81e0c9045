"""One audit: the ledger first, then every chosen bag from its bytes, both directions, recorded as it goes."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from archive.core.copies import CopyForm
from archive.core.findings import Finding, note
from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.ledger import entries
from archive.core.outcomes import BagOutcome
from archive.engine.driver import Driver
from archive.services.audit.ahead import ReadingAhead
from archive.services.audit.choice import choose, resumable, sample_size
from archive.services.audit.evidence import Evidence, judge_ledger
from archive.services.audit.faults import hard_links
from archive.services.audit.looking import Looking
from archive.services.audit.newest import Newest
from archive.services.audit.recording import Recording
from archive.services.audit.report import NAMED, AuditReport, Sample
from archive.services.audit.request import AuditRequest, Mode
from archive.services.audit.schedule import index_of, known_since, schedule
from archive.services.audit.verdict import verdict
from archive.services.catalog.as_left import index_behind
from archive.services.catalog.catching_up import AllIntact
from archive.services.catalog.index_reading import Asking
from archive.services.evidence.kept import read_kept
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings, days_before
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results import read_plan
from archive.storage.lock import Holder

if TYPE_CHECKING:
    from archive.services.audit.both_directions import BothDirections
    from archive.services.audit.copy import CopyUnderAudit


@dataclass(slots=True)
class Audit:
    """One run of `archive audit`; the plan is the caller's, for the report.

    `archive` is the archive that the audit is of, and is recorded in. Where a `copy` of it is given, the
    bytes of that are read; a copy whose archive is not at hand is both. `waiting` is told once who keeps the
    audit from recording its beginning or end. Where workers are reading `ahead` already, they go on.
    """

    archive: OpenedArchive
    request: AuditRequest
    plan: AuditPlan
    surroundings: Surroundings
    waiting: Callable[[Holder], None] | None = None
    copy: "CopyUnderAudit | None" = None
    ahead: ReadingAhead | None = None
    report: AuditReport = field(init=False)
    _behind: tuple[Finding, ...] = field(init=False, default=())

    @property
    def target(self) -> OpenedArchive:
        """The archive or copy whose bytes are read."""
        return self.archive if self.copy is None else self.copy.target

    def run(self) -> AuditReport:
        """The whole audit. Its findings are in the report, its adverse bags in the plan.

        When it is interrupted, what was established so far is recorded before the interruption goes on.
        """
        driver = self.ahead.driver if self.ahead is not None else Driver(self.request.jobs)
        try:
            return self._run(driver)
        finally:
            driver.close()

    def _doubted_since(self, now: int) -> str | None:
        """From when on a check puts a bag off, so that no index is believed alone; None where none does."""
        if not self.request.is_share:
            return None
        return days_before(now, max(self.request.older_than_days or 0, self.report.policy_days))

    def _run(self, driver: Driver) -> AuditReport:
        now = self.surroundings.now()
        self.report = self._begin(now)
        evidence = self._judge_evidence()
        meant = not (self.request.read_only or self.request.quick) and self._is_recorded
        place = self.report.place.id if self.report.place is not None else None
        recording = Recording(self.archive, self.request, self.surroundings, meant, self.waiting, place)
        with index_of(self.archive) as own:
            index = Asking(own)
            # What earlier audits found; one of everything asks only where it leaves something open.
            if not self._is_of_everything:
                since = self._doubted_since(now)
                self._schedule(index, self.surroundings.now(), copy=place, since=since)
            self._choose_and_begin(recording, evidence, now, index)
            if self.copy is None and evidence.checkpoint is not None:  # one that is recorded has caught up
                self._behind = tuple(index_behind(self.archive, index, evidence.checkpoint))
            looking = Looking(
                str(self.target.layout.bags),
                self.plan,
                recording,
                quick=self.request.quick,
                form=self._form,
                remedy=self.copy.remedy if self.copy is not None else None,
            )
            both = self._both_directions(evidence)
            try:
                if self.request.resume is not None:
                    looking.take_up()
                looking.look(
                    driver,
                    self.ahead.begun if self.ahead is not None else deque(),
                    self.request.most_jobs,
                    self.request.budget_seconds,
                    self.surroundings.progress,
                )
                self._look_around(evidence, both, looking)
            except BaseException:
                self.report.interrupted = True
                self._conclude(evidence, looking, recording, index)
                recording.finish(self.report)
                raise
            self._conclude(evidence, looking, recording, index)
        recording.finish(self.report)
        return self.report

    @property
    def _is_recorded(self) -> bool:
        """A copy is recorded in its archive's ledger, never in its own; what bears no marker has no place."""
        copy = self.copy
        return copy is None or (copy.archive is not None and copy.marker is not None)

    @property
    def _is_of_everything(self) -> bool:
        return self.copy is None and self.request.is_of_everything

    @property
    def _form(self) -> CopyForm:
        return CopyForm.FOLDER if self.copy is None else self.copy.form

    # -- before --------------------------------------------------------------------------------------------

    def _begin(self, now: int) -> AuditReport:
        run, started = uuid7(now, self.surroundings.random(RANDOM_BYTES)), entries.timestamp(now)
        if self.request.resume is not None:
            run = resumable(self.archive.layout.audits, self.request.resume)
            kept = read_plan(self.archive.layout.audits, run)
            self.request = replace(self.request.with_choice(kept.get("choice")), resume=run)
            started = str(kept.get("started"))
        return AuditReport(
            run=run,
            mode=self.request.mode,
            is_share=self.request.is_share,
            started=started,
            policy_days=self.archive.settings.audit_every_days,
            place=self.copy.place if self.copy is not None else None,
        )

    def _judge_evidence(self) -> Evidence:
        report, progress = self.report, self.surroundings.progress
        if self.copy is not None:
            evidence = self.copy.judge(self.request, self.plan, progress)
            report.copy_of = self.copy.standing
            report.add(*self.copy.findings)
        else:
            also = self.ahead.take if self.ahead is not None else None
            evidence = judge_ledger(self.archive, self.request, self.plan, progress, also)
        report.trust = evidence.trust
        report.checkpoint = evidence.note
        if evidence.checkpoint is not None:
            report.checkpoint_size = evidence.checkpoint.size
        report.add(*evidence.findings)
        if self.request.resume is not None and (known := self.plan.vouched.audit(report.run)) is not None:
            self.plan.limit = min(self.plan.limit, known.started or 0)
        report.held = self.plan.held()
        return evidence

    def _choose_and_begin(self, recording: Recording, evidence: Evidence, now: int, index: Asking) -> None:
        request, report = self.request, self.report
        if request.at is not None:
            at_size = read_kept(Path(request.at))[0].checkpoint.size
            request = self.request = replace(request, at_size=at_size)
            recording.request = request
        if self.copy is not None and evidence.holds and (request.at_size or 0) > self.plan.limit:
            raise self.copy.not_so_far(request.at_size or 0)
        drawn_later = request.sample is not None and request.seed is None
        if request.sample is not None:
            report.sample = Sample(self.plan.held(request.at_size), request.at_size, request.terms)
        if drawn_later:  # the seed is the hash of an entry that is not written yet
            report.selected = sample_size(self.plan, request)
        else:
            self._choose(now, index, request.seed)
        recording.begin(report, evidence, self.plan)
        if drawn_later:
            self._choose(now, index, recording.seed or report.run)

    def _schedule(self, index: Asking, now: int, copy: str | None = None, since: str | None = None) -> None:
        index(lambda known: schedule(self.archive, self.plan, known, now=now, copy=copy, since=since))

    def _choose(self, now: int, index: Asking, seed: str | None) -> None:
        self.report.seed = seed if self.request.sample is not None else None
        index(lambda known: choose(self.archive, self.plan, self.request, now=now, seed=seed, index=known))
        self.report.selected = self.plan.selected()
        if self.request.ids:
            self.report.named = tuple(each.bag for each in islice(self.plan.chosen(), NAMED))

    @property
    def _promising(self) -> OpenedArchive:
        """Whose ledger says what is promised: the archive's, of a copy by itself the copy's."""
        is_judged_by_itself = self.copy is not None and not self.copy.is_judged_by_archive
        return self.target if is_judged_by_itself else self.archive

    # -- both directions -----------------------------------------------------------------------------------

    def _both_directions(self, evidence: Evidence) -> "BothDirections":
        from archive.services.audit.both_directions import BothDirections  # by now workers are reading

        source = self.copy.archive if self.copy is not None else None
        return BothDirections(
            self.target,
            self.plan,
            evidence,
            self.report.run,
            self._form,
            self._promising.ledger,
            source.root if source is not None else None,
        )

    def _look_around(self, evidence: Evidence, both: "BothDirections", looking: Looking) -> None:
        newest = None
        if evidence.holds and evidence.checkpoint is not None:
            newest = Newest(self._promising, self.plan, evidence.checkpoint, evidence.trust.key)
        full = self.report.mode is Mode.FULL
        if self.copy is None:
            both.look(newest, withdrawn_too=full)
        else:
            both.look_at_copy(newest, withdrawn_too=full, unfinished=self.copy.is_unfinished)
            from archive.services.audit.copy_derived import derived_differ, disposed_notes

            self.report.add(*derived_differ(self.copy), *disposed_notes(self.copy))
        looking.lose(both.missing)
        looking.look_again([bag for bag, _ in self.plan.found.held() if bag in both.moved], left=both.left)
        looking.look_again(sorted(both.revisions), both.revisions)
        if self.copy is not None and self.copy.is_unfinished and not self.copy.is_judged_by_archive:
            self._pass_over_revisions(looking)
        if not evidence.is_complete:
            looking.look_again(self._damaged(), both.revisions, doubted=True)
        self.report.counts["pending"] = both.pending
        self.report.add(*both.findings)

    def _pass_over_revisions(self, looking: Looking) -> None:
        """Of a copy by itself: a run that was cut off brings bags before the ledger that knows them."""
        damaged = self._damaged()
        looking.look_again(damaged, beforehand=True)
        if brought := sum(self.plan.found.outcome(bag) is None for bag in damaged):
            message = f"{brought} held, with a description that the copy's ledger does not have yet"
            self.report.add(note("BAG-REVISION-PENDING", "bags", message))

    def _damaged(self) -> list[str]:
        found = self.plan.found
        return [bag for bag, _ in found.held() if found.outcome(bag) == BagOutcome.DAMAGED]

    # -- the verdict ---------------------------------------------------------------------------------------

    def _conclude(self, evidence: Evidence, looking: Looking, recording: Recording, index: Asking) -> None:
        report, plan = self.report, self.plan
        now = self.surroundings.now()
        report.finished = max(entries.timestamp(now), report.started)
        report.last = looking.last
        if looking.linked:
            report.add(hard_links(looking.linked, looking.linked_at))
        adverse = plan.found.outcomes()
        report.selected = plan.selected()
        counts = recording.is_kept and report.mode is not Mode.QUICK
        if looking.all_intact and not adverse:
            recording.intact = AllIntact(report.run, report.started, lambda: plan.looked_at(looking.last))
        if self._is_of_everything and not (counts and not adverse and looking.looked == report.held):
            self._schedule(index, now)
        report.checked = looking.looked - adverse.get(BagOutcome.UNREADABLE, 0)
        if report.sample is not None and looking.looked == report.selected:
            report.sample.bad = report.selected - looking.intact  # what could not be read counts as bad
        if counts:
            plan.count_as_checked(looking.last, report.finished)
        due_before = days_before(now, report.policy_days)
        report.counts = {
            "intact": looking.intact,
            "damaged": adverse.get(BagOutcome.DAMAGED, 0),
            "missing": adverse.get(BagOutcome.MISSING, 0),
            "unreadable": adverse.get(BagOutcome.UNREADABLE, 0),
            "unknown": adverse.get(BagOutcome.UNKNOWN, 0),
            "pending": report.counts.get("pending", 0),
            "withdrawn": plan.withdrawn(),
            "due": plan.due(due_before),
            "overdue": plan.overdue(due_before),
            "files": looking.files,
            "bytes": looking.bytes,
        }
        report.oldest_check = plan.oldest_check()
        known = index if self.copy is None else Asking(None)
        known(partial(known_since, plan))
        if self.copy is None and all(one.code != "CATALOG-INDEX" for one in report.findings):
            report.add(*index.findings())
        report.add(*self._behind)
        report.outcome = verdict(report, evidence.outcome, adverse, looking.intact)
