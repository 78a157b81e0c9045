"""Trouble that stops a command; what was *found* is a value, never an exception.

ArchiveError
├─ BagFormatError      1  cannot be parsed as a bag (inside an audit: a finding)
├─ ConfigurationError  2  wrong use, wrong or missing configuration
├─ StorageError        3  could not read or write; full
├─ RejectedError       4  the submission was refused, nothing was written
├─ EvidenceError       5  an entry, root, proof or signature does not hold
└─ ConflictError       6  already there, locked, or a newer format
"""

from typing import ClassVar, Final

from archive.core.findings import Finding

MEND_SETTINGS: Final = "correct that line in a text editor, or restore archive.toml from a copy"


class ArchiveError(Exception):
    """Says what cannot go on and why; `remedy` is what the reader can do about it."""

    exit_code: ClassVar[int] = 70

    def __init__(
        self, message: str, *, remedy: str | None = None, findings: tuple[Finding, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.findings = findings


class BagFormatError(ArchiveError):
    """The bytes cannot be parsed as a bag."""

    exit_code = 1


class ConfigurationError(ArchiveError):
    """Wrong use, or a setting that is wrong or missing."""

    exit_code = 2


class StorageError(ArchiveError):
    """Storage refused to read or write; nothing is known about what it holds."""

    exit_code = 3


class RejectedError(ArchiveError):
    """The submission was refused; nothing of it was stored."""

    exit_code = 4


class EvidenceError(ArchiveError):
    """Ledger, proof or signature does not hold."""

    exit_code = 5


class ConflictError(ArchiveError):
    """The thing exists already, somebody else holds it, or a newer version wrote it."""

    exit_code = 6
