"""Bags moved to quarantine, and destroyed there; both can be begun again after a crash."""

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archive.core.errors import ConflictError
from archive.core.text import printable
from archive.storage.bags.bag_writing import FOLDER_MODE
from archive.storage.disk.durable import make_folder, refuse_link, storage_error, sync_folder
from archive.storage.disk.kinds import something_at, something_lies_at
from archive.storage.disk.links import first_link
from archive.storage.disk.one_file_system import require_one_file_system
from archive.storage.intents import make_for_what_goes, remove_tree
from archive.storage.layout import Layout, bag_path, quarantine_path, shard

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_FOLDER: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})  # nothing, a file, a link
_WRITABLE: Final = 0o755


def require_free(root: Path, bag: str) -> None:
    """Raises ConflictError or StorageError where a bag cannot come from its place to that in quarantine."""
    layout = Layout(root)
    places = (layout.bag(bag).parent, layout.quarantine, layout.withdrawn, layout.withdrawn / shard(bag))
    for folder in (*places, layout.bag(bag)):
        _require_folder(root, folder)
    require_one_file_system(places[0], places[-1])
    if something_at(layout.withdrawn / shard(bag) / bag):
        raise ConflictError(
            f"{quarantine_path(bag)}: is there already", remedy="find out who put it there, and move it out"
        )


def require_own(root: Path, bag: str) -> None:
    """Raises ConflictError where a part of a withdrawn bag, or of what repairs set aside of it, lies behind a
    link; and StorageError where nobody can tell, or it cannot be moved to staging, to be destroyed there.

    What a disposal is to destroy is asked before the ledger says that it is destroyed.
    """
    layout = Layout(root)
    for top in (layout.withdrawn, layout.damaged):
        for folder in (layout.quarantine, top, top / shard(bag), top / shard(bag) / bag):
            _require_folder(root, folder)
        require_one_file_system(folder, layout.staging)
        if (link := first_link(folder)) is not None:
            raise ConflictError(
                f"{printable(str(link.relative_to(root)))}: is a link, and what it leads to would stay",
                remedy="destroy what it leads to, too, if that is the document's, and move the link away",
            )


def require_none_back(root: Path, bag: str) -> None:
    """Raises ConflictError where a withdrawn bag lies in `bags/` again: what is destroyed lies in quarantine.

    StorageError where nobody can tell.
    """
    layout = Layout(root)
    if not something_lies_at(layout.bag(bag)):
        return
    aside = quarantine_path(bag)
    if something_lies_at(layout.root / aside):
        remedy = f"find out who put it there: {aside} is the one that is kept; destroy this one by hand, then"
    else:
        remedy = f"find out who put it there, and move it to {aside}; then"
    raise ConflictError(
        f"{bag_path(bag)}: was withdrawn, lies in bags/ again, and would stay",
        remedy=f"{remedy} give archive dispose again",
    )


def _require_folder(root: Path, folder: Path) -> None:
    if folder.is_symlink() or (something_at(folder) and not folder.is_dir()):
        raise ConflictError(f"{folder.relative_to(root)}: is no folder", remedy="move it away")


def set_aside(root: Path, bags: Iterable[str]) -> None:
    """Moves bags from `bags/` to quarantine by rename, durably; one that is not in `bags/` is passed over.

    Raises StorageError where storage fails.
    """
    layout = Layout(root)
    touched: set[str] = set()
    for bag in bags:
        source, target = layout.bag(bag), layout.withdrawn / shard(bag) / bag
        if not layout.has_bag(bag):
            _make_read_only(target)  # of a command that was killed behind its move
            continue
        for folder in (layout.quarantine, layout.withdrawn, target.parent):
            refuse_link(str(folder))
            if make_folder(str(folder)):
                sync_folder(str(folder.parent))
        try:
            os.chmod(source, _WRITABLE)  # a folder moves only where it may be written to
            os.rename(source, target)
        except OSError as trouble:
            raise storage_error(trouble, bag_path(bag), "set the bag aside") from trouble
        _make_read_only(target)
        touched |= {str(target.parent), str(source.parent)}
    for path in sorted(touched):
        sync_folder(path)


def destroy(root: Path, staging: Path, bags: Iterable[str]) -> None:
    """Removes bags from quarantine: each is first renamed into `staging`, so that none is seen half there.

    The bytes are removed from this file system; what a disk or its snapshots keep is beyond it. Raises
    StorageError where storage fails.
    """
    layout = Layout(root)
    doomed = staging / "doomed"
    make_for_what_goes(doomed)
    touched: set[str] = set()
    for bag in bags:
        sources = ((layout.withdrawn, bag), (layout.damaged, f"{bag}.damaged"))  # what repairs set aside, too
        for top, name in sources:
            source = top / shard(bag) / bag
            for folder in (layout.quarantine, top, source.parent):
                refuse_link(str(folder))
            if not source.is_dir() or source.is_symlink():
                continue
            try:
                os.chmod(source, _WRITABLE)
                os.rename(source, doomed / name)
            except OSError as trouble:
                raise storage_error(trouble, quarantine_path(bag), "remove the bag") from trouble
            touched.add(str(source.parent))
    for path in sorted(touched):
        sync_folder(path)
    remove_tree(doomed)
    for path in touched:
        with contextlib.suppress(OSError):  # others lie in it
            os.rmdir(path)
    sync_folder(str(staging))


def _make_read_only(bag: Path) -> None:
    with _opened(bag) as descriptor:
        if descriptor is not None and os.fstat(descriptor).st_mode & 0o222:
            try:
                os.fchmod(descriptor, FOLDER_MODE)
            except OSError as trouble:
                raise storage_error(trouble, str(bag), "make the folder read-only") from trouble


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int | None]:
    try:
        descriptor = os.open(folder, _FOLDER)
    except OSError as trouble:
        if trouble.errno not in _NO_FOLDER:
            raise storage_error(trouble, str(folder), "open the folder") from trouble
        yield None
        return
    try:
        yield descriptor
    finally:
        os.close(descriptor)
