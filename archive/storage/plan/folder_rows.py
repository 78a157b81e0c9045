"""Rows of tables that speak of a folder in which other rows describe files."""

import os
import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from archive.storage.plan.rows import path_bytes


class FolderDocument(NamedTuple):
    """A planned document that one row made of all that is in a folder; `folder` ends in a slash, or is empty
    for the whole SOURCE."""

    seq: int
    folder: str
    description: bytes
    reference: str | None
    place: str


class FolderRow(NamedTuple):
    """A row for a folder whose files are documents of their own; `folder` as above."""

    folder: str
    description: bytes
    reference: str | None
    place: str


class PlannedFolders:
    """Rows for folders, and the documents that were to be made of them."""

    db: sqlite3.Connection

    def add_folder_row(self, row: FolderRow) -> None:
        """Keeps a row for a folder until all that is in it is known."""
        self.db.execute(
            "INSERT INTO folder_rows VALUES (?, ?, ?, ?)",
            (path_bytes(row.folder), row.description, row.reference, path_bytes(row.place)),
        )

    def folder_rows(self) -> list[FolderRow]:
        """All rows for folders, the innermost folder first."""
        rows = self.db.execute("SELECT * FROM folder_rows ORDER BY length(folder) DESC, folder")
        return [
            FolderRow(os.fsdecode(folder), description, reference, os.fsdecode(place))
            for folder, description, reference, place in rows
        ]

    def place_of_folder_row(self, folder: str) -> str | None:
        """The place of the row that is kept for the folder, if any."""
        query = "SELECT place FROM folder_rows WHERE folder = ?"
        row = self.db.execute(query, (path_bytes(folder),)).fetchone()
        return os.fsdecode(row[0]) if row else None

    def folder_document(self, seq: int) -> FolderDocument | None:
        """The document of that number where it is a folder and no bag."""
        row = self.db.execute(
            "SELECT source, cut, description, reference, place FROM documents"
            " WHERE seq = ? AND cut >= 0 AND bagit IS NULL",
            (seq,),
        ).fetchone()
        if row is None:
            return None
        source, cut, description, reference, place = row
        return FolderDocument(seq, os.fsdecode(source[:cut]), description, reference, os.fsdecode(place))

    def release_document(self, seq: int) -> None:
        """Takes a document out of the plan; its files are nobody's again."""
        self.db.execute("UPDATE files SET document = NULL WHERE document = ?", (seq,))
        self.db.execute("DELETE FROM documents WHERE seq = ?", (seq,))

    def is_refused_below(self, folder: str) -> bool:
        """True where a description of something in the folder was refused."""
        low = path_bytes(folder)
        high = low[:-1] + b"0" if low else b"\xff" * 8  # `0` follows `/`
        query = "SELECT 1 FROM findings WHERE error AND source > ? AND source < ? LIMIT 1"
        return self.db.execute(query, (low, high)).fetchone() is not None

    def documents_within(self, folder: str) -> Iterator[tuple[int, bytes]]:
        """Number and description of each document of which every file lies in the folder, in order; the
        descriptions may be changed meanwhile."""
        low = path_bytes(folder)
        high = low[:-1] + b"0" if low else b"\xff" * 8
        inside = (
            "SELECT DISTINCT document FROM files WHERE path >= ? AND path < ? AND document IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM files AS other WHERE other.document = files.document"
            " AND NOT (other.path >= ? AND other.path < ?)) ORDER BY document"
        )
        for (seq,) in self.db.execute(inside, (low, high, low, high)).fetchall():
            yield (
                seq,
                self.db.execute("SELECT description FROM documents WHERE seq = ?", (seq,)).fetchone()[0],
            )

    def describe_anew(self, seq: int, description: bytes) -> None:
        """Exchanges the description of a planned document."""
        self.db.execute("UPDATE documents SET description = ? WHERE seq = ?", (description, seq))
