"""Time-stamps of checkpoints: `ledger/timestamps/<size>-<digest>/` with the three files as they came.

`checkpoint` is what was stamped, `request.tsq` what was asked, `response.tsr` what the authority answered.
The digest in the folder's name, the first 32 digits of SHA-256 over the three one after another, shows
damage; what the token itself proves is shown by its signature. A time-stamp that is taken away leaves no
trace: whoever removes one only loses what it proved.
"""

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from archive.core.errors import StorageError
from archive.core.note import MAX_NOTE_BYTES
from archive.core.text import printable
from archive.storage.durable import (
    NotAPlainFileError,
    make_folder,
    read_back,
    read_plain,
    remove,
    rename,
    storage_error,
    sync_folder,
    write_new,
)
from archive.storage.ledger_folder import LEDGER, TIMESTAMPS

STAMPED: Final = "checkpoint"
REQUEST: Final = "request.tsq"
RESPONSE: Final = "response.tsr"
MAX_TOKEN_BYTES: Final = 256 * 1024
_FILES: Final = {STAMPED: MAX_NOTE_BYTES, REQUEST: MAX_TOKEN_BYTES, RESPONSE: MAX_TOKEN_BYTES}
_NAME = re.compile("(0|[1-9][0-9]{0,18})-[0-9a-f]{32}")
_TEMPORARY: Final = ".new"


class StoredTimestamp(NamedTuple):
    """One time-stamp by its folder's name, with the bytes of its files; `trouble` says what is wrong."""

    name: str
    checkpoint: bytes = b""
    request: bytes = b""
    response: bytes = b""
    trouble: str | None = None

    @property
    def place(self) -> str:
        """Where it lies, relative to the archive."""
        return f"{LEDGER}/{TIMESTAMPS}/{self.name}"


def put_timestamp(archive: Path, size: int, checkpoint: bytes, request: bytes, response: bytes) -> str:
    """Keeps a time-stamp, durable and whole or not at all; returns its place relative to the archive.

    The caller holds the writer's lock. The same one again changes nothing. StorageError where it cannot be
    written.
    """
    folder = archive / LEDGER / TIMESTAMPS
    if make_folder(str(folder)):
        sync_folder(str(folder.parent))
    name = f"{size}-{_digest(checkpoint, request, response)}"
    temporary, target = str(folder / _TEMPORARY), str(folder / name)
    _clear(temporary)
    if os.path.lexists(target):
        return f"{LEDGER}/{TIMESTAMPS}/{name}"
    make_folder(temporary)
    for file, data in ((STAMPED, checkpoint), (REQUEST, request), (RESPONSE, response)):
        path = os.path.join(temporary, file)
        write_new(path, data, sync=True)
        read_back(path, data)
    sync_folder(temporary)
    rename(temporary, target)
    sync_folder(str(folder))
    return f"{LEDGER}/{TIMESTAMPS}/{name}"


def stored_timestamps(archive: Path) -> Iterator[StoredTimestamp]:
    """Every time-stamp, in the order of the sizes they cover; what is none of ours comes with its trouble.

    Raises StorageError where the folder cannot be listed.
    """
    folder = archive / LEDGER / TIMESTAMPS
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    except OSError as trouble:
        raise storage_error(trouble, str(folder), "list the folder") from trouble
    for name in sorted(names, key=_order):
        if name == _TEMPORARY:
            continue  # of a command that was killed: the next one clears it
        yield _read(folder, name) if _NAME.fullmatch(name) else StoredTimestamp(name, trouble="no time-stamp")


def _order(name: str) -> tuple[int, bytes]:
    match = _NAME.fullmatch(name)
    return int(match[1]) if match else -1, os.fsencode(name)


def _read(folder: Path, name: str) -> StoredTimestamp:
    found = []
    try:
        if os.path.islink(folder / name):
            return StoredTimestamp(name, trouble="a link stands in its place")
        for file, limit in _FILES.items():
            data = read_plain(str(folder / name / file), limit)
            if data is None:
                return StoredTimestamp(name, trouble=f"{file} is missing")
            found.append(data)
    except NotAPlainFileError as trouble:
        return StoredTimestamp(name, trouble=printable(str(trouble)))
    except StorageError as trouble:
        return StoredTimestamp(name, trouble=trouble.message)
    if name.partition("-")[2] != _digest(*found):
        return StoredTimestamp(name, trouble="its files are not those that were kept")
    checkpoint, request, response = found
    return StoredTimestamp(name, checkpoint, request, response)


def _digest(*files: bytes) -> str:
    return hashlib.sha256(b"".join(files)).hexdigest()[:32]


def _clear(temporary: str) -> None:
    for file in _FILES:
        remove(os.path.join(temporary, file))
    with contextlib.suppress(FileNotFoundError):
        try:
            os.rmdir(temporary)
        except FileNotFoundError:
            return
        except OSError as trouble:
            raise storage_error(trouble, temporary, "clear the folder") from trouble
