"""Chunks of an audit, and those of them that are handed out while the ledger is still verified."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from archive.core.copies import CopyForm
from archive.core.errors import ArchiveError
from archive.core.expectation import Expectation
from archive.core.ledger.entries import Entry, EntryType, parse_entry
from archive.core.ledger.tiles import TILE_WIDTH
from archive.engine.driver import Begun, Driver
from archive.services.audit.chunk import Chunk, audit_chunk
from archive.services.audit.request import AuditRequest
from archive.services.opened import OpenedArchive
from archive.storage.disk.durable import NotAPlainFileError
from archive.storage.ledger.files import LedgerFiles

CHUNK_BAGS = 256
CHUNK_BYTES = 256 << 20
FIRST_BAGS = 16  # the first chunks are small: they tell early whether storage is cold
# Payload that is read ahead of the choice, and read again where the ledger says otherwise in the end.
AHEAD_BYTES = 64 << 20
FIRST_ENTRIES = 4 * TILE_WIDTH  # read at once: what workers have to do while this program is still loaded
WINDOW = 8  # chunks for each worker, who must not wait while the driver verifies


class Chunks:
    """Gathers expectations into chunks, the same ones whenever the same bags come in the same order."""

    def __init__(
        self,
        bags: str,
        *,
        quick: bool,
        form: CopyForm = CopyForm.FOLDER,
        remedy: str | None = None,
    ) -> None:
        self.cold = False
        self._bags = bags
        self._quick = quick
        self._form = form
        self._remedy = remedy
        self._waiting: list[Expectation] = []
        self._size = 0
        self._most = FIRST_BAGS

    def add(self, expectation: Expectation) -> Chunk | None:
        """The chunk that one more bag fills."""
        self._waiting.append(expectation)
        self._size += expectation.bytes
        if len(self._waiting) < self._most and self._size < CHUNK_BYTES:
            return None
        self._most = min(self._most + FIRST_BAGS, CHUNK_BAGS)
        return self.rest()

    def rest(self) -> Chunk | None:
        """What waits for more, as the last chunk."""
        if not self._waiting:
            return None
        waiting = tuple(self._waiting)
        chunk = Chunk(self._bags, waiting, self._quick, self.cold, self._form, self._remedy)
        self._waiting, self._size = [], 0
        return chunk


class ReadingAhead:
    """Lets workers read what an audit of everything will choose, in the order of the ledger.

    Entries are taken as they are read, before the tree over them is proven. Nothing rests on that: `begun`
    counts only as far as it is, expectation for expectation, what the verified ledger promises in the end.
    """

    def __init__(self, driver: Driver, bags: str, *, quick: bool) -> None:
        self.begun: Begun[Chunk] = deque()
        self.driver = driver
        self._chunks = Chunks(bags, quick=quick)
        self._first: Chunk | None = None
        self._bytes = 0
        self._next = 0

    def take_first(self, ledger: LedgerFiles) -> None:
        """The first entries, before anything else is known of the ledger; none where they cannot be read."""
        with suppress(ArchiveError, NotAPlainFileError, OSError):
            for index, raw in enumerate(ledger.entries(0, FIRST_ENTRIES)):
                self.take(index, parse_entry(raw))

    def take(self, index: int, entry: Entry) -> None:
        """An entry of the ledger; one that was taken before is passed over."""
        if index < self._next:
            return
        self._next = index + 1
        if self._bytes >= AHEAD_BYTES or entry.type != EntryType.INGESTION:
            return
        expectation = _promised(index, entry)
        if expectation is None:
            return
        self._bytes += expectation.bytes
        chunk = self._chunks.add(expectation)
        if chunk is None:
            return
        if self._first is None and not self.begun:  # a single chunk is not worth a process
            self._first = chunk
            return
        both = [chunk] if self._first is None else [self._first, chunk]
        self._first = None
        self.begun.extend(self.driver.begin(audit_chunk, both, WINDOW))


@contextmanager
def reading_ahead(
    archive: OpenedArchive, request: AuditRequest, *, copy: bool
) -> Iterator[ReadingAhead | None]:
    """Workers that read already, for an audit of everything; None where it is of something else.

    Only such an audit knows what it will choose before it knows the ledger.
    """
    if copy or not request.is_of_everything or request.jobs <= 1:
        yield None
        return
    driver = Driver(request.jobs)
    try:
        ahead = ReadingAhead(driver, str(archive.layout.bags), quick=request.quick)
        ahead.take_first(archive.ledger)
        yield ahead
    finally:
        driver.close()


def _promised(index: int, entry: Entry) -> Expectation | None:
    """What one entry promises, as the plan would say it; None where it is not plain."""
    payload = entry.get("payload")
    tag_manifest, files, size = entry.get("tagmanifest"), entry.get("files"), entry.get("bytes")
    if entry.bag is None or not isinstance(payload, dict) or not isinstance(tag_manifest, str):
        return None
    if type(files) is not int or type(size) is not int:
        return None
    sole, manifest = payload.get("sha512"), payload.get("manifest-sha512")
    return Expectation(entry.bag, index, tag_manifest, sole, manifest, files, size)
