"""Which reader a file's hints come from: told by its first bytes, its name second."""

import os
from typing import BinaryIO, Final

from archive.core.descriptions.dates_in_text import dates_in_name
from archive.core.limits.documents import HEAD_BYTES, TAIL_BYTES
from archive.formats.file_hints.model import NO_HINTS, FileHints

_ZIP: Final = b"PK\x03\x04"
# Text that has no title: data, and marks of a program.
_NO_PROSE: Final = frozenset(
    (".csv", ".tsv", ".json", ".yaml", ".yml", ".xml", ".svg", ".rtf", ".css", ".js")
)


def file_hints(name: str, stream: BinaryIO, size: int) -> FileHints:
    """What the file suggests; `stream` can be set back and stands at its start. OSError passes through.

    A date in the name stands behind those in the text. No content raises.
    """
    head = stream.read(HEAD_BYTES)
    hints = _hints(name, stream, head, size)
    named = tuple(date for date in dates_in_name(os.path.basename(name)) if date not in hints.dates)
    return hints._replace(dates=hints.dates + named)


def _hints(name: str, stream: BinaryIO, head: bytes, size: int) -> FileHints:
    ending = os.path.splitext(name)[1].lower()
    if head.startswith(_ZIP):
        from archive.formats.file_hints.office_packages import package_hints  # only where one is met

        stream.seek(0)
        return package_hints(stream)
    if head.startswith(b"%PDF-"):
        from archive.formats.file_hints.pdf_statements import pdf_hints

        stream.seek(max(len(head), size - TAIL_BYTES))
        return pdf_hints(head, stream.read(TAIL_BYTES))
    if _looks_like_html(head) or ending in {".html", ".htm", ".xhtml"}:
        from archive.formats.file_hints.html_pages import html_hints

        return html_hints(head)
    if ending in _NO_PROSE or head.startswith((b"<?xml", b"{\\rtf")):
        return NO_HINTS
    from archive.formats.file_hints.plain_text import text_hints

    return text_hints(head, whole=len(head) == size)


def _looks_like_html(head: bytes) -> bool:
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html"))
