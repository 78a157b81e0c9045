"""Types of options that more than one command has."""

import math
import os
import re
import sys
import unicodedata
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.output import tell
from archive.core.errors import ConflictError
from archive.core.limits.values import OPTION_CHARACTERS, REASON_BYTES
from archive.core.text import is_utf8, printable

if TYPE_CHECKING:
    from archive.storage.lock import Holder

_IN_A_NOTE = frozenset("\n\t\u200c\u200d")  # Persian, Indic scripts and emoji are read by the joiners


def is_empty(param: click.Parameter | None) -> str:
    """What is said of an empty value: most often it is a variable that a script forgot to set."""
    may_be_left_out = isinstance(param, click.Option) and not param.required
    return "is empty; give a value, or leave the option out" if may_be_left_out else "is empty"


class GivenPath(click.Path):
    """A path that names something: an empty one would be the folder of the call, or as if none were given."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As click does; an empty one is refused."""
        if value in {"", b""}:
            self.fail(is_empty(param), param, ctx)
        return super().convert(value, param, ctx)


class FileToWrite(GivenPath):
    """A file that is made or replaced: a folder of that name is in the way, and no wrong use (exit 6)."""

    def __init__(self, path_type: type[Path] | None = None) -> None:
        super().__init__(path_type=path_type, readable=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As click does; raises ConflictError where a folder has the name."""
        path = super().convert(value, param, ctx)
        if os.path.isdir(path):
            raise ConflictError(
                f"{printable(os.fspath(path))}: is a folder, where a file is to be written",
                remedy="name a new file",
            )
        return path


class PlainText(click.ParamType[str]):
    """A name or number for the records: one line, nothing that could forge another or turn text round."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text without white space around it."""
        text = str(value).strip()
        if not text:
            self.fail(is_empty(param), param, ctx)
        if len(text) > OPTION_CHARACTERS:
            self.fail(f"longer than {OPTION_CHARACTERS} characters", param, ctx)
        if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in text):
            self.fail("holds control or invisible characters; one line of plain text is wanted", param, ctx)
        return text


PLAIN_TEXT = PlainText()


class GivenAsItIs(click.ParamType[str]):
    """A text taken to the letter, such as a pattern of names; one of white space alone says nothing."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text."""
        text = str(value)
        if not text.strip():
            self.fail(is_empty(param), param, ctx)
        return text


GIVEN_AS_IT_IS = GivenAsItIs()


class FreeText(click.ParamType[str]):
    """A reason in a person's own words: lines of text that a note can hold."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text without white space around it."""
        text = str(value).strip()
        if not text:
            self.fail(is_empty(param), param, ctx)
        if not is_utf8(text):
            self.fail("is not UTF-8", param, ctx)
        if len(text.encode()) > REASON_BYTES:
            self.fail(f"longer than {REASON_BYTES:,} bytes", param, ctx)
        if any(unicodedata.category(char) in {"Cc", "Cf"} and char not in _IN_A_NOTE for char in text):
            self.fail("holds control or invisible characters; plain text is wanted", param, ctx)
        return text


FREE_TEXT = FreeText()


class Seconds(click.FloatRange):
    """A time to wait, from 0; `inf` is for ever, and `nan`, which no wait would ever reach, is refused."""

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds."""
        seconds: float = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value} is not a number of seconds", param, ctx)
        return seconds


SECONDS = Seconds()


class Day(click.ParamType[date]):
    """A day as 2026-11-21; zeros may be left out."""

    name = "date"
    _form = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day."""
        if isinstance(value, date):
            return value
        text = str(value).strip()
        if not text:
            self.fail(is_empty(param), param, ctx)
        match = self._form.fullmatch(text)
        if match is None:
            self.fail(f"“{printable(text)}” is no date such as 2026-11-21 (year-month-day)", param, ctx)
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            self.fail(f"“{text}” is no day of the calendar", param, ctx)


DAY = Day()

lock_wait_option = click.option(
    "--lock-wait",
    metavar="SECONDS",
    type=SECONDS,
    default=600.0,
    help="How long to wait for another writer.",
)


def say_waiting(holder: "Holder") -> None:
    """Who keeps this command waiting."""
    tell(f"waiting for {printable(str(holder))}")


class ByteCount(click.ParamType[int]):
    """Bytes, in units of 1,024 where a letter says so: 500G."""

    name = "size"
    _form = re.compile(r"([1-9][0-9]{0,15})(?:([KMGTP])(?:iB)?)?", re.IGNORECASE)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes."""
        if isinstance(value, int):
            return value
        match = self._form.fullmatch(str(value).strip())
        if match is None:
            self.fail("a number of bytes is wanted, such as 500G or 2TiB", param, ctx)
        return int(match[1]) << 10 * ("KMGTP".index(match[2].upper()) + 1 if match[2] else 0)


BYTE_COUNT = ByteCount()


class AtMost(click.IntRange):
    """How many at most, from 1: as many as no list and no index could hold is as many as there are."""

    def __init__(self) -> None:
        super().__init__(min=1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, within what a machine counts to."""
        number: int = super().convert(value, param, ctx)
        return min(number, sys.maxsize - 1)  # readers ask for one more, to know whether there are more


AT_MOST = AtMost()
