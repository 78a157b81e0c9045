"""What is left of a tar with damaged headers: bytes that may be a file, for whoever knows its digest.

Nothing is judged by it. A walk stops at the first thing that makes the rest meaningless; this one goes on at
the next header that is whole and names something in the tar's own folder, so that a tar in a tar is not
taken for the one around it.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from archive.core.containers.faults import Fault
from archive.core.containers.tar_headers import (
    BLOCK,
    TarHeader,
    TarKind,
    is_summed,
    parse_tar_header,
    stated_size,
)
from archive.core.limits.containers import SALVAGED_HEADERS, SALVAGED_PASSES, SALVAGED_ZEROS
from archive.storage.bag_sources.container_file import PIECE, ContainerError, ContainerFile
from archive.storage.bag_sources.tar_members import EXTENDED, walk_tar
from archive.storage.bag_sources.tar_stream import PlainStream

_MAGIC: Final = b"ustar"
_MAGIC_AT: Final = 257
_LOOKED_AT: Final = 16  # blocks at the beginning of a file, of which one is a header if it is a tar
_EXTENDED_IN_A_ROW: Final = 4


class Remnant(NamedTuple):
    """Bytes that may be a file: from `offset` on, at least `least` of them and at most `most`.

    What lies between the two is zero: where no header says the size, padding and content look the same.
    `name` and `modified` are what the header says; `sound` is False where it or what is before it is damaged.
    """

    offset: int
    least: int
    most: int
    name: bytes
    modified: int
    sound: bool


def is_once_a_tar(file: ContainerFile) -> bool:
    """True where one of the first blocks is the header of a tar."""
    return any(_may_be_header(block, None) and is_summed(block) for _, block in _first_blocks(file))


def remnants(file: ContainerFile) -> Iterator[Remnant]:
    """Every file that the tar tells, and everything that may be one behind a damaged header.

    The bytes of two remnants may overlap. Raises OSError where storage refuses.
    """
    top = _top(file)
    start, sound, room = 0, True, SALVAGED_HEADERS
    while start < file.size:
        stream = PlainStream(file)
        stream.position = end = start
        doubtful: list[int] = []
        try:
            for member in walk_tar(stream):
                doubtful = [] if sound else [member.offset - BLOCK]
                if member.kind is TarKind.FILE:
                    yield Remnant(
                        member.offset, member.size, member.size, member.name, member.modified, sound
                    )
                sound = True
                end = _padded(member.offset + member.size)
        except ContainerError:
            if end >= file.size:
                return
            gap = _gap(file, end, top, room, doubtful)
        else:
            return
        if room > 0:
            yield from _in_gap(file, gap)
        room -= len(gap.headers)
        start, sound = gap.end, False


class _Gap(NamedTuple):
    """Bytes between two places that make sense: where headers seem to be in them, and where they end."""

    headers: list[int]
    end: int


def _gap(file: ContainerFile, start: int, top: bytes | None, room: int, doubtful: list[int]) -> _Gap:
    """What makes no sense from `start` on, where a header should be.

    It begins at the header before where the one that extended that is damaged, and may have said its size.
    """
    headers = [*doubtful, start]
    first = parse_tar_header(file.read(start, BLOCK).ljust(BLOCK, b"\0"))
    if isinstance(first, TarHeader) and first.kind in EXTENDED:
        headers.append(_padded(start + BLOCK + first.size))
    for offset, block in _blocks(file, start + BLOCK, file.size):
        if not _may_be_header(block, top):
            continue
        if not is_summed(block):
            if len(headers) < room and offset not in headers[:3]:
                headers.append(offset)
        elif _is_of(file, block, offset, top):
            return _gap_of(headers, offset)
    return _gap_of(headers, file.size)


def _gap_of(headers: list[int], end: int) -> _Gap:
    return _Gap(sorted(one for one in headers if one < end), end)


def _in_gap(file: ContainerFile, gap: _Gap) -> Iterator[Remnant]:
    """What may be a file behind each of the headers: up to the next, as long as it says, up to the end."""
    room = SALVAGED_PASSES * (gap.end - gap.headers[0])
    for number, header in enumerate(gap.headers):
        block = file.read(header, BLOCK)
        offset = header + BLOCK
        if offset > gap.end:
            return
        name, modified = _said(block)
        near = gap.headers[number + 1] if number + 1 < len(gap.headers) else gap.end
        size = stated_size(block)
        if not isinstance(size, Fault) and offset + size <= gap.end and size <= room:
            room -= size
            yield Remnant(offset, size, size, name, modified, False)
        for end in dict.fromkeys((near, gap.end)):
            if end == near or end - offset <= room:
                room -= end - offset
                least, most = _sizes(file, offset, end)
                yield Remnant(offset, least, most, name, modified, False)


def _sizes(file: ContainerFile, offset: int, end: int) -> tuple[int, int]:
    """The fewest and the most bytes that a file can have which begins and is padded there."""
    is_last = end >= file.size
    floor = offset if is_last else max(offset, end - BLOCK + 1)
    least = end
    while least > floor:
        begin = max(floor, least - PIECE)
        kept = file.read(begin, least - begin).rstrip(b"\0")
        least = begin + len(kept)
        if kept:
            break
    most = min(end, least + SALVAGED_ZEROS) if is_last else end
    return least - offset, most - offset


def _said(block: bytes) -> tuple[bytes, int]:
    """Name and time that a damaged header says, if it is damaged elsewhere."""
    name = block[:100].partition(b"\0")[0]
    if block[_MAGIC_AT : _MAGIC_AT + 6] == _MAGIC + b"\0" and block[345]:
        name = block[345:500].partition(b"\0")[0] + b"/" + name
    digits = block[136:147].strip(b" \0")
    return name, int(digits, 8) if digits and not digits.strip(b"01234567") else 0


def _top(file: ContainerFile) -> bytes | None:
    """The folder that the members lie in, as names begin with it; None where no header is whole."""
    for _, block in _blocks(file, 0, file.size):
        if _may_be_header(block, None):
            header = parse_tar_header(block)
            if isinstance(header, TarHeader) and header.kind not in EXTENDED:
                return b"./" if header.name.startswith(b"./") else header.name.partition(b"/")[0] + b"/"
    return None


def _is_of(file: ContainerFile, block: bytes, offset: int, top: bytes | None) -> bool:
    """True where a header, or the one that it extends, names something in that folder."""
    for _ in range(_EXTENDED_IN_A_ROW):
        header = parse_tar_header(block) if len(block) == BLOCK else None
        if not isinstance(header, TarHeader):
            return False
        if header.kind not in EXTENDED:
            return top is not None and header.name.startswith(top)
        offset = _padded(offset + BLOCK + header.size)
        block = file.read(offset, BLOCK)
    return False


def _may_be_header(block: bytes, top: bytes | None) -> bool:
    return block[_MAGIC_AT : _MAGIC_AT + 5] == _MAGIC or (top is not None and block.startswith(top))


def _first_blocks(file: ContainerFile) -> Iterator[tuple[int, bytes]]:
    return _blocks(file, 0, min(file.size, _LOOKED_AT * BLOCK))


def _blocks(file: ContainerFile, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Each whole block, with its place."""
    for piece in file.pieces(start, end):
        for at in range(0, len(piece) - BLOCK + 1, BLOCK):
            yield start + at, piece[at : at + BLOCK]
        start += len(piece)


def _padded(offset: int) -> int:
    return offset + -offset % BLOCK
