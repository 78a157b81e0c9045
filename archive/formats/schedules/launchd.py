"""Agents of launchd: a property list for each job (launchd.plist(5))."""

from collections.abc import Sequence
from typing import Any, Final

from archive.core.promises import Interval
from archive.formats.schedules.job import Job, UnitFile
from archive.formats.schedules.shell import shell_line

FOLDER: Final = "~/Library/LaunchAgents"


def launchd_files(jobs: Sequence[Job], *, name: str, logs: str) -> list[UnitFile]:
    """`<name>.<job>.plist` for each; what it prints is added to a file below the folder `logs`."""
    return [
        UnitFile(f"{name}.{job.name}.plist", _property_list(job, f"{name}.{job.name}", logs), FOLDER)
        for job in jobs
    ]


def _property_list(job: Job, label: str, logs: str) -> str:
    import plistlib  # 5 ms, for macOS alone

    when: dict[str, int] = {"Hour": job.hour, "Minute": job.minute}
    if job.every is Interval.WEEKLY:
        when["Weekday"] = 0
    elif job.every is Interval.MONTHLY:
        when["Day"] = 1
    log = job.log or f"{logs}/{label}.log"
    document: dict[str, Any] = {
        "Label": label,
        "ProgramArguments": list(job.command),
        "StartCalendarInterval": when,
        "ProcessType": "Background",
        "LowPriorityIO": True,
        "Nice": 10,
        "StandardOutPath": log,
        "StandardErrorPath": log,
    }
    if job.mail is not None:
        document["ProgramArguments"] = ["/bin/sh", "-c", shell_line(job)]
    elif job.environment:
        document["EnvironmentVariables"] = dict(sorted(job.environment.items()))
    return plistlib.dumps(document, sort_keys=False).decode()
