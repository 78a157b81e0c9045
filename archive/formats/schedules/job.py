"""One command run by the clock, before anybody's syntax."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from archive.core.errors import ConfigurationError
from archive.core.promises import Interval, Task
from archive.core.text import is_utf8, printable

# The local part without quoting, a name or an address behind it: nothing here can be taken for an option or
# end a line. RFC 5321 allows more; whoever has more sends the output themselves.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9_+.-]+(?:@[A-Za-z0-9.-]+)?")


class UnitFile(NamedTuple):
    """A file to be put where a scheduler looks for it; `folder` is that place, `~` its owner's home."""

    name: str
    text: str
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is run, how often and when.

    `command` has absolute paths, `environment` what it needs beside them, `hour` and `minute` are local
    time; weekly ones run on Sunday, monthly ones on the first. `number` tells jobs of one task apart. Where
    `mail` names an address, what the command prints is sent there, and nothing is sent where it fails. `log`
    is a file that the output is added to, None where the scheduler keeps it in its own way.
    """

    task: Task
    every: Interval
    hour: int
    minute: int
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    mail: str | None = None
    subject: str = ""
    log: str | None = None
    number: int = 1

    @property
    def name(self) -> str:
        """The task, with the number of the second and later jobs of it: `copy`, `copy-2`."""
        return self.task.value if self.number == 1 else f"{self.task}-{self.number}"

    def __post_init__(self) -> None:
        """Raises ConfigurationError for what no scheduler's syntax can carry."""
        for text in (*self.command, *self.environment.values(), self.subject, self.log or ""):
            require_one_line(text)
        if self.mail is not None:
            require_address(self.mail)


def require_one_line(text: str) -> None:
    """ConfigurationError for a text with control characters, or that is not UTF-8."""
    if not is_utf8(text):
        reason = "is not UTF-8"
    elif any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in text):
        reason = "holds a control character, such as a line feed"
    else:
        return
    raise ConfigurationError(
        f"{printable(text)}: {reason}, which no scheduler's file can carry",
        remedy="move or rename it, or name it through a link that has a plain name",
    )


def is_address(text: str) -> bool:
    """True for a plain mail address, or the name of a local user."""
    return _ADDRESS.fullmatch(text) is not None and not text.startswith("-")


def require_address(text: str) -> None:
    """ConfigurationError for what is no plain mail address."""
    if not is_address(text):
        raise ConfigurationError(
            f"{printable(text)}: not a plain mail address, such as keeper@example.org",
            remedy="give another one: --mail ADDRESS",
        )
