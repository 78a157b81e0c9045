"""Judges every bag that is asked for, one report each, in order."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from archive.core.bagit.verdicts import BagReport
from archive.core.bagit_judge import Policy
from archive.core.containers.budget import USUAL, Budget
from archive.services.surroundings import Progress, SilentProgress
from archive.services.verify.judging import Rule, judge_bag
from archive.services.verify.lanes import ProcessLanes
from archive.services.verify.opening import open_bag, unreadable
from archive.services.verify.request import VerifyRequest
from archive.services.verify.targets import targets

SHELF = 8  # bags from which on each is one process's work; below, the processes share each bag
_BATCH = 16  # bags


class Shelf(NamedTuple):
    """Bags that one process judges."""

    bags: tuple[str, ...]
    policy: Policy
    rules: tuple[Rule, ...]
    cross_check: int | None
    budget: Budget


def verify(
    request: VerifyRequest, progress: Progress | None = None, rules: Sequence[Rule] = ()
) -> Iterator[BagReport]:
    """The report of each bag, in the order in which they are named and found, as they are judged.

    `rules` are functions of a module, or other callables that can be pickled. Raises ConfigurationError for
    a target that is no bag and surely meant otherwise.
    """
    source = targets(request)
    first = list(islice(source, SHELF))  # a wrong target is said before any report
    return _reports(chain(first, source), len(first), request, progress or SilentProgress(), rules)


def _reports(
    bags: Iterator[str], least: int, request: VerifyRequest, progress: Progress, rules: Sequence[Rule]
) -> Iterator[BagReport]:
    """The reports of bags of which there are `least`, or more where that is SHELF."""
    lanes = ProcessLanes(request.jobs)
    try:
        if least < SHELF or request.jobs <= 1:
            for bag in bags:
                report = judge_path(bag, request.policy, lanes, rules, progress, request.budget)
                yield cross_checked(report, request.cross_check, progress)
            return
        progress.begin("Judging bags", None, "bags")
        shelves = _shelves(bags, request, tuple(rules))
        for shelf, reports in lanes.run(judge_shelf, shelves):
            yield from reports if reports is not None else map(_lost, shelf.bags)
            progress.advance(len(shelf.bags))
    finally:
        progress.end()
        lanes.close()


def judge_path(
    bag: str,
    policy: Policy,
    lanes: ProcessLanes,
    rules: Sequence[Rule],
    progress: Progress,
    budget: Budget = USUAL,
) -> BagReport:
    """The report of the bag at a path."""
    opened = open_bag(bag, lanes, budget)
    if isinstance(opened, BagReport):
        return opened
    try:
        return judge_bag(opened, policy, rules, progress)
    finally:
        opened.close()


def judge_shelf(shelf: Shelf) -> list[BagReport]:
    """The reports of several bags, made in this process."""
    lanes, silent = ProcessLanes(1), SilentProgress()
    judged = (judge_path(bag, shelf.policy, lanes, shelf.rules, silent, shelf.budget) for bag in shelf.bags)
    return [cross_checked(report, shelf.cross_check, silent) for report in judged]


def cross_checked(report: BagReport, seconds: int | None, progress: Progress) -> BagReport:
    """The report with bagit's opinion beside it, where that is asked for; the verdict stays."""
    if seconds is None:
        return report
    from archive.services.verify.cross_checking import cross_check  # selectors and subprocess: 6 ms

    progress.begin("Asking bagit", None, "bags")
    try:
        return cross_check(report, seconds)
    finally:
        progress.end()


def _lost(bag: str) -> BagReport:
    return unreadable(bag, "the processes that judged it were killed: see whether memory ran out")


def _shelves(bags: Iterator[str], request: VerifyRequest, rules: tuple[Rule, ...]) -> Iterator[Shelf]:
    while batch := tuple(islice(bags, _BATCH)):
        yield Shelf(batch, request.policy, rules, request.cross_check, request.budget)
