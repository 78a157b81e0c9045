"""zstd expanded block by block (RFC 8878): no call can give more than 128 KiB, and a cut is seen.

The frames are walked here and only blocks are handed to the library: fed with more at once, it would expand
a run of 64 KiB to gigabytes before it returned, and it takes a frame that is cut off for its end.
"""

import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from typing import Any, Protocol

from archive.core.containers.faults import Fault
from archive.core.limits.containers import ZSTD_WINDOW_BYTES
from archive.storage.bag_sources.container_file import ContainerError

_MAGIC = b"\x28\xb5\x2f\xfd"
_GATHERED = 1 << 20  # bytes gathered before they are handed on


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes) -> bytes: ...


def decompressor() -> tuple[Any, type[Exception]]:
    """A maker of decompressors for one frame each, and the error that they raise.

    Raises ContainerError where neither Python (3.14) nor the module zstandard can expand zstd.
    """
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd

            options = {zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_BYTES.bit_length() - 1}
            return partial(zstd.ZstdDecompressor, options=options), zstd.ZstdError
        zstandard: Any = import_module("zstandard")  # an extra: it may be absent, and its types with it
    except ImportError:
        message = "the archive is compressed with zstd, and nothing here can expand it"
        expected = "the extra document-archive[zstd]"
        raise ContainerError(Fault("SER-COMPRESSION-ABSENT", message, expected)) from None
    context = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES)
    return context.decompressobj, zstandard.ZstdError


class _Bytes:
    """Exact numbers of bytes out of pieces of any size."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""
        self._at = 0

    def take(self, size: int) -> bytes:
        """So many bytes; fewer at the end of the data."""
        while len(self._held) - self._at < size and (piece := next(self._pieces, b"")):
            self._held = self._held[self._at :] + piece
            self._at = 0
        taken = self._held[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def exactly(self, size: int) -> bytes:
        """So many bytes; raises ContainerError where the data ends before."""
        taken = self.take(size)
        if len(taken) < size:
            raise ContainerError(Fault("SER-TRUNCATED", "the zstd data is cut off"))
        return taken


def expand_zstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The expanded bytes of all frames; skippable frames are skipped."""
    make, error = decompressor()
    data = _Bytes(pieces)
    while magic := data.take(4):
        if magic == _MAGIC:
            try:
                yield from _gathered(_frame(data, make()))
            except error as trouble:
                fault = Fault("SER-COMPRESSED-DAMAGED", "the zstd data is damaged", found=str(trouble))
                if "memory" in str(trouble).lower():
                    message = f"the zstd data wants a window of more than {ZSTD_WINDOW_BYTES >> 20} MiB"
                    fault = Fault("SER-COMPRESSION-MEMORY", message)
                raise ContainerError(fault) from None
        elif len(magic) == 4 and magic[0] >> 4 == 5 and magic[1:] == b"\x2a\x4d\x18":
            left = int.from_bytes(data.exactly(4), "little")
            while left:
                left -= len(data.exactly(min(left, _GATHERED)))
        else:
            raise ContainerError(Fault("SER-AFTER-END", "something follows the zstd data"))


def _frame(data: _Bytes, inner: _Decompressor) -> Iterator[bytes]:
    """The blocks of one frame behind its magic number (RFC 8878 §3.1.1)."""
    descriptor = data.exactly(1)[0]
    single_segment = bool(descriptor & 0x20)
    size_bytes = (1 if single_segment else 0, 2, 4, 8)[descriptor >> 6]
    header = data.exactly((not single_segment) + (0, 1, 2, 4)[descriptor & 3] + size_bytes)
    yield inner.decompress(_MAGIC + bytes((descriptor,)) + header)
    last = False
    while not last:
        head = data.exactly(3)
        number = int.from_bytes(head, "little")
        last, kind, size = bool(number & 1), number >> 1 & 3, number >> 3
        if kind == 3:
            raise ContainerError(Fault("SER-COMPRESSED-DAMAGED", "the zstd data is damaged"))
        yield inner.decompress(head + data.exactly(1 if kind == 1 else size))
    if descriptor & 4:
        yield inner.decompress(data.exactly(4))
    if not inner.eof:
        raise ContainerError(Fault("SER-COMPRESSED-DAMAGED", "the zstd data is damaged"))


def _gathered(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks joined to some of about 1 MiB: what is done with each costs more than the block."""
    held: list[bytes] = []
    size = 0
    for block in blocks:
        if block:
            held.append(block)
            size += len(block)
        if size >= _GATHERED:
            yield b"".join(held)
            held, size = [], 0
    if size:
        yield b"".join(held)
