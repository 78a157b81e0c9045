"""New files for other people: under their name they are whole, or not there; never among what is read."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from archive.core.errors import ConfigurationError, ConflictError
from archive.core.text import printable
from archive.storage.disk.durable import (
    WRITABLE,
    flush,
    read_back,
    rename,
    storage_error,
    sync_folder,
    write_new,
)
from archive.storage.disk.kinds import folder_at, something_lies_at

_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# What file systems without hard links answer: FAT, exFAT, some networks.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def publish_new(path: str, data: bytes, mode: int = WRITABLE) -> None:
    """Makes a file that was not there: read back and durable on return; until then its name is free.

    Raises ConflictError where the name is taken, StorageError where it cannot be written: then nothing of it
    is left behind. Killed, it leaves at most a hidden file that ends in `.tmp` beside it.
    """
    refuse_taken(path)
    temporary = temporary_beside(path)
    try:
        write_new(temporary, data, mode, sync=True, named=path)
        read_back(temporary, data, named=path)
        put_new(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def refuse_taken(path: str) -> None:
    """ConflictError where the name is taken, by whatever it may be; StorageError where nobody can tell."""
    if something_lies_at(path):
        raise ConflictError(
            f"{printable(path)}: is there already, and is never overwritten", remedy="name a new file"
        )


def refuse_other_than_file(path: str) -> None:
    """ConflictError where a link, pipe, device or folder has the name of a file that is to be replaced."""
    try:
        is_file = stat.S_ISREG(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as trouble:
        raise storage_error(trouble, path, "look at the file") from trouble
    if not is_file:
        raise ConflictError(
            f"{printable(path)}: is no plain file, and nothing is put in its place", remedy="name a new file"
        )


def temporary_beside(path: str) -> str:
    """A name in the same folder that nobody else uses, for the time until the file is whole."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{os.fsdecode(os.fsencode(name)[:100])}.{os.urandom(8).hex()}.tmp")


def put_new(temporary: str, path: str) -> None:
    """Gives a file that is whole and durable its name, unless that is taken; durable on return.

    Raises as `publish_new` does. Where there are no hard links, a name taken in the very instant would be
    lost: nothing else is offered there.
    """
    try:
        os.link(temporary, path, follow_symlinks=False)
    except FileExistsError as trouble:
        raise ConflictError(
            f"{printable(path)}: is there already, and is never overwritten", remedy="name a new file"
        ) from trouble
    except OSError as trouble:
        if trouble.errno not in _NO_LINKS:
            raise storage_error(trouble, path, "put the file in its place") from trouble
        refuse_taken(path)
        rename(temporary, path)
    try:
        with contextlib.suppress(FileNotFoundError):  # renamed
            os.unlink(temporary)
        sync_folder(os.path.dirname(path) or ".")
    except BaseException as trouble:
        with contextlib.suppress(OSError):
            os.unlink(path)
        if isinstance(trouble, OSError):
            raise storage_error(trouble, path, "put the file in its place") from trouble
        raise


def require_new(target: Path, read_from: Iterable[str]) -> None:
    """Raises where a file cannot be new, or would lie in one of the folders `read_from`.

    ConflictError where there is something of that name, ConfigurationError where its folder is not there, or
    is or lies in one that is only read, StorageError where storage does not say.
    """
    shown = printable(str(target))
    refuse_taken(str(target))
    folder = os.path.realpath(target.parent)
    try:
        is_there = folder_at(folder)
    except OSError as trouble:
        raise storage_error(trouble, folder, "look at it") from trouble
    if not is_there:
        raise ConfigurationError(
            f"{shown}: there is no folder {printable(str(target.parent))}",
            remedy="make it first, or name another place",
        )
    for path in read_from:
        real = os.path.realpath(path)
        if os.path.isdir(real) and (folder + "/").startswith(real.rstrip("/") + "/"):
            raise ConfigurationError(
                f"{shown}: would lie in {printable(path)}, which is only read",
                remedy="name a file beside it",
            )


@contextlib.contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """A new file to write to, whole and durable when the block ends; in trouble nothing is left behind.

    ConflictError where the name is taken, StorageError where it cannot be written.
    """
    refuse_taken(str(target))
    temporary = temporary_beside(str(target))
    try:
        descriptor = os.open(temporary, _NEW, WRITABLE)
        with open(descriptor, "w+b") as stream:
            yield stream
            stream.flush()
            flush(stream.fileno())
        put_new(temporary, str(target))
    except OSError as trouble:
        raise storage_error(trouble, str(target), "write the file") from trouble
    finally:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def write_new_file(target: Path, data: bytes) -> None:
    """`publish_new` for a path."""
    publish_new(str(target), data)
