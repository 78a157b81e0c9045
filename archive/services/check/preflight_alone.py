"""The preflight alone: the same findings from the same code as an ingest, and nothing is written."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from archive.core.errors import StorageError
from archive.core.exit_codes import DONE, FINDINGS
from archive.engine.driver import Driver
from archive.services.catalog.index_contents import Reading
from archive.services.catalog.index_reading import reading_index
from archive.services.check.twins import find_twins
from archive.services.ingest.compared_digests import compare_stated, say_not_compared
from archive.services.ingest.held import find_held
from archive.services.ingest.keys_within import refuse_keys_within
from archive.services.ingest.preflight import Preflight
from archive.services.ingest.profile_check import hold_against
from archive.services.ingest.request import IngestRequest
from archive.services.ingest.room import say_lack_of_room
from archive.services.ingest.submitted_bags import JudgedBag, SubmittedBags
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.storage.plan import Plan
from archive.storage.sources.source_walk import Source, open_sources

if TYPE_CHECKING:
    from archive.services.description_profiles import ProfileRules

_UNREADABLE = frozenset({"BAG-FILE-UNREADABLE", "BAG-UNREADABLE", "SRC-NO-ROOM", "SRC-UNREADABLE"})
_REFUSED = "SRC-BAG-REFUSED"  # says no more than the findings of the bag itself


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
    """Fills the plan with what an ingest of the same request would find.

    The files of which the depositor stated digests are read, unless the request is without `checksums`.
    With an `archive` its documents are compared with: held ones, conflicts, and with `request.read` twins. A
    profile is held against as at ingest.
    Raises what opening the sources and the tables raises; no content raises.
    """
    rules = _rules(request, archive)
    sources = open_sources(list(request.sources), str(archive.root) if archive else None)
    refuse_keys_within(sources, request.exclude)
    driver = Driver(request.jobs)
    progress = surroundings.progress
    try:
        bags = SubmittedBags(plan, request.jobs, progress)
        preflight = Preflight(plan, request, sources, driver, lambda _, count: progress.advance(count), bags)
        preflight.judge_bags()
        progress.begin("Reading names and descriptions", None, "files")
        try:
            preflight.run()
        finally:
            progress.end()
        with _index(archive) as reading:
            index = reading.index if reading else None
            for finding in reading.findings if reading else ():
                plan.add_finding(finding)
            if rules is not None:
                hold_against(plan, rules, archive, index)
            if archive is not None and index is not None:
                find_held(plan, index, archive, sources, driver, request, surroundings)
                say_lack_of_room(plan, archive)
            if request.checksums:
                compare_stated(plan, sources, driver, surroundings)
            else:
                say_not_compared(plan, "--no-checksums", "leave --no-checksums away; an ingest compares them")
            if request.read:
                find_twins(plan, index, sources, driver, surroundings)
    finally:
        driver.close()
    return CheckOutcome(
        exit_code=exit_code(plan),
        sources=tuple(preflight.sources),
        tables=tuple(preflight.tables),
        bags=tuple(bags.judged.values()),
    )


def _rules(request: IngestRequest, archive: OpenedArchive | None) -> "ProfileRules | None":
    in_force = archive is not None and archive.settings.description.profile
    if request.profile is None and not in_force:
        return None
    from archive.services.description_profiles import rules_of  # with the schemas, 60 ms

    return rules_of(archive, request.profile, accession=request.accession)


def _index(archive: OpenedArchive | None) -> AbstractContextManager[Reading | None]:
    return reading_index(archive) if archive is not None else nullcontext(None)


def exit_code(plan: Plan) -> int:
    """1 for an error, or where a held document came otherwise than it is held; 3 where all errors are that
    something could not be read, or that the disk has no room; else 0.
    """
    codes = plan.error_codes()
    wrong = codes - _UNREADABLE
    if codes & _UNREADABLE:
        wrong -= {_REFUSED}
    if plan.count_differing() or wrong:
        return FINDINGS
    return StorageError.exit_code if codes else DONE
