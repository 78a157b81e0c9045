"""Shelves that are folders: a bag, what repairs set aside, and an archive or a copy of one."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.core.ids import is_uuid7
from archive.storage.bags.held_bag import HeldBag
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.disk.kinds import file_at, something_at
from archive.storage.layout import DAMAGED, Layout, bag_path, shard
from archive.storage.shelves.containers import ContainerShelf, open_container
from archive.storage.shelves.damaged_tars import DamagedTarShelf
from archive.storage.shelves.offer import Offer, blocks_of, is_refusal

# A copy may keep a bag as one file (docs/repair.md); plain first, since it is read by offset.
_ENDINGS: Final = (".tar", ".tar.gz", ".tar.zst", ".zip")
KEPT_OPEN: Final = 4


class BagShelf:
    """One bag in a folder: offers the file that lies at the path, whichever bag is asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._folder = folder

    def offers(self, bag: str, path: str, digest: str, most: int) -> Iterator[Offer]:  # noqa: ARG002
        """See Shelf."""
        if _may_be_file(self._folder, path):
            yield Offer(self.name, path, lambda: _read(self._folder, path))

    def close(self) -> None:
        """See Shelf."""


class ArchiveShelf:
    """An archive, or a copy of one: its bags as folders or each as one file."""

    def __init__(self, root: Path, name: str) -> None:
        self.name = name
        self._root = root
        self._open: dict[str, ContainerShelf | None] = {}
        self._damaged: dict[str, DamagedTarShelf] = {}

    def offers(self, bag: str, path: str, digest: str, most: int) -> Iterator[Offer]:
        """See Shelf."""
        if not is_uuid7(bag):
            return
        place = bag_path(bag)
        is_offered = False
        for found in BagShelf(self._root / place, self.name).offers(bag, path, digest, most):
            is_offered = True
            yield found._replace(source=f"{place}/{path}")
        container = self._container(bag)
        if container is not None:
            yield from container.offers(bag, path, digest, most)
        elif _may_be_tar(f"{self._root / place}.tar", unless=is_offered):
            yield from self._damaged_tar(bag).offers(bag, path, digest, most)

    def close(self) -> None:
        """See Shelf."""
        for container in (*self._open.values(), *self._damaged.values()):
            if container is not None:
                container.close()
        self._open.clear()
        self._damaged.clear()

    def _container(self, bag: str) -> ContainerShelf | None:
        if bag not in self._open:
            if len(self._open) >= KEPT_OPEN:
                self.close()
            self._open[bag] = self._opened(bag)
        return self._open[bag]

    def _damaged_tar(self, bag: str) -> DamagedTarShelf:
        if bag not in self._damaged:
            place = f"{bag_path(bag)}.tar"
            self._damaged[bag] = DamagedTarShelf(f"{self._root / place}", self.name, prefix=f"{place}:")
        return self._damaged[bag]

    def _opened(self, bag: str) -> ContainerShelf | None:
        for ending in _ENDINGS:
            path = f"{self._root / bag_path(bag)}{ending}"
            if _offers_file(path):
                container = open_container(path, self.name, prefix=f"{bag_path(bag)}{ending}:")
                if container is not None:
                    return container
        return None


class SetAsideShelf:
    """What earlier repairs took out of a bag: a good file may have been set aside for its name."""

    name = "quarantine"

    def __init__(self, root: Path) -> None:
        self._root = root

    def offers(self, bag: str, path: str, digest: str, most: int) -> Iterator[Offer]:
        """See Shelf."""
        folder = Layout(self._root).damaged / shard(bag) / bag
        try:
            runs = sorted(name for name in os.listdir(folder) if is_uuid7(name))
        except OSError as trouble:
            if is_refusal(trouble):
                place = f"quarantine/{DAMAGED}/{shard(bag)}/{bag}"
                yield Offer(self.name, place, lambda: _nothing_of(folder), "")
            return
        for run in reversed(runs):
            for found in BagShelf(folder / run / "files", self.name).offers(bag, path, digest, most):
                source = f"quarantine/{DAMAGED}/{shard(bag)}/{bag}/{run}/files/{path}"
                yield found._replace(source=source, base="")

    def close(self) -> None:
        """See Shelf."""


def _nothing_of(folder: Path) -> Iterator[bytes]:
    """No bytes; OSError where the folder cannot be listed."""
    os.listdir(folder)
    yield from ()


def _may_be_tar(path: str, *, unless: bool) -> bool:
    """Whether anything has the name; where storage does not answer, only unless that was told already."""
    try:
        return something_at(path)
    except OSError:
        return not unless


def _offers_file(path: str) -> bool:
    """Whether a plain file can be looked at there; one that cannot be is no container that can be opened."""
    try:
        return file_at(path)
    except OSError:
        return False


def _may_be_file(folder: Path, path: str) -> bool:
    """Whether a plain file lies there; True also where storage refuses: reading it says so."""
    try:
        with HeldBag.at(folder) as held:
            os.close(held.open(path))
    except OSError as trouble:
        return is_refusal(trouble)
    except (NotAPlainFileError, ValueError):  # ValueError: a NUL in the path
        return False
    return True


def _read(folder: Path, path: str) -> Iterator[bytes]:
    try:
        with HeldBag.at(folder) as held:
            descriptor = held.open(path)
    except NotAPlainFileError as trouble:
        raise OSError(0, str(trouble)) from None
    yield from blocks_of(descriptor)
