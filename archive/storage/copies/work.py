"""The folder of work in progress at the root of a copy: there while a run is at work, or was cut off."""

import os
from pathlib import Path
from typing import Final

from archive.core.copies import CopyForm
from archive.core.errors import StorageError
from archive.storage.copies.names import WORK, bag_of_name
from archive.storage.disk.durable import storage_error
from archive.storage.disk.kinds import folder_at, known_link, may_be_there
from archive.storage.intents import remove_tree

# Of the folders in which bags lie: as work/000001, work/replaced/000001, work/doomed/bags.
_DEEPEST: Final = 2


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


def bags_in_work(root: Path) -> set[str]:
    """The bags, in whichever form, that a run was about to put in place, to replace or to remove.

    They lie in a folder of the work folder, or in one of such a folder; no link is followed. Raises
    StorageError where one of these folders cannot be listed.
    """
    found: set[str] = set()
    pending = [(root / WORK, 0)] if shows_work(root) and not known_link(root / WORK) else []
    while pending:
        folder, depth = pending.pop()
        try:
            with os.scandir(folder) as listing:
                inner = [(each.name, each.is_dir(follow_symlinks=False)) for each in listing]
        except FileNotFoundError:  # a run that is at work has put it away meanwhile
            continue
        except OSError as trouble:
            raise storage_error(trouble, str(folder), "list the folder") from trouble
        for name, is_folder in inner:
            bags = {bag for form in CopyForm if (bag := bag_of_name(name, form)) is not None}
            found |= bags
            if is_folder and not bags and depth < _DEEPEST:
                pending.append((folder / name, depth + 1))
    return found
