"""Whether a promised run happened: a third answer for what leaves no trace in the archive."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never

from archive.core.promises.interval import GRACE_DAYS, Interval
from archive.core.promises.task import Task


class RunState(StrEnum):
    """What is known of a promised run."""

    KEPT = "kept"  # it ran within the time promised
    LATE = "late"  # it ran, too long ago
    NEVER = "never"  # nothing on record says that it ever ran
    UNTRACED = "untraced"  # what it does leaves no trace here; nothing is known


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedRun:
    """One promise and what came of it; `last` is a time as entries write it, None where none is known.

    `days` are whole days since then; `evidence` says what `last` was read from.
    """

    task: Task
    every: Interval
    state: RunState
    last: str | None
    days: int | None
    evidence: str

    @property
    def is_broken(self) -> bool:
        """True where it is known that the promise is not kept."""
        return self.state in {RunState.LATE, RunState.NEVER}

    @property
    def sentence(self) -> str:
        """`audit: last 9 days ago, promised every day`."""
        promised = f"promised {self.every.words}"
        match self.state:
            case RunState.KEPT | RunState.LATE:
                return f"{self.task}: last {_ago(self.days or 0)}, {promised}"
            case RunState.NEVER:
                return f"{self.task}: never yet, {promised}"
            case RunState.UNTRACED:
                return f"{self.task}: {promised}; {self.evidence}"
            case _:
                assert_never(self.state)

    def to_json(self) -> dict[str, Any]:
        """The promise as a member of a report."""
        return {
            "task": self.task.value,
            "every": self.every.value,
            "state": self.state.value,
            "last": self.last,
            "days": self.days,
            "evidence": self.evidence,
        }


def judge_promise(
    task: Task, every: Interval, *, last: str | None, now: str, evidence: str, traced: bool = True
) -> PromisedRun:
    """What came of a promise by the time `now`; times as entries write them.

    `traced` is False where a run that was done as promised need not have left anything to be found: then
    nothing old enough is held against it. A last run in the future (a clock that was wrong) counts as kept.
    """
    days = None if last is None else _days_between(last, now)
    if days is not None and days <= GRACE_DAYS[every]:
        state = RunState.KEPT
    elif not traced:
        state = RunState.UNTRACED
    else:
        state = RunState.NEVER if days is None else RunState.LATE
    return PromisedRun(task=task, every=every, state=state, last=last, days=days, evidence=evidence)


def _days_between(earlier: str, later: str) -> int | None:
    try:
        return max((datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).days, 0)
    except (TypeError, ValueError):  # the grammar of entries lets a month 13 through
        return None


def _ago(days: int) -> str:
    return "today" if days == 0 else "1 day ago" if days == 1 else f"{days:,} days ago"
