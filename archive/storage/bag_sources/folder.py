"""A bag that is a folder: walked and read below its descriptor, no link followed, nothing special opened."""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from archive.core.bagit.contents import Entry, EntryKind, FileDigests, SoundDigests
from archive.core.digests import Algorithm
from archive.core.findings import Finding
from archive.core.limits.bags import MAX_DEPTH
from archive.core.obstacles import Obstacle
from archive.storage.bag_sources.source import BLOCK, Lanes
from archive.storage.bags.file_hashing import HashBatch, HashedBatch, Root, hash_batch
from archive.storage.disk.descriptors import FILE, FOLDER, Hindrance, hindrance, is_regular

IN_ONE = 256  # files that this process hashes sooner than others could be started
_BATCH = 256  # files
_LONG = 64 << 10  # bytes of a manifest that lists more than IN_ONE files
_LARGE_BATCH = 64 << 20  # bytes of large files, one at least
_ALONE = 16 << 20  # bytes of large files that this process hashes alone

Asked = tuple[tuple[Algorithm, ...], HashBatch]
Done = tuple[tuple[Algorithm, ...], HashBatch, HashedBatch | None]
_LOST = Hindrance(Obstacle.UNREADABLE, "the processes that read it were killed")


class FolderSource:
    """Reads one folder. Raises OSError at once where it cannot be opened as a folder."""

    serialization: str | None = None

    def __init__(self, path: str, lanes: Lanes) -> None:
        self.label = path
        self._lanes = lanes
        self._unlisted: OSError | None = None
        # The folder that the user named may itself be a link; inside it none is followed.
        self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        status = os.fstat(self._descriptor)
        self._root = Root(os.path.abspath(path), status.st_dev, status.st_ino)

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._descriptor)

    def findings(self) -> Iterator[Finding]:
        """Nothing: a folder is no container."""
        return iter(())

    def read_tag_files(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """As `BagSource` says; the tag files that are judged lie at the top of the bag."""
        if self._unlisted is not None:
            return
        try:
            with os.scandir(self._descriptor) as listing:
                names = sorted(
                    entry.name
                    for entry in listing
                    if wanted(entry.name) and entry.is_file(follow_symlinks=False)
                )
        except OSError as trouble:
            self._unlisted = trouble  # `entries` says so, though the next listing may succeed
            return
        for name in names:
            yield name, self._blocks(name)

    def _blocks(self, name: str) -> Iterator[bytes]:
        descriptor = os.open(name, FILE, dir_fd=self._descriptor)
        try:
            status = os.fstat(descriptor)
            if is_regular(status.st_mode):
                if status.st_size > _LONG:
                    self._lanes.prepare()
                while block := os.read(descriptor, BLOCK):
                    yield block
        finally:
            os.close(descriptor)

    def entries(self) -> Iterator[Entry]:
        """As `BagSource` says; no file is looked at, sizes are not known."""
        try:
            if self._unlisted is not None:
                raise self._unlisted
            opened = os.open(".", FOLDER, dir_fd=self._descriptor)
        except OSError as trouble:
            yield Entry("", EntryKind.UNREADABLE, reason=hindrance(trouble).reason)
            return
        yield from _walk(opened, "", 0)

    def expect(self, wanted: Iterable[tuple[str, tuple[Algorithm, ...]]]) -> None:
        """As `BagSource` says: where there is work for several processes, they start while we look around."""
        wanted = iter(wanted)
        first = list(islice(wanted, IN_ONE + 1))
        if len(first) > IN_ONE:
            batches = self._batches(chain(first, wanted))
            self._lanes.begin(hash_batch, (batch for _, batch in batches))

    def digests(
        self, wanted: Iterable[tuple[str, tuple[Algorithm, ...]]]
    ) -> Iterator[FileDigests | SoundDigests]:
        """As `BagSource` says; small files in batches, large ones by themselves and after them."""
        wanted = iter(wanted)
        first = list(islice(wanted, IN_ONE + 1))
        few = len(first) <= IN_ONE
        batches = self._batches(chain(first, wanted))
        left: dict[tuple[Algorithm, ...], tuple[list[str], list[int]]] = {}
        for algorithms, batch, hashed in _here(batches) if few else self._run(batches):
            for place in () if hashed is None else hashed.left:
                paths, sizes = left.setdefault(algorithms, ([], []))
                paths.append(batch.paths[place])
                sizes.append(hashed.sizes[place] if hashed else 0)
            yield from _answers(algorithms, batch, hashed)
        if left:
            alone = sum(sum(sizes) for _, sizes in left.values()) <= _ALONE
            batches = self._large(left)
            for algorithms, batch, hashed in _here(batches) if alone else self._run(batches, apart=True):
                yield from _answers(algorithms, batch, hashed)

    def _run(self, batches: Iterable[Asked], *, apart: bool = False) -> Iterator[Done]:
        asked: list[tuple[Algorithm, ...]] = []

        def each() -> Iterator[HashBatch]:
            for algorithms, batch in batches:
                asked.append(algorithms)
                yield batch

        for number, (batch, hashed) in enumerate(self._lanes.run(hash_batch, each(), apart=apart)):
            yield asked[number], batch, hashed

    def _batches(self, wanted: Iterable[tuple[str, tuple[Algorithm, ...]]]) -> Iterator[Asked]:
        """Batches of files of the same algorithms."""
        waiting: dict[tuple[Algorithm, ...], list[str]] = {}
        for path, algorithms in wanted:
            paths = waiting.setdefault(algorithms, [])
            paths.append(path)
            if len(paths) >= _BATCH:
                yield algorithms, self._batch(waiting.pop(algorithms), algorithms)
        for algorithms, paths in waiting.items():
            yield algorithms, self._batch(paths, algorithms)

    def _large(self, left: dict[tuple[Algorithm, ...], tuple[list[str], list[int]]]) -> Iterator[Asked]:
        for algorithms, (paths, sizes) in left.items():
            batch: list[str] = []
            total = 0
            for path, size in zip(paths, sizes, strict=True):
                batch.append(path)
                total += size
                if total >= _LARGE_BATCH:
                    yield algorithms, self._batch(batch, algorithms, large=True)
                    batch, total = [], 0
            if batch:
                yield algorithms, self._batch(batch, algorithms, large=True)

    def _batch(
        self, paths: list[str], algorithms: tuple[Algorithm, ...], *, large: bool = False
    ) -> HashBatch:
        return HashBatch(self._root, tuple(paths), tuple([one.value for one in algorithms]), large)


def _here(batches: Iterable[Asked]) -> Iterator[Done]:
    for algorithms, batch in batches:
        yield algorithms, batch, hash_batch(batch)


def _answers(
    algorithms: tuple[Algorithm, ...], batch: HashBatch, hashed: HashedBatch | None
) -> Iterator[FileDigests | SoundDigests]:
    if hashed is None:
        for path in batch.paths:
            yield FileDigests(path, -1, (), _LOST.obstacle, _LOST.reason)
        return
    if len(algorithms) == 1 and not hashed.odd and not hashed.left:
        yield SoundDigests(batch.paths, hashed.sizes, hashed.digests)
        return
    cuts: list[slice] = []
    start = 0
    for algorithm in algorithms:
        cuts.append(slice(start, start + algorithm.hex_length // 2))
        start = cuts[-1].stop
    left = frozenset(hashed.left)
    for place, (path, size) in enumerate(zip(batch.paths, hashed.sizes, strict=True)):
        if place in left:
            continue
        if (odd := hashed.odd.get(place)) is not None:
            yield FileDigests(path, -1, (), odd.obstacle, odd.reason)
            continue
        own = hashed.digests[place * start : place * start + start]
        yield FileDigests(path, size, (own,) if len(cuts) == 1 else tuple([own[cut] for cut in cuts]))


def _walk(folder: int, prefix: str, depth: int) -> Iterator[Entry]:
    """Everything below an open folder, which is closed at the end."""
    folders: list[str] = []
    try:
        with os.scandir(folder) as listing:
            for entry in listing:
                path = prefix + entry.name
                if entry.is_file(follow_symlinks=False):
                    yield Entry(path, EntryKind.FILE)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                else:
                    yield Entry(path, EntryKind.LINK if entry.is_symlink() else EntryKind.SPECIAL)
    except OSError as trouble:
        yield Entry(prefix.rstrip("/"), EntryKind.UNREADABLE, reason=hindrance(trouble).reason)
        os.close(folder)
        return
    try:
        for name in folders:
            yield from _walk_inner(folder, name, prefix + name, depth + 1)
    finally:
        os.close(folder)


def _walk_inner(folder: int, name: str, path: str, depth: int) -> Iterator[Entry]:
    if depth > MAX_DEPTH:
        yield Entry(path, EntryKind.UNREADABLE, reason=f"more than {MAX_DEPTH} folders deep")
        return
    try:
        opened = os.open(name, FOLDER, dir_fd=folder)
    except OSError as trouble:
        met = hindrance(trouble)
        kind = EntryKind.LINK if met.obstacle is Obstacle.LINK else EntryKind.UNREADABLE
        yield Entry(path, kind, reason=met.reason)
        return
    yield Entry(path, EntryKind.FOLDER)
    yield from _walk(opened, path + "/", depth)
