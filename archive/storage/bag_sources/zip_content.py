"""The content of one member of a zip, expanded as a stream and held to the size that the zip states."""

import bz2
import lzma
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from archive.core.containers import zip_entries
from archive.core.containers.faults import Fault
from archive.core.limits.containers import DECOMPRESSOR_BYTES
from archive.storage.bag_sources.container_file import ContainerError, ContainerFile
from archive.storage.bag_sources.expansion import Decompressor, Inflater, expand_part
from archive.storage.bag_sources.zstd_frames import expand_zstd

_LZMA_HEAD: Final = 9  # bytes: version, length of the properties, properties


class ZipContent(NamedTuple):
    """Where a member's bytes lie in the file, what they must come to."""

    start: int
    packed: int
    method: int
    size: int
    crc: int


def content_blocks(file: ContainerFile, content: ZipContent) -> Iterator[bytes]:
    """The expanded bytes in blocks of at most 1 MiB.

    Raises ContainerError where the data is damaged, comes to another size, or has another CRC-32; never gives
    more than the size stated.
    """
    crc = 0
    left = content.size
    for block in _expanded(file, content):
        left -= len(block)
        if left < 0:
            raise _size_fault(content, "more")
        crc = zlib.crc32(block, crc)
        yield block
    if left:
        raise _size_fault(content, f"{content.size - left}")
    if crc != content.crc:
        message = "a member's content does not have the CRC-32 that the zip states"
        raise ContainerError(Fault("SER-MEMBER-CRC", message, f"{content.crc:08x}", f"{crc:08x}"))


def _size_fault(content: ZipContent, found: str) -> ContainerError:
    message = "a member does not expand to the size that the zip states"
    return ContainerError(Fault("SER-MEMBER-SIZE", message, str(content.size), found))


def _expanded(file: ContainerFile, content: ZipContent) -> Iterator[bytes]:
    start, end = content.start, content.start + content.packed
    if content.method == zip_entries.STORED:
        yield from file.pieces(start, end)
        return
    if content.method == zip_entries.ZSTD:
        yield from expand_zstd(file.pieces(start, end))
        return
    decompressor: Decompressor
    match content.method:
        case zip_entries.DEFLATE:
            decompressor = Inflater(-zlib.MAX_WBITS)
        case zip_entries.BZIP2:
            decompressor = bz2.BZ2Decompressor()
        case zip_entries.LZMA:
            decompressor = _lzma(file.read(start, _LZMA_HEAD))
            start += _LZMA_HEAD
        case _:
            decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=DECOMPRESSOR_BYTES)
    pieces = file.pieces(start, end)
    try:
        yield from expand_part(decompressor, pieces, b"", "member's")
    except ContainerError as trouble:
        if content.method == zip_entries.LZMA and not decompressor.unused_data and _at_end(trouble, pieces):
            return  # without an end mark the stated size is the end
        raise
    if decompressor.unused_data or next(pieces, b""):
        raise ContainerError(Fault("SER-MEMBER-DAMAGED", "something follows a member's compressed data"))


def _at_end(trouble: ContainerError, pieces: Iterator[bytes]) -> bool:
    return trouble.fault.code == "SER-TRUNCATED" and not next(pieces, b"")


def _lzma(head: bytes) -> lzma.LZMADecompressor:
    """A decompressor after the properties that a zip puts before LZMA data (APPNOTE 5.8.8)."""
    first = head[4] if len(head) == _LZMA_HEAD and head[2:4] == b"\x05\x00" else 255
    dictionary = int.from_bytes(head[5:9], "little")
    if first >= 9 * 5 * 5:
        raise ContainerError(Fault("SER-MEMBER-DAMAGED", "a member's LZMA data begins with no properties"))
    if dictionary > DECOMPRESSOR_BYTES:
        message = f"a member wants more memory than {DECOMPRESSOR_BYTES >> 20} MiB to be expanded"
        raise ContainerError(Fault("SER-COMPRESSION-MEMORY", message))
    rest, lc = divmod(first, 9)
    pb, lp = divmod(rest, 5)
    if lc + lp > 4:
        raise ContainerError(Fault("SER-MEMBER-DAMAGED", "a member's LZMA data begins with no properties"))
    properties = {
        "id": lzma.FILTER_LZMA1, "lc": lc, "lp": lp, "pb": pb, "dict_size": max(dictionary, 4096),
    }  # fmt: skip
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[properties])
