"""The hints of one file as values."""

import unicodedata
from typing import Final, NamedTuple

from archive.core.descriptions.dates_in_text import FoundDate
from archive.core.limits.documents import TITLE_CHARACTERS


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
    """The text in one line without what cannot be seen; a paragraph is cut at a word, if it has any."""
    hidden = {"Cc", "Zl", "Zp"}
    start = text[: 10 * TITLE_CHARACTERS]
    visible = "".join(" " if unicodedata.category(char) in hidden else char for char in start)
    line = " ".join(visible.encode("utf-8", "replace").decode().split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    start = line[:TITLE_CHARACTERS]
    return (start.rpartition(" ")[0].rstrip(",;:. ") or start) + " …"
