"""The room on the file system that the archive lies on."""

import os


def room_at(folder: str) -> int | None:
    """Bytes that this process may still write there; None where the file system does not tell.

    What is kept for root counts for root only. Quotas are not seen. OSError where it cannot be asked.
    """
    told = os.statvfs(folder)
    if not told.f_blocks:  # some network and FUSE file systems answer with zeros
        return None
    return (told.f_bfree if os.geteuid() == 0 else told.f_bavail) * told.f_frsize
