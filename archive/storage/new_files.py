"""Files that a command is asked to write: new ones, and never among what it reads."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from archive.core.errors import ConfigurationError, ConflictError
from archive.core.text import printable
from archive.storage.durable import WRITABLE, flush, storage_error, sync_folder, write_new

_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def require_new(target: Path, read_from: Iterable[str]) -> None:
    """Raises where a file cannot be new, or would lie in one of the folders `read_from`.

    ConflictError where there is something of that name, ConfigurationError where its folder is not there, or
    is or lies in one that is only read.
    """
    shown = printable(str(target))
    if os.path.lexists(target):
        raise ConflictError(f"{shown}: is there already, and is never overwritten", remedy="name a new file")
    folder = os.path.realpath(target.parent)
    if not os.path.isdir(folder):
        raise ConfigurationError(f"{shown}: there is no folder {printable(str(target.parent))}")
    for path in read_from:
        real = os.path.realpath(path)
        if stat.S_ISDIR(os.stat(real).st_mode) and (folder + "/").startswith(real.rstrip("/") + "/"):
            raise ConfigurationError(
                f"{shown}: would lie in {printable(path)}, which is only read",
                remedy="name a file beside it",
            )


@contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """A new file to write to, durable when the block ends; where it ends in trouble nothing is left behind.

    ConflictError where there is such a file, StorageError where it cannot be written.
    """
    try:
        descriptor = os.open(target, _NEW, WRITABLE)
    except FileExistsError as trouble:
        raise ConflictError(
            f"{printable(str(target))}: is there already, and is never overwritten"
        ) from trouble
    except OSError as trouble:
        raise storage_error(trouble, str(target), "create the file") from trouble
    try:
        with open(descriptor, "w+b") as stream:
            yield stream
            stream.flush()
            flush(descriptor)
    except BaseException as trouble:
        with suppress(OSError):
            os.unlink(target)
        if isinstance(trouble, OSError):
            raise storage_error(trouble, str(target), "write the file") from trouble
        raise
    sync_folder(str(target.parent))


def write_new_file(target: Path, data: bytes) -> None:
    """Writes a new file, durable on return; ConflictError where the name was taken meanwhile."""
    write_new(str(target), data, WRITABLE, sync=True)
    sync_folder(str(target.parent))
