"""One process at a time signs with a key: `flock` on the key's folder, which dies with its process.

The writer's lock of an archive does not do for that: the copies of an archive share one key. It is held from
the last look at what the key signed to the note of what it signs now, not while entries are written.
"""

import errno
import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from archive.core.errors import ConflictError
from archive.core.limits.waits import KEY_LOCK_WAIT
from archive.core.text import printable
from archive.storage.disk.durable import storage_error
from archive.storage.lock import keep_from_children

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_POLL: Final = 0.02  # seconds
# No locks there; EBADF is NFS, which locks nothing that is open for reading alone. The last look still finds
# what was signed before it.
_NO_LOCKS: Final = frozenset(
    {errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
)


@contextmanager
def signing_alone(folders: Iterable[str]) -> Iterator[None]:
    """Nobody else signs with the keys in these folders meanwhile, where their file system has locks.

    Raises ConflictError where another process does so for longer than KEY_LOCK_WAIT seconds, StorageError
    where a folder cannot be opened or locked. Nothing is written.
    """
    with ExitStack() as held:
        for folder in sorted({os.path.realpath(folder) for folder in folders}):  # in one order: no deadlock
            try:
                descriptor = os.open(folder, _FOLDER)
            except OSError as trouble:
                raise storage_error(trouble, folder, "open the key's folder") from trouble
            held.callback(os.close, descriptor)
            keep_from_children(descriptor)
            held.callback(keep_from_children, descriptor, keep=False)
            _lock(descriptor, folder)
        yield


def _lock(descriptor: int, folder: str) -> None:
    deadline = time.monotonic() + KEY_LOCK_WAIT
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as trouble:
            if time.monotonic() >= deadline:
                raise ConflictError(
                    f"{printable(folder)}: another command signs with this key; waited"
                    f" {KEY_LOCK_WAIT:g} seconds",
                    remedy="wait until it is done, then give the same command again",
                ) from trouble
        except OSError as trouble:
            if trouble.errno in _NO_LOCKS:
                return
            raise storage_error(trouble, folder, "lock the key's folder") from trouble
        else:
            return
        time.sleep(_POLL)
