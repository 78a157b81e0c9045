"""Links in a tree that is to be removed: what they lead to would stay."""

import os
from pathlib import Path

from archive.storage.disk.durable import storage_error


def first_link(top: Path) -> Path | None:
    """The first name at or below `top` that is a link, by the order of names; None where none is.

    None too where nothing is there. No link is followed. Raises StorageError where a folder cannot be listed:
    then nobody knows.
    """
    pending = [top]
    while pending:
        path = pending.pop()
        try:
            if path.is_symlink():
                return path
            with os.scandir(path) as listing:
                entries = sorted(listing, key=lambda entry: os.fsencode(entry.name), reverse=True)
                inner = [
                    entry for entry in entries if entry.is_symlink() or entry.is_dir(follow_symlinks=False)
                ]
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as trouble:
            raise storage_error(trouble, str(path), "list the folder") from trouble
        pending += [path / entry.name for entry in inner]
    return None
