"""Writes a bag into staging: each byte once, each file read back; nothing here is visible as a holding."""

import os
from typing import Any, NamedTuple

from archive.core.hashes import hash_constructor

BUFFER_BYTES = 1 << 20
FILE_MODE = 0o444
FOLDER_MODE = 0o555

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class SourceChangedError(Exception):
    """The source was written to while it was read."""


class ReadBackError(Exception):
    """What storage gives back is not what was written."""


class Copied(NamedTuple):
    """One payload file after its copy: the digests of the bytes that were stored."""

    size: int
    modified_ns: int
    digests: dict[str, str]


def copy_payload(
    source: int, status: os.stat_result, target: str, *, dir_fd: int, algorithms: tuple[str, ...]
) -> Copied:
    """Copies an open source file to a new file, all digests taken from the bytes as they pass.

    `algorithms` are hashlib names, at least one; a large copy is read back by the first. The copy keeps the
    source's modification time and is read-only. Raises SourceChangedError where the source's size, time or
    content moved meanwhile, and ReadBackError where the copy does not read back as written.
    """
    hashes = [hash_constructor(name)() for name in algorithms]
    descriptor = os.open(target, _NEW, FILE_MODE, dir_fd=dir_fd)
    try:
        small = _pour(source, descriptor, status.st_size, hashes)
        if _stamp(os.fstat(source)) != _stamp(status):
            raise SourceChangedError(target)
        os.utime(descriptor, ns=(status.st_mtime_ns, status.st_mtime_ns))
        digests = {name: hash_.hexdigest() for name, hash_ in zip(algorithms, hashes, strict=True)}
        if small is not None:
            _read_back(descriptor, small, target)
        else:
            os.lseek(descriptor, 0, os.SEEK_SET)
            if digest_of_descriptor(descriptor, algorithms[0]) != digests[algorithms[0]]:
                raise ReadBackError(target)
    finally:
        os.close(descriptor)
    return Copied(status.st_size, status.st_mtime_ns, digests)


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _pour(source: int, target: int, size: int, hashes: list[Any]) -> bytes | None:
    """Moves exactly `size` bytes; returns them where they fit one buffer."""
    if size < BUFFER_BYTES:
        # A byte more is asked for than the file should have: exactly `size` means that it ended there.
        data = os.read(source, size + 1)
        while len(data) < size and (more := os.read(source, size + 1 - len(data))):
            data += more
        if len(data) != size:
            raise SourceChangedError
        for hash_ in hashes:
            hash_.update(data)
        _write_all(target, data)
        return data
    buffer = bytearray(BUFFER_BYTES)
    view = memoryview(buffer)
    moved = 0
    while count := os.readv(source, [buffer]):
        part = view[:count]
        for hash_ in hashes:
            hash_.update(part)
        _write_all(target, part)
        moved += count
        if moved > size:
            break
    if moved != size:
        raise SourceChangedError
    return None


def write_empty(target: str, *, dir_fd: int, algorithms: tuple[str, ...]) -> Copied:
    """Makes a new read-only file without content."""
    os.close(os.open(target, _NEW, FILE_MODE, dir_fd=dir_fd))
    return Copied(0, 0, {name: hash_constructor(name)().hexdigest() for name in algorithms})


def write_tag_file(name: str, data: bytes, *, dir_fd: int) -> None:
    """Writes a new read-only file and reads it back."""
    descriptor = os.open(name, _NEW, FILE_MODE, dir_fd=dir_fd)
    try:
        _write_all(descriptor, data)
        _read_back(descriptor, data, name)
    finally:
        os.close(descriptor)


def _read_back(descriptor: int, data: bytes, name: str) -> None:
    """Raises ReadBackError where the file does not hold exactly these bytes.

    Through the descriptor that wrote them: opening the file anew would cost two calls and tell no more, for
    both read the page cache, and a lost write is missing from it either way.
    """
    held = os.pread(descriptor, len(data) + 1, 0)
    while len(held) < len(data) and (more := os.pread(descriptor, len(data) + 1 - len(held), len(held))):
        held += more
    if held != data:
        raise ReadBackError(name)


def sha512_of_descriptor(descriptor: int) -> str:
    """The sha512 (hex) of the rest of an open file."""
    return digest_of_descriptor(descriptor, "sha512")


def digest_of_descriptor(descriptor: int, algorithm: str) -> str:
    """The digest (hex) of the rest of an open file; `algorithm` is hashlib's name."""
    return digests_of_descriptor(descriptor, (algorithm,))[algorithm]


def digests_of_descriptor(descriptor: int, algorithms: tuple[str, ...]) -> dict[str, str]:
    """Several digests (hex) of the rest of an open file, read once; by hashlib's names."""
    hashes = [hash_constructor(name)() for name in algorithms]
    buffer = bytearray(BUFFER_BYTES)
    view = memoryview(buffer)
    while count := os.readv(descriptor, [buffer]):
        for hash_ in hashes:
            hash_.update(view[:count])
    return {name: hash_.hexdigest() for name, hash_ in zip(algorithms, hashes, strict=True)}


def _write_all(descriptor: int, data: bytes | memoryview) -> None:
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])
