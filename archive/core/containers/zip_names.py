"""What the bytes of a zip's member name stand for (APPNOTE 4.4.17, 4.6.9 and Appendix D)."""

import zlib
from typing import NamedTuple

from archive.core.containers.faults import Fault
from archive.core.containers.zip_records import UTF8, ZipEntry, extra_fields

_UNICODE_PATH = 0x7075


class ZipName(NamedTuple):
    """A name as file systems have it, and what a reader should know of how it was read, or None."""

    name: bytes
    guess: str | None


def zip_name(entry: ZipEntry) -> ZipName | Fault:
    """The name of a member in UTF-8, or as the file system that it came from had it.

    Without the flag for UTF-8 the standard means code page 437, yet most writers store what their system
    has: a name that is UTF-8 is taken for that, one from a Unix system is kept byte for byte, and only the
    rest is code page 437; each time with a word. A Unicode path field counts where its CRC fits the name.
    """
    unicode_path = _unicode_path(entry) if b"up" in entry.extra else None
    if entry.name.isascii() or entry.flags & UTF8:
        if unicode_path not in (None, entry.name):
            return Fault(
                "SER-HEADER-AMBIGUOUS", "a member has two names", *map(_shown, (entry.name, unicode_path))
            )
        if _decoded(entry.name) is None:
            return Fault("SER-NAME-ENCODING", "a member's name is declared as UTF-8 and is not")
        return ZipName(entry.name, None)
    if unicode_path is not None:
        return ZipName(unicode_path, None)
    if _decoded(entry.name) is not None:
        return ZipName(entry.name, "UTF-8, though the zip does not say so")
    if entry.unix:
        return ZipName(entry.name, "the bytes that the Unix system had")
    return ZipName(entry.name.decode("cp437").encode(), "code page 437, as the standard has it")


def _unicode_path(entry: ZipEntry) -> bytes | None:
    """The name that a Unicode path field gives, where its CRC is the name's."""
    for kind, data in extra_fields(entry.extra) or ():
        stated = int.from_bytes(data[1:5], "little")
        if kind == _UNICODE_PATH and data[:1] == b"\x01" and stated == zlib.crc32(entry.name):
            return data[5:] if _decoded(data[5:]) is not None else None
    return None


def _shown(name: bytes | None) -> str:
    return (name or b"").decode("utf-8", "surrogateescape")


def _decoded(name: bytes) -> str | None:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return None
