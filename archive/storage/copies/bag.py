"""One bag of a copy, in folders or in a tar: judged as an audit judges, and read file by file."""

import os
import stat
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from archive.core.copies import CopyForm
from archive.core.errors import StorageError
from archive.storage.bags.bag_files import BagReading, read_bag, read_later
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.names import BAGS, QUARANTINE, bag_name
from archive.storage.copies.tar_reading import TarReading, blocks_in_tar, read_tar_bag
from archive.storage.disk.descriptors import FILE, descend, hindrance

_BLOCK: Final = 1 << 20


class BagOfCopy(NamedTuple):
    """A bag in a copy; nothing is opened before it is asked for."""

    copy: CopyFolder
    bag: str
    form: CopyForm = CopyForm.FOLDER
    withdrawn: bool = False

    @property
    def place(self) -> str:
        """The bag's path relative to the root of the copy."""
        return f"{self._above}/{bag_name(self.bag, self.form)}"

    @property
    def _above(self) -> str:
        return f"{QUARANTINE if self.withdrawn else BAGS}/{self.bag[-2:]}"

    def read(self, *, files: int, most_bytes: Callable[[str], int]) -> TarReading:
        """What is there, every file hashed that has not more bytes than its path can have. Raises nothing.

        `files` is how many the payload should have.

        A fault says where a tar stops making sense; a bag in folders has none.
        """
        try:
            shard = self.copy.open_folder(self._above)
        except (OSError, StorageError) as trouble:
            reading = BagReading()
            reading.trouble = hindrance(
                trouble if isinstance(trouble, OSError) else NotADirectoryError(20, "")
            )
            return TarReading(reading)
        try:
            if self.form is CopyForm.TAR:
                return read_tar_bag(
                    shard, bag_name(self.bag, self.form), self.bag, files=files, most_bytes=most_bytes
                )
            reading = read_bag(shard, self.bag, files=files)
            if reading.trouble is None:
                later = [path for path, (digest, _) in reading.files.items() if not digest]
                read_later(shard, self.bag, reading, sorted(later), most_bytes)
            return TarReading(reading)
        finally:
            os.close(shard)

    def blocks(self, path: str) -> Iterator[bytes]:
        """The bytes of one file of the bag, in blocks of at most 1 MiB, as they lie there: unjudged.

        Raises FileNotFoundError where there is none, OSError where it cannot be read or is no regular file.
        """
        shard = self.copy.open_folder(self._above)
        try:
            if self.form is CopyForm.TAR:
                yield from blocks_in_tar(shard, bag_name(self.bag, self.form), self.bag, path)
            else:
                yield from _blocks_of(shard, f"{self.bag}/{path}")
        finally:
            os.close(shard)


def _blocks_of(shard: int, path: str) -> Iterator[bytes]:
    *folders, name = path.split("/")
    folder = descend(os.dup(shard), folders)
    try:
        descriptor = os.open(name, FILE, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "no regular file", path)
        while block := os.read(descriptor, _BLOCK):
            yield block
    finally:
        os.close(descriptor)
