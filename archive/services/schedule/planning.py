"""Which commands are to run by the clock, with everything that they need where nobody is logged in."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from archive.core.ledger.note import VerifierKey
from archive.core.promises import Interval, Task
from archive.formats.schedules import Job
from archive.services.opened import OpenedArchive
from archive.storage.keys.files import is_encrypted
from archive.storage.keys.passphrases import COMMAND_LINE, PASSPHRASE_FILE
from archive.storage.keys.signing_key import KEY_DIR, find_key, key_home

DEFAULT_EVERY: Final[Mapping[Task, Interval]] = {
    Task.AUDIT: Interval.DAILY,
    Task.COPY: Interval.WEEKLY,
    Task.CHECKPOINT: Interval.MONTHLY,
}
# Hours behind the audit's: long enough that one night's work is rarely in the way of the other's.
_AFTER: Final = {Task.AUDIT: 0, Task.COPY: 3, Task.CHECKPOINT: 5}
_NOT_PLAIN: Final = re.compile("[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRequest:
    """What is asked for.

    `every` has the tasks that are wanted; `hour` and `minute` are when the first begins, `budget` the
    seconds that an audit may take; `copies` the folders to copy to, else those that archive.toml names;
    `mail` where a checkpoint is sent; `executable` the words that start this program; `log` a file for
    the output.
    """

    every: Mapping[Task, Interval]
    executable: Sequence[str]
    hour: int = 2
    minute: int = 30
    budget: int = 7200
    copies: Sequence[str] = ()
    mail: str | None = None
    log: str | None = None


class LeftOut(NamedTuple):
    """A task that was not planned or would not work as planned, and what to do about it."""

    task: Task
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The jobs, in the order of the tasks; `name` is one for files, the same whenever it is asked for."""

    name: str
    title: str
    jobs: tuple[Job, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def every(self) -> dict[Task, Interval]:
        """How often each planned task runs."""
        return {job.task: job.every for job in self.jobs}


def plan_schedule(archive: OpenedArchive, request: ScheduleRequest) -> Schedule:
    """The jobs of a schedule, paths absolute; ConfigurationError for a path that none could be given."""
    jobs: list[Job] = []
    left_out: list[LeftOut] = []
    for task in Task:
        if task in request.every:
            made, missing = _Planning(archive, request).jobs(task)
            jobs += made
            left_out += missing
    return Schedule(
        name=_name(archive),
        title=archive.settings.name or archive.settings.origin,
        jobs=tuple(jobs),
        left_out=tuple(left_out),
    )


class _Planning:
    def __init__(self, archive: OpenedArchive, request: ScheduleRequest) -> None:
        self._archive = archive
        self._request = request
        self._start = (*request.executable, "-C", os.path.abspath(archive.root))

    def jobs(self, task: Task) -> tuple[list[Job], list[LeftOut]]:
        """The jobs of one task, and why there are none."""
        match task:
            case Task.AUDIT:
                budget = f"{max(self._request.budget // 60, 1)}m"
                return [self._job(task, "audit", "--budget", budget)], self._unsigned(task)
            case Task.COPY:
                known = [copy.path for copy in self._archive.settings.copies if copy.path]
                targets = [os.path.abspath(folder) for folder in self._request.copies or known]
                made = [
                    self._job(task, "copy", "--to", target, number=number)
                    for number, target in enumerate(targets, 1)
                ]
                return made, [] if made else [LeftOut(task, "no place is known; name it: --copy-to DIR")]
            case Task.CHECKPOINT:
                mail = self._request.mail
                if mail is None:
                    why = "no address is known; name one outside of the house: --mail ADDRESS"
                    return [], [LeftOut(task, why)]
                return [self._job(task, "ledger", "checkpoint", mail=mail)], []

    def _job(self, task: Task, *command: str, mail: str | None = None, number: int = 1) -> Job:
        request = self._request
        quiet = () if task is Task.CHECKPOINT else ("-q",)
        return Job(
            task=task,
            every=request.every[task],
            # An hour apart, for two writers would wait for one another.
            hour=(request.hour + _AFTER[task] + number - 1) % 24,
            minute=request.minute,
            command=(*self._start, *quiet, *command),
            environment={} if task is Task.CHECKPOINT else _key_environment(),
            mail=mail,
            subject=f"Checkpoint of {_name(self._archive)}",
            log=os.path.abspath(request.log) if request.log is not None else None,
            number=number,
        )

    def _unsigned(self, task: Task) -> list[LeftOut]:
        """Why nobody could sign what a run at night finds."""
        try:
            key = VerifierKey.parse(self._archive.settings.key)
        except ValueError:
            return [LeftOut(task, "archive.toml names no key: nothing could be recorded")]
        found = find_key(key)
        if found is None:
            return [LeftOut(task, "the signing key is not on this machine: nothing would be recorded")]
        if is_encrypted(found[1]) and PASSPHRASE_FILE not in _key_environment():
            why = "the key has a passphrase: audits will wait for archive key sign, unless --passphrase-file"
            return [LeftOut(task, f"{why} names it")]
        return []


def _key_environment() -> dict[str, str]:
    """Where the key lies, and its passphrase: a scheduler knows nothing of what a login sets."""
    needed = {KEY_DIR: os.path.abspath(key_home())}
    if path := COMMAND_LINE.file or os.environ.get(PASSPHRASE_FILE, ""):
        needed[PASSPHRASE_FILE] = os.path.abspath(path)
    return needed


def _name(archive: OpenedArchive) -> str:
    """`archive-valley-1a2b3c4d`: from the archive's name and its id, for names of files and units."""
    slug, _, number = archive.settings.origin.lower().rpartition("/")
    parts = ["archive", _NOT_PLAIN.sub("-", slug).strip("-")[:40], _NOT_PLAIN.sub("", number)[:8]]
    return "-".join(part for part in parts if part)
