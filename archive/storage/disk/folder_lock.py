"""One process at a time in a folder; a dead one holds nothing (`flock` on the folder itself)."""

import fcntl
import os

from archive.core.errors import ConflictError
from archive.core.text import printable
from archive.storage.disk.durable import storage_error
from archive.storage.lock import keep_from_children

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def lock_folder(path: str) -> int:
    """The descriptor of the folder, locked until it is closed or this process ends.

    Raises ConflictError where another process has it, StorageError where it cannot be opened or locked.
    """
    try:
        descriptor = os.open(path, _FOLDER)
    except OSError as trouble:
        raise storage_error(trouble, path, "open the folder") from trouble
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as trouble:
        os.close(descriptor)
        raise ConflictError(
            f"{printable(path)}: another command is at work there", remedy="wait until it is done"
        ) from trouble
    except OSError as trouble:
        os.close(descriptor)
        raise storage_error(trouble, path, "lock the folder") from trouble
    keep_from_children(descriptor)
    return descriptor


def unlock_folder(descriptor: int) -> None:
    """Gives the lock back."""
    keep_from_children(descriptor, keep=False)
    os.close(descriptor)
