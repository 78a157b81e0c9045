"""Bags of a copy that others take the place of in two steps: set aside in the folder of work, replaced."""

import os
from collections.abc import Iterator
from typing import Final

from archive.core.errors import StorageError
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.names import BAGS, QUARANTINE, WORK
from archive.storage.disk.durable import storage_error, sync_folder

_REPLACED: Final = f"{WORK}/replaced"


def replace_in_two_steps(copy: CopyFolder, made: str, place: str) -> None:
    """Puts what was made, whole and durable, in the place of what is there; OSError where a step fails.

    Killed between them, the copy lacks the bag until `end_replacing`.
    """
    copy.rename(place, f"{_REPLACED}/{place}")
    copy.rename(made, place)


def end_replacing(copy: CopyFolder) -> None:
    """Takes the second step where a run was killed between the two: what is empty gets what was made for it.

    Where that is not there, what was set aside comes back. Raises StorageError where that fails: then nothing
    in the folder of work may be removed, as what lies there may be the last of its kind.
    """
    for place in _set_aside(copy):
        if copy.exists(place):
            continue
        above, name = os.path.split(place)
        made = (f"{WORK}/{group}/{name}" for group in _names(copy, WORK))
        source = next(filter(copy.exists, made), f"{_REPLACED}/{place}")
        try:
            copy.rename(source, place)
        except OSError as trouble:
            raise storage_error(trouble, str(copy.root / place), "put the bag in place") from trouble
        sync_folder(str(copy.root / above))


def _set_aside(copy: CopyFolder) -> Iterator[str]:
    for above in (BAGS, QUARANTINE):
        for shard in _names(copy, f"{_REPLACED}/{above}"):
            folder = f"{above}/{shard}"
            yield from (f"{folder}/{name}" for name in _names(copy, f"{_REPLACED}/{folder}"))


def _names(copy: CopyFolder, path: str) -> list[str]:
    """What is in a folder of the copy; nothing where there is none, or something else in its place."""
    try:
        folder = copy.open_folder(path)
    except (FileNotFoundError, StorageError):
        return []
    except OSError as trouble:
        raise storage_error(trouble, str(copy.root / path), "list the folder") from trouble
    try:
        return sorted(os.listdir(folder))
    except OSError as trouble:
        raise storage_error(trouble, str(copy.root / path), "list the folder") from trouble
    finally:
        os.close(folder)
