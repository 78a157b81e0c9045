"""One bag put right: what is wrong moves to quarantine, then staged files take its place, rename by rename.

Every step looks at what is there and does only what is left to be done, so that a recovery takes it up where
a killed command was. Nothing is ever written over: a bad file is moved away first, and where something stands
in the way again nothing is moved at all (the bag is read in full afterwards, and says so).
"""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from archive.core.errors import ConflictError
from archive.core.limits.archives import REPAIR_RECORD_BYTES
from archive.core.repair_record import RepairRecord
from archive.core.text import printable
from archive.storage.bags.bag_writing import FILE_MODE, ReadBackError
from archive.storage.bags.held_bag import HeldBag
from archive.storage.bags.movable import WRITABLE, make_read_only, opened_to_move
from archive.storage.disk.descriptors import is_there, loosen
from archive.storage.disk.digested_file import DigestedFile
from archive.storage.disk.durable import (
    NotAPlainFileError,
    make_folder,
    read_back,
    read_back_error,
    read_plain,
    storage_error,
    write_new,
)
from archive.storage.disk.kinds import something_at
from archive.storage.disk.one_file_system import require_one_file_system
from archive.storage.disk.open_folders import OpenFolders
from archive.storage.layout import Layout, bag_path, damaged_path, quarantine_path, shard

RECORD: Final = "record.json"  # beside `files`, in quarantine and in staging
FILES: Final = "files"
NEW: Final = "new"  # below the bag's staging folder: what is to be put back
_PAYLOAD: Final = "data"


class Staged:
    """The staging folder of one bag's repair, while it is filled."""

    def __init__(self, staging: Path, bag: str) -> None:
        self.folder = staging / bag
        make_folder(str(self.folder))
        make_folder(str(self.folder / NEW))
        self._folders = OpenFolders([str(self.folder / NEW)], make=True)

    def close(self) -> None:
        """Lets go of the folders."""
        self._folders.close()

    def write(self, path: str, blocks: Iterable[bytes], digest: str, *, modified: int | None = None) -> bool:
        """Writes a file and reads it back; False where its bytes have not that sha512, or could not be read.

        Then nothing of it is left. It gets the time of modification `modified` (nanoseconds since 1970), if
        there is one. Raises StorageError where our own disk refuses.
        """
        folder, _, name = path.rpartition("/")
        try:
            descriptor = self._folders.descriptor(0, folder)
            file = DigestedFile(name, ("sha512",), dir_fd=descriptor)
        except OSError as trouble:
            raise storage_error(trouble, f"staging: {path}", "stage the file") from trouble
        kept = False
        try:
            kept = _fill(file, blocks, path) and file.finish()["sha512"] == digest
            if kept and modified is not None:
                with contextlib.suppress(OSError, OverflowError):  # not every system takes every time
                    os.utime(name, ns=(modified, modified), dir_fd=descriptor, follow_symlinks=False)
        except ReadBackError as trouble:
            raise read_back_error(f"staging: {printable(path)}") from trouble
        except OSError as trouble:
            raise storage_error(trouble, f"staging: {path}", "write the file") from trouble
        finally:
            file.close()
            if not kept:
                with contextlib.suppress(OSError):
                    os.unlink(name, dir_fd=self._folders.descriptor(0, folder))
        return kept

    def seal(self, record: RepairRecord) -> bytes:
        """Writes the record, the last file of a repair that is staged whole, and reads it back."""
        data = record.to_bytes()
        write_new(str(self.folder / RECORD), data, FILE_MODE)
        read_back(str(self.folder / RECORD), data)
        return data


def _fill(file: DigestedFile, blocks: Iterable[bytes], path: str) -> bool:
    """False where the source cannot be read to its end; what our own disk says is raised."""
    source = iter(blocks)
    while True:
        try:
            block = next(source, None)
        except OSError:
            return False
        if block is None:
            return True
        try:
            file.write(block)
        except OSError as trouble:
            raise storage_error(trouble, f"staging: {path}", "write the file") from trouble


