"""The text of an XML file of any size, a window at a time, with the lines and columns of what is in it.

A byte that is not of the encoding becomes one mark (STRAY), so that it costs the record that it stands in and
no other.
"""

import codecs
import re
from typing import BinaryIO, Final

from archive.core.bagit.declaration import codec
from archive.core.limits.descriptions import LONGEST_XML_RECORD

STRAY: Final = "\udc80"  # half a character, which no decoder gives

_BLOCK: Final = 1 << 20
_HANDLER: Final = "archive.stray-bytes"
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),  # XML 1.0 Appendix F.1
    (b"\0<", "utf-16-be"),
)


def _mark(trouble: UnicodeError) -> tuple[str, int]:
    if not isinstance(trouble, UnicodeDecodeError):
        raise trouble
    return STRAY, trouble.end


codecs.register_error(_HANDLER, _mark)


class XmlText:
    """A file as text: `text` holds what has been read and not yet dropped; OSError of the stream passes.

    `encoding` is the codec by the byte order mark, else by the XML declaration, else UTF-8; None where the
    declaration names what is no character set that is read here (`declared`).
    """

    __slots__ = (
        "_at_line_start",
        "_base",
        "_counted",
        "_decoder",
        "_line",
        "_stream",
        "declared",
        "encoding",
        "ended",
        "text",
    )

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        head = stream.read(_BLOCK)
        self.declared = ""
        self.encoding = self._told(head)
        self._decoder = codecs.getincrementaldecoder(self.encoding or "utf-8")(_HANDLER)
        self.ended = False
        self.text = self._decoder.decode(head).removeprefix("\ufeff")
        self._base = 0  # characters that were dropped
        self._counted = 0  # up to where, from the beginning of the file, lines have been counted
        self._line, self._at_line_start = 1, 0
        self.ready(0)

    def _told(self, head: bytes) -> str | None:
        marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
        if marked is not None:
            return marked
        declared = _DECLARED.match(head.lstrip())
        if declared is None:
            return "utf-8"
        self.declared = declared[1].decode("ascii")
        found = codec(self.declared)
        # A file that declares UTF-16 in bytes of ASCII is no UTF-16 (XML 1.0 §4.3.3); many exports do.
        return "utf-8" if found and found.startswith(("utf-16", "utf-32")) else found

    def ready(self, at: int) -> int:
        """Where `at` is after so much was read that a record may follow it; what is before is dropped."""
        if self.ended or len(self.text) - at >= 2 * LONGEST_XML_RECORD:
            return at
        self.where(at)
        pieces = [self.text[at:]]
        room = 4 * LONGEST_XML_RECORD - len(pieces[0])
        while room > 0:
            block = self._stream.read(_BLOCK)
            pieces.append(self._decoder.decode(block, final=not block))
            room -= len(pieces[-1])
            if not block:
                self.ended = True
                break
        self._base += at
        self.text = "".join(pieces)
        return 0

    @property
    def base(self) -> int:
        """How many characters of the file come before `text`."""
        return self._base

    def where(self, at: int) -> tuple[int, int]:
        """Line and column, from 1, of a place in `text` that is not before one asked for earlier."""
        begin, end = self._counted - self._base, at
        self._line += self.text.count("\n", begin, end)
        last = self.text.rfind("\n", begin, end)
        if last >= 0:
            self._at_line_start = self._base + last + 1
        self._counted = self._base + at
        return self._line, self._counted - self._at_line_start + 1
