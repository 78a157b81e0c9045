"""The index filled in a process of its own, while the bags that it is about are published and committed."""

import contextlib
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from archive.core.ledger.checkpoint import Checkpoint
from archive.engine.workers import Workers, start_workers
from archive.services.catalog.index_contents import Addition
from archive.storage.index import Index, IndexUnusableError, unpacked_document

_NUMBER = 4  # bytes of a document's length, and as many of its CRC-32


class Filling:
    """A change of the index that is under way elsewhere: documents are added, and count once it is kept.

    As long as it is open its readers may have to wait, and nobody else can write it.
    """

    def __init__(self, index: Index, packed: Iterable[bytes], *, first: int, time: str) -> None:
        """`packed` are the documents as staging packed them; see `Addition` for the rest.

        Raises OSError where they cannot be handed over.
        """
        self._index = index
        self._is_kept = False
        self._workers: Workers | None = None
        folder = tempfile.mkdtemp(prefix="document-archive-")
        self._documents = Path(folder) / "documents"
        try:
            with open(self._documents, "xb", buffering=1 << 18) as stream:
                stream.writelines(part for document in packed for part in (_head(document), document))
            self._workers = start_workers(1)
            self._task = self._workers.submit(_fill, _Fill(index.path, folder, first, time), 1)
        except BaseException:
            self.close()
            raise

    def keep(self, checkpoint: Checkpoint, closed: bytes | None) -> bool:
        """The commit is done, see `Addition.keep`; False where the index is as it was, whatever the cause."""
        if self._workers is None:
            return False
        try:
            self._workers.result(self._task)
            self._workers.result(self._workers.submit(_keep, (checkpoint, closed), 1))
        except Exception:  # noqa: BLE001 - whoever adds them again meets what stood in the way, if it still does
            self._workers.close()  # so that nobody holds what is to be written now
            return False
        self._is_kept = True
        return True

    def close(self) -> None:
        """Ends the process; what was not kept is undone."""
        if self._workers is not None:
            self._workers.close()
            self._workers = None
            if not self._is_kept:
                with contextlib.suppress(IndexUnusableError):  # whoever writes next undoes what was left
                    self._index.note("size", str(self._index.size))
        _remove(self._documents.parent)


# -- in the process of its own -----------------------------------------------------------------------------


class _Fill(NamedTuple):
    """Which index is filled, and the folder with the file of its documents."""

    path: str
    folder: str
    first: int
    time: str


_under_way: list[tuple[Index, Addition]] = []


def _fill(task: _Fill) -> None:
    documents = Path(task.folder) / "documents"
    with open(documents, "rb", buffering=1 << 18) as stream:
        _remove(documents.parent)  # a killed process leaves nothing behind
        index = Index.open(task.path, writable=True)
        addition = Addition(index)
        addition.add(map(unpacked_document, _read(stream)), first=task.first, time=task.time)
    _under_way.append((index, addition))


def _head(document: bytes) -> bytes:
    """Length and CRC-32."""
    return len(document).to_bytes(_NUMBER, "little") + zlib.crc32(document).to_bytes(_NUMBER, "little")


def _read(stream: BinaryIO) -> Iterator[bytes]:
    """The documents that were handed over; ValueError where the disk gives back others."""
    while head := stream.read(2 * _NUMBER):
        document = stream.read(int.from_bytes(head[:_NUMBER], "little"))
        if _head(document) != head:
            raise ValueError("what was handed over is not what was written")
        yield document


def _keep(task: tuple[Checkpoint, bytes | None]) -> None:
    index, addition = _under_way.pop()
    addition.keep(*task)
    index.close()


def _remove(folder: Path) -> None:
    # What counts is done or undone by then, also where nobody can tidy up after it.
    with contextlib.suppress(OSError):
        os.unlink(folder / "documents")
    with contextlib.suppress(OSError):
        os.rmdir(folder)
