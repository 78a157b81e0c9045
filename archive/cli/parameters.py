"""Types of options that more than one command has."""

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
