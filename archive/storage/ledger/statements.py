"""Signed statements of auditors: `ledger/statements/<size>-<digest>/` with both files as they came.

`archive.storage.ledger.outside_marks` says how they are kept.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from archive.core.errors import StorageError
from archive.core.ledger.statement import Statement, StatementError
from archive.core.limits.ledger import STATEMENT_BYTES, STATEMENT_SIGNATURE_BYTES
from archive.storage.ledger.folder import MARK_FILES, STATEMENTS
from archive.storage.ledger.outside_marks import MarkFolder

_LIMITS: Final = (STATEMENT_BYTES, STATEMENT_SIGNATURE_BYTES)
_FILES: Final = dict(zip(MARK_FILES[STATEMENTS], _LIMITS, strict=True))


class StoredStatement(NamedTuple):
    """One statement by its place, with its bytes and those of its signature.

    `trouble` and `unread` are those of a `StoredMark`.
    """

    place: str
    statement: bytes = b""
    signature: bytes = b""
    trouble: str | None = None
    unread: StorageError | None = None


def put_statement(archive: Path, size: int, statement: bytes, signature: bytes) -> str:
    """Keeps a statement; returns its place relative to the archive. As `MarkFolder.put`."""
    return _folder(archive).put(size, statement, signature)


def stored_statements(archive: Path) -> Iterator[StoredStatement]:
    """Every statement, in the order of the sizes they cover. As `MarkFolder.stored`."""
    for mark in _folder(archive).stored():
        if mark.trouble is not None or mark.unread is not None:
            yield StoredStatement(mark.place, trouble=mark.trouble, unread=mark.unread)
        else:
            statement, signature = mark.files
            yield StoredStatement(mark.place, statement, signature)


def _folder(archive: Path) -> MarkFolder:
    return MarkFolder(archive, STATEMENTS, _FILES, _covered)


def _covered(statement: bytes) -> int | None:
    try:
        return Statement.parse(statement).checkpoint.size
    except StatementError:
        return None
