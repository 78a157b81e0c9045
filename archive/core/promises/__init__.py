"""Runs that an archive promises to itself; `kept` and `tally` say whether they happened."""

from archive.core.promises.interval import GRACE_DAYS, Interval
from archive.core.promises.task import Task, has_read

__all__ = ["GRACE_DAYS", "Interval", "Task", "has_read"]
