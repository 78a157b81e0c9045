"""A bag of the archive written into a copy: each byte read once, hashed as it passes, nothing judged here."""

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from hashlib import sha512
from typing import Final, NamedTuple, Protocol

from archive.core.copies import CopyForm
from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.storage.bags.bag_files import MANIFEST, TAG_MANIFEST, BagReading, read_bag
from archive.storage.copies.names import bag_name
from archive.storage.copies.tar_writing import TarWriter
from archive.storage.disk.descriptors import FILE, FOLDER, descend, hindrance, is_regular
from archive.storage.disk.durable import READ_ONLY, storage_error, write_all

_BLOCK: Final = 1 << 20
NANOSECONDS: Final = 1_000_000_000
_KEPT: Final = frozenset({MANIFEST, TAG_MANIFEST})
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# What a file system says of a name or size that it has no room for, while it is otherwise well.
_UNSTORABLE: Final = frozenset(
    {errno.EEXIST, errno.EINVAL, errno.EILSEQ, errno.ENAMETOOLONG, errno.EFBIG, errno.ENOTDIR, errno.EISDIR}
)


class UnstorableError(Exception):
    """The file system of the copy cannot hold a file under that name or of that size."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class SourceTroubleError(Exception):
    """A file of the archive could not be read, or changed while it was."""


class _Source(NamedTuple):
    """One open file of the bag, with how it was when it was opened."""

    path: str
    descriptor: int
    status: os.stat_result


class _Target(Protocol):
    def add_folder(self, path: str) -> None: ...

    def add_file(self, path: str, size: int, modified: int, blocks: Iterator[bytes]) -> None: ...

    def close(self) -> None: ...


def write_bag(
    shard: int,
    name: str,
    target: int,
    bag: str,
    form: CopyForm,
    *,
    files: int,
    most_bytes: Callable[[str], int],
    as_it_is: bool = False,
) -> BagReading:
    """Writes the bag `name` below the descriptor `shard` as a new name below the descriptor `target`.

    Returns what was read: the caller judges it, and removes what was written where it is not the promised
    bag. Where the walk met something that no bag holds, or a file with more than `most_bytes` of its path,
    which cannot be the promised one, nothing is written; with `as_it_is` all else is, and a file that cannot
    be read is left out. Raises SourceTroubleError where the bytes are not given, UnstorableError where the
    file system written to cannot hold such a file, StorageError where it cannot be written.
    """
    reading = read_bag(shard, name, files=files, hashing=False)
    too_large = {path for path, (_, size) in reading.files.items() if size > most_bytes(path)}
    if reading.trouble or (not as_it_is and (reading.odd or reading.overflow or too_large)):
        return reading
    writing: _Target = _TarTarget(target, bag) if form is CopyForm.TAR else FolderTarget(target, bag)
    with contextlib.closing(_Reader(shard, name)) as reader, contextlib.closing(writing) as written:
        for folder in sorted(reading.folders):
            written.add_folder(folder)
        for path in sorted(reading.files.keys() - too_large, key=os.fsencode):
            with (
                contextlib.suppress(*((SourceTroubleError,) if as_it_is else ())),
                reader.open(path) as source,
            ):
                hashed = _Hashed(source)
                written.add_file(path, source.status.st_size, source.status.st_mtime_ns, hashed.blocks())
                reading.files[path] = (hashed.digest.hexdigest(), hashed.size)
                if path in _KEPT:
                    reading.texts[path] = b"".join(hashed.kept)
    return reading


class _Reader:
    """Opens files of a bag below one descriptor, component by component; the last folder stays open."""

    def __init__(self, shard: int, name: str) -> None:
        try:
            self._root = os.open(name, FOLDER, dir_fd=shard)
        except OSError as trouble:
            raise SourceTroubleError(hindrance(trouble).reason) from trouble
        self._folder = ""
        self._open = os.dup(self._root)

    def close(self) -> None:
        os.close(self._open)
        os.close(self._root)

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[_Source]:
        folder, _, name = path.rpartition("/")
        try:
            if folder != self._folder:
                opened = descend(os.dup(self._root), folder.split("/") if folder else ())
                os.close(self._open)
                self._open, self._folder = opened, folder
            descriptor = os.open(name, FILE, dir_fd=self._open)
        except OSError as trouble:
            raise SourceTroubleError(f"{path}: {hindrance(trouble).reason}") from trouble
        try:
            status = os.fstat(descriptor)
            if not is_regular(status.st_mode):
                raise SourceTroubleError(f"{path}: no regular file any more")
            yield _Source(path, descriptor, status)
        finally:
            os.close(descriptor)


class _Hashed:
    """The blocks of a source, hashed as they pass; exactly as many bytes as it had when it was opened."""

    def __init__(self, source: _Source) -> None:
        self.digest = sha512()
        self.size = 0
        self.kept: list[bytes] = []
        self._source = source
        self._keeps = source.path in _KEPT and source.status.st_size <= HELD_MANIFEST_BYTES

    def blocks(self) -> Iterator[bytes]:
        path, descriptor, status = self._source
        left = status.st_size
        try:
            while block := os.read(descriptor, min(_BLOCK, left + 1)):
                left -= len(block)
                if left < 0:
                    break
                self.digest.update(block)
                self.size += len(block)
                if self._keeps:
                    self.kept.append(block)
                yield block
        except OSError as trouble:
            raise SourceTroubleError(f"{path}: {hindrance(trouble).reason}") from trouble
        if left:
            raise SourceTroubleError(f"{path}: changed while it was read")


@contextlib.contextmanager
def _trouble_of(path: str) -> Iterator[None]:
    """An OSError of the copy's side, told apart: the file system cannot hold this, or cannot be written."""
    try:
        yield
    except OSError as trouble:
        if trouble.errno in _UNSTORABLE:
            raise UnstorableError(path, trouble.strerror or str(trouble)) from trouble
        raise storage_error(trouble, path, "write the copy") from trouble


