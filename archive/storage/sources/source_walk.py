"""Walks what a depositor brings: every name accounted for, no link followed, nothing opened but folders."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from archive.core.errors import ConfigurationError, StorageError
from archive.core.limits.bags import MAX_SOURCE_DEPTH
from archive.core.litter import litter
from archive.storage.disk.durable import remedy_of
from archive.storage.disk.kinds import something_at

DECLARATION = "bagit.txt"
ROOT = "."  # the path of a SOURCE's own folder
_HEAD = 1024  # bytes of a bagit.txt, which has two short lines

_Known = Callable[[str], str | None]
_Identity = tuple[int, int]  # device and inode
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
    """A name that is not taken: a system folder such as `System Volume Information`, an empty one, or what a
    rule says."""

    path: str
    why: str


class EmptyFolder(NamedTuple):
    """A folder with nothing in it."""

    path: str


class _Rules(NamedTuple):
    """What a walk goes by.

    `left_out` says of a path, and of being a folder, why it is not taken; `known` of a file's name which
    system left it. `archive` is the identity of the archive's own folder, which nothing is taken from.
    """

    left_out: Callable[[str, bool], str | None] | None
    known: _Known
    whole: bool
    archive: _Identity | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One SOURCE of the command: an absolute path, a file or a folder, which may be a bag.

    `archive` is device and inode of the folder of the archive, where there is one.
    """

    index: int
    path: str
    is_file: bool
    is_bag: bool = False
    archive: _Identity | None = None

    @property
    def base(self) -> str:
        """The folder that the paths of its files are relative to."""
        return os.path.dirname(self.path) if self.is_file else self.path


def open_sources(paths: list[str], archive: str | None) -> list[Source]:
    """The SOURCEs of one command; `archive` is the folder of the archive, where there is one.

    Raises ConfigurationError where one does not exist, is no file or folder, is named twice, lies inside
    another or inside the archive, or the archive inside it.
    """
    sources: list[Source] = []
    archive_chain = [] if archive is None else _identities(archive)
    for index, given in enumerate(paths):
        path = os.path.abspath(given)
        try:
            # A SOURCE that the user names may itself be a link; inside it none is followed.
            status = os.stat(path)
        except OSError as trouble:
            raise _missing(given, trouble) from trouble
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise ConfigurationError(
                f"{given}: neither a file nor a folder",
                remedy="write what it gives into a file, and name that",
            )
        identity = (status.st_dev, status.st_ino)
        if identity in archive_chain:
            raise _holds_archive(given)
        if archive_chain and archive_chain[0] in _identities(path):
            raise ConfigurationError(
                f"{given}: lies inside the archive", remedy="ingest from outside the archive"
            )
        real = os.path.realpath(path)
        for other in sources:
            _refuse_overlap(given, real, other.path)
        is_file = stat.S_ISREG(status.st_mode)
        is_bag = not is_file and _is_bag(real)
        sources.append(Source(index, real, is_file, is_bag, archive_chain[0] if archive_chain else None))
    return sources


def _holds_archive(place: str) -> ConfigurationError:
    return ConfigurationError(
        f"{place}: holds the archive itself", remedy="ingest the folders beside the archive one by one"
    )


def _is_bag(folder: str) -> bool:
    """True where bagit.txt declares the folder a bag, or stands beside `data` as in one, whatever it says.

    A document may be called bagit.txt; a bag whose declaration is damaged is to be refused, not taken apart.
    """
    path = os.path.join(folder, DECLARATION)
    if not something_at(path):
        return False
    if something_at(os.path.join(folder, "data")):
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
        raise ConfigurationError(f"{given}: named twice", remedy="name it once")
    if real.startswith(other.rstrip("/") + "/") or other.startswith(real.rstrip("/") + "/"):
        raise ConfigurationError(
            f"{given}: holds {other}, or lies in it, so that its files would be taken twice",
            remedy="name the outer one alone",
        )


def _missing(given: str, trouble: OSError) -> ConfigurationError | StorageError:
    if trouble.errno in {errno.ENOENT, errno.ENOTDIR}:
        return ConfigurationError(
            f"{given}: there is no such file or folder",
            remedy="see how it is written, and that its disk is there",
        )
    return StorageError(f"{given}: cannot be read: {trouble.strerror}", remedy=remedy_of(trouble))


def _identities(path: str) -> list[_Identity]:
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


def walk(
    source: Source, excluded: Callable[[str], str | None] | None = None
) -> Iterator[Found | NotTaken | LeftOut]:
    """Every name below the SOURCE, folder by folder in the order of bytes; paths are relative to its base.

    `excluded` is asked with a path, and says why it is not taken, a folder with all that is in it, or None.
    In a bag nothing counts as litter: its manifests list what belongs to it. Raises ConfigurationError where
    the walk comes upon the archive, as it does where that is mounted a second time.
    """
    if source.is_file:
        alone = os.path.basename(source.path)
        why = excluded(alone) if excluded is not None else None
        yield Found(alone, os.stat(source.path).st_size, None) if why is None else LeftOut(alone, why)
        return
    rules = (_OF_A_BAG if source.is_bag else _OF_A_FOLDER)._replace(archive=source.archive)
    if excluded is not None:
        rules = rules._replace(left_out=_either(excluded, rules.left_out))
    for name in _walk_folder(_open_root(source.path), "", 1, rules):
        yield (
            LeftOut(name.path, "an empty folder: a bag keeps files")
            if isinstance(name, EmptyFolder)
            else name
        )


