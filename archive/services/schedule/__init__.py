"""Work by the clock: what to put into a scheduler, what was promised, and whether it happened."""

from archive.services.schedule.planning import LeftOut, Schedule, ScheduleRequest, plan_schedule
from archive.services.schedule.promising import Promised, promise
from archive.services.schedule.watching import promised_runs

__all__ = [
    "LeftOut",
    "Promised",
    "Schedule",
    "ScheduleRequest",
    "plan_schedule",
    "promise",
    "promised_runs",
]
