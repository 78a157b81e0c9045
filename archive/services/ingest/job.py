"""The ingest as a whole: preflight, held, stage, publish, commit, derive."""

import contextlib
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from archive.core.descriptions.description import SCHEMA_ID
from archive.core.errors import ConflictError, RejectedError, StorageError
from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.ledger import entries
from archive.core.limits.waits import AFTER_SIGNAL
from archive.engine.batches import batched
from archive.engine.driver import BatchLost, Driver
from archive.formats.format_identification import identifier_agent
from archive.formats.premis import IngestContext
from archive.services.catalog.index_contents import add_ingested
from archive.services.catalog.index_reading import readable_index
from archive.services.ingest.disk_read_back import read_back_from_disk
from archive.services.ingest.held import find_held
from archive.services.ingest.keys_within import refuse_keys_within
from archive.services.ingest.minted_references import minted_references
from archive.services.ingest.preflight import Preflight
from archive.services.ingest.publish import Publisher, RunFacts
from archive.services.ingest.request import IngestRequest, OnError, ReadBack
from archive.services.ingest.room import say_lack_of_room
from archive.services.ingest.stage import StageBatch, StageContext, StagedBatch, Task, stage_batch
from archive.services.ingest.submitted_bags import JudgedBag, SubmittedBags
from archive.services.ingest.tag_files import BagInfo
from archive.services.ingest.twins import settle_twins
from archive.services.ingest.verdict import exit_code
from archive.services.ingest.virus_check import not_run, scanner_agent
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.surroundings import Surroundings
from archive.services.writing import Writing
from archive.storage import intents
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.one_file_system import require_one_file_system
from archive.storage.disk.write_behind import WriteBehind
from archive.storage.index import Index, unpacked_document
from archive.storage.plan import Plan, Staged
from archive.storage.sources.source_walk import Source, open_sources

if TYPE_CHECKING:
    from archive.services.catalog.filling import Filling
    from archive.services.description_profiles import ProfileRules

BATCH_DOCUMENTS = 256
BATCH_BYTES = 64 << 20
WRITTEN_BEHIND = 8  # batches after which the disk is asked to begin
FILLED_APART = 500  # documents of a commit from which a process of its own for the index pays
GROUP_DOCUMENTS = 2048  # with --on-error continue: documents of one commit


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOutcome:
    """How an ingest ended; its documents are in the plan. `run` is None where nothing was committed.

    `bags` are the SOURCEs that are bags, with the judgement on each. `stopped` where an error or lack of room
    keeps what is in order from being taken in too; `compared` where it was held against what is held.
    """

    run: str | None
    exit_code: int
    size: int | None = None
    bags: tuple[JudgedBag, ...] = ()
    stopped: bool = False
    compared: bool = True


