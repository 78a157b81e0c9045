"""How folders and files are opened below a descriptor: no link followed, no pipe waited for."""

import contextlib
import errno
import os
import stat
from collections.abc import Sequence
from typing import Final, NamedTuple

from archive.core.obstacles import Obstacle

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: a pipe put in a file's place after the folder was read must not hang us (fstat refuses it).
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

_TO_NAME: Final = getattr(os, "O_PATH", 0)  # opens what may not be read, too
_ONLY_OURS: Final = 0o700
_TYPE, _REGULAR = 0o170000, 0o100000


class Hindrance(NamedTuple):
    """An obstacle and, where storage gave one, its reason."""

    obstacle: Obstacle
    reason: str


def is_regular(mode: int) -> bool:
    """True for the mode of a regular file."""
    return mode & _TYPE == _REGULAR


def hindrance(trouble: OSError) -> Hindrance:
    """What an OSError of opening or reading says about the thing."""
    reason = os.strerror(trouble.errno) if trouble.errno else str(trouble)
    match trouble.errno:
        case errno.ENOENT:
            return Hindrance(Obstacle.MISSING, reason)
        case errno.ELOOP:
            return Hindrance(Obstacle.LINK, "")
        case errno.ENXIO | errno.ENODEV:
            return Hindrance(Obstacle.SPECIAL, "")
        case errno.ENOTDIR:  # O_DIRECTORY with O_NOFOLLOW answers this for a link, too
            return Hindrance(Obstacle.SPECIAL, "no folder")
        case _:
            return Hindrance(Obstacle.UNREADABLE, reason)


def descend(descriptor: int, folders: Sequence[str]) -> int:
    """The descriptor of a folder below the one given, which is closed; OSError where a link is on the way."""
    for name in folders:
        try:
            inner = os.open(name, FOLDER, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def is_there(name: str, folder: int) -> bool:
    """True where something of that name, whatever it is, lies in an open folder; else OSError for trouble."""
    try:
        os.lstat(name, dir_fd=folder)
    except FileNotFoundError:
        return False
    return True


def loosen(name: str, folder: int) -> None:
    """Lets a folder be moved, which it only can where it may be written to; a file stays as it is."""
    with contextlib.suppress(OSError):
        try:
            descriptor = os.open(name, FOLDER, dir_fd=folder)
        except PermissionError:
            _set_mode(name, folder, _ONLY_OURS)
            return
        try:
            os.fchmod(descriptor, 0o755)
        finally:
            os.close(descriptor)


def keep_mode(name: str, folder: int) -> None:
    """Gives a folder the mode that it has: OSError where it could get no other, or is no folder."""
    _set_mode(name, folder, None)


def _set_mode(name: str, folder: int, mode: int | None) -> None:
    """Also of a folder that may not be read; a link is not followed."""
    if not _TO_NAME:  # macOS: there the call itself follows no link
        mode = stat.S_IMODE(os.lstat(name, dir_fd=folder).st_mode) if mode is None else mode
        os.chmod(name, mode, dir_fd=folder, follow_symlinks=False)
        return
    flags = _TO_NAME | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode) if mode is None else mode
        os.chmod(f"/proc/self/fd/{descriptor}", mode)  # fchmod takes no descriptor of a mere name
    finally:
        os.close(descriptor)
