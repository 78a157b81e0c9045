"""Temporary databases outside any archive, for what a command needs only while it runs."""

import os
import sqlite3
import tempfile


def open_spool(schema: str, work: str | None = None) -> sqlite3.Connection:
    """A new database with a transaction open, in a private folder below `work` (else $TMPDIR).

    Nobody reads it after the command: no journal, no sync, and its name is removed at once, so that a killed
    process leaves nothing behind.
    """
    folder = tempfile.mkdtemp(prefix="document-archive-", dir=work)
    path = os.path.join(folder, "spool.sqlite")
    try:
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.executescript(
                "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-2048;"
                "PRAGMA locking_mode=EXCLUSIVE;"
            )
            connection.executescript(schema)
            connection.execute("BEGIN")
        except BaseException:
            connection.close()
            raise
    finally:
        if os.path.exists(path):
            os.unlink(path)
        os.rmdir(folder)
    return connection
