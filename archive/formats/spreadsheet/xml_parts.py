"""The XML of a part, piece by piece: elements begin and end, text comes between them.

Expat keeps no tree: memory is that of what the handlers keep. A document type declaration is refused where it
begins, so no entity is ever defined, followed or expanded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.parsers import expat

from archive.core.limits.descriptions import MAX_CSV_FIELD
from archive.core.limits.spreadsheets import LONGEST_TAG
from archive.core.tables.read_sheet import SpreadsheetError
from archive.formats.spreadsheet.package import too_large, unreadable

Attributes = Mapping[str, str]


class TextBuffer:
    """Collects the text of one cell, up to what a cell of a table may hold."""

    __slots__ = ("_pieces", "_size")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0

    def add(self, text: str) -> None:
        """Adds a piece. Raises SpreadsheetError beyond the bound."""
        self._size += len(text)
        if self._size > MAX_CSV_FIELD:
            raise too_large(f"a cell holds more than {MAX_CSV_FIELD:,} characters")
        self._pieces.append(text)

    def __len__(self) -> int:
        """How many pieces there are."""
        return len(self._pieces)

    def since(self, count: int) -> str:
        """The text behind that many pieces."""
        return "".join(self._pieces[count:])

    def take(self) -> str:
        """The text, and empties the buffer."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        return text


def parse(
    part: str,
    chunks: Iterable[bytes],
    begin: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Feeds the handlers and pauses after each piece; names are `namespace local`, or `local` without one.

    Raises SpreadsheetError where the part is not well-formed, or declares a document type.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    fed = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > LONGEST_TAG:
                raise too_large(f"{part}: one tag of more than {LONGEST_TAG:,} bytes")
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as trouble:  # an unknown encoding is one of the latter
        raise unreadable(f"{part} is not well-formed XML: {trouble}") from trouble
    yield


def run(
    part: str,
    chunks: Iterable[bytes],
    begin: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> None:
    """Feeds the handlers to the end of the part; as `parse`."""
    for _ in parse(part, chunks, begin, end, text):
        pass


def _refuse_doctype(*_: object) -> None:
    raise SpreadsheetError(
        "TABLE-DOCTYPE",
        "declares a document type, as no spreadsheet does; nothing of it was read",
        "open it in the spreadsheet program and save it anew",
    )


def whole(text: str | None, default: int = 0, *, most: int = 1 << 31) -> int:
    """The whole number in an attribute, cut at `most`; the default where it is none."""
    if text is None or not text.isascii() or not text.strip().isdigit() or len(text) > 20:
        return default
    return min(int(text), most)
