"""What every place that a bag can be read from gives to the judge: the same bag, the same answers."""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple, Protocol

from archive.core.digests import Algorithm
from archive.core.findings import Finding

BLOCK = 1 << 20  # bytes of a tag file handed on at a time, at most


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
    entry that is unreadable, or the target of a link where that costs nothing.
    """

    path: str
    kind: EntryKind
    size: int = -1
    reason: str = ""


class FileDigests(NamedTuple):
    """What one file hashes to; `digests` are in the order of the algorithms asked for.

    `hindrance` is why there are none: what stands there instead of a regular file, or UNREADABLE with
    storage's `reason`; GONE where nothing is there any more.
    """

    path: str
    size: int
    digests: tuple[bytes, ...]
    hindrance: "Hindrance | None" = None
    reason: str = ""


class Hindrance(StrEnum):
    """Why a file gave no digests."""

    GONE = "gone"
    LINK = "link"
    SPECIAL = "special"  # no regular file, a folder included
    UNREADABLE = "unreadable"
    CHANGED = "changed"  # another file or size while it was read


class BagSource(Protocol):
    """One bag. Every method gives values, and raises nothing for what the bag holds or storage does.

    The judge calls, once each and in this order: `read_tag_files` for bagit.txt alone, `read_tag_files` for
    the other files it reads (`archive.core.bagit_judge.is_judged` tells them, so that a stream can keep them
    as they pass), `entries`, `digests`, `findings`. A method's iterator is exhausted before the next call.
    """

    @property
    def label(self) -> str:
        """The bag as the user named it."""

    @property
    def serialization(self) -> str | None:
        """Media type of the container (`application/zip`); None for a folder."""

    def read_tag_files(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each regular file outside `data/` whose path is wanted, with its bytes in blocks of at most BLOCK.

        In any order. The blocks are used up, or given up, before the next file is asked for. A file that
        cannot be read to its end ends early; `entries` or `digests` then say why.
        """

    def entries(self) -> Iterator[Entry]:
        """Everything in the bag, each path once, the bag itself left out; in any order, in bounded memory.

        A folder that cannot be listed is UNREADABLE and nothing below it is known. A source of files alone
        (tar, zip) gives the folders that its paths imply.
        """

    def digests(self, wanted: Iterable[tuple[str, tuple[Algorithm, ...]]]) -> Iterator[FileDigests]:
        """For each path wanted, its digests by all its algorithms, the bytes read once; in any order."""

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the container itself."""
