"""Reads what a zip says it holds, and holds every byte of the file to account.

A zip says everything twice and lets bytes lie between: whoever goes by the directory and whoever goes by the
local headers could see two archives in one file. So both must agree, members must follow one another without
gap or overlap from the first byte on, and the directory must reach the end.
"""

from array import array
from collections.abc import Iterator
from typing import Final

from archive.core.bagit.contents import EntryKind
from archive.core.containers.faults import Fault
from archive.core.containers.zip_entries import entry_fault, is_folder, is_link, is_special
from archive.core.containers.zip_names import second_name_fault, zip_name
from archive.core.containers.zip_records import (
    DESCRIPTOR,
    END64_SIZE,
    END_SIZE,
    LOCAL_SIZE,
    LOCATOR_SIZE,
    ZipEnd,
    ZipEntry,
    descriptor_fits,
    find_end,
    local_fault,
    local_header_size,
    parse_entry,
)
from archive.core.findings import At, warning
from archive.core.limits.containers import ZIP_COMMENT_BYTES
from archive.storage.bag_sources.catalogue import Catalogue
from archive.storage.bag_sources.container_file import ContainerError, ContainerFile
from archive.storage.bag_sources.zip_content import ZipContent

_TAIL: Final = ZIP_COMMENT_BYTES + END_SIZE + LOCATOR_SIZE + END64_SIZE
_AHEAD: Final = 1 << 17
_DESCRIPTORS: Final = frozenset({12, 16, 20, 24})  # bytes: with and without signature, 32 and 64 bits
_CLAUSE = "APPNOTE 6.3.10 §4.3"


class ZipDirectory:
    """The extents and checks of all entries by their number, folders too."""

    def __init__(self) -> None:
        self._begins = array("Q")
        self._starts = array("Q")
        self._packed = array("Q")
        self._sizes = array("Q")
        self._crcs = array("L")
        self._methods = array("H")
        self._streamed = bytearray()
        self.header_bytes = 0  # of all local headers

    def __len__(self) -> int:
        return len(self._begins)

    def add(self, entry: ZipEntry, start: int) -> None:
        """Notes an entry whose content begins at `start`."""
        self._begins.append(entry.offset)
        self._starts.append(start)
        self._packed.append(entry.packed)
        self._sizes.append(entry.size)
        self._crcs.append(entry.crc)
        self._methods.append(entry.method)
        self._streamed.append(bool(entry.flags & DESCRIPTOR))

    def content(self, number: int) -> ZipContent:
        """Where an entry's content lies and what it must come to."""
        return ZipContent(
            self._starts[number],
            self._packed[number],
            self._methods[number],
            self._sizes[number],
            self._crcs[number],
        )

    def require_contiguous(self, file: ContainerFile, end: int) -> None:
        """Raises ContainerError unless the entries fill the file from its first byte to `end`."""
        expected = 0
        order = sorted(range(len(self)), key=self._begins.__getitem__)
        followed = [*(self._begins[number] for number in order[1:]), end]
        for number, limit in zip(order, followed, strict=False):
            _require_next(expected, self._begins[number])
            expected = self._starts[number] + self._packed[number]
            if self._streamed[number]:
                behind = limit - expected
                descriptor = file.read(expected, behind) if behind in _DESCRIPTORS else b""
                content = self.content(number)
                if not descriptor_fits(descriptor, content.crc, content.packed, content.size):
                    message = "a streamed member is not followed by its CRC and sizes"
                    raise ContainerError(Fault("SER-HEADER-SYNTAX", message), offset=expected)
                expected += behind
        _require_next(expected, end)


def _require_next(expected: int, found: int) -> None:
    if found > expected:
        message = f"{found - expected:,} bytes of the zip belong to no member"
        raise ContainerError(Fault("SER-GAP", message, clause=_CLAUSE), offset=expected)
    if found < expected:
        raise _overlap(found)


def _overlap(offset: int) -> ContainerError:
    message = "members of the zip overlap, so that one stretch of it is several files"
    return ContainerError(Fault("SER-OVERLAP", message, clause=_CLAUSE), offset=offset)


def find_zip_end(file: ContainerFile) -> ZipEnd | None:
    """The end of the zip, None where the file has none; raises ContainerError where it contradicts itself."""
    end = find_end(file.read(max(0, file.size - _TAIL), _TAIL), file.size)
    if isinstance(end, Fault):
        raise ContainerError(end)
    return end


