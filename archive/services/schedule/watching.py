"""What came of the promised runs, as far as ledger and index tell."""

import contextlib
import json
from collections.abc import Iterable, Iterator
from typing import Final

from archive.core.errors import ArchiveError
from archive.core.ledger.entries import parse_entry, timestamp
from archive.core.promises import Task, has_read
from archive.core.promises.kept import PromisedRun, judge_promise
from archive.services.catalog.catching_up import LAST_ROUND
from archive.services.opened import OpenedArchive
from archive.services.surroundings import CLOCK_DAYS, day_of
from archive.storage.audits.waiting_runs import WaitingRuns
from archive.storage.index import Index

_MAILED: Final = "a letter leaves no trace here: look into the mailbox that it is sent to"


def promised_runs(archive: OpenedArchive, index: Index, *, now: int) -> tuple[PromisedRun, ...]:
    """Each promise of archive.toml and what came of it by a time in milliseconds since 1970.

    A run that is said to lie ahead of it was dated by a wrong clock, and shows nothing.
    """
    time, ahead = timestamp(now), day_of(now, later=CLOCK_DAYS)
    return tuple(
        _judged(archive, index, task, time, ahead) for task in Task if task in archive.settings.promises
    )


def _judged(archive: OpenedArchive, index: Index, task: Task, now: str, ahead: str) -> PromisedRun:
    every = archive.settings.promises[task]
    match task:
        case Task.AUDIT:
            last, evidence = (
                _youngest(_rounds(archive, index), ahead),
                "audits in the ledger, and those that wait for a signature",
            )
            return judge_promise(task, every, last=last, now=now, evidence=evidence)
        case Task.COPY:
            last = _youngest(_copies(index), ahead)
            return judge_promise(task, every, last=last, now=now, evidence="copies in the ledger")
        case Task.CHECKPOINT:
            last = _youngest(filter(None, [_last_mark(archive)]), ahead)
            return judge_promise(task, every, last=last, now=now, evidence=_MAILED, traced=False)


def _youngest(times: Iterable[str], ahead: str) -> str | None:
    return max((time for time in times if time <= ahead), default=None)


def _rounds(archive: OpenedArchive, index: Index) -> list[str]:
    """When audits ended that chose for themselves what to look at, signed or not: the last ones."""
    times = [
        str(run.finished["time"])
        for run in WaitingRuns.of(archive.settings.archive_id).finished()
        if run.finished is not None
        and run.copy is None
        and has_read(run.finished)
        and parse_entry(run.started.encode()).get("mode") != "ids"
    ]
    with contextlib.suppress(
        ValueError, KeyError, TypeError, RecursionError
    ):  # the index is no evidence, and may hold anything
        times.append(str(json.loads(index.meta(LAST_ROUND) or "{}")["time"]))
    return times


def _copies(index: Index) -> Iterator[str]:
    """When the last run of `archive copy` came to its end, for each place."""
    return (copy.copied for copy in index.copies() if copy.copied)


def _last_mark(archive: OpenedArchive) -> str | None:
    """The time of the last entry that a mark from outside covers, which is kept here."""
    from archive.services.evidence.outside import kept_marks  # only where a checkpoint is promised

    size = max((mark.size for mark in kept_marks(archive)), default=0)
    try:
        return parse_entry(archive.ledger.entry(size - 1)).time if size else None
    except ArchiveError:
        return None  # the mark covers more than there is: `archive ledger verify` says what that means
