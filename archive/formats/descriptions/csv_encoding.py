"""What encoding a table is in: strict UTF-8 first, then a guess that is stated, never a silent one."""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from archive.core.findings import At, Finding, error, note
from archive.core.limits.descriptions import ENDLESS_CSV_LINE
from archive.core.text import printable
from archive.formats.descriptions.text_encoding import unmarked
from archive.formats.descriptions.western import likeliest

_BLOCK: Final = 256 * 1024
_UNDEFINED_IN_CP1252: Final = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES: Final = {
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1252": "Windows-1252",
    "cp850": "DOS (code page 850)",
    "mac_roman": "Mac Roman",
}
_OF_ANOTHER_SCRIPT: Final = re.compile(rb"[\x80-\xff]{3}")


class Encoding(NamedTuple):
    """How to decode a table: `errors` is `surrogateescape` where single bytes of a UTF-8 file are not.

    `label` is what people call it, and how it was told.
    """

    name: str
    label: str
    errors: str = "strict"
    findings: tuple[Finding, ...] = ()


def detect(name: str, stream: BinaryIO) -> Encoding | Finding:
    """The encoding of the stream, which is read once to its end and set back; an error where none fits.

    An error, too, where a line of it does not end: it is not read on then.
    """
    try:
        return _told(name, stream)
    except _EndlessError as endless:
        return error(
            "DESC-CSV-TOO-LONG",
            name,
            f"the line that begins at byte {endless.start:,} goes on for more than {ENDLESS_CSV_LINE:,}"
            " bytes; nothing of the table was read",
            at=At(file=name),
            expected=f"at most {ENDLESS_CSV_LINE:,} bytes to a line",
            remedy="the file is damaged, or is no table: save it anew as CSV",
        )


class _EndlessError(Exception):
    """A line goes on without an end."""

    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


def _told(name: str, stream: BinaryIO) -> Encoding | Finding:
    head = stream.read(4)
    stream.seek(0)
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    if marked is None:
        marked = unmarked(head)
    seen = _survey(stream, marked or "utf-8")
    stream.seek(0)
    if seen.clean:
        if marked is None or marked == "utf-8-sig":
            return Encoding(marked or "utf-8", "UTF-8 with a byte order mark" if marked else "UTF-8")
        return Encoding(marked, marked[:6].upper())
    if marked is not None:
        return error(
            "DESC-ENCODING",
            name,
            f"begins like {marked.upper()} but does not go on as it",
            at=At(file=name),
            remedy="save the table anew as CSV in UTF-8",
        )
    if seen.characters >= seen.stray:
        message = f"UTF-8, but {seen.stray} bytes are not; the rows that hold them are named"
        finding = note("DESC-ENCODING-MIXED", name, message, at=At(file=name), expected="UTF-8")
        return Encoding("utf-8-sig", "UTF-8 with errors", "surrogateescape", (finding,))
    guess = _guess(stream, western=seen.western)
    if guess is None:
        return error(
            "DESC-ENCODING",
            name,
            "in an encoding that could not be told",
            at=At(file=name),
            expected="UTF-8",
            remedy="save the table anew as CSV in UTF-8",
        )
    label = _NAMES.get(guess, guess)
    example = seen.example.decode(guess, "replace")
    finding = _guessed(name, label, example)
    return Encoding(guess, f"{label} (guessed: “{printable(example)}”)", "replace", (finding,))


class _Survey(NamedTuple):
    clean: bool
    characters: int  # beyond ASCII, that are UTF-8
    stray: int  # bytes that are not
    western: bool  # every byte is a character of Windows-1252
    example: bytes


def _survey(stream: BinaryIO, encoding: str) -> _Survey:
    decoder = codecs.getincrementaldecoder(encoding)()
    for block in _blocks(stream):
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            break
    else:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            pass
        else:
            return _Survey(clean=True, characters=0, stray=0, western=False, example=b"")
    stream.seek(0)
    return _count(stream)


def _count(stream: BinaryIO) -> _Survey:
    lenient = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    characters = stray = 0
    western, example = True, b""
    for block in _blocks(stream):
        text = lenient.decode(block)
        strays = len(_NOT_UTF8.findall(text))
        if strays and not example:
            example = _first_word(text)
        stray += strays
        characters += sum(1 for char in text if char > "\x7f") - strays
        western = western and not any(byte in block for byte in _UNDEFINED_IN_CP1252)
    return _Survey(clean=False, characters=characters, stray=max(stray, 1), western=western, example=example)


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in blocks; raises _EndlessError where a line is longer than any."""
    start = read = 0
    while block := stream.read(_BLOCK):
        if end := max(block.rfind(b"\n"), block.rfind(b"\r")) + 1:
            start = read + end
        read += len(block)
        if read - start > ENDLESS_CSV_LINE:
            raise _EndlessError(start)
        yield block


def _first_word(text: str) -> bytes:
    """The bytes of the word around the first byte that is not UTF-8, to show how it was read."""
    match = re.search('[^\\s,;"]{0,20}[\udc80-\udcff][^\\s,;"]{0,20}', text)
    return match.group().encode("utf-8", "surrogateescape") if match else b""


def _guess(stream: BinaryIO, *, western: bool) -> str | None:
    stream.seek(0)
    data = stream.read(_BLOCK)
    stream.seek(0)
    if (told := likeliest(data)) is not None:
        return told
    if western and not _OF_ANOTHER_SCRIPT.search(data):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    return best.encoding if best is not None else None


def _guessed(name: str, encoding: str, example: str) -> Finding:
    return note(
        "DESC-ENCODING-GUESSED",
        name,
        f"read as {encoding}: “{printable(example)}”",
        at=At(file=name),
        expected="UTF-8",
        found=encoding,
        remedy="look whether the letters are right; if not, save the table as CSV in UTF-8",
    )
