"""The plan of one ingest, spooled to a temporary database: memory does not grow with the submission."""

import json
import os
import shutil
import sqlite3
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, NamedTuple, Self

from archive.core.digests import Algorithm, Digest
from archive.core.findings import Finding, Severity
from archive.core.submission import DepositorDigest, PlannedDocument, Role, SourceFile

_SCHEMA = """
CREATE TABLE files (
  id INTEGER PRIMARY KEY, root INTEGER, path BLOB, nfc BLOB, size INTEGER, role TEXT, document INTEGER,
  used INTEGER DEFAULT 0);
CREATE UNIQUE INDEX files_path ON files (path, root);
CREATE INDEX files_nfc ON files (nfc) WHERE nfc != path;
CREATE INDEX files_document ON files (document);
CREATE TABLE documents (
  seq INTEGER PRIMARY KEY, source BLOB, cut INTEGER, description BLOB, title TEXT, reference TEXT,
  awaiting INTEGER, place TEXT, state TEXT DEFAULT 'planned', bag TEXT, number TEXT, payload_key TEXT,
  tag_manifest TEXT, files INTEGER, bytes INTEGER, payload TEXT, differs TEXT, folder TEXT);
CREATE INDEX documents_state ON documents (state, seq);
CREATE INDEX documents_reference ON documents (reference) WHERE reference IS NOT NULL;
CREATE INDEX documents_payload ON documents (payload_key) WHERE payload_key IS NOT NULL;
CREATE TABLE checksums (
  file INTEGER, algorithm TEXT, value TEXT, stated_in TEXT, PRIMARY KEY (file, algorithm)) WITHOUT ROWID;
CREATE TABLE left_out (source BLOB, why TEXT);
CREATE TABLE findings (source BLOB, error INTEGER, finding TEXT);
CREATE INDEX findings_source ON findings (source);
"""


class FileRow(NamedTuple):
    """One source file of the plan; `document` is the plan number of the document that claimed it."""

    id: int
    root: int
    path: str
    size: int
    role: Role
    document: int | None


class Staged(NamedTuple):
    """What the staging of one document established; `payload` lists (stored path, bytes, sha512)."""

    seq: int
    bag: str
    payload_key: str
    tag_manifest: str
    files: int
    bytes: int
    payload: str
    folder: str


class Outcome(NamedTuple):
    """One document of the plan as the report and the ledger need it; `reference` is declared or minted."""

    seq: int
    source: str
    title: str
    reference: str
    declared: bool
    awaiting: bool
    description: bytes
    place: str
    bag: str
    payload_key: str
    tag_manifest: str
    files: int
    bytes: int
    payload: str
    folder: str
    differs: tuple[str, ...]


def spool_folder(work: str | None = None) -> str:
    """A fresh private folder outside any archive, below `work` if named, for what lasts one command."""
    return tempfile.mkdtemp(prefix="document-archive-", dir=work)


