"""What kind of file system a copy is on: what it cannot hold is said before hours of writing."""

import os
from pathlib import Path
from typing import Final, NamedTuple

_MOUNTS: Final = "/proc/self/mountinfo"
# Names as the kernel's drivers give them; FUSE names what it serves behind a dot.
_FAT: Final = frozenset({"vfat", "msdos", "exfat", "fuse.exfat", "fuseblk.exfat", "fuse.exfat-fuse"})


class FileSystem(NamedTuple):
    """The file system under a folder: its type where the system tells it, bytes of a cluster, bytes free."""

    type: str | None
    cluster: int
    free: int

    @property
    def is_fat(self) -> bool:
        """True for FAT and exFAT: no modes, no links, names without case, a file a cluster at least."""
        return self.type in _FAT


def file_system_of(folder: Path) -> FileSystem:
    """The file system of an existing folder; OSError where it cannot be asked."""
    told = os.statvfs(folder)
    free = told.f_bavail * told.f_frsize
    return FileSystem(_type(os.stat(folder).st_dev), max(told.f_frsize, 1), free)


def _type(device: int) -> str | None:
    wanted = f"{os.major(device)}:{os.minor(device)}"
    try:
        with open(_MOUNTS, encoding="utf-8", errors="surrogateescape") as stream:
            for line in stream:
                fields = line.split()
                if len(fields) > 6 and fields[2] == wanted and "-" in fields[6:]:
                    return fields[fields.index("-", 6) + 1]
    except (OSError, IndexError):
        return None
    return None
