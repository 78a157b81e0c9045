"""Files of the submission that have the same bytes."""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from archive.core.submission import Role
from archive.storage.plan.rows import path_text


class TwinGroup(NamedTuple):
    """Files of the same bytes: how many, the size of each, and the path of the first few."""

    files: int
    size: int
    paths: tuple[str, ...]


class PlanTwins:
    """Digests of the files that may have a twin."""

    db: sqlite3.Connection

    def repeated_sizes(self) -> set[int]:
        """The sizes that more than one document's file has; empty files aside."""
        return self._sizes("> 1")

    def single_sizes(self) -> set[int]:
        """The sizes that one document's file alone has; empty files aside."""
        return self._sizes("= 1")

    def _sizes(self, how_many: str) -> set[int]:
        query = f"SELECT size FROM files WHERE role = ? AND size > 0 GROUP BY size HAVING count(*) {how_many}"  # noqa: S608
        return {size for (size,) in self.db.execute(query, (Role.DOCUMENT.value,))}

    def add_digest(self, file: int, digest: str) -> str | None:
        """Notes the digest of a file; returns the path of the first file that has it too, if any."""
        # In the order of the index: sorting all that have it, for each of them, would cost their square.
        row = self.db.execute(
            "SELECT path FROM twins JOIN files ON files.id = twins.file WHERE digest = ?"
            " ORDER BY file LIMIT 1",
            (digest,),
        ).fetchone()
        self.db.execute("INSERT INTO twins VALUES (?, ?)", (file, digest))
        return path_text(row[0]) if row else None

    def is_to_be_numbered(self, document: int) -> bool:
        """True for a document of one file that declares no reference of its own."""
        query = (
            "SELECT reference IS NULL AND (SELECT count(*) FROM files WHERE document = seq AND role = ?) = 1"
            " FROM documents WHERE seq = ?"
        )
        row = self.db.execute(query, (Role.DOCUMENT.value, document)).fetchone()
        return bool(row and row[0])

    def twin_groups(self, paths: int) -> Iterator[TwinGroup]:
        """The groups, those first that take most room for nothing; of each the first `paths` paths."""
        groups = self.db.execute(
            "SELECT digest, count(*), size FROM twins JOIN files ON files.id = twins.file"
            " GROUP BY digest HAVING count(*) > 1 ORDER BY (count(*) - 1) * size DESC, min(id)"
        ).fetchall()
        for digest, count, size in groups:
            rows = self.db.execute(
                "SELECT path FROM twins JOIN files ON files.id = twins.file WHERE digest = ?"
                " ORDER BY file LIMIT ?",
                (digest, paths),
            )
            yield TwinGroup(count, size, tuple(path_text(path) for (path,) in rows))
