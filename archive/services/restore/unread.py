"""What a copy has and storage did not give: said, and never taken for lost."""

from archive.core import findings
from archive.core.errors import StorageError
from archive.core.findings import Finding

READ_AGAIN = "try another cable or reader, then run the same command again"


def unread(path: str, trouble: StorageError) -> Finding:
    """The finding about a file, by its path in the archive, or about a folder."""
    return findings.error("RESTORE-UNREAD", path, trouble.message, remedy=READ_AGAIN)
