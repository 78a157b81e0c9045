"""Hints from the properties of office documents: Office Open XML and OpenDocument."""

from typing import BinaryIO, Final

from archive.core.descriptions.languages import LanguageState, judge
from archive.core.limits.documents import PAGES_OR_WORDS
from archive.core.tables.read_sheet import SpreadsheetError
from archive.formats.file_hints.model import NO_HINTS, FileHints, as_title
from archive.formats.file_hints.xml_statements import Name, texts_of
from archive.formats.spreadsheet.package import Package

_DC: Final = "http://purl.org/dc/elements/1.1/"
_APP: Final = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_META: Final = "urn:oasis:names:tc:opendocument:xmlns:meta:1.0"
_TITLE: Final = (_DC, "title")
_LANGUAGE: Final = (_DC, "language")
_PAGES: Final = ((_APP, "Pages"), (_APP, "Slides"), (_META, "page-count"))
_WORDS: Final = ((_APP, "Words"), (_META, "word-count"))
# The parts that state properties, in each kind of package.
_PARTS: Final = ("docProps/core.xml", "docProps/app.xml", "meta.xml")


def package_hints(stream: BinaryIO) -> FileHints:
    """What the package states of itself; no hints where it is no sound zip, or too large a one."""
    found: dict[Name, str] = {}
    wanted = {_TITLE, _LANGUAGE, *_PAGES, *_WORDS}
    try:
        package = Package(stream)
        for part in _PARTS:
            if part in package:
                found = {**texts_of(package.chunks(part), wanted), **found}
    except SpreadsheetError:
        return NO_HINTS
    title = as_title(found.get(_TITLE, ""))
    stated = judge(found.get(_LANGUAGE, ""))
    known = stated.state in {LanguageState.VALID, LanguageState.CANONICAL}
    return FileHints(
        title=title,
        title_from="the document's properties" if title else "",
        language=stated.canonical or "" if known else "",
        language_from="the document states it" if known else "",
        pages=_number(found, _PAGES),
        words=_number(found, _WORDS),
        stated=True,
    )


def _number(found: dict[Name, str], names: tuple[Name, ...]) -> int | None:
    """The first of these that is a sensible number; 0 is what programs write that did not count."""
    for name in names:
        text = found.get(name, "")
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(PAGES_OR_WORDS))
        if is_number and 0 < int(text) <= PAGES_OR_WORDS:
            return int(text)
    return None
