"""Writes that are on disk when they say so: new files, replaced files, and syncs whose failure is final.

After a failed fsync the kernel may drop the dirty pages and report success on the next call, so nothing here
syncs a second time: the caller gives the batch up.
"""

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable

from archive.core.errors import ConflictError, StorageError
from archive.core.text import printable

READ_ONLY = 0o444
WRITABLE = 0o644

_CHUNK = 1 << 20
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: a FIFO put in a file's place must not make the reader wait.
_OLD = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC

_ELSEWHERE = "this file system cannot do that: keep the archive on one that can, such as a local disk"
_REMEDIES = {
    errno.ENOLCK: _ELSEWHERE,
    errno.ENOSYS: _ELSEWHERE,
    errno.EOPNOTSUPP: _ELSEWHERE,
    errno.ENOSPC: "free some space on that disk, then run the same command again",
    errno.EDQUOT: "free some of your quota on that disk, then run the same command again",
    errno.EROFS: "the disk is mounted read-only: mount it writable, or work on another copy",
    errno.EACCES: "check who may write and read there, then run the same command again",
    errno.EPERM: "check who may write and read there, then run the same command again",
    errno.EXDEV: "bags/, quarantine/ and staging/ belong on one file system: mount none of them for itself",
    errno.EEXIST: "something else has that name: move it away, or name another",
    errno.ENOTDIR: "a part of that path is no folder: move it away, or name another",
    errno.EISDIR: "a folder stands where a file belongs: move it away, then run the same command again",
    errno.EIO: "the disk reports a fault: check it and its cable, and work from another copy meanwhile",
    errno.EMFILE: "too many open files: raise the limit (ulimit -n), then run the same command again",
    errno.EFBIG: "no file may be so large here: raise the limit (ulimit -f), or use another file system",
    errno.EAGAIN: "too many processes: raise the limit (ulimit -u), or give fewer --jobs",
    errno.ENOMEM: "memory ran out: close programs or raise the limit (ulimit -v), or give fewer --jobs",
    errno.ENFILE: "too many open files on this machine: close programs, then run the same command again",
}


class NotAPlainFileError(Exception):
    """Something else lies where a file is expected, or the file is larger than it can be."""


def storage_error(trouble: OSError, path: str, doing: str) -> StorageError:
    """The StorageError for a failed system call: what was being done, to which file, and what to do."""
    reason = trouble.strerror or str(trouble)
    return StorageError(f"{printable(path)}: cannot {doing}: {reason}", remedy=remedy_of(trouble))


def read_back_error(place: str) -> StorageError:
    """The StorageError for what reads back as something else than was written; `place` is printable."""
    return StorageError(
        f"{place}: what was read back is not what was written",
        remedy="the disk or its driver loses writes: check it before it is trusted with anything",
    )


def remedy_of(trouble: OSError) -> str:
    """What to do where a system call failed so."""
    return _REMEDIES.get(trouble.errno or 0, "see that the disk is there and sound, then run it again")


