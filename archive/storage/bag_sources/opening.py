"""Opens whatever a bag may be read from."""

import os
import stat

from archive.core.errors import StorageError
from archive.storage.bag_sources.folder import FolderSource
from archive.storage.bag_sources.source import Lanes, OpenedSource


def open_bag(path: str, lanes: Lanes) -> OpenedSource:
    """The source of the bag at a path; it is to be closed.

    Raises StorageError where there is nothing that a bag can be read from, or it cannot be opened.
    """
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            return FolderSource(path, lanes)
    except OSError as trouble:
        raise StorageError(f"cannot be opened: {trouble.strerror or trouble}") from trouble
    if stat.S_ISREG(mode):
        raise StorageError("is no folder, and no serialised bag that is known here")
    raise StorageError("is neither a folder nor a file; it was not opened")
