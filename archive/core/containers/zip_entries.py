"""What an entry of a zip's directory is, and why its content cannot be read here, or must not be."""

import stat
from typing import Final

from archive.core.containers.faults import Fault
from archive.core.containers.zip_records import ENCRYPTED, PATCHED, ZipEntry, extra_fields

STORED: Final = 0
DEFLATE: Final = 8
BZIP2: Final = 12
LZMA: Final = 14
ZSTD: Final = 93
XZ: Final = 95

# APPNOTE 4.4.5
_NAMES: Final = {
    1: "shrink",
    6: "implode",
    9: "deflate64",
    10: "PKWARE DCL implode",
    16: "IBM z/OS CMPSC",
    18: "IBM TERSE",
    19: "IBM LZ77",
    20: "zstd under an old number",
    94: "MP3",
    96: "JPEG",
    97: "WavPack",
    98: "PPMd",
    99: "AES",
}
_ASI_UNIX: Final = 0x756E
METHODS: Final = frozenset({STORED, DEFLATE, BZIP2, LZMA, ZSTD, XZ})
PLAIN_METHODS: Final = frozenset({STORED, DEFLATE})


def entry_fault(entry: ZipEntry) -> Fault | None:
    """Why the content of an entry is not looked at, or None."""
    if entry.flags & ENCRYPTED or entry.method == 99:
        return Fault("SER-ENCRYPTED", "a member is encrypted")
    if entry.flags & PATCHED:
        return Fault("SER-MEMBER-UNSUPPORTED", "a member is a patch of another file")
    if entry.method not in METHODS:
        found = _NAMES.get(entry.method, str(entry.method))
        return Fault("SER-METHOD", "a member is compressed in a way that is not read here", found=found)
    if entry.method == STORED and entry.packed != entry.size:
        message = "a member that is not compressed has two sizes"
        return Fault("SER-HEADER-AMBIGUOUS", message, str(entry.size), str(entry.packed))
    if is_folder(entry) and entry.size:
        return Fault("SER-HEADER-AMBIGUOUS", "a folder has content")
    named_folder = entry.name.endswith(b"/")
    said_folder = stat.S_ISDIR(entry.mode) or entry.folder_attribute
    if (said_folder and not named_folder) or (named_folder and (is_link(entry) or is_special(entry))):
        return Fault("SER-HEADER-AMBIGUOUS", "a member is a folder by its name or by its mode, not by both")
    return (
        _asi_fault(entry.extra) if not entry.mode and _ASI_UNIX.to_bytes(2, "little") in entry.extra else None
    )


def _asi_fault(extra: bytes) -> Fault | None:
    """Why an ASi Unix field (APPNOTE 4.6.6) makes another kind of a member that has no mode of its own.

    Info-ZIP's unzip makes a symbolic link of such a member.
    """
    fields = extra_fields(extra)
    if fields is None:
        return Fault("SER-HEADER-SYNTAX", "a member may have a mode in extra fields that are damaged")
    kinds = {stat.S_IFMT(int.from_bytes(data[4:6], "little")) for kind, data in fields if kind == _ASI_UNIX}
    if kinds <= {0, stat.S_IFREG, stat.S_IFDIR}:
        return None
    return Fault("SER-HEADER-AMBIGUOUS", "a member is a link or special by an extra field alone")


def plain_fault(*, method: int, offset: int) -> str | None:
    """Why Python's zipfile must not open a member with that method, its header at that offset; or None.

    For what is never packed otherwise: spreadsheets (ODF 1.2 part 3 §2.2.1; OPC, ECMA-376 part 2). Of bzip2
    and LZMA zipfile expands 4 KiB at once, to any size and with a dictionary of any size, and it raises of
    them, as of an offset before the file, the OSError that a failing disk raises too.
    """
    if method not in PLAIN_METHODS:
        return f"compressed in a way that is not allowed in it (method {method})"
    return "said to begin before the file does" if offset < 0 else None


def is_folder(entry: ZipEntry) -> bool:
    """True for a folder: what readers go by is the slash at the end of its name."""
    return entry.name.endswith(b"/")


def is_link(entry: ZipEntry) -> bool:
    """True for a symbolic link, whichever system the entry says it comes from."""
    return stat.S_ISLNK(entry.mode)


def is_special(entry: ZipEntry) -> bool:
    """True for a pipe, socket or device."""
    return stat.S_IFMT(entry.mode) not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK)