class Plan(AbstractContextManager["Plan"]):
    """Files, documents, depositor's digests and findings of one submission."""

    def __init__(self) -> None:
        self.folder = spool_folder()
        self.db = sqlite3.connect(os.path.join(self.folder, "plan.sqlite"), isolation_level=None)
        # Nobody reads this file after the command: no journal, no sync, a small cache.
        self.db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8192;"
            "PRAGMA locking_mode=EXCLUSIVE;"
        )
        self.db.executescript(_SCHEMA)
        self.db.execute("BEGIN")

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.db.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    # -- files ---------------------------------------------------------------------------------------------

    def add_files(self, files: Iterable[SourceFile]) -> None:
        """Takes the walk's regular files in."""
        self.db.executemany(
            "INSERT INTO files (root, path, nfc, size, role) VALUES (?, ?, ?, ?, ?)",
            (
                (file.root, _blob(file.path), _blob(_nfc(file.path)), file.size, file.role.value)
                for file in files
            ),
        )

    def files_at(self, path: str) -> list[FileRow]:
        """The files whose path has exactly these bytes, in any SOURCE."""
        return self._files("path = ?", (_blob(path),))

    def files_like(self, path: str) -> list[FileRow]:
        """The files whose path is the same after Unicode normalisation (NFC)."""
        key = _blob(_nfc(path))
        # Two indexes, two looks: the partial one holds only the paths that are not NFC.
        return self._files("path = ?", (key,)) + self._files("nfc = ? AND nfc != path", (key,))

    def files_below(self, folder: str, root: int | None = None) -> list[FileRow]:
        """The files below a folder (`a/b`), in the order of their paths."""
        low = _blob(folder + "/") if folder else b""
        high = _blob(folder + "0") if folder else b"\xff" * 8  # `0` follows `/`
        where, bound = "path >= ? AND path < ?", [low, high]
        if root is None:
            return self._files(where, tuple(bound))
        return self._files(where + " AND root = ?", (*bound, root))

    def files_starting(self, prefix: str, root: int) -> list[FileRow]:
        """The files of one SOURCE whose path begins with the prefix, as bytes."""
        low = _blob(prefix)
        return self._files("path >= ? AND path < ? AND root = ?", (low, low + b"\xff" * 4, root))

    def some_documents(self, most: int) -> list[FileRow]:
        """The first files meant as documents, to find the nearest name among."""
        return self._files("role = ?", (Role.DOCUMENT.value,), limit=most)

    def files_with_role(self, role: Role) -> Iterator[FileRow]:
        """All files of a role in the order of the walk; the plan may be changed meanwhile."""
        last = 0
        while True:
            rows = self._files("id > ? AND role = ?", (last, role.value), limit=500)
            if not rows:
                return
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
            FileRow(number, root, os.fsdecode(path), size, Role(role), document)
            for number, root, path, size, role, document in rows
        ]

    def set_role(self, file: int, role: Role) -> None:
        """Changes what a file is there for."""
        self.db.execute("UPDATE files SET role = ? WHERE id = ?", (role.value, file))

    # -- documents -----------------------------------------------------------------------------------------

    def add_document(
        self,
        files: Iterable[FileRow],
        *,
        source: str,
        description: bytes,
        title: str,
        reference: str | None,
        awaiting: bool,
        place: str,
        cut: int = -1,
    ) -> int:
        """Takes a document in and claims its files; returns its number in the plan."""
        seq = self.db.execute(
            "INSERT INTO documents (source, cut, description, title, reference, awaiting, place)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (_blob(source), cut, description, title, reference, awaiting, place),
        ).lastrowid
        self.db.executemany("UPDATE files SET document = ? WHERE id = ?", ((seq, file.id) for file in files))
        return seq or 0

    def documents(self, state: str = "planned") -> Iterator[PlannedDocument]:
        """The documents in a state, in order; they may be changed meanwhile."""
        last = 0
        while True:
            rows = self.db.execute(
                "SELECT seq, source, cut, description, title, reference, awaiting, place FROM documents"
                " WHERE seq > ? AND state = ? ORDER BY seq LIMIT 500",
                (last, state),
            ).fetchall()
            if not rows:
                return
            for seq, source, cut, description, title, reference, awaiting, place in rows:
                yield PlannedDocument(
                    seq=seq,
                    source=os.fsdecode(source),
                    files=tuple(
                        SourceFile(row.root, row.path, row.size, row.role)
                        for row in self._files("document = ?", (seq,))
                    ),
                    description=description,
                    title=title,
                    reference=reference,
                    awaiting=bool(awaiting),
                    place=place,
                    digests=self._digests(seq),
                    cut=cut,
                )
            last = rows[-1][0]

    def _digests(self, seq: int) -> tuple[tuple[str, DepositorDigest], ...]:
        rows = self.db.execute(
            "SELECT path, algorithm, value, stated_in FROM files JOIN checksums ON checksums.file = files.id"
            " WHERE document = ? ORDER BY files.id, algorithm",
            (seq,),
        )
        return tuple(
            (os.fsdecode(path), DepositorDigest(Digest(Algorithm(algorithm), value), stated_in))
            for path, algorithm, value, stated_in in rows
        )

    def add_checksum(self, file: int, digest: Digest, stated_in: str) -> Digest | None:
        """Takes a depositor's digest in; returns the one already there where it differs."""
        held = self.db.execute(
            "SELECT value FROM checksums WHERE file = ? AND algorithm = ?", (file, digest.algorithm.value)
        ).fetchone()
        if held is None:
            self.db.execute(
                "INSERT INTO checksums VALUES (?, ?, ?, ?)",
                (file, digest.algorithm.value, digest.value, stated_in),
            )
        elif held[0] != digest.value:
            return Digest(digest.algorithm, held[0])
        return None

    def mint(self, seq: int, bag: str, reference: str) -> None:
        """Gives a document its id and its reference."""
        self.db.execute("UPDATE documents SET bag = ?, number = ? WHERE seq = ?", (bag, reference, seq))

    def record_staged(self, staged: Staged) -> None:
        """Notes what staging established."""
        self.db.execute(
            "UPDATE documents SET state = 'staged', payload_key = ?, tag_manifest = ?, files = ?, bytes = ?,"
            " payload = ?, folder = ? WHERE seq = ?",
            (
                staged.payload_key,
                staged.tag_manifest,
                staged.files,
                staged.bytes,
                staged.payload,
                staged.folder,
                staged.seq,
            ),
        )

    def record_held(self, seq: int, bag: str, differs: tuple[str, ...]) -> None:
        """Notes that the document is held already, and where its description differs."""
        self.db.execute(
            "UPDATE documents SET state = 'held', bag = ?, differs = ? WHERE seq = ?",
            (bag, "\n".join(differs), seq),
        )

    def outcomes(self, state: str) -> Iterator[Outcome]:
        """The documents in a state, in order; they may be changed meanwhile."""
        last = 0
        while True:
            rows = self.db.execute(
                "SELECT seq, source, title, coalesce(reference, number, ''), reference IS NOT NULL, awaiting,"
                " description, place, coalesce(bag, ''), payload_key, tag_manifest, files, bytes, payload,"
                " folder, differs FROM documents WHERE state = ? AND seq > ? ORDER BY seq LIMIT 500",
                (state, last),
            ).fetchall()
            if not rows:
                return
            for row in rows:
                differs = tuple(row[15].split("\n")) if row[15] else ()
                yield Outcome._make(
                    (row[0], os.fsdecode(row[1]), *row[2:4], bool(row[4]), bool(row[5]), *row[6:15], differs)
                )
            last = rows[-1][0]

    def first_with_payload(self, payload_key: str, before: int) -> str | None:
        """The source of an earlier document of this submission with the same bytes."""
        row = self.db.execute(
            "SELECT source FROM documents WHERE payload_key = ? AND seq < ?"
            " AND state IN ('staged', 'ingested') ORDER BY seq LIMIT 1",
            (payload_key, before),
        ).fetchone()
        return os.fsdecode(row[0]) if row else None

    def totals(self, state: str) -> tuple[int, int, int]:
        """Documents, files and bytes of a state."""
        row = self.db.execute(
            "SELECT count(*), coalesce(sum(files), 0), coalesce(sum(bytes), 0) FROM documents"
            " WHERE state = ?",
            (state,),
        ).fetchone()
        return (row[0], row[1], row[2])

    def document_of_reference(self, reference: str) -> tuple[int, str] | None:
        """Number and place of the document of this submission that declares the reference."""
        row = self.db.execute("SELECT seq, place FROM documents WHERE reference = ?", (reference,)).fetchone()
        return (row[0], row[1]) if row else None

    def set_state(self, seq: int, state: str) -> None:
        """Moves a document on: planned, staged, published, held, rejected or left out."""
        self.db.execute("UPDATE documents SET state = ? WHERE seq = ?", (state, seq))

    def set_states(self, before: str, after: str) -> None:
        """Moves all documents of a state on."""
        self.db.execute("UPDATE documents SET state = ? WHERE state = ?", (after, before))

    def count(self, state: str) -> int:
        """How many documents are in a state."""
        counted: int = self.db.execute("SELECT count(*) FROM documents WHERE state = ?", (state,)).fetchone()[
            0
        ]
        return counted

    def total_bytes(self, state: str = "planned") -> int:
        """The size of all files of the documents in a state, as the walk saw them."""
        counted: int = self.db.execute(
            "SELECT coalesce(sum(size), 0) FROM files JOIN documents ON documents.seq = files.document"
            " WHERE state = ?",
            (state,),
        ).fetchone()[0]
        return counted

    # -- findings ------------------------------------------------------------------------------------------

    def add_finding(self, finding: Finding, source: str | None = None) -> None:
        """Keeps a finding; an error with a `source` says that the document of that path is refused."""
        key = None if source is None else _blob(source)
        is_error = finding.severity is Severity.ERROR
        self.db.execute(
            "INSERT INTO findings VALUES (?, ?, ?)", (key, is_error, json.dumps(finding.to_json()))
        )

    def findings_json(self) -> Iterator[dict[str, Any]]:
        """The findings that refuse no single document, as JSON documents, in the order they were made."""
        query = (
            "SELECT finding FROM findings WHERE source IS NULL OR source NOT IN"
            " (SELECT source FROM findings WHERE error AND source IS NOT NULL) ORDER BY rowid"
        )
        for (finding,) in self.db.execute(query):
            yield json.loads(finding)

    def rejected(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Each refused document with everything found about it."""
        query = "SELECT DISTINCT source FROM findings WHERE error AND source IS NOT NULL ORDER BY source"
        for (source,) in self.db.execute(query).fetchall():
            rows = self.db.execute("SELECT finding FROM findings WHERE source = ? ORDER BY rowid", (source,))
            yield os.fsdecode(source), [json.loads(finding) for (finding,) in rows]

    def count_rejected(self) -> int:
        """How many documents are refused."""
        query = "SELECT count(DISTINCT source) FROM findings WHERE error AND source IS NOT NULL"
        counted: int = self.db.execute(query).fetchone()[0]
        return counted

    def error_codes(self) -> set[str]:
        """The codes of all error findings."""
        query = "SELECT DISTINCT json_extract(finding, '$.code') FROM findings WHERE error"
        return {code for (code,) in self.db.execute(query)}

    def count_differing(self) -> int:
        """How many held documents came with another description."""
        query = "SELECT count(*) FROM documents WHERE state = 'held' AND differs != ''"
        counted: int = self.db.execute(query).fetchone()[0]
        return counted

    def errors(self) -> int:
        """How many error findings there are in all."""
        counted: int = self.db.execute("SELECT count(*) FROM findings WHERE error").fetchone()[0]
        return counted

    def leave_out(self, source: str, why: str) -> None:
        """Notes what is not taken in, and why."""
        self.db.execute("INSERT INTO left_out VALUES (?, ?)", (_blob(source), why))

    def left_out(self) -> Iterator[tuple[str, str]]:
        """What is not taken in, in order."""
        for source, why in self.db.execute("SELECT source, why FROM left_out ORDER BY source"):
            yield os.fsdecode(source), why


def _blob(path: str) -> bytes:
    return os.fsencode(path)


def _nfc(path: str) -> str:
    return path if path.isascii() else unicodedata.normalize("NFC", path)
