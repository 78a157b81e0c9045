"""Hints from plain text: its first line, its words, its dates."""

import codecs
import re
from typing import Final

from archive.core.descriptions.dates_in_text import dates_in_text
from archive.core.language_guess import guess_language
from archive.core.limits.documents import TEXT_LINES
from archive.formats.file_hints.model import NO_HINTS, FileHints, as_title

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z-]*: ")
_SUBJECT: Final = re.compile(r"^Subject:[ \t]*(\S.*)$", re.MULTILINE | re.IGNORECASE)
_MARKUP: Final = " \t#*=_-~>|/\\"
_WITHOUT_SPACES: Final = frozenset(("bo", "ja", "km", "lo", "my", "th", "zh"))  # between words
_CUT: Final = 4  # bytes of a character that may be cut off at the end of what was read


def text_hints(head: bytes, *, whole: bool) -> FileHints:
    """The hints of a text of which `head` is the beginning; words and pages are counted where it is whole."""
    text = decoded(head, whole=whole)
    if text is not None and "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text is None or not text.strip():
        return NO_HINTS
    title, origin = _title(text)
    return hints_of_prose(text, title, origin, whole=whole)


def hints_of_prose(text: str, title: str, origin: str, *, whole: bool) -> FileHints:
    """The hints of a text whose title is known."""
    language = guess_language(text)
    tag = language.tag if language else ""
    pages = text.rstrip("\f\n").count("\f") + 1 if whole and "\f" in text else None
    return FileHints(
        title=title,
        title_from=origin if title else "",
        language=tag,
        language_from=language.basis if language else "",
        dates=dates_in_text(text),
        pages=pages,
        words=len(text.split()) if whole and tag not in _WITHOUT_SPACES else None,
    )


def decoded(head: bytes, *, whole: bool) -> str | None:
    """The text as its mark says, else as UTF-8, else as Windows-1252; None for what is no text."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    if _BINARY.search(head):
        return _unmarked_utf16(head)
    try:
        return head.decode()
    except UnicodeDecodeError as broken:
        if not whole and broken.start >= len(head) - _CUT:
            return head[: broken.start].decode()
    try:
        return head.decode("cp1252")
    except UnicodeDecodeError:
        return None


def _unmarked_utf16(head: bytes) -> str | None:
    for encoding, zeros in (("utf-16-le", head[1:200:2]), ("utf-16-be", head[0:200:2])):
        if zeros and zeros.count(0) * 2 > len(zeros):
            text = head.decode(encoding, "replace")
            return None if "\0" in text else text
    return None


def _title(text: str) -> tuple[str, str]:
    lines = [line for line in text.split("\n", TEXT_LINES)[:TEXT_LINES] if line.strip()]
    if lines and _HEADER.match(lines[0]) and (subject := _SUBJECT.search("\n".join(lines))):
        return as_title(subject[1]), "the subject"
    for line in lines:
        if any(char.isalpha() for char in line):
            return as_title(line.strip(_MARKUP + "\r\f\ufeff")), "the first line"
    return "", ""