@dataclass(slots=True)
class Ingest:
    """One run of `archive ingest` over an opened archive; the plan is the caller's, for the report."""

    archive: OpenedArchive
    request: IngestRequest
    plan: Plan
    surroundings: Surroundings
    _sources: list[Source] = field(init=False)
    _driver: Driver = field(init=False)
    _bags: tuple[JudgedBag, ...] = field(init=False, default=())

    def run(self, writing: Writing | None) -> IngestOutcome:
        """Does what the request asks; `writing` is the writer's hold on the archive, None for a dry run."""
        if self.request.virus_check is not None:  # an empty command is a mistake, not "no check"
            scanner_agent(self.request.virus_check)
        self._driver = Driver(self.request.jobs)
        try:
            return self._run(writing)
        finally:
            self._driver.close()

    def _run(self, writing: Writing | None) -> IngestOutcome:
        request, plan = self.request, self.plan
        rules = self._rules()
        self._sources = open_sources(list(request.sources), str(self.archive.root))
        refuse_keys_within(self._sources, request.exclude)
        progress = self.surroundings.progress
        bags = SubmittedBags(plan, request.jobs, progress)
        preflight = Preflight(
            plan, request, self._sources, self._driver, lambda _, count: progress.advance(count), bags
        )
        preflight.judge_bags()
        progress.begin("Reading names and descriptions", None, "files")
        try:
            preflight.run()
        finally:
            progress.end()
        self._bags = tuple(bags.judged.values())
        if writing is not None:
            fits = self._compare(rules, writing.index)
        else:
            with readable_index(self.archive) as index:
                fits = self._compare(rules, index)
        stopped = not fits or self._stopped()
        if stopped or request.dry_run or writing is None or not plan.count("planned"):
            return self._ended(None, stopped=stopped)
        return self._write(writing)

    def _rules(self) -> "ProfileRules | None":
        if self.request.profile is None and not self.archive.settings.description.profile:
            return None
        from archive.services.description_profiles import rules_of  # with the schemas, 60 ms

        return rules_of(self.archive, self.request.profile, accession=self.request.accession)

    def _compare(self, rules: "ProfileRules | None", index: Index) -> bool:
        """Holds what was brought against profile, holdings and free room; False where there is no room."""
        request, plan = self.request, self.plan
        if rules is not None:
            from archive.services.ingest.profile_check import hold_against

            hold_against(plan, rules, self.archive, index)
        if self._compares():
            find_held(plan, index, self.archive, self._sources, self._driver, request, self.surroundings)
        if request.dry_run:
            self._foretell(index)
            if request.virus_check is not None:
                plan.add_finding(not_run())
        return not say_lack_of_room(plan, self.archive, None if self._compares() else index)

    def _foretell(self, index: Index) -> None:
        """What reading the documents would show; or a word that nothing was compared."""
        if self.request.read:
            from archive.services.ingest.foretold import foretell_staging

            duplicates = self.request.duplicates
            foretell_staging(
                self.plan, index, self.archive, self._sources, self._driver, duplicates, self.surroundings
            )
        else:
            from archive.services.ingest.compared_digests import say_not_compared

            say_not_compared(self.plan, "--dry-run", "add --read; an ingest compares them")

    def _stopped(self) -> bool:
        return self.request.on_error is OnError.STOP and self.plan.errors() > 0

    def _compares(self) -> bool:
        return not self.request.dry_run or self.request.read

    def _ended(self, run: str | None, size: int | None = None, *, stopped: bool = False) -> IngestOutcome:
        return IngestOutcome(
            run=run,
            exit_code=exit_code(self.plan),
            size=size,
            bags=self._bags,
            stopped=stopped,
            compared=self._compares(),
        )

    # -- staging and commit --------------------------------------------------------------------------------

    def _write(self, writing: Writing) -> IngestOutcome:
        now = self.surroundings.now()
        run = uuid7(now, self.surroundings.random(RANDOM_BYTES))
        layout = self.archive.layout
        require_one_file_system(layout.staging, layout.bags, layout.runs)
        with FileSystemSync(str(layout.root)) as sync:
            intent = intents.begin(
                layout.staging,
                run=run,
                command="ingest",
                started=entries.timestamp(now),
                size=writing.checkpoint.size,
                root=writing.checkpoint.root.hex(),
            )
            publisher = Publisher(
                archive=self.archive,
                key=writing.key,
                intent=intent,
                facts=self._facts(run, now),
                plan=self.plan,
                sync=sync,
                now=self.surroundings.now,
            )
            try:
                committed = self._stage_and_publish(writing, publisher, now)
            except BaseException as trouble:
                if not publisher.groups:  # nothing was published: nothing to recover
                    is_signal = not isinstance(trouble, Exception)
                    intents.discard(intent, AFTER_SIGNAL if is_signal else math.inf)
                raise
            if committed:
                writing.publish()
            intents.end(intent)
        return self._ended(run if committed else None, writing.checkpoint.size)

    def _stage_and_publish(self, writing: Writing, publisher: Publisher, now: int) -> bool:
        context = self._context(publisher, now)
        progress = self.surroundings.progress
        progress.begin("Ingesting", self.plan.count("planned"), "documents")
        try:
            with WriteBehind(str(self.archive.root)) as behind:
                for batch, result in self._driver.run(stage_batch, self._batches(context, writing, now)):
                    self._take(batch, result)
                    if batch.number % WRITTEN_BEHIND == 0:
                        behind.nudge()
                    progress.advance(len(batch.tasks))
                    self._publish_group(publisher, writing)
        finally:
            progress.end()
        settle_twins(self.plan, writing.index, self.archive, self.request.duplicates)
        if self._stopped() or not (self.plan.count("staged") or publisher.groups):
            return False  # everything was read before this, so that all that is wrong is said at once
        self._publish(publisher, writing, closing=True)
        return True

    def _publish_group(self, publisher: Publisher, writing: Writing) -> None:
        """With --on-error continue: publishes and commits what is staged once it is enough for a commit."""
        if self.request.on_error is OnError.CONTINUE and self.plan.count("staged") >= GROUP_DOCUMENTS:
            settle_twins(self.plan, writing.index, self.archive, self.request.duplicates)
            self._publish(publisher, writing, closing=False)

    def _publish(self, publisher: Publisher, writing: Writing, *, closing: bool) -> None:
        if self.request.read_back is ReadBack.DISK:
            publisher.sync.sync()
            read_back_from_disk(str(publisher.intent.folder), self.plan.staged_bags())
        first = writing.checkpoint.size
        with self._filling(writing, publisher.begin_commit(), first, closing=closing) as filling:
            publisher.publish()
            commit = publisher.commit(closing=closing)
            writing.checkpoint = commit.checkpoint
            if filling is None or not filling.keep(commit.checkpoint, commit.closed):
                writing.from_index(
                    lambda index: add_ingested(
                        self.archive,
                        index,
                        commit.checkpoint,
                        map(unpacked_document, self.plan.indexed("staged")),
                        first=first,
                        time=commit.time,
                        closed=commit.closed,
                    )
                )
        self.plan.set_states("staged", "ingested")

    @contextlib.contextmanager
    def _filling(
        self, writing: Writing, time: str, first: int, *, closing: bool
    ) -> Iterator["Filling | None"]:
        """The index being filled beside what follows, where that pays and every worker has done its part."""
        few = self.plan.count("staged") < FILLED_APART
        if few or not closing or self.request.jobs < 2 or writing.index.size != first:
            yield None
            return
        from archive.services.catalog.filling import Filling

        self._driver.close()
        try:
            filling = Filling(writing.index, self.plan.indexed("staged"), first=first, time=time)
        except OSError:  # no room for what is handed over: it is added afterwards
            yield None
            return
        with contextlib.closing(filling):
            yield filling

    def _batches(self, context: StageContext, writing: Writing, now: int) -> Iterator[StageBatch]:
        size = attrgetter("document.bytes")
        tasks = batched(self._tasks(writing, now), size, most=BATCH_DOCUMENTS, most_bytes=BATCH_BYTES)
        for number, batch in enumerate(tasks, start=1):
            yield StageBatch(context, number, tuple(batch))

    def _tasks(self, writing: Writing, now: int) -> Iterator[Task]:
        year = datetime.fromtimestamp(now / 1000, UTC).year
        minted = minted_references(self.plan, writing.index, self.archive, year)
        for document in self.plan.documents():
            declared = document.reference
            bag = uuid7(self.surroundings.now(), self.surroundings.random(RANDOM_BYTES))
            yield Task(document, bag, next(minted) if declared is None else declared, declared is not None)

    def _take(self, batch: StageBatch, result: StagedBatch | BatchLost) -> None:
        if isinstance(result, BatchLost):
            raise StorageError(
                f"a worker was killed twice over the batch that begins with {batch.tasks[0].document.source}",
                remedy="see whether memory ran out; the same command begins anew",
            )
        if result.storage is not None:
            message, remedy = result.storage
            raise StorageError(f"the archive could not be written: {message}", remedy=remedy)
        tasks = {task.document.seq: task for task in batch.tasks}
        staged: list[tuple[Staged, str | None]] = []
        for outcome in result.outcomes:
            task = tasks[outcome.seq]
            if isinstance(outcome, Staged):
                staged.append((outcome, None if task.declared else task.reference))
                continue
            self.plan.set_state(outcome.seq, "rejected")
            for finding in outcome.findings:
                self.plan.add_finding(finding, task.document.source)
        self.plan.record_staged(staged)

    # -- facts ---------------------------------------------------------------------------------------------

    def _facts(self, run: str, now: int) -> RunFacts:
        return RunFacts(
            run=run,
            agent=person_agent(self.archive.settings, self.request.agent),
            software=software_agent(),
            accession=self.request.accession,
            received_from=self.request.received_from,
            received=self.request.received,
            sources=tuple(os.path.basename(source.path) for source in self._sources),
            started=entries.timestamp(now),
        )

    def _context(self, publisher: Publisher, now: int) -> StageContext:
        request, settings, facts = self.request, self.archive.settings, publisher.facts
        tool = identifier_agent() if request.identify is not False else None
        organisation = settings.institution or settings.name
        return StageContext(
            staging=str(publisher.intent.folder),
            roots=tuple(source.base for source in self._sources),
            premis=IngestContext(
                run=facts.run,
                agent=facts.agent,
                software=facts.software,
                originator=organisation or settings.archive_id,
                schema=SCHEMA_ID,
                source=", ".join(facts.sources),
                accession=request.accession,
                depositor=request.received_from,
                identification=tool,
                scanner=scanner_agent(request.virus_check) if request.virus_check else None,
            ),
            info=BagInfo(
                organisation=organisation,
                contact=settings.contact,
                bagging_date=entries.timestamp(now)[:10],
                accession=request.accession,
            ),
            ingested=entries.timestamp(now)[:19] + "Z",
            identify=tool is not None,
            virus_check=request.virus_check,
        )


def refuse_conflicts(request: IngestRequest) -> None:
    """Raises for options that contradict each other."""
    if request.read and not request.dry_run:
        raise RejectedError(
            "--read belongs to --dry-run",
            remedy="add --dry-run, or leave --read out: an ingest reads every byte anyway",
        )
    if request.jobs < 1:
        raise ConflictError("--jobs must be at least 1", remedy="leave --jobs out for one process per core")
