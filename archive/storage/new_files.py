"""Files that a command is asked to write: new ones, and never among what it reads."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from archive.core.errors import ConfigurationError, ConflictError
from archive.core.text import printable
from archive.storage.durable import WRITABLE, sync_folder, write_new


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


def write_new_file(target: Path, data: bytes) -> None:
    """Writes a new file, durable on return; ConflictError where the name was taken meanwhile."""
    write_new(str(target), data, WRITABLE, sync=True)
    sync_folder(str(target.parent))
