"""Walks what a depositor brings: every name accounted for, no link followed, nothing opened but folders."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from archive.core.errors import ConfigurationError, StorageError
from archive.core.litter import litter

DECLARATION = "bagit.txt"
_HEAD = 1024  # bytes of a bagit.txt, which has two short lines
MAX_DEPTH = 256  # folders open at once below one SOURCE; descriptors are 1,024 by default

_Known = Callable[[str], str | None]
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Found(NamedTuple):
    """One name below a SOURCE that is a regular file; `litter` says what left it, where that is known."""

    path: str
    size: int
    litter: str | None


class NotTaken(NamedTuple):
    """One name that is not a readable regular file: a link, a special file, or what storage refused."""

    path: str
    code: str
    why: str


class LeftOut(NamedTuple):
    """A whole system folder that nobody deposits, such as `System Volume Information`."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Source:
    """One SOURCE of the command: an absolute path, a file or a folder, which may be a bag."""

    index: int
    path: str
    is_file: bool
    is_bag: bool = False

    @property
    def base(self) -> str:
        """The folder that the paths of its files are relative to."""
        return os.path.dirname(self.path) if self.is_file else self.path


def open_sources(paths: list[str], archive: str) -> list[Source]:
    """The SOURCEs of one command.

    Raises ConfigurationError where one does not exist, is no file or folder, is named twice, lies inside
    another or inside the archive, or the archive inside it.
    """
    sources: list[Source] = []
    archive_chain = _identities(archive)
    for index, given in enumerate(paths):
        path = os.path.abspath(given)
        try:
            # A SOURCE that the user names may itself be a link; inside it none is followed.
            status = os.stat(path)
        except OSError as trouble:
            raise _missing(given, trouble) from trouble
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise ConfigurationError(f"{given}: neither a file nor a folder")
        identity = (status.st_dev, status.st_ino)
        if identity in archive_chain:
            raise ConfigurationError(
                f"{given}: holds the archive itself",
                remedy="ingest the folders beside the archive one by one",
            )
        if archive_chain[0] in _identities(path):
            raise ConfigurationError(
                f"{given}: lies inside the archive", remedy="ingest from outside the archive"
            )
        real = os.path.realpath(path)
        for other in sources:
            _refuse_overlap(given, real, other.path)
        is_file = stat.S_ISREG(status.st_mode)
        is_bag = not is_file and _is_bag(real)
        sources.append(Source(index, real, is_file, is_bag))
    return sources


def _is_bag(folder: str) -> bool:
    """True where bagit.txt declares the folder a bag, or stands beside `data` as in one, whatever it says.

    A document may be called bagit.txt; a bag whose declaration is damaged is to be refused, not taken apart.
    """
    path = os.path.join(folder, DECLARATION)
    if not os.path.lexists(path):
        return False
    if os.path.lexists(os.path.join(folder, "data")):
        return True
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        head = os.read(descriptor, _HEAD) if is_file else b""
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return b"bagit-version" in head.replace(b"\0", b"").lower()  # UTF-16 too


def _refuse_overlap(given: str, real: str, other: str) -> None:
    """ConfigurationError where two SOURCEs, links resolved, are one or hold one another."""
    if real == other:
        raise ConfigurationError(f"{given}: named twice")
    if real.startswith(other.rstrip("/") + "/") or other.startswith(real.rstrip("/") + "/"):
        raise ConfigurationError(
            f"{given}: holds {other}, or lies in it, so that its files would be taken twice",
            remedy="name the outer one alone",
        )


def _missing(given: str, trouble: OSError) -> ConfigurationError | StorageError:
    if trouble.errno in {errno.ENOENT, errno.ENOTDIR}:
        return ConfigurationError(f"{given}: there is no such file or folder")
    return StorageError(f"{given}: cannot be read: {trouble.strerror}")


def _identities(path: str) -> list[tuple[int, int]]:
    """Device and inode of a folder and of every folder above it."""
    chain = []
    current = os.path.realpath(path)
    while True:
        status = os.stat(current)
        chain.append((status.st_dev, status.st_ino))
        parent = os.path.dirname(current)
        if parent == current:
            return chain
        current = parent


def walk(source: Source) -> Iterator[Found | NotTaken | LeftOut]:
    """Every name below the SOURCE, folder by folder in the order of bytes; paths are relative to its base.

    In a bag nothing counts as litter: its manifests list what belongs to it.
    """
    if source.is_file:
        yield Found(os.path.basename(source.path), os.stat(source.path).st_size, None)
        return
    try:
        descriptor = os.open(source.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as trouble:
        raise StorageError(f"{source.path}: cannot be read: {trouble.strerror}") from trouble
    yield from _walk_folder(descriptor, "", 1, (lambda _: None) if source.is_bag else litter)


def _walk_folder(
    descriptor: int, prefix: str, depth: int, known: _Known
) -> Iterator[Found | NotTaken | LeftOut]:
    try:
        try:
            with os.scandir(descriptor) as listing:
                entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
        except OSError as trouble:
            yield _unreadable(prefix.rstrip("/"), trouble)
            return
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                yield from _enter(descriptor, entry.name, path, depth, known)
            else:
                yield _judge(entry, path, known)
    finally:
        os.close(descriptor)


def _enter(
    descriptor: int, name: str, path: str, depth: int, known: _Known
) -> Iterator[Found | NotTaken | LeftOut]:
    if (what := known(name)) is not None:
        yield LeftOut(path, what)
        return
    if depth >= MAX_DEPTH:
        yield NotTaken(path, "SRC-DEPTH", f"more than {MAX_DEPTH} folders deep")
        return
    try:
        inner = os.open(name, _FOLDER_FLAGS, dir_fd=descriptor)
    except OSError as trouble:
        yield _unreadable(path, trouble)
        return
    yield from _walk_folder(inner, path + "/", depth + 1, known)


def _judge(entry: os.DirEntry[str], path: str, known: _Known) -> Found | NotTaken:
    if entry.is_symlink():
        return NotTaken(path, "SRC-LINK", "a link: links are never followed")
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as trouble:
        return _unreadable(path, trouble)
    if not stat.S_ISREG(status.st_mode):
        return NotTaken(path, "SRC-SPECIAL", f"{_kind(status.st_mode)}, not a document")
    return Found(path, status.st_size, known(entry.name))


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"


def _unreadable(path: str, trouble: OSError) -> NotTaken:
    return NotTaken(path, "SRC-UNREADABLE", f"cannot be read: {trouble.strerror}")
