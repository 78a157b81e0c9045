"""What a bag was seen to hold, as any place that bags are read from says it."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from archive.core.obstacles import Obstacle


class EntryKind(StrEnum):
    """What stands under a name."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    SPECIAL = "special"  # a pipe, socket or device
    UNREADABLE = "unreadable"  # storage did not say, or a folder could not be listed


class Entry(NamedTuple):
    """One name in a bag; `path` is relative to the bag, as `os.fsdecode` gives it, `/` between components.

    `size` in bytes is -1 where only reading the file would tell it. `reason` is storage's own word about an
    entry that is unreadable.
    """

    path: str
    kind: EntryKind
    size: int = -1
    reason: str = ""


class SoundDigests(NamedTuple):
    """What many files hash to by one algorithm, none having met an obstacle: the digests end to end."""

    paths: tuple[str, ...]
    sizes: list[int]
    digests: bytes

    def each(self) -> "Iterator[FileDigests]":
        """The same one by one."""
        width = len(self.digests) // len(self.paths)
        for place, (path, size) in enumerate(zip(self.paths, self.sizes, strict=True)):
            yield FileDigests(path, size, (self.digests[place * width : place * width + width],))


class FileDigests(NamedTuple):
    """What one file hashes to; `digests` are in the order of the algorithms asked for.

    `size` counts the bytes that were read (those there are, where no algorithm was asked for); it is -1, and
    there are no digests, where an obstacle stood in the way. `reason` is storage's own word about that.
    """

    path: str
    size: int
    digests: tuple[bytes, ...]
    obstacle: Obstacle | None = None
    reason: str = ""


def one_by_one(results: Iterable[FileDigests | SoundDigests]) -> Iterator[FileDigests]:
    """The digests of each file, however many came together."""
    for result in results:
        if isinstance(result, SoundDigests):
            yield from result.each()
        else:
            yield result
