"""Beside the bags of a copy under audit: the list and the page for finders, and notes that have to go."""

import os
import stat
from pathlib import Path
from typing import Final

from archive.core import findings
from archive.core.errors import ArchiveError, StorageError
from archive.core.findings import Finding
from archive.core.ledger.entries import EntryType, parse_entry
from archive.services.audit.copy import AGAIN, CopyUnderAudit, unreadable
from archive.services.catalog.as_left import missing_files
from archive.services.copies.disposed import notes_left
from archive.services.opened import OpenedArchive
from archive.storage.disk.durable import storage_error
from archive.storage.disk.streamed_file import sha512_of_file

# What changes neither what is held nor what the page for finders says.
_WITHOUT_TRACE: Final = frozenset(
    {
        EntryType.AUDIT_STARTED,
        EntryType.AUDIT_FINISHED,
        EntryType.COPY_STARTED,
        EntryType.COPIED,
        EntryType.COPY_AUDIT_STARTED,
        EntryType.COPY_AUDITED,
    }
)


def derived_differ(copy: CopyUnderAudit) -> list[Finding]:
    """Warnings where the list or the page for finders is not the archive's, and nothing says why."""
    archive = copy.archive
    if copy.is_unfinished:
        return []
    if archive is None or not copy.is_judged_by_archive:
        return _derived_missing(copy.target)
    if not copy.is_copy:
        return []
    try:
        since = archive.ledger.entries(copy.size)
        if any(parse_entry(raw).type not in _WITHOUT_TRACE for raw in since):
            return []
    except ArchiveError:  # its verification says what is wrong with the ledger
        return []
    if _differ(archive.layout.catalog, copy.target.layout.catalog, []) is not False:
        return []
    message = "is not the archive's own, though nothing was recorded since that changes it"
    unread: list[Finding] = []
    differing = [
        findings.warning("COPY-DERIVED", ours.name, message, remedy=AGAIN)
        for ours, theirs in (
            (archive.layout.holdings, copy.target.layout.holdings),
            (archive.layout.readme, copy.target.layout.readme),
        )
        if _differ(ours, theirs, unread)
    ]
    return differing + unread


def disposed_notes(copy: CopyUnderAudit) -> list[Finding]:
    """Warnings about notes on the copy whose documents were disposed of, also since its state."""
    archive = copy.archive
    if archive is None or not copy.is_judged_by_archive:
        return []
    try:
        return list(notes_left(archive, copy.target.root, archive.checkpoint().size))
    except ArchiveError:  # its verification says what is wrong with the ledger
        return []


def _derived_missing(target: OpenedArchive) -> list[Finding]:
    """All that a copy by itself says of the two: nothing there tells what they should be."""
    return [
        findings.warning("COPY-DERIVED", one.place, one.message, remedy=AGAIN)
        for one in missing_files(target)
    ]


def _differ(ours: Path, theirs: Path, unread: list[Finding]) -> bool | None:
    """Whether two files differ; None where one of them cannot be had: that of the copy is named in `unread`.

    What has another size is not read: a hole may have any.
    """
    try:
        size = _size(ours)
    except StorageError:
        return None
    if size is None:
        return None
    try:
        if _size(theirs) != size:
            return True
        found = sha512_of_file(str(theirs))
    except StorageError as trouble:
        unread.append(unreadable(theirs.name, trouble))
        return None
    try:
        return sha512_of_file(str(ours)) != found
    except StorageError:
        return None


def _size(path: Path) -> int | None:
    """The size of a plain file; None where there is none."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as trouble:
        raise storage_error(trouble, str(path), "look at the file") from trouble
    return status.st_size if stat.S_ISREG(status.st_mode) else None
