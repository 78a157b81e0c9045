"""Hints from a PDF that is not taken apart: its packet of XMP, and the page tree where it stands openly.

Only plain bytes at the beginning and the end are looked at: no stream is expanded, no object followed.
"""

import re
from itertools import islice
from typing import Final

from archive.core.descriptions.languages import LanguageState, judge
from archive.core.limits.documents import PAGE_TREE_BYTES, PAGE_TREES, XMP_BYTES
from archive.formats.file_hints.model import NO_HINTS, FileHints, as_title
from archive.formats.file_hints.xml_statements import texts_of

_PACKET_BEGINS: Final = b"<x:xmpmeta"
_PACKET_ENDS: Final = b"</x:xmpmeta>"
_PAGES: Final = re.compile(rb"/Type\s*/Pages\b")
_COUNT: Final = re.compile(rb"/Count\s+([0-9]{1,7})\b")
_DC: Final = "http://purl.org/dc/elements/1.1/"


def pdf_hints(head: bytes, tail: bytes) -> FileHints:
    """What the first and the last bytes of a PDF state."""
    hints = NO_HINTS
    for packet in filter(None, (_packet(tail), _packet(head))):
        found = texts_of(packet, {(_DC, "title"), (_DC, "language")})
        title, language = as_title(found.get((_DC, "title"), "")), found.get((_DC, "language"), "").strip()
        if title and not hints.title:
            hints = hints._replace(title=title, title_from="the document's properties")
        stated = judge(language)
        if stated.state in {LanguageState.VALID, LanguageState.CANONICAL} and not hints.language:
            hints = hints._replace(language=stated.canonical or "", language_from="the document states it")
    pages = max([*_counts(tail), *_counts(head)], default=0)
    return hints._replace(pages=pages, stated=True) if pages else hints


def _packet(data: bytes) -> bytes:
    """The last packet of properties: that of the latest version where a document was saved several times."""
    end = data.rfind(_PACKET_ENDS) + len(_PACKET_ENDS)
    start = data.rfind(_PACKET_BEGINS, max(0, end - XMP_BYTES), end)
    return data[start:end] if 0 <= start < end else b""


def _counts(data: bytes) -> list[int]:
    """The numbers of pages that page trees state; the root of the tree has the largest."""
    counts = []
    for match in islice(_PAGES.finditer(data), PAGE_TREES):
        start = data.rfind(b" obj", max(0, match.start() - PAGE_TREE_BYTES), match.start())
        end = data.find(b"endobj", match.end(), match.end() + PAGE_TREE_BYTES)
        if start >= 0 and end >= 0 and (count := _COUNT.search(data, start, end)):
            counts.append(int(count[1]))
    return counts
