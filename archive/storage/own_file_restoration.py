"""A file of the archive itself put right: the old bytes move to quarantine, the new ones take their place."""

import errno
import os
import stat
from hashlib import sha512
from pathlib import Path
from typing import Any

from archive.core.errors import ConflictError, StorageError
from archive.core.limits.archives import REPAIR_RECORD_BYTES, RUN_MANIFEST_BYTES
from archive.core.repair_record import exact
from archive.core.text import printable
from archive.storage import own_repair_list
from archive.storage.bags.bag_restoration import FILES, RECORD
from archive.storage.disk.durable import (
    READ_ONLY,
    NotAPlainFileError,
    make_folder,
    read_back,
    read_plain,
    remove,
    rename,
    replace_file,
    storage_error,
    sync_folder,
    write_new,
)
from archive.storage.disk.kinds import folder_at, something_at
from archive.storage.layout import Layout, own_damaged_path


def restore(root: Path, run: str, path: str, data: bytes, *, mode: int, row: dict[str, Any]) -> None:
    """Puts a file in place, durably; what stood there, whatever it is, lies in quarantine afterwards.

    `row` enters the list of what the run puts back once the new file is staged, and before anything moves: a
    last row whose file is still staged was not carried out. Readers see the old bytes or the new ones. Raises
    StorageError where storage refuses, ConflictError where a link stands for one of the folders.
    """
    target = root / path
    kept = root / own_damaged_path(run) / FILES / path
    make_folders(root, target.parent)
    new = _staged(root, run, path)
    write_new(str(new), data, mode, sync=True)
    read_back(str(new), data)
    own_repair_list.append(new.parent, row)
    if something_at(target) and not something_at(kept):
        make_folders(root, kept.parent)
        _keep(target, kept)
    rename(str(new), str(target))
    sync_folder(str(target.parent))


def set_aside(root: Path, run: str, path: str, *, row: dict[str, Any]) -> None:
    """Moves what stands there to quarantine, durably; nothing takes its place.

    `row` enters the list of the run before. Raises as `restore` does.
    """
    target = root / path
    kept = root / own_damaged_path(run) / FILES / path
    make_folders(root, kept.parent)
    own_repair_list.append(Layout(root).staging / run, row)
    try:
        os.rename(target, kept)
    except OSError as trouble:
        raise storage_error(trouble, str(kept), "set the damaged file aside") from trouble
    sync_folder(str(kept.parent))
    sync_folder(str(target.parent))


def rows_put_back(root: Path, run: str) -> list[dict[str, Any]]:
    """What a run put back, as its list in staging says, also where it was killed; StorageError."""
    rows = own_repair_list.rows(Layout(root).staging / run)
    if rows:
        path = exact(rows[-1]["path"])
        is_aside = something_at(root / own_damaged_path(run) / FILES / path)
        is_to_move = something_at(_staged(root, run, path)) or rows[-1].get("expected", "") is None
        if is_to_move and not is_aside:
            rows.pop()
    return rows


def _staged(root: Path, run: str, path: str) -> Path:
    """Where the new file waits: a name for each, so that it tells which row was not carried out."""
    return Layout(root).staging / run / f"new-{sha512(os.fsencode(path)).hexdigest()[:32]}"


def in_the_way(root: Path, path: str) -> str | None:
    """The first folder above a path of the archive where something stands that is none; None without one."""
    parts = path.split("/")
    for above in ("/".join(parts[:depth]) for depth in range(1, len(parts))):
        try:
            mode = os.lstat(root / above).st_mode
        except OSError:  # it is not there, or storage says so when it is written to
            return None
        if not stat.S_ISDIR(mode):
            return above
    return None


def _keep(target: Path, kept: Path) -> None:
    """A second name for a plain file, so that the first is never without one; anything else is moved."""
    try:
        if target.is_file() and not target.is_symlink():
            _link(target, kept)
        else:
            os.rename(target, kept)
    except OSError as trouble:
        raise storage_error(trouble, str(kept), "set the damaged file aside") from trouble
    sync_folder(str(kept.parent))


def _link(target: Path, kept: Path) -> None:
    try:
        os.link(target, kept)
    except OSError:  # a file system without second names
        try:
            data = read_plain(str(target), RUN_MANIFEST_BYTES)
        except (NotAPlainFileError, StorageError):
            data = None
        if data is None:
            os.rename(target, kept)
        else:
            write_new(str(kept), data, sync=True)


def keep_record(root: Path, run: str, data: bytes) -> None:
    """Writes the record of the repair beside what was set aside, durably; again after a crash, too."""
    folder = root / own_damaged_path(run)
    make_folders(root, folder)
    for left in folder.glob(f".{RECORD}.*.tmp"):  # of a repair that was killed here
        remove(str(left))
    replace_file(str(folder / RECORD), data, READ_ONLY)


def remove_empty_folders(root: Path, run: str) -> None:
    """Removes what a run that failed made for files that it then did not set aside. Raises StorageError."""
    folder = root / own_damaged_path(run)
    inner = (above for above, _, _ in os.walk(folder / FILES, topdown=False))
    for above in (*inner, *((str(folder),) if folder_at(folder) else ())):
        try:
            os.rmdir(above)
        except OSError as trouble:
            if trouble.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise storage_error(trouble, above, "remove the empty folder") from trouble


def kept_record(root: Path, run: str) -> bytes | None:
    """The record beside what a run set aside; None where there is none. Raises StorageError."""
    try:
        return read_plain(str(root / own_damaged_path(run) / RECORD), REPAIR_RECORD_BYTES)
    except NotAPlainFileError:
        return None


def make_folders(root: Path, folder: Path) -> None:
    """Every folder on the way, durably. ConflictError where something that is none stands in the way."""
    parts = folder.relative_to(root).parts
    for depth in range(1, len(parts) + 1):
        above = root.joinpath(*parts[:depth])
        if make_folder(str(above)):
            sync_folder(str(above.parent))
        if above.is_symlink() or not above.is_dir():
            raise ConflictError(
                f"{printable(str(above.relative_to(root)))}: is no folder",
                remedy="move it away, then repair again",
            )
