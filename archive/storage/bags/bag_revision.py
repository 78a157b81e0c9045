"""A new description of a held bag: staged whole, put into the bag by renames, or taken back.

First the folder `metadata/revisions/<NNNN>/` comes into the bag, which nothing lists yet; then one rename
puts the new tag manifest in the old one's place, and with it the description is in force. The bag is valid
under RFC 8493 at every instant, and no file of it but the tag manifest is ever replaced. Folders of the bag
are writable only while a name in them changes; whoever recovers makes them read-only again.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.storage.bags.bag_writing import FOLDER_MODE, ReadBackError, write_tag_file
from archive.storage.bags.held_bag import TAG_MANIFEST, HeldBag
from archive.storage.disk.durable import NotAPlainFileError, read_back_error, storage_error, sync_file
from archive.storage.intents import IntendedBag, make_for_what_goes
from archive.storage.layout import bag_path

REVISIONS: Final = "metadata/revisions"
PREVIOUS: Final = "previous-tag-manifest.txt"
STAGED: Final = "revisions"  # below the command's staging folder
SWEPT: Final = "swept"
_WRITABLE: Final = 0o755
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def revision_folder(number: int) -> str:
    """The folder of a revision, relative to the bag."""
    return f"{REVISIONS}/{number:04d}"


def stage(staging: Path, bag: str, files: dict[str, bytes], tag_manifest: bytes) -> None:
    """Writes the files of a revision and the tag manifest that is to list them below `staging`.

    Each is read back. The caller's sync makes them durable. StorageError where they cannot be written.
    """
    folder = staging / STAGED / bag
    try:
        os.makedirs(folder / "files", _WRITABLE)
        descriptor = os.open(folder, _FOLDER)
        try:
            for name, data in files.items():
                write_tag_file(f"files/{name}", data, dir_fd=descriptor)
            write_tag_file(TAG_MANIFEST, tag_manifest, dir_fd=descriptor)
        finally:
            os.close(descriptor)
    except ReadBackError as trouble:
        raise read_back_error(f"staging/{trouble}") from trouble
    except OSError as trouble:
        raise storage_error(trouble, str(folder), "stage the description") from trouble


def add_folder(root: Path, staging: Path, intended: IntendedBag) -> str:
    """Brings the staged folder into the bag, where nothing lists it yet; returns the folder to be synced."""
    with _changing(root, intended.bag, "add the revision") as held, _writable(held, "metadata") as metadata:
        with contextlib.suppress(FileExistsError):
            os.mkdir("revisions", _WRITABLE, dir_fd=metadata)
        with _writable(held, REVISIONS) as revisions:
            name = f"{intended.revision:04d}"
            os.rename(staging / STAGED / intended.bag / "files", name, dst_dir_fd=revisions)
            _make_read_only(name, revisions)
    return str(root / bag_path(intended.bag) / REVISIONS)


def put_in_force(root: Path, staging: Path, intended: IntendedBag) -> str:
    """Puts the staged tag manifest in the old one's place, by one rename; returns the folder to be synced."""
    with _changing(root, intended.bag, "replace the tag manifest") as held, _writable(held, "") as bag:
        os.rename(staging / STAGED / intended.bag / TAG_MANIFEST, TAG_MANIFEST, dst_dir_fd=bag)
    return str(root / bag_path(intended.bag))


def take_back(root: Path, staging: Path, intended: IntendedBag) -> None:
    """Takes back what `add_folder` and `put_in_force` did, as far as they came.

    The tag manifest before it is put back from the copy in the revision, if the one in force is the one that
    was about to be; a bag that is otherwise is left as it is. Its folders are read-only again in any case.
    Raises StorageError where that fails.
    """
    if intended.revision is None or intended.previous is None:
        return
    name = f"{intended.revision:04d}"
    try:
        held = HeldBag(root, intended.bag)
    except (FileNotFoundError, NotADirectoryError):
        return  # an audit says so
    except OSError as trouble:
        raise storage_error(trouble, bag_path(intended.bag), "open the bag") from trouble
    try:
        with held:
            _restore_tag_manifest(held, staging, intended)
            is_as_before = _digest(held, TAG_MANIFEST) == intended.previous
            if is_as_before and _is_folder(held, REVISIONS) and not _is_listed(held, name):
                _remove_folder(held, staging, intended.bag, name)
            settle_modes(held)
    except OSError as trouble:
        raise storage_error(trouble, bag_path(intended.bag), "take back the revision") from trouble


