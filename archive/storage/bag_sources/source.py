"""What every place that a bag can be read from gives to the judge: the same bag, the same answers."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from archive.core.bagit.contents import Entry, FileDigests, SoundDigests
from archive.core.digests import Algorithm
from archive.core.findings import Finding

BLOCK = 1 << 20  # bytes of a tag file handed on at a time, at most

Batch = TypeVar("Batch")
Result = TypeVar("Result")


class BagSource(Protocol):
    """One bag. Methods give values, and raise nothing for what the bag holds or storage does.

    The judge calls, once each and in this order: `read_tag_files` for bagit.txt alone, `read_tag_files` for
    the other files it reads (`archive.core.bagit_judge.is_judged` tells them, so that a stream can keep them
    as they pass), `expect`, `entries`, `digests`, `findings`. A method's iterator is exhausted before the
    next call.
    """

    @property
    def label(self) -> str:
        """The bag as the user named it."""

    @property
    def serialization(self) -> str | None:
        """Media type of the container (`application/zip`); None for a folder."""

    def read_tag_files(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each regular file outside `data/` whose path is wanted, with its bytes in blocks of at most BLOCK.

        In any order. The blocks are used up, or given up, before the next file is asked for. Only they may
        raise: OSError, where storage refuses to open the file or to read on.
        """

    def expect(self, wanted: Iterable[tuple[str, tuple[Algorithm, ...]]]) -> None:
        """What `digests` will most likely be asked for; a source may begin with it, as far as it likes."""

    def entries(self) -> Iterator[Entry]:
        """Everything in the bag, each path once, the bag itself left out; in any order, in bounded memory.

        A folder that cannot be listed is UNREADABLE and nothing below it is known. A source of files alone
        (tar, zip) gives the folders that its paths imply.
        """

    def digests(
        self, wanted: Iterable[tuple[str, tuple[Algorithm, ...]]]
    ) -> Iterator[FileDigests | SoundDigests]:
        """For each path wanted, its digests by all its algorithms, the bytes being read once; in any order.

        With no algorithm only the size is wanted. `wanted` is read as it is needed, each path once in it.
        """

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the container itself."""


class OpenedSource(BagSource, Protocol):
    """A source that holds descriptors until it is closed."""

    def close(self) -> None:
        """Let go of them."""


class Lanes(Protocol):
    """Where batches of work run: in this process, or in several at once."""

    @property
    def jobs(self) -> int:
        """How many run at once."""

    def prepare(self) -> None:
        """Much work will come: make the processes for it while they have little memory to share."""

    def begin(self, work: Callable[[Batch], Result], batches: Iterable[Batch]) -> None:
        """Start on the first of the batches that the next `run` of that work will most likely be given."""

    def run(
        self, work: Callable[[Batch], Result], batches: Iterable[Batch], *, apart: bool = False
    ) -> Iterator[tuple[Batch, Result | None]]:
        """Each batch with its result, in the order given; None where the processes died over it.

        `work` is a function of a module, and batches and results can be pickled. A single batch is done in
        this process, without starting another. Of batches that are `apart` one may take far longer than
        another.
        """
