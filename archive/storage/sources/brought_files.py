"""Files that people bring, wherever they lie: links are followed, but pipes and devices never waited for."""

import io
import os
import stat
from pathlib import Path

from archive.core.errors import ConfigurationError
from archive.core.text import printable
from archive.storage.disk.durable import storage_error


def open_brought(path: Path, what: str) -> io.BufferedReader:
    """The file opened for reading; `what` says what was expected, for the message.

    Raises ConfigurationError where there is no such file, or it is a folder, pipe or device; StorageError
    where it cannot be opened.
    """
    place = printable(str(path))
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, ValueError) as trouble:
        raise ConfigurationError(f"{place}: no such file", remedy=f"name {what}") from trouble
    except OSError as trouble:
        raise storage_error(trouble, str(path), "open the file") from trouble
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ConfigurationError(f"{place}: not a plain file", remedy=f"name {what}")
    return open(descriptor, "rb")


def read_brought_bytes(path: Path, limit: int, what: str) -> bytes:
    """All bytes of such a file, at most one more than `limit`; raises as `open_brought`, and StorageError."""
    with open_brought(path, what) as stream:
        try:
            return stream.read(limit + 1)
        except OSError as trouble:
            raise storage_error(trouble, str(path), "read the file") from trouble
