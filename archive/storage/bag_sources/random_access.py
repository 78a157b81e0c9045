"""Digests of members that can be read in any order: small ones one by one, large ones several at once."""

import os
from abc import abstractmethod
from collections.abc import Callable, Iterator
from threading import Event
from typing import Final

from archive.core.bagit.contents import FileDigests
from archive.storage.bag_sources.catalogue import Place
from archive.storage.bag_sources.container_file import ContainerError
from archive.storage.bag_sources.content_digests import LARGE, content_digests
from archive.storage.bag_sources.serialised import Algorithms, SerialisedBag, Wanted

Task = tuple[str, int, int, Algorithms]  # path, number of the member, size in bytes, algorithms
Read = Callable[[int], Iterator[bytes]]
_AT_ONCE: Final = 4  # threads: beyond that a disk, not the digest, is what is waited for


class MembersInAnyOrder(SerialisedBag):
    """A container that says where each member lies, so that one can be read without those before it."""

    @abstractmethod
    def _blocks(self, place: Place) -> Iterator[bytes]:
        """The content of a member; may raise ContainerError and OSError."""

    def _texts(self, chosen: dict[str, Place]) -> Iterator[tuple[str, Iterator[bytes]]]:
        for path, place in chosen.items():
            yield path, self._blocks(place)

    def _digests(self, wanted: Wanted) -> Iterator[FileDigests]:
        tasks = (
            (self._path(full), place.number, place.size, algorithms)
            for full, place in self._catalogue.files()
            if (algorithms := wanted.of(place.number)) is not None
        )
        return digests_of(tasks, lambda number: self._blocks(self._catalogue.place(number)), self._obstructed)


def digests_of(
    tasks: Iterator[Task],
    read: Read,
    obstructed: Callable[[str, ContainerError | OSError], FileDigests],
) -> Iterator[FileDigests]:
    """The digests of each task; `read` gives a member's blocks, `obstructed` what is said where it raises."""
    large: list[Task] = []
    for task in tasks:
        if task[2] >= LARGE:
            large.append(task)
        else:
            yield _digest(task, read, obstructed, alone=True)
    jobs = min(len(large), os.cpu_count() or 1, _AT_ONCE)
    if jobs < 2:
        for task in large:
            yield _digest(task, read, obstructed, alone=True)
        return
    from concurrent.futures import ThreadPoolExecutor

    given_up = Event()

    def blocks(number: int) -> Iterator[bytes]:
        for block in read(number):
            if given_up.is_set():
                raise OSError(0, "given up")
            yield block

    with ThreadPoolExecutor(jobs) as threads:
        try:
            yield from threads.map(lambda task: _digest(task, blocks, obstructed, alone=False), large)
        finally:
            given_up.set()


def _digest(
    task: Task,
    read: Read,
    obstructed: Callable[[str, ContainerError | OSError], FileDigests],
    *,
    alone: bool,
) -> FileDigests:
    path, number, size, algorithms = task
    try:
        found, digests = content_digests(read(number), algorithms, size if alone else 0)
    except (ContainerError, OSError) as trouble:
        return obstructed(path, trouble)
    return FileDigests(path, found, digests)
