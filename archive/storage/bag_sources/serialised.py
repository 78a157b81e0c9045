"""A bag in a container file: what tars and zips have in common behind `BagSource`."""

from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from archive.core.bagit.contents import Entry, EntryKind, FileDigests
from archive.core.containers.faults import Fault
from archive.core.digests import Algorithm
from archive.core.findings import Finding
from archive.core.obstacles import Obstacle
from archive.storage.bag_sources.catalogue import Catalogue, Place
from archive.storage.bag_sources.container_file import ContainerError, ContainerFile

_OBSTACLES: Final = {EntryKind.LINK: Obstacle.LINK}
_PAYLOAD = "data/"

Algorithms = tuple[Algorithm, ...]


class Wanted:
    """Which members are wanted, and by which algorithms: two bytes a member."""

    def __init__(self, members: int) -> None:
        self._choice = array("H", bytes(2 * members))
        self._sets: list[Algorithms | None] = [None]
        self._known: dict[Algorithms, int] = {}

    def add(self, number: int, algorithms: Algorithms) -> None:
        """Notes what is wanted of a member."""
        known = self._known.get(algorithms)
        if known is None:
            known = self._known[algorithms] = len(self._sets)
            self._sets.append(algorithms)
        self._choice[number] = known

    def of(self, number: int) -> Algorithms | None:
        """The algorithms wanted of a member; None where it is not wanted."""
        return self._sets[self._choice[number]]


class SerialisedBag(ABC):
    """A `BagSource` over a container whose members are all known; `close` it when it was judged.

    A kind of container fills in `_texts` and `_digests`.
    """

    def __init__(self, label: str, serialization: str, file: ContainerFile, catalogue: Catalogue) -> None:
        self._label = label
        self._serialization = serialization
        self._file = file
        self._catalogue = catalogue

    @property
    def label(self) -> str:
        """The bag as the user named it."""
        return self._label

    @property
    def serialization(self) -> str | None:
        """Media type of the container."""
        return self._serialization

    def close(self) -> None:
        """Closes the container file."""
        self._file.close()

    def expect(self, wanted: Iterable[tuple[str, tuple[Algorithm, ...]]]) -> None:
        """As `BagSource` says; a stream gives its files in an order of its own, whatever is expected."""
        del wanted

    def entries(self) -> Iterator[Entry]:
        """See BagSource."""
        return self._catalogue.entries()

    def read_tag_files(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """See BagSource."""
        start = len(self._catalogue.prefix)
        chosen: dict[str, Place] = {}
        for full, place in self._catalogue.files():
            path = full[start:]
            if full.startswith(self._catalogue.prefix) and not path.startswith(_PAYLOAD) and wanted(path):
                chosen[path] = place
        left = dict.fromkeys(chosen, "the container changed while it was read")
        try:
            for path, blocks in self._texts(chosen):
                left.pop(path, None)
                yield path, self._reported(blocks, path)
        except (ContainerError, OSError) as trouble:  # on the way to the next one
            left = {path: self._obstructed(path, trouble).reason for path in left}
        for path, reason in left.items():
            yield path, _refused(reason)

    def content(self, path: str) -> Iterator[bytes] | None:
        """The bytes of a regular file of the bag, payload or not, in blocks; None where it has no such file.

        Only the blocks may raise: OSError, where the container cannot be read on.
        """
        found = self._catalogue.find(path)
        return self._content(path, found) if isinstance(found, Place) else None

    def _content(self, path: str, place: Place) -> Iterator[bytes]:
        try:
            for _, blocks in self._texts({path: place}):
                yield from blocks
        except ContainerError as trouble:
            raise OSError(0, trouble.fault.message) from None

    def _reported(self, blocks: Iterator[bytes], path: str) -> Iterator[bytes]:
        """The blocks; what makes the container unreadable is noted, and an OSError for the judge."""
        try:
            yield from blocks
        except ContainerError as trouble:
            self._report(trouble, path)
            raise OSError(0, trouble.fault.message) from None

    def digests(self, wanted: Iterable[tuple[str, Algorithms]]) -> Iterator[FileDigests]:
        """See BagSource."""
        plan = Wanted(len(self._catalogue))
        for path, algorithms in wanted:
            found = self._catalogue.find(path)
            if found is None:
                yield FileDigests(path, -1, (), Obstacle.MISSING)
            elif isinstance(found, EntryKind):
                yield FileDigests(path, -1, (), _OBSTACLES.get(found, Obstacle.SPECIAL))
            elif not algorithms:
                yield FileDigests(path, found.size, ())
            else:
                plan.add(found.number, algorithms)
        yield from self._digests(plan)

    def findings(self) -> Iterator[Finding]:
        """See BagSource. Says also whether the container changed while it was read."""
        try:
            self._finish()
            self._file.require_unchanged()
        except ContainerError as trouble:
            self._report(trouble)
        except OSError as trouble:
            self._catalogue.refuse(unreadable(trouble))
        yield from self._catalogue.findings()

    def _path(self, full: str) -> str:
        return full[len(self._catalogue.prefix) :]

    def _report(self, trouble: ContainerError, member: str | None = None) -> None:
        self._catalogue.refuse(trouble.fault, trouble.member or member, trouble.offset)

    def _obstructed(self, path: str, trouble: ContainerError | OSError) -> FileDigests:
        """What is said of a file that could not be read to its end; a fault of the container is noted too."""
        if isinstance(trouble, ContainerError):
            self._report(trouble, path)
            reason = trouble.fault.message
        else:
            reason = unreadable(trouble).message
        return FileDigests(path, -1, (), Obstacle.UNREADABLE, reason)

    @abstractmethod
    def _finish(self) -> None:
        """Looks at what no method has looked at yet; may raise ContainerError and OSError."""

    @abstractmethod
    def _texts(self, chosen: dict[str, Place]) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each chosen file by its path, with its blocks, which may raise ContainerError and OSError."""

    @abstractmethod
    def _digests(self, wanted: Wanted) -> Iterator[FileDigests]:
        """The digests of all members wanted."""


def unreadable(trouble: OSError) -> Fault:
    """What an OSError of opening or reading the container says."""
    reason = trouble.strerror or str(trouble)
    return Fault("SER-UNREADABLE", f"the file cannot be read: {reason}")


def _refused(reason: str) -> Iterator[bytes]:
    """The blocks of a file to which nothing leads any more: OSError at the first."""
    raise OSError(0, reason)
    yield b""
