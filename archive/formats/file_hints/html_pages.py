"""Hints from HTML: the title element, the language that the page states, its text."""

from typing import Final

from lxml import etree

from archive.core.descriptions.languages import LanguageState, judge
from archive.core.limits.documents import HTML_TAG_PARTS
from archive.formats.file_hints.model import NO_HINTS, FileHints, as_title
from archive.formats.file_hints.plain_text import hints_of_prose

_BETWEEN_ATTRIBUTES: Final = (b" ", b"\t", b"\n", b"\f", b"\r", b"/", b'"', b"'")
_UNSEEN: Final = frozenset(("script", "style", "template", "noscript", "head"))


def html_hints(head: bytes) -> FileHints:
    """The hints of a page of which `head` is the beginning; never raises, nothing is fetched."""
    if _has_endless_tag(head):
        return NO_HINTS
    parser = etree.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(head, parser)
    except (etree.LxmlError, ValueError):
        return NO_HINTS
    if root is None:
        return NO_HINTS
    title = as_title(root.findtext(".//title") or root.findtext(".//h1") or "")
    hints = hints_of_prose("\n".join(_text(root)), title, "the page's own title", whole=False)
    stated = judge((root.get("lang") or "").strip())
    if stated.state in {LanguageState.VALID, LanguageState.CANONICAL}:
        hints = hints._replace(language=stated.canonical or "", language_from="the page states it")
    return hints


def _has_endless_tag(head: bytes) -> bool:
    tags = (piece[piece.find(b"<") :] for piece in head.split(b">") if b"<" in piece)
    long = (tag for tag in tags if len(tag) > HTML_TAG_PARTS)
    return any(sum(tag.count(mark) for mark in _BETWEEN_ATTRIBUTES) > HTML_TAG_PARTS for tag in long)


def _text(root: "etree._Element") -> list[str]:
    texts = []
    for element in root.iter():
        if str(element.tag) not in _UNSEEN and element.text:
            texts.append(element.text)
        if element.tail:
            texts.append(element.tail)
    return texts
