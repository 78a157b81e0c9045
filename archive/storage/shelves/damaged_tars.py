"""A shelf that is one tar with damaged headers: what it still has is found by digest alone."""

import errno
import os
from collections.abc import Iterator

from archive.storage.bag_sources.container_file import ContainerFile
from archive.storage.bag_sources.tar_remnants import is_once_a_tar
from archive.storage.copies.salvaged_tar import SalvagedTar
from archive.storage.shelves.offer import Offer


class DamagedTarShelf:
    """Offers what has the digest, wherever it lies in the tar; opened at the first question."""

    def __init__(self, path: str, name: str, prefix: str = "") -> None:
        self.name = name
        self._path = path
        self._prefix = prefix
        self._tar: SalvagedTar | None = None

    def offers(self, bag: str, path: str, digest: str, most: int) -> Iterator[Offer]:  # noqa: ARG002
        """See Shelf."""
        yield Offer(self.name, f"{self._prefix}{path}", lambda: self._blocks(digest, most))

    def close(self) -> None:
        """See Shelf."""
        if self._tar is not None:
            self._tar.close()
            self._tar = None

    def _blocks(self, digest: str, most: int) -> Iterator[bytes]:
        if self._tar is None:
            above, name = os.path.split(self._path)
            folder = os.open(above or ".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                self._tar = SalvagedTar(ContainerFile(name, dir_fd=folder))
            finally:
                os.close(folder)
        found = self._tar.find(digest, most)
        if found is not None:
            yield from self._tar.blocks(found)
        elif self._tar.trouble is not None:
            raise self._tar.trouble
        else:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self._path)


def may_be_damaged_tar(path: str) -> bool:
    """True where a file that is no container begins as a tar; False where it cannot be read."""
    try:
        with ContainerFile(path) as file:
            return is_once_a_tar(file)
    except OSError:
        return False
