"""What came of the promised runs, as far as ledger and index tell."""

import contextlib
import json
from typing import Final

from archive.core.copies import CopyOutcome
from archive.core.entries import parse_entry, timestamp
from archive.core.errors import ArchiveError
from archive.core.promises import Task, has_read
from archive.core.promises.kept import PromisedRun, judge_promise
from archive.services.catalog.catching_up import LAST_ROUND
from archive.services.opened import OpenedArchive
from archive.storage.index import Index
from archive.storage.waiting_runs import WaitingRuns

_ENDED: Final = frozenset({CopyOutcome.COMPLETE.value, CopyOutcome.INCOMPLETE.value})
_MAILED: Final = "a letter leaves no trace here: look into the mailbox that it is sent to"


def promised_runs(archive: OpenedArchive, index: Index, *, now: int) -> tuple[PromisedRun, ...]:
    """Each promise of archive.toml and what came of it by a time in milliseconds since 1970."""
    time = timestamp(now)
    return tuple(_judged(archive, index, task, time) for task in Task if task in archive.settings.promises)


def _judged(archive: OpenedArchive, index: Index, task: Task, now: str) -> PromisedRun:
    every = archive.settings.promises[task]
    match task:
        case Task.AUDIT:
            last, evidence = (
                _last_round(archive, index),
                "audits in the ledger, and those that wait for a signature",
            )
            return judge_promise(task, every, last=last, now=now, evidence=evidence)
        case Task.COPY:
            return judge_promise(
                task, every, last=_last_copy(index), now=now, evidence="copies in the ledger"
            )
        case Task.CHECKPOINT:
            return judge_promise(
                task, every, last=_last_mark(archive), now=now, evidence=_MAILED, traced=False
            )


def _last_round(archive: OpenedArchive, index: Index) -> str | None:
    """When the last audit ended that chose for itself what to look at, signed or not."""
    times = [
        str(run.finished["time"])
        for run in WaitingRuns.of(archive.settings.archive_id).finished()
        if run.finished is not None
        and has_read(run.finished)
        and parse_entry(run.started.encode()).get("mode") != "ids"
    ]
    with contextlib.suppress(
        ValueError, KeyError, TypeError, RecursionError
    ):  # the index is no evidence, and may hold anything
        times.append(str(json.loads(index.meta(LAST_ROUND) or "{}")["time"]))
    return max(times, default=None)


def _last_copy(index: Index) -> str | None:
    """When a run of `archive copy` last came to its end, wherever the copy is."""
    return max((copy.copied for copy in index.copies() if copy.outcome in _ENDED), default=None)


def _last_mark(archive: OpenedArchive) -> str | None:
    """The time of the last entry that a mark from outside covers, which is kept here."""
    from archive.services.evidence.outside import kept_marks  # only where a checkpoint is promised

    size = max((mark.size for mark in kept_marks(archive)), default=0)
    try:
        return parse_entry(archive.ledger.entry(size - 1)).time if size else None
    except ArchiveError:
        return None  # the mark covers more than there is: `archive ledger verify` says what that means
