"""A spreadsheet's zip, read within bounds: what is in it is told before anything is expanded.

A hostile file is refused with SpreadsheetError; none costs more memory than its directory may have entries,
nor more time than the budget has bytes (archive/core/containers/budget.py).
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from archive.core.containers.budget import USUAL
from archive.core.containers.zip_entries import plain_fault
from archive.core.limits.spreadsheets import (
    MAX_DIRECTORY_BYTES,
    MAX_PARTS,
    MAX_SPREADSHEET_BYTES,
    MAX_SPREADSHEET_EXPANDED,
)
from archive.core.tables.read_sheet import SpreadsheetError

_CHUNK: Final = 64 * 1024
_END: Final = struct.Struct("<4s4H2LH")  # APPNOTE 4.3.16
_ZIP64_LOCATOR: Final = b"PK\x06\x07"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Excel wrote until 2003, and what it encrypts into

# Everything that zipfile and zlib raise on bytes that are no sound zip.
_BROKEN: Final = (
    BadZipFile,
    EOFError,
    KeyError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


def unreadable(
    why: str, remedy: str = "open it in the spreadsheet program and save it anew"
) -> SpreadsheetError:
    """The error that the file is no spreadsheet that can be read."""
    return SpreadsheetError("TABLE-UNREADABLE", why, remedy)


def too_large(why: str) -> SpreadsheetError:
    """The error that a bound was reached."""
    return SpreadsheetError("TABLE-TOO-LARGE", why, "split the table, or save it as CSV")


class Package:
    """The parts of one spreadsheet. Raises SpreadsheetError; OSError of the stream passes through."""

    def __init__(self, stream: BinaryIO) -> None:
        size = stream.seek(0, 2)
        if size > MAX_SPREADSHEET_BYTES:
            raise too_large(f"{size:,} bytes, where {MAX_SPREADSHEET_BYTES:,} are read")
        _check_end(stream, size)
        self._room = min(USUAL.room(size), MAX_SPREADSHEET_EXPANDED)
        stream.seek(0)
        try:
            self._zip = ZipFile(stream)
        except _BROKEN as trouble:
            raise unreadable(f"is not a sound zip: {trouble}") from trouble
        self._parts: dict[str, ZipInfo] = {}
        for info in self._zip.infolist():
            if info.filename in self._parts:
                raise unreadable(f"holds the part {info.filename[:80]} twice")
            self._parts[info.filename] = info

    def __contains__(self, name: str) -> bool:
        """True where there is such a part."""
        return name in self._parts

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, expanded a piece at a time."""
        info = self._parts.get(name)
        if info is None:
            raise unreadable(f"the part {name} is missing")
        if info.flag_bits & 0x1:
            raise unreadable("is encrypted", "save it without a password")
        if (fault := plain_fault(method=info.compress_type, offset=info.header_offset)) is not None:
            raise unreadable(f"the part {name} is {fault}")
        try:
            with self._zip.open(info) as part:
                while chunk := part.read(_CHUNK):
                    self._room -= len(chunk)
                    if self._room < 0:
                        raise too_large("expands to far more than an honest table of its size does")
                    yield chunk
        except _BROKEN as trouble:
            raise unreadable(f"the part {name} is damaged: {trouble}") from trouble


def _check_end(stream: BinaryIO, size: int) -> None:
    """Looks at the end of the zip before the whole directory is read: it may be as long as the file."""
    stream.seek(0)
    if stream.read(len(_OLE)) == _OLE:
        raise unreadable(
            "is encrypted, or in the format of Excel before 2007", "save it as .xlsx or .ods, unlocked"
        )
    stream.seek(max(0, size - _END.size - 0xFFFF - 20))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise unreadable("is not a zip, as every ODS and XLSX is, or is cut off")
    _, _, _, _, parts, directory, _, _ = _END.unpack_from(tail, at)
    if tail[max(0, at - 20) : at][:4] == _ZIP64_LOCATOR:
        raise too_large("is a zip of the kind for more than four gigabytes")
    if parts > MAX_PARTS or directory > MAX_DIRECTORY_BYTES:
        raise too_large(f"has {parts:,} parts, where {MAX_PARTS:,} are read")
