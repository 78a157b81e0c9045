"""What was written is asked of the disk itself: the pages that the kernel keeps of it are dropped first."""

import os

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def drop_file(path: str, *, dir_fd: int | None = None) -> None:
    """Drops one file from the page cache, where the system can; OSError where it cannot be opened.

    Only what was synced before is dropped.
    """
    if not hasattr(os, "posix_fadvise"):
        return
    descriptor = os.open(path, _OPEN, dir_fd=dir_fd)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def drop_tree(folder: str) -> None:
    """The same for every file below a folder."""
    if not hasattr(os, "posix_fadvise"):
        return
    for parent, _, names in os.walk(folder):
        for name in names:
            drop_file(os.path.join(parent, name))
