"""User units of systemd: a service and a timer for each job (systemd.service(5), systemd.timer(5))."""

from collections.abc import Sequence
from typing import Final

from archive.core.promises import Interval
from archive.core.text import printable
from archive.formats.schedules.job import Job, UnitFile
from archive.formats.schedules.shell import shell_line

FOLDER: Final = "~/.config/systemd/user"
_DAYS: Final = {Interval.DAILY: "*-*-*", Interval.WEEKLY: "Sun *-*-*", Interval.MONTHLY: "*-*-01"}


def systemd_files(jobs: Sequence[Job], *, title: str, name: str) -> list[UnitFile]:
    """`<name>-<task>.service` and `.timer` for each job; without a log, what they print is in the journal."""
    files = []
    for job in jobs:
        unit = f"{name}-{job.name}"
        files.append(UnitFile(f"{unit}.service", _service(job, title), FOLDER))
        files.append(UnitFile(f"{unit}.timer", _timer(job, title), FOLDER))
    return files


def _service(job: Job, title: str) -> str:
    # The colon leaves every $ as it is (systemd.service(5), from version 244 on).
    shell = job.mail is not None or job.log is not None
    command = ("/bin/sh", "-c", shell_line(job)) if shell else job.command
    lines = [
        "[Unit]",
        f"Description={_plain(title)}: {job.name}",
        "",
        "[Service]",
        "Type=oneshot",
        *(
            f"Environment={unit_word(f'{name}={value}')}"
            for name, value in sorted(job.environment.items())
            if not shell
        ),
        f"ExecStart={unit_word(':' + command[0])} {' '.join(map(unit_word, command[1:]))}".rstrip(),
        "Nice=10",
        "IOSchedulingClass=idle",
    ]
    return "\n".join(lines) + "\n"


def _timer(job: Job, title: str) -> str:
    return (
        f"[Unit]\nDescription={_plain(title)}: {job.name}, {job.every}\n\n"
        f"[Timer]\nOnCalendar={_DAYS[job.every]} {job.hour:02d}:{job.minute:02d}:00\n"
        # A run that the machine slept through is made up for when it wakes.
        "Persistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )


def unit_word(text: str) -> str:
    """The text as one quoted word of a command line or assignment of a unit (systemd.syntax(7))."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _plain(text: str) -> str:
    """The text within a description: only specifiers are interpreted there."""
    return printable(text).replace("%", "%%")