def walk_whole(
    root: str, left_out: Callable[[str, bool], str | None] | None
) -> Iterator[Found | NotTaken | LeftOut | EmptyFolder]:
    """Every name below a folder, system folders too, in the order of the bytes of the whole paths.

    `left_out` is asked with a path and whether it is a folder, and says why it is not taken, or None. Files
    that may not be read are found here, before anything is opened.
    """
    yield from _walk_folder(_open_root(root), "", 1, _Rules(left_out, litter, whole=True))


def _open_root(path: str) -> int:
    try:
        return os.open(path, _FOLDER_FLAGS)  # a real path, unless a link has taken its place
    except OSError as trouble:
        raise StorageError(
            f"{path}: cannot be read: {trouble.strerror}", remedy=remedy_of(trouble)
        ) from trouble


def _system_folder(path: str, folder: bool) -> str | None:
    return litter(os.path.basename(path)) if folder else None


def _either(
    excluded: Callable[[str], str | None], rule: Callable[[str, bool], str | None] | None
) -> Callable[[str, bool], str | None]:
    def left_out(path: str, folder: bool) -> str | None:
        return excluded(path) or (rule(path, folder) if rule is not None else None)

    return left_out


_OF_A_FOLDER = _Rules(_system_folder, litter, whole=False)
_OF_A_BAG = _Rules(None, lambda _: None, whole=False)  # its manifests say what is in it


def _by_name(entry: os.DirEntry[str]) -> bytes:
    return os.fsencode(entry.name)


def _by_path(entry: os.DirEntry[str]) -> bytes:
    """With a folder's slash the order within a folder is that of the whole paths: `a.txt` before `a/b`."""
    return os.fsencode(entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name)


def _walk_folder(
    descriptor: int, prefix: str, depth: int, rules: _Rules
) -> Iterator[Found | NotTaken | LeftOut | EmptyFolder]:
    try:
        try:
            with os.scandir(descriptor) as listing:
                entries = sorted(listing, key=_by_path if rules.whole else _by_name)
        except OSError as trouble:
            yield _unreadable(prefix.rstrip("/") or ROOT, trouble)
            return
        if not entries and prefix:
            yield EmptyFolder(prefix[:-1])
        for entry in entries:
            path = prefix + entry.name
            folder = entry.is_dir(follow_symlinks=False)
            if rules.left_out is not None and (why := rules.left_out(path, folder)) is not None:
                yield LeftOut(path, why)
            elif folder:
                yield from _enter(descriptor, entry.name, path, depth, rules)
            else:
                yield _judge(entry, path, rules, descriptor)
    finally:
        os.close(descriptor)


def _enter(
    descriptor: int, name: str, path: str, depth: int, rules: _Rules
) -> Iterator[Found | NotTaken | LeftOut | EmptyFolder]:
    if depth >= MAX_SOURCE_DEPTH:
        yield NotTaken(path, "SRC-DEPTH", f"more than {MAX_SOURCE_DEPTH} folders deep")
        return
    try:
        inner = os.open(name, _FOLDER_FLAGS, dir_fd=descriptor)
    except OSError as trouble:
        yield _unreadable(path, trouble)
        return
    if rules.archive is not None:
        status = os.fstat(inner)
        if (status.st_dev, status.st_ino) == rules.archive:
            os.close(inner)
            raise _holds_archive(path)
    yield from _walk_folder(inner, path + "/", depth + 1, rules)


def _judge(entry: os.DirEntry[str], path: str, rules: _Rules, folder: int) -> Found | NotTaken:
    """What a name is; by the rules of a whole walk also whether it may be read below its open `folder`."""
    if entry.is_symlink():
        return NotTaken(path, "SRC-LINK", "a link: links are never followed")
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as trouble:
        return _unreadable(path, trouble)
    if not stat.S_ISREG(status.st_mode):
        return NotTaken(path, "SRC-SPECIAL", f"{_kind(status.st_mode)}, not a document")
    if rules.whole and not _may_be_read(entry.name, folder):
        return _unreadable(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    return Found(path, status.st_size, rules.known(entry.name))


def _may_be_read(name: str, folder: int) -> bool:
    return os.access(name, os.R_OK, dir_fd=folder, effective_ids=os.access in os.supports_effective_ids)


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"


def _unreadable(path: str, trouble: OSError) -> NotTaken:
    return NotTaken(path, "SRC-UNREADABLE", f"cannot be read: {trouble.strerror}")
