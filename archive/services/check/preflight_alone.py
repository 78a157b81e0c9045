"""The preflight alone: the same findings from the same code as an ingest, and nothing is written."""

from dataclasses import dataclass, field

from archive.core.errors import StorageError
from archive.core.exit_codes import DONE, FINDINGS
from archive.engine.driver import Driver
from archive.services.catalog.index_state import reading_index
from archive.services.check.twins import find_twins
from archive.services.ingest.held import find_held
from archive.services.ingest.preflight import Preflight
from archive.services.ingest.request import IngestRequest
from archive.services.ingest.submitted_bags import JudgedBag, SubmittedBags
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage.plan import Plan
from archive.storage.source_walk import Source, open_sources

_UNREADABLE = frozenset({"SRC-UNREADABLE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """What the check went by; what it found is in the plan.

    `tables` are the tables of descriptions that were read, each with the name that findings call it by and
    its path; `bags` the SOURCEs that are bags.
    """

    exit_code: int
    sources: tuple[Source, ...]
    tables: tuple[tuple[str, str], ...] = ()
    bags: tuple[JudgedBag, ...] = field(default=())


def check(
    request: IngestRequest, plan: Plan, surroundings: Surroundings, archive: OpenedArchive | None
) -> CheckOutcome:
    """Fills the plan with what an ingest of the same request would find before it stages anything.

    With an `archive` its documents are compared with: held ones, conflicts, and with `request.read` twins.
    Raises what opening the sources and the tables raises; no content raises.
    """
    sources = open_sources(list(request.sources), str(archive.root) if archive else None)
    driver = Driver(request.jobs)
    progress = surroundings.progress
    try:
        bags = SubmittedBags(plan, request.jobs, progress)
        preflight = Preflight(plan, request, sources, driver, lambda _, count: progress.advance(count), bags)
        preflight.judge_bags()
        progress.begin("Reading names and descriptions", None, "files")
        preflight.run()
        progress.end()
        if archive is None:
            if request.read:
                find_twins(plan, None, sources, driver, surroundings)
        else:
            with reading_index(archive) as reading:
                for finding in reading.findings:
                    plan.add_finding(finding)
                find_held(plan, reading.index, archive, sources, driver, request, surroundings)
                if request.read:
                    find_twins(plan, reading.index, sources, driver, surroundings)
    finally:
        driver.close()
    return CheckOutcome(
        exit_code=exit_code(plan),
        sources=tuple(preflight.sources),
        tables=tuple(preflight.tables),
        bags=tuple(bags.judged.values()),
    )


def exit_code(plan: Plan) -> int:
    """1 for an error, or where a held document came with another description; 3 where all errors are that
    something could not be read; else 0.
    """
    codes = plan.error_codes()
    if plan.count_differing() or codes - _UNREADABLE:
        return FINDINGS
    return StorageError.exit_code if codes else DONE
