"""A writer's hold on an archive, as the options of its command say."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from archive.cli.parameters import say_waiting

if TYPE_CHECKING:
    from archive.services.opened import OpenedArchive
    from archive.services.surroundings import Surroundings
    from archive.services.writing import Writing


def holding(
    archive: "OpenedArchive", command: str, options: dict[str, Any], surroundings: "Surroundings"
) -> "AbstractContextManager[Writing]":
    """What `archive.services.writing.writing` gives and raises, for the agent and patience of `options`."""
    from archive.services.writing import writing

    return writing(archive, **_hold(command, options, surroundings))


def finish_left_over(
    archive: "OpenedArchive", command: str, options: dict[str, Any], surroundings: "Surroundings"
) -> None:
    """For a command that finds nothing to write: what it was given again for may be left half done."""
    from archive.services.writing import finish_left_over as finish

    finish(archive, **_hold(command, options, surroundings))


def _hold(command: str, options: dict[str, Any], surroundings: "Surroundings") -> dict[str, Any]:
    return {
        "command": command,
        "surroundings": surroundings,
        "agent": options["agent"],
        "wait": options["lock_wait"],
        "waiting": say_waiting,
    }
