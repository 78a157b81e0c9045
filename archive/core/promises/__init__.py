"""Runs that an archive promises to itself: which, how often, and whether they happened."""

from archive.core.promises.interval import GRACE_DAYS, Interval
from archive.core.promises.kept import PromisedRun, RunState, judge_promise
from archive.core.promises.tally import Kept, tally_kept
from archive.core.promises.task import Task

__all__ = ["GRACE_DAYS", "Interval", "Kept", "PromisedRun", "RunState", "Task", "judge_promise", "tally_kept"]
