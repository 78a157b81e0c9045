"""Whether what is announced can be carried out: a rename leads from one folder to the other, or none does."""

import errno
import os
import re
from pathlib import Path
from typing import Final

from archive.core.errors import StorageError
from archive.core.text import printable
from archive.storage.disk.durable import remedy_of
from archive.storage.disk.kinds import something_at

# Linux opens a folder with it that may not be read; systems without it have no /proc/self/fdinfo either.
_TO_NAME: Final = getattr(os, "O_PATH", os.O_RDONLY) | os.O_CLOEXEC
_MOUNT: Final = re.compile(rb"^mnt_id:\s*([0-9]+)$", re.MULTILINE)


def require_one_file_system(*folders: Path) -> None:
    """Raises StorageError where folders, or what is above those that are not there yet, lie on several.

    Two mounts of one file system are several, too: no rename leads from one to the other. What is announced
    is carried out by renames, and by every later writer: none could.
    """
    places = [next(place for place in (folder, *folder.parents) if something_at(place)) for folder in folders]
    for what, tell in (("file systems", _device_of), ("mounts", mount_of)):
        found = {tell(place): place for place in places}
        if len(found) > 1 and None not in found:
            one, other, *_ = (printable(str(place)) for place in found.values())
            raise StorageError(
                f"{one} and {other} are on two {what}: nothing can be moved from one to the other",
                remedy=remedy_of(OSError(errno.EXDEV, "")),
            )


def _device_of(place: Path) -> int:
    return os.stat(place).st_dev


def mount_of(place: Path) -> int | None:
    """The number of the mount that a name lies on, without a write; None where the system does not tell."""
    try:
        descriptor = os.open(place, _TO_NAME)
    except OSError:
        return None
    try:
        with open(f"/proc/self/fdinfo/{descriptor}", "rb") as told:
            found = _MOUNT.search(told.read())
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return None if found is None else int(found[1])