def settle_modes(held: HeldBag) -> None:
    """Makes the folders read-only that a revision is written to; a killed writer leaves them writable."""
    folders = [f"{REVISIONS}/{name}" for name in _names(held, REVISIONS)]
    for path in (*folders, REVISIONS, "metadata", ""):
        try:
            descriptor = held.folder(path)
        except OSError:  # not there, or no folder
            continue
        try:
            if os.fstat(descriptor).st_mode & 0o222:
                os.fchmod(descriptor, FOLDER_MODE)
        finally:
            os.close(descriptor)


def _restore_tag_manifest(held: HeldBag, staging: Path, intended: IntendedBag) -> None:
    if _digest(held, TAG_MANIFEST) != intended.tag_manifest:
        return
    before = f"{revision_folder(intended.revision or 0)}/{PREVIOUS}"
    if _digest(held, before) != intended.previous:
        return  # it was damaged meanwhile: an audit says so, and a repair has the bag again
    data = held.read(before, HELD_MANIFEST_BYTES)
    swept = staging / SWEPT
    make_for_what_goes(swept)
    restored = f"{intended.bag}.txt"
    descriptor = os.open(swept, _FOLDER)
    try:
        with contextlib.suppress(FileNotFoundError):  # of a recovery that was killed
            os.unlink(restored, dir_fd=descriptor)
        write_tag_file(restored, data, dir_fd=descriptor)
        sync_file(str(swept / restored))
        with _writable(held, "") as bag:
            os.rename(restored, TAG_MANIFEST, src_dir_fd=descriptor, dst_dir_fd=bag)
            os.fsync(bag)
    except ReadBackError as trouble:
        raise read_back_error(f"staging/{trouble}") from trouble
    finally:
        os.close(descriptor)


def _is_listed(held: HeldBag, name: str) -> bool:
    """True for a revision that the tag manifest has: it is in force, or was, and no unfinished one."""
    return f"  {REVISIONS}/{name}/".encode() in held.read(TAG_MANIFEST, HELD_MANIFEST_BYTES)


def _remove_folder(held: HeldBag, staging: Path, bag: str, name: str) -> None:
    """Takes the revision out of the bag if it came there, and the folder around it if it was made for it."""
    swept = staging / SWEPT
    with _writable(held, "metadata") as metadata:
        if _is_folder(held, f"{REVISIONS}/{name}"):
            make_for_what_goes(swept)
            with _writable(held, REVISIONS) as revisions:
                with _writable(held, f"{REVISIONS}/{name}"):  # a folder moves only where it may be written to
                    os.rename(name, swept / bag, src_dir_fd=revisions)
                os.fsync(revisions)
        with contextlib.suppress(OSError):  # earlier revisions are in it
            os.rmdir("revisions", dir_fd=metadata)
        os.fsync(metadata)


def _names(held: HeldBag, path: str) -> list[str]:
    try:
        descriptor = held.folder(path)
    except OSError:
        return []
    try:
        return os.listdir(descriptor)
    finally:
        os.close(descriptor)


def _is_folder(held: HeldBag, path: str) -> bool:
    try:
        os.close(held.folder(path))
    except OSError:
        return False
    return True


def _digest(held: HeldBag, path: str) -> str | None:
    try:
        return hashlib.sha512(held.read(path, HELD_MANIFEST_BYTES)).hexdigest()
    except (FileNotFoundError, NotADirectoryError, NotAPlainFileError):
        return None


@contextlib.contextmanager
def _changing(root: Path, bag: str, doing: str) -> Iterator[HeldBag]:
    """The bag, every OSError as a StorageError."""
    try:
        with HeldBag(root, bag) as held:
            yield held
    except OSError as trouble:
        raise storage_error(trouble, bag_path(bag), doing) from trouble


@contextlib.contextmanager
def _writable(held: HeldBag, path: str) -> Iterator[int]:
    """A folder of the bag that may be written to until the block ends."""
    descriptor = held.folder(path)
    try:
        os.fchmod(descriptor, _WRITABLE)
        try:
            yield descriptor
        finally:
            os.fchmod(descriptor, FOLDER_MODE)
    finally:
        os.close(descriptor)


def _make_read_only(name: str, folder: int) -> None:
    descriptor = os.open(name, _FOLDER, dir_fd=folder)
    try:
        os.fchmod(descriptor, FOLDER_MODE)
    finally:
        os.close(descriptor)
