"""What `archive schedule` prints: the files, what to do with them, or all of it as JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.cli.context import Context
from archive.cli.output import next_step, say, styled, tell
from archive.core.text import lossless, printable, shell_word

if TYPE_CHECKING:
    from archive.formats.schedules import UnitFile
    from archive.services.schedule.planning import Schedule
    from archive.services.schedule.promising import Promised


def schedule_document(
    form: str, plan: "Schedule", files: "Sequence[UnitFile]", to: Path | None, kept: "Promised | None"
) -> dict[str, Any]:
    """The report under `kind: schedule-report`."""
    return {
        "kind": "schedule-report",
        "version": 1,
        "form": form,
        "name": plan.name,
        "jobs": [
            {
                "task": job.task.value,
                "every": job.every.value,
                "at": f"{job.hour:02d}:{job.minute:02d}",
                "command": list(job.command),
                "environment": dict(job.environment),
                "mail": job.mail,
                "log": job.log,
            }
            for job in plan.jobs
        ],
        "files": [
            {
                "name": file.name,
                "folder": file.folder or None,
                "text": file.text,
                "written": lossless(str(to / file.name)) if to is not None else None,
            }
            for file in files
        ],
        "left_out": [{"task": each.task.value, "why": each.why} for each in plan.left_out],
        "promised": None
        if kept is None
        else {
            "entry": kept.entry,
            "runs": {task.value: every.value for task, every in kept.promises.items()},
        },
    }


def print_schedule(
    context: Context,
    form: str,
    plan: "Schedule",
    files: "Sequence[UnitFile]",
    to: Path | None,
    kept: "Promised | None",
) -> None:
    """The files, or where they were written; what was left out and what is to be done, on stderr."""
    for file in files:
        if to is not None:
            say(f"{styled('✓', 'green')} {printable(str(to / file.name))}")
            continue
        if file.folder:
            say(f"# ---- {file.folder}/{file.name}")
        say(file.text.rstrip("\n"))
        if file is not files[-1]:
            say()
    for each in plan.left_out:
        tell(f"! {each.task}: {each.why}")
    if kept is not None:
        runs = ", ".join(f"{task} {every}" for task, every in kept.promises.items()) or "nothing"
        entry = f"ledger entry {kept.entry}" if kept.entry is not None else "as before"
        tell(f"promised: {runs}; {entry}")
    if context.quiet:
        return
    for step in _steps(form, plan, files, to):
        next_step(step)
    if kept is None:
        next_step("archive schedule … --promise, so that archive status says where a run did not happen")


def _steps(form: str, plan: "Schedule", files: "Sequence[UnitFile]", to: Path | None) -> list[str]:
    """How the files are put to work; nothing of it is done here."""
    if not plan.jobs:
        missing = "name what is missing" if plan.left_out else "give a task an interval other than never"
        return [f"{missing}; nothing is planned"]
    if form == "cron":
        return ["put these lines into your crontab: crontab -e"]
    here = shell_word(str(to)) if to is not None else "the files"
    folder = files[0].folder
    if form == "launchd":
        names = " ".join(f"{folder}/{file.name}" for file in files)
        return [
            f"cp {here}/*.plist {folder}/ && launchctl load {names}"
            if to
            else f"save them; launchctl load {names}"
        ]
    timers = " ".join(file.name for file in files if file.name.endswith(".timer"))
    put = f"cp {here}/* {folder}/" if to is not None else f"save {here} in {folder}"
    return [
        f"{put}, then systemctl --user daemon-reload && systemctl --user enable --now {timers}",
        "loginctl enable-linger lets them run while nobody is logged in; journalctl --user has the output",
    ]
