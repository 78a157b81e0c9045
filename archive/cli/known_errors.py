"""Errors of the system and of libraries as errors of ours: what they mean, and what to do."""

import os

import click

from archive.core.errors import ArchiveError, ConfigurationError, StorageError
from archive.storage.disk.durable import remedy_of

# SQLite's primary result codes that tell of the disk, not of us (https://www.sqlite.org/rescode.html): NOMEM,
# READONLY, IOERR, FULL, CANTOPEN. The index answers for itself: this is a temporary database.
_OF_THE_DISK = frozenset((7, 8, 10, 13, 14))
_NO_ROOM = "failed to map segment"  # what ld.so says where there is no memory for a library


def as_ours(trouble: BaseException) -> ArchiveError | None:
    """The error of ours that says the same; None for a defect."""
    if isinstance(trouble, ArchiveError):
        return trouble
    if isinstance(trouble, click.ClickException):
        context = getattr(trouble, "ctx", None)
        called = context.command_path if context is not None else "archive"
        return ConfigurationError(trouble.format_message(), remedy=f"see {called} --help")
    if isinstance(trouble, FileNotFoundError) and trouble.filename is None and not _is_somewhere():
        return StorageError(
            "the folder in which this was called is not there any more",
            remedy="go to another one (cd), or name every path in full",
        )
    if isinstance(trouble, OSError):
        place = f"{os.fsdecode(trouble.filename)}: " if isinstance(trouble.filename, str | bytes) else ""
        return StorageError(f"{place}{trouble.strerror or trouble}", remedy=remedy_of(trouble))
    if isinstance(trouble, MemoryError) or (isinstance(trouble, ImportError) and _NO_ROOM in str(trouble)):
        return StorageError(
            "memory ran out",
            remedy="close programs, raise the limit (ulimit -v) or give fewer --jobs; then run it again",
        )
    if getattr(trouble, "sqlite_errorcode", 0) & 0xFF in _OF_THE_DISK:
        return StorageError(
            f"a temporary database cannot be written: {trouble}",
            remedy="make room for temporary files, or name another folder in TMPDIR; then run it again",
        )
    return None


def _is_somewhere() -> bool:
    """False where the current folder was removed: every path that is not named in full leads nowhere."""
    try:
        os.getcwd()
    except OSError:
        return False
    return True
