"""Results that are bytes: exact for a program, escaped where somebody looks at them."""

import codecs
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from archive.core.text import printable, printable_json, printable_xml

_ESCAPES: dict[str, Callable[[str], str]] = {
    "json": printable_json,
    "prov-json": printable_json,
    "mets": printable_xml,
    "oai_dc": printable_xml,
    "xml": printable_xml,
}


@contextmanager
def byte_results(form: str) -> Iterator[BinaryIO]:
    """Standard output for a result in a form such as `csv` or `json`: exactly the bytes that are written.

    On a terminal nothing in a name or value moves the cursor: what JSON and XML have an escape for is written
    so, and means the same; in any other form it is shown as everywhere else.
    """
    sys.stdout.flush()
    if sys.stdout.isatty():
        yield cast("BinaryIO", _Shown(_ESCAPES.get(form, printable)))
    else:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    sys.stdout.flush()


class _Shown(io.RawIOBase):
    """Shows UTF-8 on a terminal, line by line as it comes; a mark of its encoding is not shown."""

    def __init__(self, escaped: Callable[[str], str]) -> None:
        self._escaped = escaped
        decoder = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._decoder = io.IncrementalNewlineDecoder(decoder, translate=True)

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Shows the bytes; how many they are."""
        lines = self._decoder.decode(bytes(data)).split("\n")
        sys.stdout.write("\n".join(map(self._escaped, lines)))
        return len(data)
