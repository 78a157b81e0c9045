"""What the bytes of a zip's member name stand for (APPNOTE 4.4.17, 4.6.9 and Appendix D)."""

import zlib
from typing import NamedTuple

from archive.core.containers.faults import Fault
from archive.core.containers.member_names import name_fault
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
    unicode_path = _unicode_path(entry.name, entry.extra) if b"up" in entry.extra else None
    if isinstance(unicode_path, Fault):
        return unicode_path
    if entry.name.isascii() or entry.flags & UTF8:
        if unicode_path not in (None, entry.name):
            return _two_names(entry.name, unicode_path)
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


def second_name_fault(entry: ZipEntry, meant: bytes, local_extra: bytes) -> Fault | None:
    """Why readers that pass over the directory, or over Unicode path fields, see another or a worse name.

    `meant` is what `zip_name` gave, `local_extra` the extra fields of the member's own header.
    """
    inside = _unicode_path(entry.name, local_extra) if b"up" in local_extra else None
    if isinstance(inside, Fault):
        return inside
    if inside not in (None, meant):
        return _two_names(meant, inside)
    # A second byte of Shift JIS may be a backslash.
    return None if meant == entry.name else name_fault(entry.name, backslash_separates=False)


def _unicode_path(name: bytes, extra: bytes) -> bytes | Fault | None:
    """The name that Unicode path fields give, where their CRC is the name's."""
    fields = extra_fields(extra)
    if fields is None:
        return Fault("SER-HEADER-SYNTAX", "a member may have a second name in extra fields that are damaged")
    crc = zlib.crc32(name)
    names = {data[5:] for kind, data in fields if kind == _UNICODE_PATH and _is_for(crc, data)}
    if len(names) > 1:
        return _two_names(*sorted(names)[:2])
    found = next(iter(names), None)
    return found if found is None or _decoded(found) is not None else None


def _is_for(crc: int, data: bytes) -> bool:
    return data[:1] == b"\x01" and int.from_bytes(data[1:5], "little") == crc


def _two_names(one: bytes, other: bytes | None) -> Fault:
    return Fault("SER-HEADER-AMBIGUOUS", "a member has two names", _shown(one), _shown(other))


def _shown(name: bytes | None) -> str:
    return (name or b"").decode("utf-8", "surrogateescape")


def _decoded(name: bytes) -> str | None:
    try:
        return name.decode()
    except UnicodeDecodeError:
        return None