def read_zip_directory(
    file: ContainerFile, catalogue: Catalogue, room: int, *, exact: bool = False
) -> ZipDirectory:
    """Fills the catalogue, the offset of a member being its number in the directory that is returned.

    `room` bounds the bytes that all members may expand to. With `exact` a member's own header must repeat the
    directory in what other writers are free in, too. Raises ContainerError where the file as a whole
    makes no sense; a member that cannot be judged breaks the catalogue.
    """
    end = find_zip_end(file)
    if end is None:
        message = "the zip has no end: it is cut off, or something follows it"
        raise ContainerError(Fault("SER-TRUNCATED", message, clause=_CLAUSE))
    if end.offset + end.size != end.first:
        _require_next(end.offset + end.size, end.first)
    directory = ZipDirectory()
    expanded = 0
    for entry in _entries(file, end):
        expanded += entry.size
        if expanded > room:
            message = "the members of the zip expand to more than its size allows for"
            raise ContainerError(Fault("SER-BUDGET-BYTES", message))
        _note(file, catalogue, directory, entry, exact=exact)
    if not catalogue.broken:
        directory.require_contiguous(file, end.offset)
    return directory


def _entries(file: ContainerFile, end: ZipEnd) -> Iterator[ZipEntry]:
    """The entries of the central directory, which must fill it; read a stretch at a time."""
    offset, stop = end.offset, end.offset + end.size
    held, at, count = b"", 0, 0
    while True:
        parsed = parse_entry(held, at)
        if isinstance(parsed, Fault):
            raise ContainerError(parsed, offset=offset - len(held) + at)
        if parsed is not None:
            entry, at = parsed
            count += 1
            yield entry
            continue
        piece = file.read(offset, min(_AHEAD, stop - offset))
        if not piece:
            break
        held, at = held[at:] + piece, 0
        offset += len(piece)
    if at != len(held) or count != end.entries:
        message = "the zip's directory does not hold the entries that its end states"
        raise ContainerError(Fault("SER-HEADER-SYNTAX", message, str(end.entries), str(count), _CLAUSE))


def _note(
    file: ContainerFile, catalogue: Catalogue, directory: ZipDirectory, entry: ZipEntry, *, exact: bool
) -> None:
    """One entry into catalogue and directory, held against its local header."""
    shown = entry.name.decode("utf-8", "surrogateescape")
    if max(entry.offset, entry.packed) > file.size:
        message = "a member of the zip reaches beyond the end of the file"
        raise ContainerError(Fault("SER-TRUNCATED", message, clause=_CLAUSE), member=shown)
    head = file.read(entry.offset, LOCAL_SIZE + len(entry.name) + 64)
    size = local_header_size(head)
    if size is None:
        message = "the zip's directory points to where no member begins"
        raise ContainerError(Fault("SER-HEADER-DAMAGED", message), member=shown, offset=entry.offset)
    directory.header_bytes += size
    # Or one long header would be read again for each entry that points to it.
    if directory.header_bytes > file.size:
        raise _overlap(entry.offset)
    if len(head) < size:
        head += file.read(entry.offset + len(head), size - len(head))
    if len(head) < size:
        raise ContainerError(Fault("SER-TRUNCATED", "the zip is cut off"), member=shown, offset=entry.offset)
    directory.add(entry, entry.offset + size)
    name = zip_name(entry)
    if isinstance(name, Fault):
        fault: Fault | None = name
    else:
        local_extra = head[LOCAL_SIZE + len(entry.name) : size]
        fault = local_fault(head[:size], entry, exact=exact) or entry_fault(entry)
        fault = fault or second_name_fault(entry, name.name, local_extra)
    if fault is not None:
        catalogue.refuse(fault, shown)
    if isinstance(name, Fault):
        return
    number = catalogue.add(
        name.name, _kind(entry), offset=len(directory) - 1, size=entry.size, backslash_separates=True
    )
    if number >= 0 and name.guess is not None:
        path = name.name.decode("utf-8", "surrogateescape")
        message = f"the member's name was read as {name.guess}"
        catalogue.add_finding(warning("SER-NAME-ENCODING", path, message, at=At(file=path)))


def _kind(entry: ZipEntry) -> EntryKind:
    if is_link(entry):
        return EntryKind.LINK
    if is_special(entry):
        return EntryKind.SPECIAL
    return EntryKind.FOLDER if is_folder(entry) else EntryKind.FILE
