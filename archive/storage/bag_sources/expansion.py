"""Compressed data expanded as a stream: every check of the format is made, memory is bounded.

Each function takes pieces of compressed bytes and yields blocks of at most 1 MiB. Data that is damaged, cut
off, or followed by something else raises ContainerError; several compressed parts one behind the other
are one stream, as their formats have it.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from archive.core.containers.faults import Fault
from archive.core.containers.kinds import Compression
from archive.core.limits.containers import DECOMPRESSOR_BYTES, PADDING_BYTES
from archive.storage.bag_sources.container_file import ContainerError
from archive.storage.bag_sources.zstd_frames import expand_zstd

BLOCK: Final = 1 << 20


class Decompressor(Protocol):
    """What bz2 and lzma have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def expand(pieces: Iterator[bytes], compression: Compression) -> Iterator[bytes]:
    """The expanded bytes of a whole compressed file."""
    match compression:
        case Compression.NONE:
            return pieces
        case Compression.GZIP:
            return _expand(pieces, Inflater, "gzip", b"\x1f\x8b")
        case Compression.BZIP2:
            return _expand(pieces, bz2.BZ2Decompressor, "bzip2", b"BZh")
        case Compression.XZ:
            return _expand(pieces, _xz, "xz", b"\xfd7zXZ\x00")
        case Compression.ZSTD:
            return expand_zstd(pieces)


class Inflater:
    """zlib's decompressor in the shape of the others; of a gzip part it checks CRC-32 and length."""

    def __init__(self, window_bits: int = zlib.MAX_WBITS | 16) -> None:
        self._inner = zlib.decompressobj(window_bits)
        self._held = b""
        self._full = False

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._held and not self._full

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        expanded = self._inner.decompress(self._held + data, max_length)
        self._held = self._inner.unconsumed_tail
        # After a full block there may be more inside zlib, although it has taken all its input.
        self._full = len(expanded) == max_length
        return expanded


def _xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=DECOMPRESSOR_BYTES)


def _expand(
    pieces: Iterator[bytes], make: Callable[[], Decompressor], name: str, magic: bytes
) -> Iterator[bytes]:
    pending = b""
    while True:
        decompressor = make()
        yield from expand_part(decompressor, pieces, pending, name)
        pending = _next_part(decompressor.unused_data, pieces, len(magic))
        if not pending:
            return
        if not pending.startswith(magic):
            raise ContainerError(Fault("SER-AFTER-END", f"something follows the {name} data"))


def expand_part(
    decompressor: Decompressor, pieces: Iterator[bytes], pending: bytes, name: str
) -> Iterator[bytes]:
    """The blocks of one compressed part, `pending` being its first bytes; `unused_data` is what follows."""
    while not decompressor.eof:
        if decompressor.needs_input and not pending:
            pending = next(pieces, b"")
            if not pending:
                raise ContainerError(Fault("SER-TRUNCATED", f"the {name} data is cut off"))
        try:
            block = decompressor.decompress(pending, BLOCK)
        except (zlib.error, OSError, lzma.LZMAError, ValueError, EOFError) as trouble:
            raise ContainerError(_damage(name, trouble)) from None
        except MemoryError:
            raise ContainerError(_damage(name, MemoryError("memory"))) from None
        pending = b""
        if block:
            yield block


def _damage(name: str, trouble: Exception) -> Fault:
    text = str(trouble)
    if isinstance(trouble, MemoryError) or "emory usage limit" in text:
        message = f"the {name} data wants more memory than {DECOMPRESSOR_BYTES >> 20} MiB to be expanded"
        return Fault("SER-COMPRESSION-MEMORY", message)
    return Fault("SER-COMPRESSED-DAMAGED", f"the {name} data is damaged", found=text)


def _next_part(rest: bytes, pieces: Iterator[bytes], wanted: int) -> bytes:
    """What follows a compressed part, without the zero bytes that pad a tape or an xz file."""
    rest = rest.lstrip(b"\0")
    passed = 0
    while len(rest) < wanted and passed < PADDING_BYTES and (piece := next(pieces, b"")):
        rest = rest + piece if rest else piece.lstrip(b"\0")
        passed += len(piece)
    return rest if passed < PADDING_BYTES else b"\0"