def staged_record(staging: Path, root: Path, bag: str, run: str) -> bytes:
    """The bytes of the record, from staging or from where it was moved.

    Raises ConflictError where there is none.
    """
    for path in (staging / bag / RECORD, root / damaged_path(bag, run) / RECORD):
        with contextlib.suppress(NotAPlainFileError):
            if (data := read_plain(str(path), REPAIR_RECORD_BYTES)) is not None:
                return data
    raise ConflictError(
        f"staging/{run}: the record of the repair of {bag} is not there",
        remedy="look at the bag: archive audit says how it is; then move the folder out of staging",
    )


def require_places(root: Path, bag: str) -> None:
    """ConflictError where a link or a file stands in the place of a folder that a repair has to write in.

    What is once announced is carried out by every later writer: none could, and nothing may be moved from
    behind a link, or put there.
    """
    layout = Layout(root)
    below = layout.damaged / shard(bag)
    for folder in (
        layout.bags,
        layout.bag(bag).parent,
        layout.quarantine,
        layout.damaged,
        below,
        below / bag,
    ):
        if something_at(folder):
            _require_folder(root, folder)
    require_one_file_system(layout.bag(bag).parent, below / bag, layout.staging)


def set_aside(root: Path, staging: Path, record: RepairRecord, *, withdrawn: bool = False) -> list[str]:
    """Moves what is wrong to quarantine; returns the folders whose names changed.

    A bag that was `withdrawn` lies in quarantine itself: only single files are ever moved out of it. Raises
    StorageError, and ConflictError as `require_places` does.
    """
    require_places(root, record.bag)
    target = root / damaged_path(record.bag, record.run)
    try:
        touched = _make_target(root, record)
        if record.whole:
            return touched + _set_bag_aside(root, staging, record, target)
        with _opened(root, record.bag, withdrawn) as held:
            folders = [] if held is None else list(_aside(held, staging, record, target))
    except OSError as trouble:
        raise storage_error(trouble, bag_path(record.bag), "set aside what is damaged") from trouble
    place = quarantine_path(record.bag) if withdrawn else bag_path(record.bag)
    return touched + [str(root / place / folder) for folder in folders]


def put_back(root: Path, staging: Path, record: RepairRecord, *, withdrawn: bool = False) -> list[str]:
    """Moves the staged files into the bag; returns the folders whose names changed. StorageError.

    Of a bag in `bags/` the payload's folder is made where it is lacking: one without files has nothing that
    brings it (RFC 8493 §2.1.2 asks for it all the same).
    """
    new = staging / record.bag / NEW
    try:
        if record.whole:
            back = _put_bag_back(root, record, new)
            with _opened(root, record.bag, withdrawn) as held:
                made = [] if held is None else _make_payload_folder(held)
            return back + [str(root / bag_path(record.bag) / folder) for folder in made]
        touched: set[str] = set()
        with (
            _opened(root, record.bag, withdrawn) as held,
            contextlib.closing(OpenFolders([str(new)])) as staged,
        ):
            if held is not None:
                for one in record.restored:
                    touched.update(_put_file_back(held, staged, one.path))
                touched.update([] if withdrawn else _make_payload_folder(held))
    except OSError as trouble:
        raise storage_error(trouble, bag_path(record.bag), "put the files back") from trouble
    return [str(root / bag_path(record.bag) / folder) for folder in sorted(touched)]


def settle(root: Path, staging: Path, record: RepairRecord, *, withdrawn: bool = False) -> list[str]:
    """Makes the bag's folders read-only again, moves the record to what was set aside. StorageError."""
    target = root / damaged_path(record.bag, record.run)
    try:
        with _opened(root, record.bag, withdrawn) as held:
            if held is not None:
                make_read_only(held, record)
        if (staging / record.bag / RECORD).exists() and not something_at(target / RECORD):
            os.rename(staging / record.bag / RECORD, target / RECORD)
    except OSError as trouble:
        raise storage_error(trouble, damaged_path(record.bag, record.run), "keep the record") from trouble
    return [str(target)]


@contextlib.contextmanager
def _opened(root: Path, bag: str, withdrawn: bool) -> Iterator[HeldBag | None]:
    """The bag; None where it is no folder (any more): the reading that follows says so."""
    try:
        held = HeldBag(root, bag, withdrawn=withdrawn)
    except (FileNotFoundError, NotADirectoryError):
        yield None
        return
    with held:
        yield held


# -- setting aside -----------------------------------------------------------------------------------------


