"""What runs of `archive repair --ledger` set aside of the archive's own files."""

import os
from collections.abc import Collection
from pathlib import Path

from archive.core.ids import is_uuid7
from archive.storage.bag_restoration import FILES
from archive.storage.durable import storage_error
from archive.storage.layout import own_damaged_path


def unrecorded_runs(root: Path, recorded: Collection[str]) -> tuple[str, ...]:
    """The runs that set something aside and of which the ledger knows nothing: they were killed, or failed.

    Raises StorageError where the folder cannot be listed.
    """
    folder = root / os.path.dirname(own_damaged_path("run"))
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return ()
    except OSError as trouble:
        raise storage_error(trouble, str(folder), "list the folder") from trouble
    return tuple(name for name in names if is_uuid7(name) and name not in recorded)


def files_set_aside(root: Path, run: str) -> tuple[str, ...]:
    """The paths in the archive of what a run set aside, whatever it is; in order."""
    folder = root / own_damaged_path(run) / FILES
    found = [
        os.path.relpath(os.path.join(above, name), folder)
        for above, folders, names in os.walk(folder)
        for name in (*names, *(each for each in folders if os.path.islink(os.path.join(above, each))))
    ]
    return tuple(sorted(found))
