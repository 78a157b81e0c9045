"""What a run of `archive repair --ledger` puts back, said before each file is: a line for a file, in staging.

Nothing else tells of a file that was missing, and the ledger cannot be told before the signing key is there.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import Any, Final

from archive.core.canonical import compact
from archive.core.limits.archives import REPAIR_RECORD_BYTES
from archive.core.repair_record import place_below
from archive.storage.disk.durable import (
    NotAPlainFileError,
    flush,
    read_back_error,
    read_plain,
    storage_error,
    sync_folder,
    write_all,
    write_new,
)

LIST: Final = "files.jsonl"
_APPENDED: Final = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


def begin(folder: Path) -> None:
    """Makes the empty list in the staging folder of a run, durably. StorageError, ConflictError."""
    write_new(str(folder / LIST), b"", 0o644, sync=True)
    sync_folder(str(folder))


def append(folder: Path, row: dict[str, Any]) -> None:
    """Adds a file, durably, and reads that back. StorageError."""
    path, line = str(folder / LIST), compact(row) + b"\n"
    try:
        descriptor = os.open(path, _APPENDED)
        try:
            write_all(descriptor, line)
            flush(descriptor)
            size = os.fstat(descriptor).st_size
            is_there = size >= len(line) and os.pread(descriptor, len(line), size - len(line)) == line
        finally:
            os.close(descriptor)
    except OSError as trouble:
        raise storage_error(trouble, path, "write down what is put back") from trouble
    if not is_there:
        raise read_back_error(path)


def is_begun(folder: Path) -> bool:
    """True where it is the staging folder of a repair of the archive's own files."""
    return (folder / LIST).is_file()


def rows(folder: Path) -> list[dict[str, Any]]:
    """The files in their order, up to a line that a crash tore. Raises StorageError."""
    try:
        data = read_plain(str(folder / LIST), REPAIR_RECORD_BYTES) or b""
    except NotAPlainFileError:
        return []
    found: list[dict[str, Any]] = []
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
        for line in data.split(b"\n")[:-1]:
            row = json.loads(line)
            if not {"path", "outcome"} <= row.keys():
                break
            place_below(row["path"])
            found.append(row)
    return found
