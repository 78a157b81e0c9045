"""Digests of contents that pass as streams: every algorithm in one pass, large ones on several threads.

hashlib, zlib, bz2, lzma and reading all let other threads run while they work on blocks of this size.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from archive.core.digests import Algorithm
from archive.core.hashes import hash_constructor

if TYPE_CHECKING:
    from concurrent.futures import Future
    from hashlib import _Hash

LARGE: Final = 4 << 20  # bytes; below, handing a block to a thread costs more than hashing it


def content_digests(
    blocks: Iterator[bytes], algorithms: tuple[Algorithm, ...], size: int
) -> tuple[int, tuple[bytes, ...]]:
    """The bytes counted and the digest by each algorithm; `size`, as expected, only chooses the way.

    Raises whatever `blocks` raises.
    """
    hashes = [hash_constructor(algorithm.value)() for algorithm in algorithms]
    if size >= LARGE and hashes:
        counted = _overlapped(blocks, hashes)
    else:
        counted = 0
        for block in blocks:
            counted += len(block)
            for each in hashes:
                each.update(block)
    return counted, tuple(each.digest() for each in hashes)


def _overlapped(blocks: Iterator[bytes], hashes: "list[_Hash]") -> int:
    """Hashes one block on a thread per algorithm while the next is read and expanded on this one."""
    from concurrent.futures import ThreadPoolExecutor

    counted = 0
    updates: list[Future[None]] = []
    with ThreadPoolExecutor(len(hashes)) as threads:
        for block in blocks:
            for update in updates:
                update.result()
            updates = [threads.submit(each.update, block) for each in hashes]
            counted += len(block)
    return counted
