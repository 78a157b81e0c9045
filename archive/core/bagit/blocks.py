"""Tag files in blocks of bytes: their whole lines as text, with memory that no line and no file can grow."""

import codecs
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from archive.core.bagit.lines import byte_order, byte_order_mark
from archive.core.bagit.versions import Version
from archive.core.findings import At, Finding, error, warning
from archive.core.limits.bags import ENDLESS_LINE, LINE_CHARACTERS

_MARK_LENGTH = 4


class Findings(Protocol):
    """Takes what is wrong."""

    def add(self, finding: Finding) -> None:
        """Keep one finding."""


class Lines(NamedTuple):
    """Whole lines, each ended by LF whatever ended it in the file; `first` is the number of the first.

    `endless`: the last of them goes on without end, and nothing behind it was read.
    """

    text: str
    first: int
    endless: bool = False

    def each(self) -> Iterator[tuple[int, str]]:
        """Each line's number and the line without its ending."""
        return enumerate(self.text[:-1].split("\n"), start=self.first)


def lines_in_blocks(
    blocks: Iterable[bytes],
    *,
    name: str,
    encoding: str,
    version: Version,
    findings: Findings,
    tolerant: bool = False,
) -> Iterator[Lines]:
    """The lines of a tag file; `encoding` is a codec of the allow-list.

    Of a line over LINE_CHARACTERS characters one more than that are given. Bytes that are not UTF-8 stay as
    surrogate escapes, since names on disk may hold them (with `tolerant` that is a warning only); in another
    encoding they become U+FFFD.
    """
    decoder = _Decoder(name, encoding, version, findings, tolerant=tolerant)
    cutter = _Cutter()
    for block in blocks:
        lines = cutter.cut(decoder.decode(block))
        if lines is not None:
            yield lines
        if cutter.passed > ENDLESS_LINE and (lines := cutter.cut("", final=True)) is not None:
            yield lines._replace(endless=True)
            return
    if (lines := cutter.cut(decoder.decode(b"", final=True), final=True)) is not None:
        yield lines


class _Decoder:
    """Decodes block by block; says once where the encoding ends to hold."""

    def __init__(
        self, name: str, encoding: str, version: Version, findings: Findings, *, tolerant: bool
    ) -> None:
        self._name = name
        self._encoding = encoding
        self._version = version
        self._findings = findings
        self._tolerant = tolerant
        self._decoder: codecs.IncrementalDecoder | None = None
        self._offset = 0
        self._head: bytes | None = b""
        self._mark_seen = False

    def decode(self, block: bytes, *, final: bool = False) -> str:
        """The text of one more block."""
        if self._head is not None:
            self._head += block
            if len(self._head) < _MARK_LENGTH and not final:
                return ""
            block, self._head = self._begin(self._head), None
        text = self._decode(block, final=final)
        if text and not self._mark_seen:
            self._mark_seen = True
            if text[0] == "\ufeff":
                self._findings.add(byte_order_mark(self._name, self._encoding, self._version))
                return text[1:]
        return text

    def _begin(self, head: bytes) -> bytes:
        """Choose the decoder by the first bytes, and take off a mark that says the order of bytes."""
        codec, mark = byte_order(self._encoding, head)
        self._decoder = codecs.getincrementaldecoder(codec)("strict")
        self._offset = len(mark)
        return head[len(mark) :]

    def _decode(self, block: bytes, *, final: bool) -> str:
        decoder = self._decoder
        if decoder is None:
            return ""
        state = decoder.getstate()
        try:
            text = decoder.decode(block, final)
        except UnicodeError as trouble:
            if decoder.errors == "strict":
                utf8 = self._encoding == "utf-8"
                start = trouble.start if isinstance(trouble, UnicodeDecodeError) else 0
                self._say_wrong(self._offset - len(state[0]) + start, mild=utf8 and self._tolerant)
                decoder.errors = "surrogateescape" if utf8 else "replace"
            text = _forced(decoder, state, block, final=final)
        self._offset += len(block)
        return text

    def _say_wrong(self, byte: int, *, mild: bool) -> None:
        report = warning if mild else error
        message = f"is not {self._encoding} from byte {byte} on"
        at = At(file=self._name)
        self._findings.add(report("BAG-ENCODING-BYTES", self._name, message, at=at, clause="RFC 8493 §2.1.1"))


def _forced(
    decoder: codecs.IncrementalDecoder, state: tuple[bytes, int], block: bytes, *, final: bool
) -> str:
    """The text of a block in which something is wrong; the decoder replaces what it cannot read."""
    decoder.setstate(state)
    try:
        return decoder.decode(block, final)
    except UnicodeError:
        # Python's ISO-2022 codecs keep 8 bytes between blocks and wait 16 for the end of an escape sequence.
        decoder.setstate(state)
        return decoder.decode(block, True)


class _Cutter:
    """Cuts text at the ends of lines and keeps what is left for the next block."""

    def __init__(self) -> None:
        self._left: list[str] = []
        self._length = 0
        self._next = 1
        self.passed = 0  # characters of the line that is not ended yet
        self._return = False  # the last block ended in a CR that may be half of a CRLF

    def cut(self, text: str, *, final: bool = False) -> Lines | None:
        if self._return and text:
            self._return = False
            if text[0] == "\n":
                text = text[1:]
        if text and text[-1] == "\r":
            self._return = True
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        end = text.rfind("\n") + 1
        if not end:
            self._keep(text)
            return self._take("", final=True) if final and self._length else None
        whole = self._take(text[:end], final=False)
        self._keep(text[end:])
        if final and self._length:
            rest = self._take("", final=True)
            return Lines(whole.text + rest.text, whole.first)
        return whole

    def _keep(self, text: str) -> None:
        """Hold the beginning of a line, and of an endless one no more than tells that it is too long."""
        self.passed += len(text)
        room = LINE_CHARACTERS + 1 - self._length
        if text and room > 0:
            self._left.append(text[:room])
            self._length += len(self._left[-1])

    def _take(self, text: str, *, final: bool) -> Lines:
        self.passed = 0
        if self._left:
            head = "".join(self._left)
            self._left, self._length = [], 0
            if len(head) > LINE_CHARACTERS and not final:  # the rest of that line is of no use
                text = text[text.index("\n") :]
            text = head + text
        if final:
            text += "\n"
        first = self._next
        self._next += text.count("\n")
        return Lines(text, first)
