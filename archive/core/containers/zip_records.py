"""The records of a zip: its end, its central directory, its local headers (PKWARE APPNOTE 6.3.10, §4.3)."""

import struct
from typing import Final, NamedTuple

from archive.core.containers.faults import Fault
from archive.core.limits.containers import ZIP_COMMENT_BYTES

LOCAL_SIZE: Final = 30
CENTRAL_SIZE: Final = 46
END_SIZE: Final = 22
END64_SIZE: Final = 56
LOCATOR_SIZE: Final = 20

END_MAGIC: Final = b"PK\x05\x06"
END64_MAGIC: Final = b"PK\x06\x06"
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ZIP64_EXTRA = 1

ENCRYPTED: Final = 0x0001 | 0x0040 | 0x2000  # traditional, strong, and masked headers
DESCRIPTOR: Final = 0x0008
UTF8: Final = 0x0800
PATCHED: Final = 0x0020
# Flags that local header and directory must agree on; others are hints for the unpacking.
_WEIGHTY_FLAGS = ENCRYPTED | DESCRIPTOR | UTF8 | PATCHED


class ZipEnd(NamedTuple):
    """Where the central directory lies: `offset` and `size` in bytes, `entries` as stated.

    `first` is the offset of the first record of the end, which the directory must reach.
    """

    offset: int
    size: int
    entries: int
    first: int


class ZipEntry(NamedTuple):
    """One entry of the central directory. Sizes and offset in bytes; `mode` is the Unix mode, 0 for none."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int
    unix: bool
    mode: int
    folder_attribute: bool
    extra: bytes
    needed: int = 0  # version of a reader that can unpack it, times ten; and for which system


def find_end(tail: bytes, file_size: int) -> ZipEnd | Fault | None:
    """The end of a zip from the last bytes of the file; None where there is no end record.

    `tail` has the file's last ZIP_COMMENT_BYTES + END_SIZE + LOCATOR_SIZE + END64_SIZE bytes, or all of them.
    Two end records that both reach the end of the file, one in the other's comment, are a fault.
    """
    candidates = []
    position = tail.rfind(END_MAGIC)
    while position >= 0 and len(tail) - position <= END_SIZE + ZIP_COMMENT_BYTES:
        if len(tail) - position >= END_SIZE:
            comment = int.from_bytes(tail[position + 20 : position + 22], "little")
            if position + END_SIZE + comment == len(tail):
                candidates.append(position)
        position = tail.rfind(END_MAGIC, 0, position)
    if not candidates:
        return None
    if len(candidates) > 1:
        return Fault("SER-HEADER-AMBIGUOUS", "the zip has two ends, and readers take the one or the other")
    return _end(tail, candidates[0], file_size - len(tail))


def _end(tail: bytes, position: int, before: int) -> ZipEnd | Fault:
    _, disk, start, here, entries, size, offset, _ = _END.unpack_from(tail, position)
    first = position
    place = position - LOCATOR_SIZE
    if place >= 0 and tail[place : place + 4] == b"PK\x06\x07":
        _, disk64, end64, disks = _LOCATOR.unpack_from(tail, place)
        first = end64 - before
        if disk64 or disks > 1 or not 0 <= first <= place - END64_SIZE:
            return _several() if disk64 or disks > 1 else _no_end()
        magic, length, _, _, disk_64, start_64, here_64, entries_64, size_64, offset_64 = _END64.unpack_from(
            tail, first
        )
        if magic != END64_MAGIC or first + 12 + length != place:
            return _no_end()
        pairs = (
            (disk, disk_64, _FULL16), (start, start_64, _FULL16), (here, here_64, _FULL16),
            (entries, entries_64, _FULL16), (size, size_64, _FULL32), (offset, offset_64, _FULL32),
        )  # fmt: skip
        if any(short not in (full, long) for short, long, full in pairs):
            return Fault("SER-HEADER-AMBIGUOUS", "the two ends of the zip contradict each other")
        disk, start, here, entries, size, offset = (long for _, long, _ in pairs)
    if disk or start or here != entries:
        return _several()
    return ZipEnd(offset, size, entries, before + first)


def _several() -> Fault:
    return Fault("SER-MEMBER-UNSUPPORTED", "the zip is one of several volumes, which are not read here")


def _no_end() -> Fault:
    return Fault("SER-HEADER-SYNTAX", "the end of the zip points to nothing that is its end")


def parse_entry(data: bytes, position: int) -> tuple[ZipEntry, int] | Fault | None:
    """The directory's entry at a position, and the position behind it; None: more bytes are needed."""
    if len(data) - position < CENTRAL_SIZE:
        return None
    fields = _CENTRAL.unpack_from(data, position)
    magic, made, needed, flags, method, _, _, crc, packed, size = fields[:10]
    name_size, extra_size, comment_size, disk, _, attributes, offset = fields[10:]
    if magic != b"PK\x01\x02":
        return Fault("SER-HEADER-DAMAGED", "an entry of the zip's directory does not begin as one")
    name_end = position + CENTRAL_SIZE + name_size
    end = name_end + extra_size + comment_size
    if len(data) < end:
        return None
    extra = data[name_end : name_end + extra_size]
    wide = _wide(extra, [(size, _FULL32), (packed, _FULL32), (offset, _FULL32), (disk, _FULL16)])
    if isinstance(wide, Fault):
        return wide
    size, packed, offset, disk = wide
    if disk:
        return _several()
    entry = ZipEntry(
        name=data[position + CENTRAL_SIZE : name_end],
        flags=flags,
        method=method,
        crc=crc,
        packed=packed,
        size=size,
        offset=offset,
        unix=made >> 8 in (3, 19),  # Unix, macOS: names are what their file systems had
        mode=attributes >> 16,
        folder_attribute=bool(attributes & 0x10),
        extra=extra,
        needed=needed,
    )
    return entry, end


