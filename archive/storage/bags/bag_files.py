"""Reads the files of one bag for an audit: what is there, what it hashes to, what could not be read.

Decides nothing. Everything is opened below the descriptor of a folder, one component at a time, following no
link; what is no regular file is never opened for its content. Every OSError becomes a value.
"""

import errno
import os
from collections.abc import Callable
from hashlib import sha512

from archive.core.limits.bags import EXTRA_ENTRIES, HELD_MANIFEST_BYTES, MAX_DEPTH
from archive.core.obstacles import Obstacle
from archive.storage.disk.descriptors import FILE, FOLDER, Hindrance, hindrance, is_regular

TAG_MANIFEST = "tagmanifest-sha512.txt"
MANIFEST = "manifest-sha512.txt"

_KEPT = frozenset({MANIFEST, TAG_MANIFEST})

AT_ONCE = 1 << 20  # bytes of a file read in one call; larger ones wait until it is known that they matter
_BUFFER = 1 << 20


class BagReading:
    """What one walk through a bag saw; paths are relative to the bag.

    `files` has (sha512 in hexadecimal, size in bytes) of each regular file; the digest is empty where the
    content was not read. `odd` has what could not be opened as file or folder, `texts` the two manifests'
    bytes, `empty` the folders with nothing in them, `linked` the files that have another name somewhere.
    `trouble` is why the bag itself could not be opened; `overflow` tells that the walk ended early, there
    being no `room` for more files or folders.
    """

    __slots__ = (
        "empty", "files", "folder_room", "folders", "linked", "odd", "overflow", "room", "texts", "trouble",
    )  # fmt: skip

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, int]] = {}
        self.texts: dict[str, bytes] = {}
        self.folders: list[str] = []
        self.empty: list[str] = []
        self.linked: list[str] = []
        self.odd: dict[str, Hindrance] = {}
        self.trouble: Hindrance | None = None
        self.overflow = False
        self.room = EXTRA_ENTRIES
        self.folder_room = EXTRA_ENTRIES * MAX_DEPTH


def read_bag(shard: int, folder: str, *, files: int, hashing: bool = True) -> BagReading:
    """Walk the bag that lies in `folder` below the descriptor `shard`, and hash its files up to 1 MiB.

    `files` is how many files the payload should have; the walk ends early at many more. Without `hashing`
    only the manifests are read, and the other files measured.
    """
    reading = BagReading()
    reading.room = files + EXTRA_ENTRIES
    # Each recorded file may lie in folders of its own.
    reading.folder_room = reading.room * MAX_DEPTH
    try:
        descriptor = os.open(folder, FOLDER, dir_fd=shard)
    except OSError as trouble:
        reading.trouble = hindrance(trouble)
        return reading
    try:
        at_once = AT_ONCE if hashing else -1
        _read_folder(reading, descriptor, "", at_once)
        if reading.overflow:  # the manifests say which of the recorded files are still to be looked for
            _read_files(reading, descriptor, sorted(_KEPT - reading.files.keys()), "", at_once)
    finally:
        os.close(descriptor)
    return reading


def read_later(
    shard: int, folder: str, reading: BagReading, paths: list[str], most_bytes: Callable[[str], int]
) -> None:
    """Hash files that the walk left out, and enter them into the reading; none that is no regular file.

    One with more than `most_bytes` of its path cannot be the promised one: it is measured, and not read.
    """
    buffer = bytearray(_BUFFER)
    for path in paths:
        try:
            reading.files[path] = _hash_path(shard, f"{folder}/{path}", buffer, most_bytes(path))
        except OSError as trouble:
            reading.files.pop(path, None)
            met = hindrance(trouble)
            if met.obstacle is not Obstacle.MISSING:
                reading.odd[path] = met


def _read_folder(reading: BagReading, folder: int, prefix: str, at_once: int) -> None:
    """Read one open folder and all below it; files of up to `at_once` bytes are hashed."""
    names: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    names.append(entry.name)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                    reading.folder_room -= 1
                    if reading.folder_room < 0:
                        reading.overflow = True
                        break
                    continue
                else:
                    obstacle = Obstacle.LINK if entry.is_symlink() else Obstacle.SPECIAL
                    reading.odd[prefix + entry.name] = Hindrance(obstacle, "")
                if reading.room < 0:
                    reading.overflow = True
                    break
                reading.room -= 1
    except OSError as trouble:
        reading.odd[prefix.rstrip("/")] = hindrance(trouble)
        return
    if names:
        _read_files(reading, folder, names, prefix, at_once)
    for name in folders:
        _read_inner(reading, folder, name, prefix + name, at_once)
    if prefix and not names and not folders:
        _note_empty(reading, prefix)


