"""The files of a submission, by the name that a description may use."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from archive.core.submission import Role, SourceFile
from archive.storage.plan.rows import BEHIND_ALL, ROLES, FileRow, nfc, nfc_bytes, path_bytes, path_text


class PlannedFiles:
    """Every regular file of the submission and what the depositor says of it."""

    db: sqlite3.Connection

    def add_files(self, files: Iterable[SourceFile]) -> int:
        """Takes regular files of the walk in; how many there were."""
        return self.db.executemany(
            "INSERT INTO files (root, path, nfc, size, role) VALUES (?, ?, ?, ?, ?)",
            ((root, path_bytes(path), nfc_bytes(path), size, role.value) for root, path, size, role in files),
        ).rowcount

    def files_at(self, path: str, root: int | None = None) -> list[FileRow]:
        """The files whose path has exactly these bytes, in one SOURCE or in any."""
        return self._files(*_in("path = ?", (path_bytes(path),), root))

    def is_any_at(self, paths: Sequence[str]) -> bool:
        """True where a file has, or a folder that holds one has, one of the paths, in NFC or as it is."""
        looked = {path_bytes(form) for path in paths for form in (path, nfc(path))}
        marks = ",".join("?" * len(looked))
        below = " OR ".join(["path >= ? AND path < ?"] * len(looked))
        query = f"SELECT 1 FROM files WHERE path IN ({marks}) OR nfc IN ({marks}) OR {below} LIMIT 1"  # noqa: S608
        ranges = (end for path in looked for end in (path + b"/", path + b"0"))  # `0` follows `/`
        return self.db.execute(query, (*looked, *looked, *ranges)).fetchone() is not None

    def files_named(self, path: str, root: int) -> list[FileRow]:
        """The files of one SOURCE at a path: the one with exactly these bytes, else those like it (NFC).

        What lies at the same path in another SOURCE has no say in it.
        """
        exact = self.files_at(path, root)
        return exact if exact or path.isascii() else self.files_like(path, root)

    def files_at_any(self, paths: Iterable[str]) -> dict[tuple[int, str], FileRow]:
        """The files at up to a thousand paths, by SOURCE and path."""
        bound = tuple({path_bytes(path) for path in paths})
        rows = self._files(f"path IN ({','.join('?' * len(bound))})", bound)
        return {(row.root, row.path): row for row in rows}

    def files_anew(self, files: Iterable[FileRow]) -> list[FileRow]:
        """The same files, each as it stands in the plan by now."""
        return [row for file in files for row in self._files("id = ?", (file.id,))]

    def claimed_among(self, files: Iterable[FileRow]) -> set[int]:
        """Of up to a thousand files the numbers of those that a document has claimed by now."""
        bound = tuple(file.id for file in files)
        rows = self._files(f"id IN ({','.join('?' * len(bound))}) AND document IS NOT NULL", bound)
        return {row.id for row in rows}

    def files_like(self, path: str, root: int | None = None) -> list[FileRow]:
        """The files whose path is the same after Unicode normalisation (NFC), in one SOURCE or in any."""
        key = (path_bytes(nfc(path)),)
        # Two indexes, two looks: the partial one holds only the paths that are not NFC.
        return self._files(*_in("path = ?", key, root)) + self._files(*_in("nfc = ?", key, root))

    def files_below(self, folder: str, root: int | None = None) -> list[FileRow]:
        """The files below a folder (`a/b`), in the order of their paths."""
        return self.files_starting(f"{folder}/" if folder else "", root)

    def files_starting(self, prefix: str, root: int | None = None) -> list[FileRow]:
        """The files of one SOURCE, or of all, whose path begins with the prefix, as bytes."""
        low = path_bytes(prefix)
        return self._files(*_in("path >= ? AND path < ?", (low, low + BEHIND_ALL), root))

    def files_with_role(self, role: Role, last: int = 0, *, root: int | None = None) -> Iterator[FileRow]:
        """All files of a role behind number `last`, or those of one SOURCE; the plan may change meanwhile."""
        where, bound = ("", ()) if root is None else (" AND root = ?", (root,))
        while True:
            rows = self._files(f"id > ? AND role = ?{where}", (last, role.value, *bound), limit=500)
            if not rows:
                return
            yield from rows
            last = rows[-1].id

    def files_with_words(self, role: Role, words: Sequence[str]) -> Iterator[FileRow]:
        """As `files_with_role`, but those alone whose path has one of the words (in small letters)."""
        where = " OR ".join("instr(lower(CAST(path AS TEXT)), ?)" for _ in words)
        last = 0
        while rows := self._files(
            f"id > ? AND role = ? AND ({where})", (last, role.value, *words), limit=500
        ):
            yield from rows
            last = rows[-1].id

    def unclaimed(self) -> Iterator[FileRow]:
        """Files meant as documents that no description has claimed."""
        return (row for row in self.files_with_role(Role.DOCUMENT) if row.document is None)

    def _files(self, where: str, bound: tuple[object, ...], limit: int = -1) -> list[FileRow]:
        rows = self.db.execute(
            f"SELECT id, root, path, size, role, document FROM files WHERE {where} ORDER BY id LIMIT ?",  # noqa: S608
            (*bound, limit),
        )
        return [
            FileRow(number, root, path_text(path), size, ROLES[role], document)
            for number, root, path, size, role, document in rows
        ]

    def is_any_longer(self, size: int) -> bool:
        """True where the path of a file has more than so many bytes."""
        return bool(self.db.execute("SELECT 1 FROM files WHERE length(path) > ? LIMIT 1", (size,)).fetchone())

    def without_checksum(self, root: int, role: Role) -> list[FileRow]:
        """The files of one SOURCE with a role of which no manifest states a digest."""
        where = (
            "root = ? AND role = ? AND NOT EXISTS (SELECT 1 FROM checksums WHERE file = files.id AND judged)"
        )
        return self._files(where, (root, role.value))

    def document_of_root(self, root: int) -> int | None:
        """The number of the first document that has a file of the SOURCE, or None."""
        query = "SELECT document FROM files WHERE root = ? AND document IS NOT NULL LIMIT 1"
        row = self.db.execute(query, (root,)).fetchone()
        return row[0] if row else None

    def count_of_role(self, document: int, role: Role) -> int:
        """How many files of a document are there for that."""
        query = "SELECT count(*) FROM files WHERE document = ? AND role = ?"
        return int(self.db.execute(query, (document, role.value)).fetchone()[0])

    def set_roles(self, root: int, before: Role, after: Role) -> None:
        """Changes what all files of a SOURCE that are there for one thing are there for."""
        query = "UPDATE files SET role = ? WHERE root = ? AND role = ?"
        self.db.execute(query, (after.value, root, before.value))

    def set_role(self, file: int, role: Role) -> None:
        """Changes what a file is there for."""
        self.db.execute("UPDATE files SET role = ? WHERE id = ?", (role.value, file))


def _in(where: str, bound: tuple[object, ...], root: int | None) -> tuple[str, tuple[object, ...]]:
    """The question asked of one SOURCE, or of all."""
    return (where, bound) if root is None else (f"{where} AND root = ?", (*bound, root))