def extra_fields(extra: bytes) -> list[tuple[int, bytes]] | None:
    """The extra fields (id, bytes) of a header, or None where they do not fill it exactly.

    Up to three zero bytes at the end are padding, as Android's alignment writes it.
    """
    fields = []
    position = 0
    while position + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, position)
        position += 4 + size
        if position > len(extra):
            return None
        fields.append((kind, extra[position - size : position]))
    return fields if not extra[position:].strip(b"\0") else None


def _wide(extra: bytes, values: list[tuple[int, int]]) -> list[int] | Fault:
    """The values, each that says "see the zip64 field" replaced by that field's (APPNOTE 4.5.3)."""
    if all(value != full for value, full in values):
        return [value for value, _ in values]
    fields = [data for kind, data in extra_fields(extra) or () if kind == _ZIP64_EXTRA]
    if len(fields) > 1:
        return Fault("SER-HEADER-AMBIGUOUS", "a member states its size twice")
    data = fields[0] if fields else b""
    wide = []
    for value, full in values:
        width = 8 if full == _FULL32 else 4
        if value != full or (not data and full == _FULL16):
            wide.append(value)
        elif len(data) < width:
            return Fault("SER-HEADER-SYNTAX", "a member of the zip does not state its size or place")
        else:
            wide.append(int.from_bytes(data[:width], "little"))
            data = data[width:]
    return wide


def local_header_size(head: bytes) -> int | None:
    """The bytes of a local header with name and extra fields, from its first 30 bytes; None for no header."""
    if len(head) < LOCAL_SIZE or head[:4] != b"PK\x03\x04":
        return None
    return LOCAL_SIZE + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")


def local_fault(header: bytes, entry: ZipEntry, *, exact: bool = False) -> Fault | None:
    """Where a local header (with name and extra fields) says other than the directory: readers that go by the
    one would see other files than readers that go by the other. With `exact` what only hints at how to unpack
    is compared, too: the version that is needed, and all flags."""
    _, needed, flags, method, _, _, crc, packed, size, name_size, _ = _LOCAL.unpack_from(header)
    name = header[LOCAL_SIZE : LOCAL_SIZE + name_size]
    wide = _wide(header[LOCAL_SIZE + name_size :], [(size, _FULL32), (packed, _FULL32)])
    if isinstance(wide, Fault):
        return wide
    stated = (crc, wide[1], wide[0])
    if name != entry.name:
        return _differs("name", entry.name, name)
    if exact and needed != entry.needed:
        return _differs("version that is needed", str(entry.needed), str(needed))
    if (flags ^ entry.flags) & (0xFFFF if exact else _WEIGHTY_FLAGS) or method != entry.method:
        return _differs("method or flags", f"{entry.method}, {entry.flags:#x}", f"{method}, {flags:#x}")
    streamed = bool(flags & DESCRIPTOR)
    expected = (entry.crc, entry.packed, entry.size)
    # A streamed member's header is written before these are known: then each may be 0.
    if any(
        found != wanted and not (streamed and not found)
        for found, wanted in zip(stated, expected, strict=True)
    ):
        return _differs("CRC or size", str(expected), str(stated))
    return None


def _differs(what: str, expected: bytes | str, found: bytes | str) -> Fault:
    texts = [
        text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
        for text in (expected, found)
    ]
    message = f"a member's own header and the zip's directory differ in its {what}"
    return Fault("SER-HEADER-AMBIGUOUS", message, *texts)


def descriptor_fits(data: bytes, crc: int, packed: int, size: int) -> bool:
    """True where the bytes behind a streamed member are its data descriptor, nothing else (APPNOTE 4.3.9)."""
    body = data.removeprefix(b"PK\x07\x08") if len(data) in (16, 24) else data
    widths = {12: "<3L", 20: "<L2Q"}
    layout = widths.get(len(body))
    return layout is not None and struct.unpack(layout, body) == (crc, packed, size)
