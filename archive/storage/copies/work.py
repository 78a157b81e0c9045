"""The folder of work in progress at the root of a copy: there while a run is at work, or was cut off."""

import os
from pathlib import Path

from archive.core.errors import StorageError
from archive.storage.copies.names import WORK
from archive.storage.disk.durable import storage_error
from archive.storage.disk.kinds import folder_at, may_be_there
from archive.storage.intents import remove_tree


def begin_work(root: Path) -> None:
    """Makes the folder, empty. One that is there is emptied and not removed: killed here, it still tells.

    What is no folder in its place goes. Raises StorageError where something in it stays.
    """
    folder = root / WORK
    try:
        if folder_at(folder):
            _empty(folder)
        else:
            end_work(root)
        folder.mkdir(exist_ok=True)
    except OSError as trouble:
        raise storage_error(trouble, str(folder), "make the folder") from trouble


def _empty(folder: Path) -> None:
    try:
        for name in os.listdir(folder):
            remove_tree(folder / name)
    except (OSError, StorageError):  # may not be listed, or holds more than ours does: then it goes whole
        remove_tree(folder)


def end_work(root: Path) -> None:
    """Removes the folder with all that is in it; StorageError where something of it stays."""
    if may_be_there(root / WORK):
        remove_tree(root / WORK)


def shows_work(root: Path) -> bool:
    """Whether the folder is there; True also where storage does not say."""
    return may_be_there(root / WORK)
