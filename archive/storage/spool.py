"""Temporary databases outside any archive, for what a command needs only while it runs."""

import sqlite3
import tempfile


def spool_folder(work: str | None = None) -> str:
    """A fresh private folder, below `work` if named, for what lasts one command."""
    return tempfile.mkdtemp(prefix="document-archive-", dir=work)


def open_spool(path: str, schema: str) -> sqlite3.Connection:
    """A new database with a transaction open. Nobody reads it after the command: no journal, no sync."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8192;"
        "PRAGMA locking_mode=EXCLUSIVE;"
    )
    connection.executescript(schema)
    connection.execute("BEGIN")
    return connection
