"""The files of a copy beside its bags: compared byte for byte, written apart, put in place together."""

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from archive.core.errors import StorageError
from archive.core.text import printable
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.names import WORK
from archive.storage.disk.descriptors import FILE, descend, is_regular
from archive.storage.disk.durable import READ_ONLY, read_back_error, storage_error, write_all
from archive.storage.disk.file_system_sync import FileSystemSync

_BLOCK: Final = 1 << 20
_NEW: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER: Final = f"{WORK}/files"


class CopyFiles:
    """Files of the archive brought to the same paths of the copy.

    `offer` compares and writes what differs; nothing is seen until `publish`, which makes all of it durable
    and then renames each into place. What is at a path of the copy that is not offered stays.
    """

    def __init__(self, archive: Path, copy: CopyFolder, sync: FileSystemSync) -> None:
        self.written = 0
        self.bytes = 0
        self._archive = archive
        self._copy = copy
        self._sync = sync
        self._waiting: list[str] = []

    def offer(
        self, path: str, target: str | None = None, instead: Callable[[], bytes | None] | None = None
    ) -> None:
        """The file at that path of the archive is to be at that path of the copy, too, or at `target`.

        One that the archive does not have is passed over. Where the copy's differs, what `instead` gives is
        written, unless it gives None. Raises StorageError where either side fails.
        """
        source = self._open_source(path)
        if source < 0:
            return
        try:
            if self._is_same(source, target or path):
                return
            data = instead() if instead is not None else None
            if data is None:
                self._stage(source, target or path)
            else:
                self._offer_bytes(data, target or path)
        finally:
            os.close(source)

    def _offer_bytes(self, data: bytes, path: str) -> None:
        with tempfile.TemporaryFile() as stream:
            stream.write(data)
            stream.seek(0)
            os.fchmod(stream.fileno(), READ_ONLY)
            if not self._is_same(stream.fileno(), path):
                self._stage(stream.fileno(), path)

    def publish(self) -> None:
        """Puts what was offered since the last call into place, in the order in which it was offered."""
        if not self._waiting:
            return
        self._sync.sync(self._staged(), [str(self._copy.root / _FOLDER)])
        folders: dict[str, None] = {}
        for number, path in enumerate(self._waiting):
            self._place(f"{number:08d}", path)
            folders[str((self._copy.root / path).parent)] = None
        self._sync.sync((), list(folders))
        self._waiting.clear()

    def remove(self, path: str) -> None:
        """Removes a file of the copy, if it is there; StorageError where it stays."""
        above, name = os.path.split(path)
        try:
            folder = self._copy.open_folder(above)
            try:
                os.unlink(name, dir_fd=folder)
            finally:
                os.close(folder)
        except FileNotFoundError:
            return
        except OSError as trouble:
            raise storage_error(trouble, str(self._copy.root / path), "remove the file") from trouble

    def clear(self, path: str) -> bool:
        """Removes what is no folder, or an empty one; False where a folder holds something, and stays.

        A link is removed, and not what it leads to. StorageError where storage refuses.
        """
        above, name = os.path.split(path)
        try:
            folder = self._copy.open_folder(above)
            try:
                if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                    os.rmdir(name, dir_fd=folder)
                else:
                    os.unlink(name, dir_fd=folder)
            finally:
                os.close(folder)
        except FileNotFoundError:
            pass
        except OSError as trouble:
            if trouble.errno in {errno.ENOTEMPTY, errno.EEXIST}:
                return False
            raise storage_error(trouble, str(self._copy.root / path), "remove it") from trouble
        return True

    # -- one file ------------------------------------------------------------------------------------------

    def _open_source(self, path: str) -> int:
        above, _, name = path.rpartition("/")
        try:
            root = os.open(self._archive, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            folder = descend(root, above.split("/") if above else ())
            try:
                descriptor = os.open(name, FILE, dir_fd=folder)
            finally:
                os.close(folder)
        except FileNotFoundError:
            return -1
        except OSError as trouble:
            raise storage_error(trouble, path, "read the archive's file") from trouble
        if not is_regular(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise StorageError(
                f"{printable(path)}: no regular file in the archive",
                remedy="put the file itself there, as archive audit names it, then run it again",
            )
        return descriptor

    def _is_same(self, source: int, path: str) -> bool:
        above, _, name = path.rpartition("/")
        try:
            folder = self._copy.open_folder(above)
        except OSError:
            return False
        try:
            other = os.open(name, FILE, dir_fd=folder)
        except OSError:
            return False
        finally:
            os.close(folder)
        try:
            status = os.fstat(other)
            if not is_regular(status.st_mode) or status.st_size != os.fstat(source).st_size:
                return False
            return all(mine == theirs for mine, theirs in zip(_blocks(source), _blocks(other), strict=True))
        except (OSError, ValueError):
            return False
        finally:
            os.close(other)
            os.lseek(source, 0, os.SEEK_SET)

    def _stage(self, source: int, path: str) -> None:
        name = f"{len(self._waiting):08d}"
        place = str(self._copy.root / path)
        try:
            folder = self._copy.open_folder(_FOLDER, make=True)
            try:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=folder)
                descriptor = os.open(name, _NEW, os.fstat(source).st_mode & 0o644, dir_fd=folder)
            finally:
                os.close(folder)
            try:
                self.bytes += _write(source, descriptor, place)
            finally:
                os.close(descriptor)
        except OSError as trouble:
            raise storage_error(trouble, place, "write the file") from trouble
        self._waiting.append(path)
        self.written += 1

    def _place(self, name: str, path: str) -> None:
        above, _, last = path.rpartition("/")
        try:
            source = self._copy.open_folder(_FOLDER)
            try:
                target = self._copy.open_folder(above, make=True)
                try:
                    with contextlib.suppress(OSError):  # an empty folder: nothing is lost with it
                        os.rmdir(last, dir_fd=target)
                    os.rename(name, last, src_dir_fd=source, dst_dir_fd=target)
                finally:
                    os.close(target)
            finally:
                os.close(source)
        except OSError as trouble:
            raise storage_error(trouble, str(self._copy.root / path), "put the file in place") from trouble

    def _staged(self) -> Iterator[str]:
        return (str(self._copy.root / _FOLDER / f"{number:08d}") for number in range(len(self._waiting)))


def _blocks(descriptor: int) -> Iterator[bytes]:
    """All bytes of an open file, in blocks that are full but for the last."""
    while block := os.read(descriptor, _BLOCK):
        while len(block) < _BLOCK and (more := os.read(descriptor, _BLOCK - len(block))):
            block += more
        yield block


def _write(source: int, target: int, place: str) -> int:
    """Copies and reads back what was written; how many bytes."""
    written = 0
    for block in _blocks(source):
        write_all(target, block)
        written += len(block)
    os.lseek(source, 0, os.SEEK_SET)
    os.lseek(target, 0, os.SEEK_SET)
    pairs = zip(_blocks(source), _blocks(target), strict=False)
    if os.fstat(target).st_size != written or not all(mine == theirs for mine, theirs in pairs):
        raise read_back_error(printable(place))
    return written


def names_below(folder: Path) -> Iterator[str]:
    """Every regular file below a folder, relative to it, sorted; links are not followed and not named."""
    return (path for path, is_file in everything_below(folder) if is_file)


def everything_below(folder: Path) -> Iterator[tuple[str, bool]]:
    """All that is below a folder, relative to it, sorted, and whether it is a regular file.

    Links are not followed. Raises StorageError where a folder cannot be listed.
    """
    found: list[tuple[str, bool]] = []
    pending = [""]
    while pending:
        inner = pending.pop()
        try:
            descriptor = descend(
                os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC),
                inner.split("/") if inner else (),
            )
        except FileNotFoundError:
            continue
        except OSError as trouble:
            raise storage_error(trouble, str(folder / inner), "list the folder") from trouble
        try:
            with os.scandir(descriptor) as listing:
                for entry in listing:
                    path = f"{inner}/{entry.name}" if inner else entry.name
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(path)
                    found.append((path, entry.is_file(follow_symlinks=False)))
        finally:
            os.close(descriptor)
    yield from sorted(found, key=lambda one: os.fsencode(one[0]))
