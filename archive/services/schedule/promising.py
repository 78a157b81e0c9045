"""Promises written into archive.toml, and their change into the ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from archive.core.limits.waits import LOCK_WAIT
from archive.core.promises import Interval, Task
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.surroundings import Surroundings
from archive.services.writing import note_settings, writing
from archive.storage import settings as settings_file
from archive.storage.disk.durable import replace_file
from archive.storage.lock import Holder


@dataclass(frozen=True, slots=True)
class Promised:
    """What is promised from now on, and the entry that says so; None where that was promised already."""

    promises: Mapping[Task, Interval]
    entry: int | None


def promise(
    archive: OpenedArchive,
    promises: Mapping[Task, Interval],
    surroundings: Surroundings,
    *,
    agent: str | None = None,
    lock_wait: float = LOCK_WAIT,
    waiting: Callable[[Holder], None] | None = None,
) -> Promised:
    """Makes these the promised runs, instead of earlier ones, and records it.

    Killed between the two, the next writing command records it. Raises what every writer raises.
    """
    with writing(
        archive,
        command="schedule --promise",
        surroundings=surroundings,
        agent=agent,
        wait=lock_wait,
        waiting=waiting,
    ) as hold:
        path = archive.layout.settings
        before = settings_file.read_bytes(path)
        if settings_file.parse(before, path.name).promises == dict(promises):
            return Promised(dict(promises), None)
        text = settings_file.with_promises(before, promises)
        settings_file.parse(text, path.name)  # nothing is put in place that could not be read again
        replace_file(str(path), text)
        archive.refresh()
        entry = hold.checkpoint.size
        agents = (person_agent(archive.settings, agent).id, software_agent().id)
        note_settings(archive, hold, agents, surroundings)
        return Promised(dict(promises), entry)
