"""What runs of `archive repair` set aside."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from archive.core.ids import is_uuid7
from archive.storage.bags.bag_restoration import FILES
from archive.storage.disk.durable import storage_error
from archive.storage.disk.kinds import link_at
from archive.storage.layout import own_damaged_path


def unrecorded_runs(root: Path, recorded: Collection[str]) -> tuple[str, ...]:
    """The runs that set something aside and of which the ledger knows nothing: they were killed, or failed.

    Raises StorageError where the folder cannot be listed.
    """
    folder = root / os.path.dirname(own_damaged_path("run"))
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
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
        for name in (*names, *(each for each in folders if link_at(os.path.join(above, each))))
    ]
    return tuple(sorted(found))


def unlisted(root: Path, folder: str, known: Collection[str], unread: dict[str, OSError]) -> Iterator[str]:
    """The names in a folder of the archive that are not known, nor lie in or around what is.

    No link is followed. What cannot be listed is added to `unread` with the reason.
    """
    around = {path[:at] for path in known for at, sign in enumerate(path) if sign == "/"}
    waiting = [folder]
    while waiting:
        above = waiting.pop()
        try:
            with os.scandir(root / above) as listing:
                found = [(f"{above}/{entry.name}", entry.is_dir(follow_symlinks=False)) for entry in listing]
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as trouble:
            unread[above] = trouble
            continue
        for path, is_folder in found:
            if path in around and is_folder and path not in known:
                waiting.append(path)
            elif path not in known:
                yield path
