"""Hashes batches of files below one folder, in whatever process they are given to.

Decides nothing. Folders are opened component by component below a descriptor, following no link; what is no
regular file is never read. Every OSError becomes a value.
"""

import os
import resource
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from archive.core.hashes import hash_constructor
from archive.core.obstacles import Obstacle
from archive.storage.disk.descriptors import FILE, FOLDER, Hindrance, hindrance, is_regular

AT_ONCE = 1 << 20  # bytes of a file read in one call; a larger one is left for a batch of its own
BUFFER = 1 << 20
AHEAD = 64  # files that a cold disk is asked for before they are read
_LOOK = 16  # files between two looks at what storage costs
_BLOCK = 512  # bytes that getrusage(2) counts in on Linux


def _close(folder: int) -> None:
    with suppress(OSError):  # nothing was written: whatever a network file system says of it then
        os.close(folder)


class Root(NamedTuple):
    """A folder by its path, and the device and inode that it must still have."""

    path: str
    device: int
    inode: int


class HashBatch(NamedTuple):
    """Files to hash with the same algorithms (hashlib's names); `large` ones are read whatever their size."""

    root: Root
    paths: tuple[str, ...]
    algorithms: tuple[str, ...]
    large: bool = False


class HashedBatch(NamedTuple):
    """What a batch came to, in the order of its paths.

    `digests` has those of each file end to end; zeros where there is none. `odd` are the files that could
    not be read, `left` those that were too large for a batch of small ones; both by their place.
    """

    sizes: list[int]
    digests: bytes
    odd: dict[int, Hindrance]
    left: list[int]


def hash_batch(batch: HashBatch) -> HashedBatch:
    """Hash the files of a batch; never raises for what storage holds or does."""
    walk = _Folders(batch.root)
    make = tuple([hash_constructor(name) for name in batch.algorithms])
    hashed = HashedBatch([], b"", {}, [])
    digests: list[bytes] = []
    ahead = _Ahead(batch)
    nothing = bytes(sum(one().digest_size for one in make))
    buffer = bytearray(BUFFER) if batch.large else bytearray()
    try:
        for place, path in enumerate(batch.paths):
            size, found = -1, nothing
            if not place % _LOOK:
                ahead.look(place)
            try:
                if batch.large:
                    size, found = _hash_large(walk, path, make, buffer)
                else:
                    content, size = _read_small(walk, path, wanted=bool(make))
                    if content is None:
                        hashed.left.append(place)
                    else:
                        found = b"".join([one(content).digest() for one in make])
            except OSError as trouble:
                size = -1
                hashed.odd[place] = hindrance(trouble)
            except _ObstacleError as met:
                size = -1
                hashed.odd[place] = met.hindrance
            hashed.sizes.append(size)
            ahead.bytes += size
            digests.append(found)
    finally:
        walk.close()
        ahead.close()
    return hashed._replace(digests=b"".join(digests))


class _ObstacleError(Exception):
    """No OSError, and yet no content."""

    def __init__(self, obstacle: Obstacle, reason: str = "") -> None:
        super().__init__(reason)
        self.hindrance = Hindrance(obstacle, reason)


def _read_small(walk: "_Folders", path: str, *, wanted: bool) -> tuple[bytes | None, int]:
    """Content and size of a file, four system calls; the content is None where it is too large."""
    folder, _, name = path.rpartition("/")
    descriptor = os.open(name, FILE, dir_fd=walk.open(folder))
    try:
        status = os.fstat(descriptor)
        if not is_regular(status.st_mode):
            raise _ObstacleError(Obstacle.SPECIAL)
        size = status.st_size
        if not wanted:
            return b"", size
        if size > AT_ONCE:
            return None, size
        content = os.read(descriptor, size + 1)
        while len(content) < size and (more := os.read(descriptor, size + 1 - len(content))):
            content += more
    finally:
        os.close(descriptor)
    if len(content) != size:
        raise _ObstacleError(Obstacle.UNREADABLE, _CHANGED)
    return content, size


_CHANGED = "its size changed while it was read"


def _hash_large(
    walk: "_Folders", path: str, make: tuple[Callable[..., Any], ...], buffer: bytearray
) -> tuple[int, bytes]:
    """Size and digests of a file, its bytes read once."""
    folder, _, name = path.rpartition("/")
    descriptor = os.open(name, FILE, dir_fd=walk.open(folder))
    try:
        status = os.fstat(descriptor)
        if not is_regular(status.st_mode):
            raise _ObstacleError(Obstacle.SPECIAL)
        hashes = [one() for one in make]
        view = memoryview(buffer)
        size = 0
        while size <= status.st_size and (count := os.readv(descriptor, [buffer])):
            block = view[:count]
            for one in hashes:
                one.update(block)
            size += count
    finally:
        os.close(descriptor)
    if size != status.st_size:
        raise _ObstacleError(Obstacle.UNREADABLE, _CHANGED)
    return size, b"".join([one.digest() for one in hashes])


class _Ahead:
    """Asks storage for the files that come next, as long as it gives them from a disk and not from memory."""

    def __init__(self, batch: HashBatch) -> None:
        self.bytes = 0
        self._paths = () if batch.large else batch.paths
        self._walk = _Folders(batch.root)
        self._asked = 0
        self._blocks = _blocks_read()

    def look(self, place: int) -> None:
        """Judge the last files by what they cost; on a disk, ask for those that come next."""
        blocks = _blocks_read()
        cold = (blocks - self._blocks) * _BLOCK > self.bytes // 2
        self._blocks, self.bytes = blocks, 0
        if not cold:
            return
        from archive.storage.bags.read_ahead import ask_for_file

        for path in self._paths[max(self._asked, place + 1) : place + AHEAD]:
            folder, _, name = path.rpartition("/")
            with suppress(OSError, _ObstacleError):  # what cannot be opened is said when it is read
                ask_for_file(self._walk.open(folder), name)
        self._asked = place + AHEAD

    def close(self) -> None:
        """Let go of the folders."""
        self._walk.close()


def _blocks_read() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_inblock


class _Folders:
    """The folders on the way to the file at hand, each open."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._names: list[str] = []
        self._open: list[int] = []
        self._current = ""

    def open(self, path: str) -> int:
        """A descriptor of a folder below the root; it is good until the next call."""
        if self._open and path == self._current:
            return self._open[-1]
        if not self._open:
            self._open.append(self._open_root())
        names = path.split("/") if path else []
        same = 0
        for own, wanted in zip(self._names, names, strict=False):
            if own != wanted:
                break
            same += 1
        while len(self._names) > same:
            self._names.pop()
            _close(self._open.pop())
        self._current = "\0"  # no folder's, should the next line fail
        for name in names[same:]:
            self._open.append(os.open(name, FOLDER, dir_fd=self._open[-1]))
            self._names.append(name)
        self._current = path
        return self._open[-1]

    def _open_root(self) -> int:
        descriptor = os.open(self._root.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        status = os.fstat(descriptor)
        if (status.st_dev, status.st_ino) != (self._root.device, self._root.inode):
            os.close(descriptor)
            raise _ObstacleError(Obstacle.UNREADABLE, "another folder was put in the bag's place")
        return descriptor

    def close(self) -> None:
        """Close them all."""
        for descriptor in self._open:
            _close(descriptor)
        self._open, self._names = [], []
