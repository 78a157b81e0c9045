"""Where copies go: a folder or a zip that appears whole under its name, or not at all."""

import errno
import os
import re
import shutil
import stat
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Final, Self

from archive.core.errors import ConfigurationError, ConflictError, StorageError
from archive.core.text import is_utf8, printable
from archive.storage.disk.durable import storage_error, sync_folder
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.folder_lock import lock_folder, unlock_folder
from archive.storage.disk.kinds import something_at
from archive.storage.intents import remove_tree

# APPNOTE.TXT §4.4.6: seven bits of years since 1980, seconds in steps of two
_FIRST_ZIP_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
_LAST_ZIP_MOMENT: Final = (2107, 12, 31, 23, 59, 58)
_BEYOND_ZIP: Final = float(1 << 33)  # seconds since 1970, in the year 2242
_CHUNK: Final = 1 << 20
_LOST_IN_ZIP: Final = re.compile(r"[\x00-\x1f\x7f\\]")
_COPIES: Final = "copies"
_ZIP: Final = "zip"
_SUFFIX: Final = ".tmp"
_RANDOM: Final = "[a-z0-9_]{8}"  # as `mkdtemp` puts it between the two


class Target:
    """Copies are made in `work`, in a hidden folder beside the target; `publish` gives them their name.

    What is made there need not be durable: all of it is before it gets its name. Left without `publish`
    nothing stays. Raises ConflictError where there is something of that name, ConfigurationError where
    nothing can have it, and StorageError where the disk refuses.
    """

    def __init__(self, to: Path) -> None:
        self._to, self._named = Path(os.path.abspath(to)), str(to)
        self.is_zip = to.suffix.lower() == ".zip"
        self._require_room()
        self._zip: zipfile.ZipFile | None = None
        self._left = ExitStack()
        self._settled: set[str] = set()  # folders in the zip
        _remove_dead(self._to)
        try:
            self._room = Path(tempfile.mkdtemp(suffix=_SUFFIX, prefix=_prefix(self._to), dir=self._to.parent))
        except OSError as trouble:
            raise storage_error(trouble, str(self._to.parent), "make a folder there") from trouble
        self._left.callback(self._remove)
        self.work = self._room / _COPIES
        try:
            self._left.callback(unlock_folder, lock_folder(str(self._room)))
            # Opened before the first write: it reports what becomes of every later one.
            self._sync = self._left.enter_context(FileSystemSync(str(self._room)))
            self.work.mkdir()
            if self.is_zip:
                self._zip = zipfile.ZipFile(self._room / _ZIP, "x", zipfile.ZIP_DEFLATED, allowZip64=True)
        except BaseException as trouble:
            self._left.close()
            if isinstance(trouble, OSError):
                raise storage_error(trouble, str(self._to.parent), "make a folder there") from trouble
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._zip is not None:
            with suppress(OSError, ValueError):
                self._zip.close()
        self._left.close()

    def _remove(self) -> None:
        with suppress(StorageError):  # a look that was refused a moment ago would leave all of it
            remove_tree(self._room)
        with suppress(StorageError, OSError):  # what was to be made is there, or its own error is under way
            remove_tree(self._room)
            sync_folder(str(self._to.parent))  # a power cut would bring the hidden folder back

    def can_name(self, name: str) -> bool:
        """True where the target can have a file of that name, and programs give it back from there.

        Names in a zip are UTF-8; unzip (Info-ZIP) drops the controls of ASCII from a name without a word, and
        others take a backslash for what parts folders.
        """
        return not self.is_zip or (is_utf8(name) and not _LOST_IN_ZIP.search(name))

    def is_taken(self, name: str) -> bool:
        """True where no file can have that name: a file or folder has, or a file has that of its folder."""
        folders = [folder.as_posix() for folder in PurePosixPath(name).parents[:-1]]
        if something_at(self.work / name) or any((self.work / folder).is_file() for folder in folders):
            return True
        settled = self._zip.NameToInfo if self._zip is not None else {}
        return name in settled or name in self._settled or any(folder in settled for folder in folders)

    def settle(self) -> None:
        """Puts what was made in `work` since the last time where it belongs: into the zip, if it is one.

        Raises StorageError, which names the target, where the disk refuses.
        """
        if self._zip is None:
            return
        try:
            self._settle(self._zip)
        except OSError as trouble:
            raise storage_error(trouble, self._named, "write the copies") from trouble

    def _settle(self, packed: zipfile.ZipFile) -> None:
        for folder, inner, names in sorted(os.walk(self.work)):
            if not (inner or names or Path(folder) == self.work):  # no name in the zip would tell of it
                _add_folder(packed, Path(folder), Path(folder).relative_to(self.work).as_posix())
            for name in sorted(names):
                path = Path(folder, name)
                _add(packed, path, path.relative_to(self.work).as_posix())
            self._settled.add(Path(folder).relative_to(self.work).as_posix())
        shutil.rmtree(self.work)  # what stayed would be walked again after each document
        self.work.mkdir()

    def publish(self) -> None:
        """Gives the whole its name; durable on return."""
        self.settle()
        try:
            if self._zip is not None:
                self._zip.close()
                _publish_file(self._room / _ZIP, self._to)
            else:
                self.work.chmod(0o755)
                self._sync.sync(_files(self.work), _folders(self.work))
                os.rename(self.work, self._to)
        except FileExistsError as trouble:
            raise _taken(self._to) from trouble
        except OSError as trouble:
            if trouble.errno in {errno.ENOTEMPTY, errno.ENOTDIR}:  # of a folder, or a file, made meanwhile
                raise _taken(self._to) from trouble
            raise storage_error(trouble, str(self._to), "give the export its name") from trouble
        sync_folder(str(self._to.parent))

    def _require_room(self) -> None:
        if _is_too_long(self._to):
            raise ConfigurationError(
                f"{printable(str(self._to))}: a name is longer than a file can have there",
                remedy="name a shorter one",
            )
        if not self._to.parent.is_dir():
            raise ConfigurationError(
                f"{printable(str(self._to))}: there is no folder {printable(str(self._to.parent))}",
                remedy="make it first",
            )
        if not something_at(self._to):
            return
        status = os.lstat(self._to)
        empty = stat.S_ISDIR(status.st_mode) and not os.listdir(self._to)
        if self.is_zip or not empty:
            raise _taken(self._to)


