"""`archive schedule`."""

import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from archive.cli.audits.audit_options import Span
from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json
from archive.cli.parameters import PLAIN_TEXT, GivenPath, lock_wait_option, say_waiting
from archive.cli.upkeep.schedule_output import print_schedule, schedule_document
from archive.core.promises import Interval, Task

if TYPE_CHECKING:
    from archive.formats.schedules import UnitFile
    from archive.services.opened import OpenedArchive
    from archive.services.schedule.planning import Schedule, ScheduleRequest

_NEVER: Final = "never"
_LOGS: Final = "~/Library/Logs"


class TaskInterval(click.ParamType[tuple[Task, Interval | None]]):
    """A task and how often it runs, such as copy=weekly."""

    name = "task=interval"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Task, Interval | None]:
        """The task with its interval, None where it is not wanted."""
        if isinstance(value, tuple):
            return value
        task, _, every = str(value).partition("=")
        if task not in set(Task):
            self.fail(f"{value}: begins with one of {', '.join(Task)}, such as copy=weekly", param, ctx)
        if every not in {*Interval, _NEVER}:
            self.fail(f"{value}: ends with one of {', '.join((*Interval, _NEVER))}", param, ctx)
        return Task(task), None if every == _NEVER else Interval(every)


class TimeOfDay(click.ParamType[tuple[int, int]]):
    """Hours and minutes, such as 02:30."""

    name = "time"
    _form = re.compile("([01][0-9]|2[0-3]):([0-5][0-9])")

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """The hour and the minute."""
        if isinstance(value, tuple):
            return value
        match = self._form.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"{value}: a time of day is wanted, from 00:00 to 23:59", param, ctx)
        return int(match[1]), int(match[2])


@click.command(
    epilog="Examples: archive schedule --copy-to /media/blue/archive --mail friend@example.org"
    " · archive schedule --as systemd --to units/ · archive schedule --every copy=never --promise"
)
@click.option(
    "--as",
    "form",
    type=click.Choice(["cron", "systemd", "launchd"]),
    help="Whose syntax; else what this machine runs.",
)
@click.option(
    "--every",
    metavar="TASK=INTERVAL",
    multiple=True,
    type=TaskInterval(),
    help="audit, copy or checkpoint; daily, weekly, monthly or never. May be repeated. Else audit=daily,"
    " copy=weekly, checkpoint=monthly.",
)
@click.option("--at", metavar="HH:MM", type=TimeOfDay(), default="02:30", help="When the first begins.")
@click.option(
    "--budget", metavar="2h", type=Span("s", least=60), default=7200, help="How long an audit may take."
)
@click.option(
    "--copy-to",
    metavar="DIR",
    multiple=True,
    type=GivenPath(),
    help="Where copies go; else the places in archive.toml.",
)
@click.option("--mail", metavar="ADDRESS", help="Who is sent the checkpoint; else contact of archive.toml.")
@click.option("--log", metavar="FILE", type=GivenPath(dir_okay=False), help="Add all output to this file.")
@click.option(
    "--to",
    metavar="DIR",
    type=GivenPath(path_type=Path),
    help="Write the files to this folder; what is there stays.",
)
@click.option("--promise", "promised", is_flag=True, help="Promise these runs in archive.toml.")
@click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who promises; else archive.toml's.")
@lock_wait_option
@pass_context
def schedule(
    context: Context,
    /,
    form: str | None,
    to: Path | None,
    promised: bool,
    agent: str | None,
    lock_wait: float,
    **options: Any,
) -> None:
    """Print ready lines for a scheduler: audit every night, copy every week, checkpoint by mail every month.

    Nothing is installed and nothing is run: you read the lines and put them where your scheduler looks. They
    hold all that a run needs where nobody is logged in: full paths, where the key lies, the file with its
    passphrase. --promise writes into archive.toml how often each of them is to run, which the ledger notes;
    from then on archive status says where a run did not happen.
    """
    from archive.services.evidence.checkpoints import require_outside
    from archive.services.schedule.planning import plan_schedule
    from archive.services.schedule.promising import promise
    from archive.services.surroundings import Surroundings

    archive = context.open()
    form = form or _scheduler()
    plan = plan_schedule(archive, _request(archive, **options))
    files = _files(form, plan, None if options["log"] else _mail_of(archive, options["mail"]))
    if to is not None:
        require_outside(archive, to)
        _write(to, files)
    kept = None
    if promised:
        kept = promise(
            archive,
            plan.every,
            Surroundings(),
            agent=agent,
            lock_wait=lock_wait,
            waiting=None if context.quiet else say_waiting,
        )
    if context.json:
        emit_json(schedule_document(form, plan, files, to, kept))
    else:
        print_schedule(context, form, plan, files, to, kept)


def _request(archive: "OpenedArchive", **options: Any) -> "ScheduleRequest":
    from archive.services.schedule.planning import DEFAULT_EVERY, ScheduleRequest

    wanted = {**DEFAULT_EVERY, **dict(options["every"])}
    return ScheduleRequest(
        every={task: every for task, every in wanted.items() if every is not None},
        executable=_executable(),
        hour=options["at"][0],
        minute=options["at"][1],
        budget=options["budget"],
        copies=options["copy_to"],
        mail=_mail_of(archive, options["mail"]),
        log=options["log"],
    )


def _mail_of(archive: "OpenedArchive", named: str | None) -> str | None:
    """The address that is named, else that of archive.toml where it is one."""
    from archive.formats.schedules import is_address

    contact = archive.settings.contact
    return named if named is not None else contact if "@" in contact and is_address(contact) else None


def _executable() -> list[str]:
    """The words that start this program from anywhere."""
    started = os.path.abspath(sys.argv[0])
    beside = os.path.join(os.path.dirname(sys.executable), "archive")
    for path in (started, beside, shutil.which("archive")):
        if path and os.path.basename(path) == "archive" and os.access(path, os.X_OK) and os.path.isfile(path):
            return [os.path.abspath(path)]
    return [os.path.abspath(sys.executable), "-m", "archive"]


def _scheduler() -> str:
    if sys.platform == "darwin":
        return "launchd"
    return "systemd" if os.path.isdir("/run/systemd/system") else "cron"


def _files(form: str, plan: "Schedule", mail: str | None) -> "list[UnitFile]":
    from archive.formats.schedules import UnitFile, crontab, launchd_files, systemd_files

    title = plan.title
    if form == "cron":
        return [UnitFile(f"{plan.name}.crontab", crontab(plan.jobs, title=title, mail=mail), "")]
    if form == "systemd":
        return systemd_files(plan.jobs, title=title, name=plan.name)
    return launchd_files(plan.jobs, name=plan.name, logs=os.path.expanduser(_LOGS))


def _write(folder: Path, files: "Sequence[UnitFile]") -> None:
    """Writes those that are not there yet, each whole; ConflictError where one is there with other bytes."""
    from archive.core.errors import ConflictError
    from archive.storage.disk.durable import storage_error
    from archive.storage.disk.new_files import publish_new

    missing = [file for file in files if not _is_there(folder / file.name, file.text.encode())]
    taken = next((file.name for file in missing if os.path.lexists(folder / file.name)), None)
    if taken is not None:
        raise ConflictError(f"{folder / taken}: is there already", remedy="name a new folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        raise storage_error(trouble, str(folder), "make the folder") from trouble
    for file in missing:
        publish_new(str(folder / file.name), file.text.encode())


def _is_there(path: Path, text: bytes) -> bool:
    from archive.storage.disk.durable import NotAPlainFileError, read_plain

    try:
        return read_plain(str(path), len(text)) == text
    except NotAPlainFileError:
        return False
