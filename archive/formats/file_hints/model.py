"""The hints of one file as values."""

import unicodedata
from typing import Final, NamedTuple

from archive.core.dates_in_text import FoundDate

LONGEST_TITLE: Final = 200  # characters; a longer first line is a paragraph


class FileHints(NamedTuple):
    """What one file suggests; empty texts and None where it says nothing.

    `title_from` and `language_from` say in words where they come from; `pages` and `words` are counted, or
    what the file states (`stated`).
    """

    title: str = ""
    title_from: str = ""
    language: str = ""
    language_from: str = ""
    dates: tuple[FoundDate, ...] = ()
    pages: int | None = None
    words: int | None = None
    stated: bool = False


NO_HINTS: Final = FileHints()


def as_title(text: str) -> str:
    """The text in one line without what cannot be seen; cut at a word where it is a paragraph."""
    visible = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    line = " ".join(visible.encode("utf-8", "replace").decode().split())
    if len(line) <= LONGEST_TITLE:
        return line
    return line[:LONGEST_TITLE].rpartition(" ")[0].rstrip(",;:. ") + " …"
