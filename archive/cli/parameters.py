"""Types of options that more than one command has."""

import re
import unicodedata
from typing import Any

import click

LONGEST = 200  # characters of a name or a number


class PlainText(click.ParamType[str]):
    """A name or number for the records: one line, nothing that could forge another or turn text round."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text without white space around it."""
        text = str(value).strip()
        if len(text) > LONGEST:
            self.fail(f"longer than {LONGEST} characters", param, ctx)
        if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in text):
            self.fail("holds control or invisible characters; one line of plain text is wanted", param, ctx)
        return text


PLAIN_TEXT = PlainText()


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