def _is_too_long(path: Path) -> bool:
    try:
        os.lstat(path)
    except OSError as trouble:
        return trouble.errno == errno.ENAMETOOLONG
    return False


def _prefix(to: Path) -> str:
    """So much of the name, in bytes, that the whole is one that a file can have."""
    return f".{os.fsdecode(os.fsencode(to.name)[:80])}."


def _remove_dead(to: Path) -> None:
    """Removes what runs for the same target left that were killed: folders of ours that nobody has locked."""
    name = re.compile(re.escape(_prefix(to)) + _RANDOM + re.escape(_SUFFIX))
    with suppress(OSError):
        for one in [entry.path for entry in os.scandir(to.parent) if name.fullmatch(entry.name)]:
            with suppress(StorageError, ConflictError, OSError):
                lock = lock_folder(one)
                try:
                    if set(os.listdir(one)) <= {_COPIES, _ZIP}:
                        remove_tree(Path(one))
                finally:
                    unlock_folder(lock)


def _taken(path: Path) -> ConflictError:
    return ConflictError(
        f"{printable(str(path))}: is there already, and is never overwritten", remedy="name a new one"
    )


def _publish_file(source: Path, target: Path) -> None:
    with open(source, "rb+") as stream:
        os.fsync(stream.fileno())
    try:
        os.link(source, target)  # fails where the name is taken
    except FileExistsError:
        raise
    except OSError:  # a file system without second names
        if something_at(target):
            raise FileExistsError(str(target)) from None
        os.rename(source, target)


def _files(root: Path) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        for name in names:
            yield os.path.join(folder, name)


def _folders(root: Path) -> Iterator[str]:
    """The folders below and with the root, deepest first."""
    for folder, _, _ in os.walk(root, topdown=False):
        yield folder


def _add_folder(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    info = zipfile.ZipInfo(f"{name}/", _moment(path.stat()))
    info.external_attr = (stat.S_IFDIR | 0o755) << 16 | 0x10  # the folder's bit of MS-DOS
    archive.writestr(info, b"")


def _moment(status: os.stat_result) -> tuple[int, int, int, int, int, int]:
    seconds = max(0.0, min(status.st_mtime, _BEYOND_ZIP))  # of a later one there is no year to ask for
    return max(_FIRST_ZIP_MOMENT, min(time.localtime(seconds)[:6], _LAST_ZIP_MOMENT))


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    status = path.stat()
    info = zipfile.ZipInfo(name, _moment(status))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    with open(path, "rb") as source, archive.open(info, "w", force_zip64=status.st_size >= 1 << 31) as member:
        shutil.copyfileobj(source, member, _CHUNK)
