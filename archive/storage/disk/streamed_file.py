"""Files replaced as a whole whose bytes come in pieces: memory does not grow with them."""

import contextlib
import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterable

from archive.core.text import printable
from archive.storage.disk.durable import (
    WRITABLE,
    flush,
    read_back_error,
    rename,
    storage_error,
    sync_folder,
    write_all,
)
from archive.storage.disk.new_files import put_new, refuse_taken, temporary_beside

_CHUNK = 1 << 20
# O_NONBLOCK: a FIFO put in a file's place must not make the reader wait.
_OLD = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def replace_streamed(path: str, pieces: Iterable[bytes], mode: int = WRITABLE) -> str:
    """Replace a file, or make it; returns the sha512 (hexadecimal) of what it holds.

    As `durable.replace_file`: readers see the old bytes or the new ones, also after a power cut; what was
    written is read back before it takes the old one's place. The old file may be read while the pieces come.
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name[:100]}.{secrets.token_hex(8)}.tmp")
    try:
        digest = _write(temporary, pieces, mode, named=path)
        require_digest(temporary, digest, named=path)
        rename(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(folder or ".")
    return digest


def publish_streamed(path: str, pieces: Iterable[bytes], mode: int = WRITABLE) -> str:
    """Makes a file that was not there, as `new_files.publish_new` does, from pieces that may be many.

    Returns the sha512 (hexadecimal) of what it holds.
    """
    refuse_taken(path)
    temporary = temporary_beside(path)
    try:
        digest = _write(temporary, pieces, mode, named=path)
        require_digest(temporary, digest, named=path)
        put_new(temporary, path)
        return digest
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def require_digest(path: str, digest: str, *, named: str | None = None) -> None:
    """Reads a file just written back; StorageError where it does not have that sha512 (hexadecimal).

    `named` is what trouble is told of, where that is another path.
    """
    if sha512_of_file(path, named=named) != digest:
        raise read_back_error(printable(named or path))


def sha512_of_file(path: str, *, named: str | None = None) -> str:
    """The sha512 (hexadecimal) of a file; StorageError, of `named` if given, where it cannot be read."""
    found = hashlib.sha512()
    try:
        for piece in pieces_of(path):
            found.update(piece)
    except OSError as trouble:
        raise storage_error(trouble, named or path, "read the file") from trouble
    return found.hexdigest()


def sha512_of_plain(path: str, limit: int) -> str | None:
    """The sha512 (hexadecimal) of a plain file of at most `limit` bytes, None where there is no such file.

    Links are not followed, pipes and devices not waited for. Raises StorageError where it cannot be read.
    """
    found = hashlib.sha512()
    try:
        descriptor = os.open(path, _OLD)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
                return None
            while limit >= 0 and (piece := os.read(descriptor, _CHUNK)):
                limit -= len(piece)
                found.update(piece)
        finally:
            os.close(descriptor)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as trouble:
        if trouble.errno in {errno.ELOOP, errno.EMLINK, errno.ENXIO}:  # a link; a socket
            return None
        raise storage_error(trouble, path, "read the file") from trouble
    return found.hexdigest() if limit >= 0 else None


def pieces_of(path: str, limit: int | None = None) -> Iterable[bytes]:
    """The bytes of a plain file a mebibyte at a time; OSError where it cannot be read or is a link.

    OSError EFBIG, too, where it has more than `limit` bytes: its size tells so, and a hole is not read.
    """
    descriptor = os.open(path, _OLD)
    with open(descriptor, "rb", buffering=0) as stream:
        read = 0
        while piece := stream.read(_CHUNK):
            read += len(piece)
            # Nearly every file is shorter than one piece: it costs no further call.
            if limit is not None and (
                read > limit or (read == _CHUNK and os.fstat(descriptor).st_size > limit)
            ):
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
            yield piece


def _write(path: str, pieces: Iterable[bytes], mode: int, *, named: str) -> str:
    found = hashlib.sha512()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        try:
            pending = bytearray()
            for piece in pieces:
                found.update(piece)
                pending += piece
                if len(pending) >= _CHUNK:
                    write_all(descriptor, bytes(pending))
                    pending.clear()
            write_all(descriptor, bytes(pending))
            os.fchmod(descriptor, mode)
            flush(descriptor)
        finally:
            os.close(descriptor)
    except OSError as trouble:
        raise storage_error(trouble, named, "write the file") from trouble
    return found.hexdigest()