def _make_target(root: Path, record: RepairRecord) -> list[str]:
    layout = Layout(root)
    bag = layout.damaged / shard(record.bag) / record.bag
    folders = [layout.quarantine, layout.damaged, bag.parent, bag, bag / record.run]
    if not record.whole:
        folders.append(bag / record.run / FILES)
    for folder in folders:
        make_folder(str(folder))
        _require_folder(root, folder)
    return [str(folder) for folder in folders]


def _require_folder(root: Path, folder: Path) -> None:
    if folder.is_symlink() or not folder.is_dir():
        raise ConflictError(
            f"{folder.relative_to(root)}: is no folder", remedy="move it away, then repair again"
        )


def _set_bag_aside(root: Path, staging: Path, record: RepairRecord, target: Path) -> list[str]:
    """What stands where the bag should be, whatever it is; only while the good bag is still staged."""
    place = Layout(root).bag(record.bag)
    if not something_at(place) or not (staging / record.bag / NEW).is_dir():
        return []
    if something_at(target / FILES):
        return []
    if place.is_dir() and not place.is_symlink():
        os.chmod(place, WRITABLE)  # a folder moves only where it may be written to
    os.rename(place, target / FILES)
    return [str(place.parent)]


def _aside(held: HeldBag, staging: Path, record: RepairRecord, target: Path) -> Iterator[str]:
    new = staging / record.bag / NEW
    restored = {one.path for one in record.restored}
    below = OpenFolders([str(target / FILES)], make=True)
    try:
        for one in record.set_aside:
            folder, _, name = one.path.rpartition("/")
            aside = below.descriptor(0, folder)
            if is_there(name, aside):
                continue
            if one.path in restored and not something_at(new / one.path):
                continue  # the good one stands there already
            try:
                source = opened_to_move(held, folder)
            except (FileNotFoundError, NotADirectoryError):
                continue
            try:
                if is_there(name, source):
                    loosen(name, source)
                    os.rename(name, name, src_dir_fd=source, dst_dir_fd=aside)
                    yield folder
            finally:
                os.close(source)
    finally:
        below.close()


# -- putting back ------------------------------------------------------------------------------------------


def _put_bag_back(root: Path, record: RepairRecord, new: Path) -> list[str]:
    place = Layout(root).bag(record.bag)
    if not new.is_dir() or something_at(place):
        return []
    above = (place.parent.parent, place.parent)
    for folder in above:
        make_folder(str(folder))
        _require_folder(root, folder)
    os.rename(new, place)
    return [str(folder) for folder in (place, *above, root)]


def _put_file_back(held: HeldBag, staged: OpenFolders, path: str) -> Iterator[str]:
    folder, _, name = path.rpartition("/")
    try:
        source = staged.descriptor(0, folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    if not is_there(name, source):
        return
    for made, descriptor in _made(held, folder):
        try:
            if made != folder:
                continue
            os.fchmod(descriptor, WRITABLE)  # before anything is looked for: it may not even be searched
            if not is_there(name, descriptor):
                os.rename(name, name, src_dir_fd=source, dst_dir_fd=descriptor)
                yield made
        finally:
            os.close(descriptor)


def _make_payload_folder(held: HeldBag) -> list[str]:
    """The folders whose names changed: none where something of that name is there."""
    top = held.folder()
    try:
        if is_there(_PAYLOAD, top):
            return []
        os.fchmod(top, WRITABLE)
        os.mkdir(_PAYLOAD, WRITABLE, dir_fd=top)
    finally:
        os.close(top)
    return ["", _PAYLOAD]


def _made(held: HeldBag, folder: str) -> Iterator[tuple[str, int]]:
    """Every folder on the way to one of the bag, made if need be; the caller closes the descriptors."""
    yield "", held.folder()
    parts = folder.split("/") if folder else []
    for depth in range(1, len(parts) + 1):
        path = "/".join(parts[:depth])
        try:
            yield path, held.folder(path)
        except FileNotFoundError:
            above = held.folder("/".join(parts[: depth - 1]))
            try:
                os.fchmod(above, WRITABLE)
                os.mkdir(parts[depth - 1], WRITABLE, dir_fd=above)
                os.fsync(above)
            finally:
                os.close(above)
            yield path, held.folder(path)
        except NotADirectoryError:  # a file or a link stands in the way
            return
