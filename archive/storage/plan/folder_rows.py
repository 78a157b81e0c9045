"""Rows of tables that speak of a folder in which other rows describe files."""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from archive.core.submission import Role
from archive.storage.plan.rows import BEHIND_ALL, FileRow, path_bytes, path_text


class FolderDocument(NamedTuple):
    """A planned document that one row made of all that is in a folder; `folder` ends in a slash, or is empty
    for the whole SOURCE."""

    seq: int
    folder: str
    description: bytes
    reference: str | None
    place: str


class FolderRow(NamedTuple):
    """A row for a folder whose files are documents of their own; `folder` as above, in the SOURCE `root`."""

    root: int
    folder: str
    description: bytes
    reference: str | None
    place: str


class NotTakenName(NamedTuple):
    """A name that is not taken, why, and the number of the document that is a whole folder around it."""

    path: str
    code: str
    why: str
    document: int | None


class PlannedFolders:
    """Rows for folders, and the documents that were to be made of them."""

    db: sqlite3.Connection

    def add_folder_row(self, row: FolderRow) -> None:
        """Keeps a row for a folder until all that is in it is known."""
        self.db.execute(
            "INSERT INTO folder_rows VALUES (?, ?, ?, ?, ?)",
            (row.root, path_bytes(row.folder), row.description, row.reference, path_bytes(row.place)),
        )

    def folder_rows(self) -> list[FolderRow]:
        """All rows for folders, the innermost folder first."""
        rows = self.db.execute("SELECT * FROM folder_rows ORDER BY length(folder) DESC, folder, root")
        return [
            FolderRow(root, path_text(folder), description, reference, path_text(place))
            for root, folder, description, reference, place in rows
        ]

    def place_of_folder_row(self, root: int, folder: str) -> str | None:
        """The place of the row that is kept for the folder, if any."""
        query = "SELECT place FROM folder_rows WHERE root = ? AND folder = ?"
        row = self.db.execute(query, (root, path_bytes(folder))).fetchone()
        return path_text(row[0]) if row else None

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
        return FolderDocument(seq, path_text(source)[:cut], description, reference, path_text(place))

    def descriptions_within(self) -> Iterator[tuple[FileRow, str]]:
        """The descriptions that are files of a planned document that is a whole folder and no bag, in order,
        each with the source of that."""
        query = (
            "SELECT files.id, root, path, size, document, source FROM documents CROSS JOIN files"
            " ON files.document = documents.seq WHERE cut >= 0 AND bagit IS NULL AND state = 'planned'"
            " AND role = ? ORDER BY files.id"
        )
        role = Role.DESCRIPTION
        for number, root, path, size, seq, source in self.db.execute(query, (role.value,)).fetchall():
            yield FileRow(number, root, path_text(path), size, role, seq), path_text(source)

    def add_not_taken(self, root: int, path: str, code: str, why: str) -> None:
        """Notes a name of the walk that is no regular file that can be read."""
        self.db.execute("INSERT INTO not_taken VALUES (?, ?, ?, ?)", (root, path_bytes(path), code, why))

    def not_taken(self) -> Iterator[NotTakenName]:
        """Each such name in the order of the walk, once all documents are planned."""
        last = 0
        query = "SELECT rowid, root, path, code, why FROM not_taken WHERE rowid > ? ORDER BY rowid LIMIT 500"
        while rows := self.db.execute(query, (last,)).fetchall():
            if not last:
                self._note_folders()
            for _, root, path, code, why in rows:
                yield NotTakenName(path_text(path), code, why, self._document_around(root, path))
            last = rows[-1][0]

    def _note_folders(self) -> None:
        """Of every document that is a whole folder, the folder; once, however often it is asked for."""
        query = "SELECT seq, source, cut FROM documents WHERE cut >= 0 AND bagit IS NULL"
        self.db.executemany(
            "INSERT OR IGNORE INTO folders SELECT min(root), ?, ? FROM files WHERE document = ?",
            (
                (path_bytes(path_text(source)[:cut]), seq, seq)
                for seq, source, cut in self.db.execute(query).fetchall()
            ),
        )

    def _document_around(self, root: int, path: bytes) -> int | None:
        folder = path
        while folder:
            folder = folder[: folder.rstrip(b"/").rfind(b"/") + 1]
            query = "SELECT document FROM folders WHERE root = ? AND folder = ?"
            if (row := self.db.execute(query, (root, folder)).fetchone()) is not None:
                return int(row[0])
        return None

    def release_document(self, seq: int) -> None:
        """Takes a document out of the plan; its files are nobody's again."""
        self.db.execute("UPDATE files SET document = NULL WHERE document = ?", (seq,))
        self.db.execute("DELETE FROM documents WHERE seq = ?", (seq,))

    def is_refused_below(self, root: int, folder: str) -> bool:
        """True where a description of something in the folder was refused."""
        low = path_bytes(folder)
        query = "SELECT 1 FROM files WHERE path >= ? AND path < ? AND root = ? AND role = ? LIMIT 1"
        bound = (low, low + BEHIND_ALL, root, Role.REFUSED.value)
        return self.db.execute(query, bound).fetchone() is not None

    def documents_within(self, root: int, folder: str) -> Iterator[tuple[int, bytes]]:
        """Number and description of each document of which every file lies in the folder, in order; the
        descriptions may be changed meanwhile."""
        low = path_bytes(folder)
        inside = (
            "SELECT DISTINCT document FROM files WHERE path >= ?1 AND path < ?2 AND root = ?3"
            " AND document IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM files AS other WHERE other.document = files.document"
            " AND NOT (other.path >= ?1 AND other.path < ?2 AND other.root = ?3)) ORDER BY document"
        )
        for (seq,) in self.db.execute(inside, (low, low + BEHIND_ALL, root)).fetchall():
            yield (
                seq,
                self.db.execute("SELECT description FROM documents WHERE seq = ?", (seq,)).fetchone()[0],
            )

    def describe_anew(self, seq: int, description: bytes) -> None:
        """Exchanges the description of a planned document."""
        self.db.execute("UPDATE documents SET description = ? WHERE seq = ?", (description, seq))