def _read_files(reading: BagReading, folder: int, names: list[str], prefix: str, at_once: int) -> None:
    """Read the files of one folder: the hot loop, four system calls a file."""
    files = reading.files
    for name in names:
        path = prefix + name
        try:
            descriptor = os.open(name, FILE, dir_fd=folder)
            try:
                status = os.fstat(descriptor)
                size = status.st_size
                if status.st_nlink > 1:
                    reading.linked.append(path)
                unusual = size > at_once or not is_regular(status.st_mode)
                if unusual and not _read_unusual(reading, path, status):
                    continue
                content = os.read(descriptor, size + 1)
                if len(content) != size:
                    content = _whole(descriptor, content)
            finally:
                os.close(descriptor)
        except OSError as trouble:
            met = hindrance(trouble)
            if met.obstacle is not Obstacle.MISSING:  # gone since the folder was read: not there
                reading.odd[path] = met
            continue
        files[path] = (sha512(content).hexdigest(), len(content))
        if path in _KEPT:
            reading.texts[path] = content


def _read_unusual(reading: BagReading, path: str, status: os.stat_result) -> bool:
    """True where a file that is too large to be read at once, or not regular, is to be read all the same."""
    if not is_regular(status.st_mode):
        reading.odd[path] = Hindrance(Obstacle.SPECIAL, "")
        return False
    if path in _KEPT and status.st_size <= HELD_MANIFEST_BYTES:
        return True
    reading.files[path] = ("", status.st_size)
    return False


def _read_inner(reading: BagReading, folder: int, name: str, path: str, at_once: int) -> None:
    """Open and read a folder of a folder."""
    if path.count("/") >= MAX_DEPTH:
        reading.odd[path] = Hindrance(Obstacle.UNREADABLE, f"more than {MAX_DEPTH} folders deep")
        return
    try:
        opened = os.open(name, FOLDER, dir_fd=folder)
    except OSError as trouble:
        reading.odd[path] = hindrance(trouble)
        return
    reading.folders.append(path)
    try:
        _read_folder(reading, opened, path + "/", at_once)
    finally:
        os.close(opened)


def _note_empty(reading: BagReading, prefix: str) -> None:
    if not any(path.startswith(prefix) for path in reading.odd):
        reading.empty.append(prefix[:-1])


def _whole(descriptor: int, content: bytes) -> bytes:
    """The content of a file of which one read gave another length than its size: short read, or a change."""
    parts = [content]
    total = len(content)
    while part := os.read(descriptor, _BUFFER):
        total += len(part)
        if total > HELD_MANIFEST_BYTES:
            raise OSError(errno.EFBIG, "grows while it is read")
        parts.append(part)
    return b"".join(parts)


def _hash_path(shard: int, path: str, buffer: bytearray, most: int) -> tuple[str, int]:
    """Digest and size of the regular file at a path, opened component by component.

    The digest is empty where the file has more than `most` bytes.
    """
    *folders, name = path.split("/")
    opened: list[int] = []
    try:
        below = shard
        for folder in folders:
            below = os.open(folder, FOLDER, dir_fd=below)
            opened.append(below)
        descriptor = os.open(name, FILE, dir_fd=below)
        opened.append(descriptor)
        status = os.fstat(descriptor)
        if not is_regular(status.st_mode):
            raise OSError(errno.ENXIO, "no regular file")
        if status.st_size > most:
            return "", status.st_size
        digest, size = sha512(), 0
        view = memoryview(buffer)
        while count := os.readv(descriptor, [buffer]):
            digest.update(view[:count])
            size += count
            if size > status.st_size:  # an end that runs away is never reached
                raise OSError(errno.EFBIG, "grows while it is read")
        return digest.hexdigest(), size
    finally:
        for descriptor in opened:
            os.close(descriptor)
