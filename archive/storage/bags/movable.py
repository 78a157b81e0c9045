"""Folders of a bag that have to be written to or moved: whether they can be, how they are opened, and closed.

A folder moves into another only where it may be written to, and only its owner gives it another mode.
"""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from archive.core.repair_record import RepairRecord
from archive.storage.bags.bag_writing import FOLDER_MODE
from archive.storage.bags.held_bag import HeldBag
from archive.storage.disk.descriptors import FOLDER, keep_mode, loosen
from archive.storage.disk.durable import storage_error
from archive.storage.disk.kinds import folder_at, something_at
from archive.storage.layout import Layout

WRITABLE: Final = 0o755
_DOING: Final = "let it be moved, or anything in it"
_NO_FOLDER: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


def require_movable(root: Path, record: RepairRecord, *, withdrawn: bool = False) -> None:
    """StorageError where a folder that a repair has to move, or to write in, is not ours to change.

    What is once announced is carried out by every later writer: none could. Nothing is changed.
    """
    if record.whole:
        _require_bag(Layout(root).bag(record.bag))
        return
    try:
        held = HeldBag(root, record.bag, withdrawn=withdrawn)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as trouble:
        raise storage_error(trouble, record.bag, "open the bag") from trouble
    with held:
        aside = {one.path for one in record.set_aside}
        paths = dict.fromkeys([*sorted(aside), *(one.path for one in record.restored)])
        for path in paths:
            try:
                _require_way(held, path, moves=path in aside)
            except OSError as trouble:
                raise storage_error(trouble, f"{held.place}/{path}", _DOING) from trouble


def _require_bag(place: Path) -> None:
    if not something_at(place):
        return
    try:
        if not os.access(place.parent, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if folder_at(place):
            os.chmod(place, stat.S_IMODE(place.lstat().st_mode))
    except OSError as trouble:
        raise storage_error(trouble, str(place), _DOING) from trouble


def _require_way(held: HeldBag, path: str, *, moves: bool) -> None:
    """OSError where the folders down to a path, as far as they are there, do not let it move or come."""
    here = held.folder()
    try:
        *folders, last = path.split("/")
        for name in folders:
            try:
                inner = os.open(name, FOLDER, dir_fd=here)
            except PermissionError:
                _keep_mode(name, here)
                return  # once it is opened up, what is below it can be
            except OSError as trouble:
                if trouble.errno in _NO_FOLDER:
                    break
                raise
            os.close(here)
            here = inner
        else:
            if moves:
                _keep_mode(last, here)
        os.fchmod(here, stat.S_IMODE(os.fstat(here).st_mode))
    finally:
        os.close(here)


def _keep_mode(name: str, here: int) -> None:
    try:
        keep_mode(name, here)
    except OSError as trouble:
        # One in which no name can be looked up is opened up itself.
        if trouble.errno == errno.EACCES:
            os.fchmod(here, stat.S_IMODE(os.fstat(here).st_mode))
        elif trouble.errno not in _NO_FOLDER:
            raise


def opened_to_move(held: HeldBag, folder: str) -> int:
    """A descriptor of a folder of the bag that may be written to; others on the way are opened up if need be.

    The caller closes it. Raises OSError.
    """
    here = held.folder()
    try:
        for name in folder.split("/") if folder else []:
            try:
                inner = os.open(name, FOLDER, dir_fd=here)
            except PermissionError:
                os.fchmod(here, WRITABLE)
                loosen(name, here)
                inner = os.open(name, FOLDER, dir_fd=here)
            os.close(here)
            here = inner
        os.fchmod(here, WRITABLE)
    except BaseException:
        os.close(here)
        raise
    return here


def make_read_only(held: HeldBag, record: RepairRecord) -> None:
    """Every folder of the bag that can be, whoever left it writable; no link is followed.

    What the repair did not write to holds no writer up: a folder that was left as it is since it cannot be
    opened, or one of another owner. Raises OSError for the others.
    """
    troubles: list[OSError] = []
    reached: set[str] = set()
    top = held.folder()
    try:
        for path, _, _, descriptor in os.fwalk(".", dir_fd=top, onerror=troubles.append):
            try:
                if os.fstat(descriptor).st_mode & 0o222:
                    os.fchmod(descriptor, FOLDER_MODE)
                reached.add(os.path.normpath(path))
            except PermissionError as trouble:
                troubles.append(trouble)
    finally:
        os.close(top)
    if troubles and (record.whole or any(_is_left_out(held, path, reached) for path in _written(record))):
        raise troubles[0]


def _written(record: RepairRecord) -> set[str]:
    """The folders that a repair may have written to."""
    paths = [*(one.path for one in record.set_aside), *(one.path for one in record.restored)]
    return {path[:at] for path in paths for at, sign in enumerate(path) if sign == "/"} | {"."}


def _is_left_out(held: HeldBag, folder: str, reached: set[str]) -> bool:
    if folder in reached:
        return False
    try:
        os.close(held.folder(folder))
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True
