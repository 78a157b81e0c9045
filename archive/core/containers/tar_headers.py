"""The header block of a tar member: POSIX ustar, GNU and V7 (POSIX.1-2017 pax, ustar Interchange Format)."""

import re
from enum import Enum
from typing import Final, NamedTuple

from archive.core.containers.faults import Fault

BLOCK: Final = 512
ZEROS: Final = bytes(BLOCK)
FIELD_SIZE_END: Final = 8**11  # bytes; from here on eleven octal digits cannot say the size

_NUMBER = re.compile(rb" *([0-7]+)[ \0]*|[ \0]*")
# Mode, owner, group, time, device: never asked for here, and what stands there decides who reads on. Python's
# tarfile takes a header with a field that is no number for the end of the archive.
_UNASKED: Final = ((100, 108), (108, 116), (116, 124), (136, 148), (329, 337), (337, 345))
_READABLE = re.compile(rb" *[0-7]* *(?:\0.*)?|[\x80\xff].*", re.DOTALL)
_HIGH = bytes(range(0x80, 0x100))
_POSIX = b"ustar\x00"


class TarKind(Enum):
    """What a header stands for."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    HARD_LINK = "hard link"
    SPECIAL = "special file"
    PAX = "extended header"
    PAX_GLOBAL = "global extended header"
    LONG_NAME = "long name"
    LONG_LINK = "long link name"
    LABEL = "volume label"


_KINDS: Final = {
    b"0": TarKind.FILE,
    b"\0": TarKind.FILE,
    b"7": TarKind.FILE,  # contiguous, which no file system of today makes a difference of
    b"1": TarKind.HARD_LINK,
    b"2": TarKind.LINK,
    b"3": TarKind.SPECIAL,
    b"4": TarKind.SPECIAL,
    b"6": TarKind.SPECIAL,
    b"5": TarKind.FOLDER,
    b"x": TarKind.PAX,
    b"X": TarKind.PAX,  # Solaris wrote the same records under this letter
    b"g": TarKind.PAX_GLOBAL,
    b"L": TarKind.LONG_NAME,
    b"K": TarKind.LONG_LINK,
    b"V": TarKind.LABEL,
}
_UNSUPPORTED: Final = {
    b"S": "a sparse file",
    b"M": "the continuation of a file from another volume",
    b"D": "the listing of an incremental dump",
    b"N": "a list of long names of an old GNU tar",
}


class TarHeader(NamedTuple):
    """One header block; `name` as it stands, without the extended headers before it, `size` in bytes.

    `modified` is in seconds since 1970, 0 where the header does not say it in octal digits.
    """

    kind: TarKind
    name: bytes
    size: int
    modified: int = 0


def parse_tar_header(block: bytes) -> TarHeader | Fault:
    """The header in a block of 512 bytes; a wrong checksum is a fault, never the end of the archive."""
    if not is_summed(block):
        return Fault("SER-HEADER-DAMAGED", "a tar header has a wrong checksum")
    letter = block[156:157]
    kind = _KINDS.get(letter)
    if kind is None:
        what = _UNSUPPORTED.get(letter)
        if what is not None:
            return Fault("SER-MEMBER-UNSUPPORTED", f"a member is {what}, which is not read here")
        return Fault("SER-HEADER-SYNTAX", "a tar header is of an unknown type", found=repr(letter)[1:])
    size = _size(block[124:136])
    if isinstance(size, Fault):
        return size
    for start, end in _UNASKED:
        if not _READABLE.fullmatch(block, start, end):
            found = block[start:end].hex()
            return Fault("SER-HEADER-SYNTAX", "a field of a tar header is no number", found=found)
    name = block[:100].partition(b"\0")[0]
    if block[345]:
        if block[257:263] != _POSIX:  # times of a GNU incremental dump; to some readers a folder's name
            return Fault("SER-HEADER-AMBIGUOUS", "a tar header that is not POSIX's has more to its name")
        name = block[345:500].partition(b"\0")[0] + b"/" + name
    return TarHeader(kind, name, size, _octal(block[136:148]) or 0)


def stated_size(block: bytes) -> int | Fault:
    """The size that a header's own field says, whatever is wrong with the rest of it."""
    return _size(block[124:136])


def is_summed(block: bytes) -> bool:
    """True where a block of 512 bytes has the checksum of a tar header in its place."""
    stated = _octal(block[148:156])
    rest = block[:148] + block[156:]
    total = sum(rest) + 8 * 0x20
    # Some old tars added signed bytes.
    return stated is not None and (
        stated == total or stated == total - 0x100 * (len(rest) - len(rest.translate(None, _HIGH)))
    )


def _octal(field: bytes) -> int | None:
    match = _NUMBER.fullmatch(field)
    return None if match is None else int(match[1] or b"0", 8)


def _size(field: bytes) -> int | Fault:
    if field[0] == 0x80:  # GNU and star: binary, big-endian
        value: int | None = int.from_bytes(field[1:])
    else:
        value = _octal(field)
    return _no_size(field) if value is None or value >= 1 << 63 else value


def _no_size(field: bytes) -> Fault:
    return Fault("SER-HEADER-SYNTAX", "a tar header states no size that a file can have", found=field.hex())