class FolderTarget:
    """The bag as folders and files; nothing is assumed of modes, owners and links.

    Times are in nanoseconds since 1970. Folders that nobody added are made with the files in them. What is
    cut short is not left there. With `begun` the folder of the bag may be there.
    """

    def __init__(self, target: int, bag: str, *, begun: bool = False) -> None:
        with _trouble_of(bag), contextlib.suppress(*((FileExistsError,) if begun else ())):
            os.mkdir(bag, 0o755, dir_fd=target)
        with _trouble_of(bag):
            self._root = os.open(bag, FOLDER, dir_fd=target)
        self._folder = ""
        self._open = os.dup(self._root)

    def add_folder(self, path: str) -> None:
        """A folder of the bag, by its path in it; one that is there is well."""
        with _trouble_of(path):
            os.close(self._folder_at(path.split("/")))

    def add_file(self, path: str, size: int, modified: int, blocks: Iterator[bytes]) -> None:  # noqa: ARG002
        """A file of the bag, with that time of modification."""
        folder, _, name = path.rpartition("/")
        with _trouble_of(path):
            if folder != self._folder:
                opened = self._folder_at(folder.split("/") if folder else [])
                os.close(self._open)
                self._open, self._folder = opened, folder
            descriptor = os.open(name, _NEW, READ_ONLY, dir_fd=self._open)
            try:
                for block in blocks:
                    write_all(descriptor, block)
                with contextlib.suppress(OSError):  # a time is no evidence, and not every system takes one
                    os.utime(descriptor, ns=(modified, modified))
            except SourceTroubleError:
                os.unlink(name, dir_fd=self._open)
                raise
            finally:
                os.close(descriptor)

    def _folder_at(self, parts: list[str]) -> int:
        descriptor = os.dup(self._root)
        for name in parts:
            try:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, 0o755, dir_fd=descriptor)
            except OSError:
                os.close(descriptor)
                raise
            descriptor = descend(descriptor, [name])
        return descriptor

    def close(self) -> None:
        os.close(self._open)
        os.close(self._root)


class _TarTarget:
    """The bag as one tar."""

    def __init__(self, target: int, bag: str) -> None:
        self._bag = bag
        name = bag_name(bag, CopyForm.TAR)
        with _trouble_of(name):
            self._descriptor = os.open(name, _NEW, READ_ONLY, dir_fd=target)
        self._writer = TarWriter(self._descriptor)
        self._folder("")

    def _folder(self, path: str) -> None:
        with _trouble_of(path):
            # No time of a folder: it would differ from copy to copy.
            self._writer.add_folder(f"{self._bag}/{path}".rstrip("/"), 0)

    def add_folder(self, path: str) -> None:
        self._folder(path)

    def add_file(self, path: str, size: int, modified: int, blocks: Iterator[bytes]) -> None:
        with _trouble_of(path):
            self._writer.add_file(f"{self._bag}/{path}", size, modified // NANOSECONDS, blocks)

    def close(self) -> None:
        try:
            with _trouble_of(self._bag):
                self._writer.close()
        finally:
            os.close(self._descriptor)
