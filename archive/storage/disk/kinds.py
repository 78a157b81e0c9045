"""What has a name on the disk.

`os.path` would take every failure for absence, and verdicts and recoveries would rest on that.
"""

import errno
import os
import stat
from typing import Final

from archive.storage.disk.durable import storage_error

# What can have no name of that kind: absence, too.
_ABSENT: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})


def kind_of(path: str | os.PathLike[str]) -> int | None:
    """The kind of what has the name, as `stat.S_IFMT` gives it; None where nothing has. Links stay links.

    Raises OSError where storage does not answer, as do all of these but the last four.
    """
    try:
        return stat.S_IFMT(os.lstat(path).st_mode)
    except OSError as trouble:
        if trouble.errno in _ABSENT:
            return None
        raise


def something_at(path: str | os.PathLike[str]) -> bool:
    """True where anything has the name, be it a link that leads nowhere."""
    return kind_of(path) is not None


def link_at(path: str | os.PathLike[str]) -> bool:
    """True where a link has the name."""
    return kind_of(path) == stat.S_IFLNK


def folder_at(path: str | os.PathLike[str]) -> bool:
    """True where a folder has the name, and no link to one."""
    return kind_of(path) == stat.S_IFDIR


def file_at(path: str | os.PathLike[str]) -> bool:
    """True where a plain file has the name, and no link to one."""
    return kind_of(path) == stat.S_IFREG


def something_lies_at(path: str | os.PathLike[str]) -> bool:
    """As `something_at`; raises StorageError where storage does not answer: for what is written next."""
    try:
        return something_at(path)
    except OSError as trouble:
        raise storage_error(trouble, os.fspath(path), "look at it") from trouble


def link_lies_at(path: str | os.PathLike[str]) -> bool:
    """As `link_at`; raises StorageError where storage does not answer: for what is written next."""
    try:
        return link_at(path)
    except OSError as trouble:
        raise storage_error(trouble, os.fspath(path), "look at it") from trouble


def known_link(path: str | os.PathLike[str]) -> bool:
    """True where a link has the name; False also where storage does not answer: for what is read next."""
    try:
        return link_at(path)
    except OSError:
        return False


def may_be_there(path: str | os.PathLike[str]) -> bool:
    """False where nothing has the name; True also where storage does not answer: for what was listed."""
    try:
        return kind_of(path) is not None
    except OSError:
        return True