def flush(descriptor: int) -> None:
    """fsync; on macOS F_FULLFSYNC, without which the drive may keep the bytes in its own cache."""
    if sys.platform == "darwin":
        import fcntl

        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError as trouble:
            if trouble.errno not in {errno.ENOTSUP, errno.EINVAL}:  # network and FAT file systems
                raise
            os.fsync(descriptor)
    else:
        os.fsync(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte, however few the kernel takes at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def write_new(
    path: str,
    data: bytes,
    mode: int = READ_ONLY,
    *,
    dir_fd: int | None = None,
    sync: bool = False,
    named: str | None = None,
) -> None:
    """Write a file that was not there, with exactly that mode; fsync it where asked.

    `named` is what trouble is told of, where that is another path: one that the file is to have later.
    Raises ConflictError where the name is taken, StorageError where it cannot be written: then nothing of it
    is left behind. The folder is not synced.
    """
    try:
        descriptor = os.open(path, _NEW, mode, dir_fd=dir_fd)
    except FileExistsError as trouble:
        raise ConflictError(
            f"{printable(path)}: is there already, and is never overwritten",
            remedy="name a new file, or move that one away",
        ) from trouble
    except OSError as trouble:
        raise storage_error(trouble, named or path, "create the file") from trouble
    try:
        try:
            write_all(descriptor, data)
            os.fchmod(descriptor, mode)  # whatever the umask
            if sync:
                flush(descriptor)
        finally:
            os.close(descriptor)
    except OSError as trouble:
        with contextlib.suppress(OSError):
            os.unlink(path, dir_fd=dir_fd)
        raise storage_error(trouble, named or path, "write the file") from trouble


def read_plain(path: str, limit: int, *, dir_fd: int | None = None, named: str | None = None) -> bytes | None:
    """All bytes of a plain file of at most `limit` bytes, or None where there is no such name.

    Links are not followed and devices not opened for waiting. Raises NotAPlainFileError where it is
    something else or larger, StorageError where it cannot be read: of `named` if given.
    """
    try:
        descriptor = os.open(path, _OLD, dir_fd=dir_fd)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as trouble:
        if trouble.errno in {errno.ELOOP, errno.EMLINK, errno.ENXIO}:  # a link; a socket or a FIFO
            raise NotAPlainFileError(f"{printable(path)}: not a plain file") from trouble
        raise storage_error(trouble, named or path, "open the file") from trouble
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotAPlainFileError(f"{printable(path)}: not a plain file")
        if status.st_size > limit:
            raise NotAPlainFileError(f"{printable(path)}: larger than {limit} bytes")
        pieces: list[bytes] = []
        wanted = limit + 1
        while wanted and (piece := os.read(descriptor, min(wanted, max(status.st_size + 1, _CHUNK)))):
            pieces.append(piece)
            wanted -= len(piece)
    except OSError as trouble:
        raise storage_error(trouble, named or path, "read the file") from trouble
    finally:
        os.close(descriptor)
    if not wanted:
        raise NotAPlainFileError(f"{printable(path)}: larger than {limit} bytes")
    return b"".join(pieces)


def read_back(path: str, data: bytes, *, dir_fd: int | None = None, named: str | None = None) -> None:
    """Read a file just written and compare it; StorageError where it does not hold these bytes.

    `named` as `write_new` has it.

    Proves what the kernel took, not what the platter holds.
    """
    try:
        found = read_plain(path, len(data), dir_fd=dir_fd, named=named)
    except NotAPlainFileError:
        found = None
    if found != data:
        raise read_back_error(printable(named or path))


def sync_file(path: str) -> None:
    """fsync a file or folder by name; StorageError where that fails."""
    try:
        descriptor = os.open(path, _OLD)
        try:
            flush(descriptor)
        finally:
            os.close(descriptor)
    except OSError as trouble:
        raise storage_error(trouble, path, "make the file durable") from trouble


def sync_folder(path: str) -> None:
    """fsync a folder, so that names made, changed and removed in it last; StorageError where that fails."""
    try:
        descriptor = os.open(path, _FOLDER)
        try:
            flush(descriptor)
        finally:
            os.close(descriptor)
    except OSError as trouble:
        raise storage_error(trouble, path, "make the folder durable") from trouble


def rename(source: str, target: str) -> None:
    """Rename over whatever is there; StorageError where that fails. The folder is not synced."""
    try:
        os.rename(source, target)
    except OSError as trouble:
        raise storage_error(trouble, target, "put the file in its place") from trouble


def remove(path: str) -> None:
    """Remove a name if it is there; StorageError where it stays."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    except OSError as trouble:
        raise storage_error(trouble, path, "remove the file") from trouble


def make_folder(path: str, mode: int = 0o755) -> bool:
    """Make a folder whose parent exists; True where it was not there before."""
    try:
        os.mkdir(path, mode)
    except FileExistsError:
        return False
    except OSError as trouble:
        raise storage_error(trouble, path, "make the folder") from trouble
    return True


def refuse_link(folder: str) -> None:
    """StorageError where a folder of the archive is a link: what is written through it lies elsewhere."""
    try:
        is_link = stat.S_ISLNK(os.lstat(folder).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as trouble:
        raise storage_error(trouble, folder, "look at the folder") from trouble
    if is_link:
        raise StorageError(
            f"{printable(folder)}: is a link, and nothing is written through it",
            remedy="put a folder in its place",
        )


def replace_file(
    path: str, data: bytes, mode: int = WRITABLE, *, check: Callable[[bytes], None] | None = None
) -> None:
    """Replace a file, or make it: readers see the old bytes or the new ones, also after a power cut.

    Temporary file in the same folder, fsync, read back and compare, `check` of what was read (it may raise to
    stop), rename, fsync of the folder. On any failure the temporary file is removed and the old one stands.
    """
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name[:100]}.{os.urandom(8).hex()}.tmp")
    try:
        write_new(temporary, data, mode, sync=True, named=path)
        read_back(temporary, data, named=path)
        if check is not None:
            check(data)
        rename(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(folder or ".")
