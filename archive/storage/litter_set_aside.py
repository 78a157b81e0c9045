"""Litter moved from beside the bags to quarantine, rename by rename; it can be begun again after a crash."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archive.core.errors import ConflictError
from archive.core.limits.archives import REPAIR_RECORD_BYTES
from archive.storage.bags.bag_restoration import FILES, RECORD
from archive.storage.bags.bag_writing import FILE_MODE
from archive.storage.disk.descriptors import is_there, loosen
from archive.storage.disk.durable import NotAPlainFileError, read_back, read_plain, storage_error, write_new
from archive.storage.disk.kinds import something_at
from archive.storage.disk.one_file_system import require_one_file_system
from archive.storage.disk.open_folders import OpenFolders
from archive.storage.layout import own_damaged_path
from archive.storage.own_file_restoration import make_folders

# The latter also where a link stands for a folder.
_NOT_THERE: Final = (FileNotFoundError, NotADirectoryError)


def stage_record(staging: Path, data: bytes) -> None:
    """Writes the record into the staging folder of its run, and reads it back. StorageError."""
    write_new(str(staging / RECORD), data, FILE_MODE)
    read_back(str(staging / RECORD), data)


def record_of(staging: Path, root: Path, run: str) -> bytes | None:
    """The record, from staging or from where it was moved; None where there is none. StorageError."""
    for folder in (staging, root / own_damaged_path(run)):
        try:
            data = read_plain(str(folder / RECORD), REPAIR_RECORD_BYTES)
        except NotAPlainFileError:
            data = None
        if data is not None:
            return data
    return None


def require_place(root: Path, paths: Iterable[str]) -> None:
    """ConflictError where something that is no folder stands where litter comes to; StorageError where that
    is on another file system than what lies at these paths of the archive.

    To be asked before anything is announced: that is carried out by every later writer, and none could.
    """
    for above in reversed((root / own_damaged_path("run")).relative_to(root).parents[:-1]):
        folder = root / above
        if folder.is_symlink() or (something_at(folder) and not folder.is_dir()):
            raise ConflictError(f"{above}: is no folder", remedy="move it away, then tidy again")
    target = root / own_damaged_path("run")
    require_one_file_system(target, *{(root / path).parent for path in paths})


def set_aside(root: Path, run: str, paths: Iterable[str]) -> list[str]:
    """Moves what lies at these paths of the archive, each below its path; the folders whose names changed.

    What is there already is passed over, and so is what is gone. Raises StorageError, and ConflictError
    where something that is no folder stands in the way of quarantine.
    """
    target = root / own_damaged_path(run) / FILES
    make_folders(root, target)
    touched = {target}
    source, aside = OpenFolders([str(root)]), OpenFolders([str(target)], make=True)
    try:
        for path in paths:
            if _move(source, aside, path):
                touched.add((root / path).parent)
                touched.update(_folders_down_to(target, path))
    except OSError as trouble:
        raise storage_error(trouble, own_damaged_path(run), "set litter aside") from trouble
    finally:
        source.close()
        aside.close()
    return sorted(map(str, touched))


def _move(source: OpenFolders, aside: OpenFolders, path: str) -> bool:
    folder, _, name = path.rpartition("/")
    try:
        here = source.descriptor(0, folder)
    except _NOT_THERE:
        return False
    if not is_there(name, here):
        return False
    there = aside.descriptor(0, folder)
    if is_there(name, there):
        return False
    loosen(name, here)
    os.rename(name, name, src_dir_fd=here, dst_dir_fd=there)
    return True


def _folders_down_to(target: Path, path: str) -> Iterator[Path]:
    for folder in path.split("/")[:-1]:
        target = target / folder
        yield target


def keep_record(root: Path, run: str, staging: Path) -> str:
    """Moves the record to what was set aside; returns the folder. StorageError."""
    folder = root / own_damaged_path(run)
    try:
        if something_at(staging / RECORD) and not something_at(folder / RECORD):
            os.rename(staging / RECORD, folder / RECORD)
    except OSError as trouble:
        raise storage_error(trouble, own_damaged_path(run), "keep the record") from trouble
    return str(folder)
