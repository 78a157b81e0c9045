"""Time-stamps of checkpoints: `ledger/timestamps/<size>-<digest>/` with the three files as they came.

`checkpoint` is what was stamped, `request.tsq` what was asked, `response.tsr` what the authority answered;
`archive.storage.ledger.outside_marks` says how they are kept.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from archive.core.errors import StorageError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import NoteError, parse
from archive.core.limits.ledger import NOTE_BYTES, TOKEN_BYTES
from archive.storage.ledger.folder import MARK_FILES, TIMESTAMPS
from archive.storage.ledger.outside_marks import MarkFolder

_FILES: Final = dict(zip(MARK_FILES[TIMESTAMPS], (NOTE_BYTES, TOKEN_BYTES, TOKEN_BYTES), strict=True))


class StoredTimestamp(NamedTuple):
    """One time-stamp by its place, with the bytes of its files.

    `trouble` and `unread` are those of a `StoredMark`.
    """

    place: str
    checkpoint: bytes = b""
    request: bytes = b""
    response: bytes = b""
    trouble: str | None = None
    unread: StorageError | None = None


def put_timestamp(archive: Path, size: int, checkpoint: bytes, request: bytes, response: bytes) -> str:
    """Keeps a time-stamp; returns its place relative to the archive. As `MarkFolder.put`."""
    return _folder(archive).put(size, checkpoint, request, response)


def stored_timestamps(archive: Path) -> Iterator[StoredTimestamp]:
    """Every time-stamp, in the order of the sizes they cover. As `MarkFolder.stored`."""
    for mark in _folder(archive).stored():
        if mark.trouble is not None or mark.unread is not None:
            yield StoredTimestamp(mark.place, trouble=mark.trouble, unread=mark.unread)
        else:
            checkpoint, request, response = mark.files
            yield StoredTimestamp(mark.place, checkpoint, request, response)


def _folder(archive: Path) -> MarkFolder:
    return MarkFolder(archive, TIMESTAMPS, _FILES, _covered)


def _covered(checkpoint: bytes) -> int | None:
    try:
        return Checkpoint.parse_text(parse(checkpoint).text).size
    except NoteError:
        return None
