"""The documents of a submission, from the preflight to the commit."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from archive.core.composed_form import spellings
from archive.core.submission import (
    PlannedDocument,
    ReceivedRow,
    Role,
    SourceFile,
    SubmittedBag,
)
from archive.storage.plan.checksums import PlannedChecksums
from archive.storage.plan.rows import (
    ROLES,
    DescribedFile,
    FileRow,
    Outcome,
    Staged,
    StagedBag,
    path_bytes,
    path_text,
)

PAGE = 500  # rows in memory at a time
# Of what was not staged: the payload as the walk saw it; total(), for sum() fails beyond 2^63.
_SIZE = (
    "coalesce(bytes, (SELECT CAST(total(size) AS INTEGER) FROM files"  # noqa: S608
    f" WHERE document = seq AND role <> '{Role.SUBMISSION.value}'))"
)
_OUTCOME = f"seq, source, title, coalesce(reference, number, ''), coalesce(bag, ''), {_SIZE}, differs"
_STAGED_BAG = "seq, bag, folder, tag_manifest, payload_key, files, bytes, number"


class PlannedDocuments(PlannedChecksums):
    """Documents with their state: planned, held, staged, ingested, rejected or left out."""

    _headings: dict[int, tuple[str, ...]]

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
        warnings: int = 0,
        bag: SubmittedBag | None = None,
        received: ReceivedRow | None = None,
    ) -> int:
        """Takes a document in and claims its files; returns its number in the plan."""
        seq = self.db.execute(
            "INSERT INTO documents (source, cut, description, title, reference, awaiting, place, warnings,"
            " bagit, bag_warnings, headings, cells) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                path_bytes(source),
                cut,
                description,
                title,
                reference,
                awaiting,
                path_bytes(place),
                warnings,
                *(bag or (None, None)),
                *((None, None) if received is None else self._received(received)),
            ),
        ).lastrowid
        self.db.executemany("UPDATE files SET document = ? WHERE id = ?", ((seq, file.id) for file in files))
        return seq or 0

    def _received(self, row: ReceivedRow) -> tuple[int, str]:
        """The number that the headings are kept under, once for each table, and the text of the cells."""
        text = json.dumps(row.headings)
        self.db.execute("INSERT OR IGNORE INTO headings (headings) VALUES (?)", (text,))
        (number,) = self.db.execute("SELECT id FROM headings WHERE headings = ?", (text,)).fetchone()
        return number, json.dumps(row.cells)

    def add_described(self, described: Sequence[DescribedFile]) -> None:
        """Takes documents of one file each in, in order: the common case, at a third of the price."""
        last: int = self.db.execute("SELECT coalesce(max(seq), 0) FROM documents").fetchone()[0]
        self.db.executemany(
            "INSERT INTO documents (seq, source, cut, description, title, awaiting, place, warnings)"
            " VALUES (?, ?, -1, ?, ?, 0, ?, 0)",
            [
                (seq, path_bytes(file.path), description, title, path_bytes(place))
                for seq, (file, description, title, place) in enumerate(described, last + 1)
            ],
        )
        self.db.executemany(
            "UPDATE files SET document = ? WHERE id = ?",
            [(seq, one.file.id) for seq, one in enumerate(described, last + 1)],
        )

    def documents(self, state: str = "planned") -> Iterator[PlannedDocument]:
        """The documents in a state, in order; they may be changed meanwhile."""
        last = 0
        while rows := self._page(last, state):
            end = rows[-1][0]
            files = self._files_between(last, end)
            digests = self.digests_between(last, end)
            for row in rows:
                seq, source, cut, description, title, reference, awaiting, place, warnings, *bag = row[:-2]
                own = files.get(seq, [])
                yield PlannedDocument(
                    seq=seq,
                    source=path_text(source),
                    files=tuple(own if bag[0] is None else _payload(own)),
                    description=description,
                    title=title,
                    reference=reference,
                    awaiting=bool(awaiting),
                    place=path_text(place),
                    digests=tuple(digests.get(seq, ())),
                    cut=cut,
                    warnings=warnings,
                    submission=() if bag[0] is None else tuple(_submission(own)),
                    bag=None if bag[0] is None else SubmittedBag(*bag),
                    received=self._received_row(*row[-2:]),
                )
            last = end

    def _page(self, last: int, state: str) -> list[Any]:
        return self.db.execute(
            "SELECT seq, source, cut, description, title, reference, awaiting, place, warnings, bagit,"
            " bag_warnings, headings, cells FROM documents WHERE seq > ? AND state = ? ORDER BY seq LIMIT ?",
            (last, state, PAGE),
        ).fetchall()

    def _received_row(self, headings: int | None, cells: str) -> ReceivedRow | None:
        if headings is None:
            return None
        if (known := self._headings.get(headings)) is None:
            query = "SELECT headings FROM headings WHERE id = ?"
            known = tuple(json.loads(self.db.execute(query, (headings,)).fetchone()[0]))
            self._headings[headings] = known
        return ReceivedRow(known, tuple(json.loads(cells)))

    def _files_between(self, first: int, last: int) -> dict[int, list[SourceFile]]:
        """The files of the documents numbered above `first` up to `last`, one look for a page of them."""
        files: dict[int, list[SourceFile]] = {}
        for document, root, path, size, role in self.db.execute(
            "SELECT document, root, path, size, role FROM files WHERE document > ? AND document <= ?"
            " ORDER BY id",
            (first, last),
        ):
            files.setdefault(document, []).append(SourceFile(root, path_text(path), size, ROLES[role]))
        return files

    def record_staged(self, rows: Sequence[tuple[Staged, str | None]]) -> None:
        """Notes what staging established of a batch, and the references minted for it (None: declared)."""
        self.db.executemany(
            "UPDATE documents SET state = 'staged', bag = ?, number = ?, payload_key = ?, tag_manifest = ?,"
            " files = ?, bytes = ?, folder = ? WHERE seq = ?",
            (
                (
                    staged.bag,
                    minted,
                    staged.payload_key,
                    staged.tag_manifest,
                    staged.files,
                    staged.bytes,
                    staged.folder,
                    staged.seq,
                )
                for staged, minted in rows
            ),
        )
        self.db.executemany(
            "INSERT INTO made VALUES (?, ?, ?)",
            ((staged.seq, staged.manifest_row, staged.indexed) for staged, _ in rows),
        )

    def record_foretold(self, document: PlannedDocument, payload_key: str) -> None:
        """Notes what staging would establish of a document: as staged, without a bag or a number yet."""
        number = "" if document.reference is None else None
        self.db.execute(
            "UPDATE documents SET state = 'staged', number = ?, payload_key = ?, files = ?, bytes = ?"
            " WHERE seq = ?",
            (number, payload_key, len(document.files), document.bytes, document.seq),
        )

    def record_held(self, seq: int, bag: str, differs: tuple[str, ...]) -> None:
        """Notes that the document is held already, and what of it is not: terms, and tag files of a bag."""
        self.db.execute(
            "UPDATE documents SET state = 'held', bag = ?, differs = ? WHERE seq = ?",
            (bag, json.dumps(differs) if differs else "", seq),
        )

    def tell_held(self, bag: str) -> None:
        """Notes that a document of this submission is the one in that bag, where it might be another's."""
        self.db.execute("INSERT OR IGNORE INTO told_held VALUES (?)", (bag,))

    def is_told_held(self, bag: str) -> bool:
        """True where `tell_held` noted the bag."""
        return self.db.execute("SELECT 1 FROM told_held WHERE bag = ?", (bag,)).fetchone() is not None

    def outcomes(self, state: str) -> Iterator[Outcome]:
        """The documents in a state, in order; they may be changed meanwhile."""
        last = 0
        while rows := self._rows(_OUTCOME, state, last):
            for seq, source, title, reference, bag, byte_count, differs in rows:
                fields = tuple(json.loads(differs)) if differs else ()
                yield Outcome(seq, path_text(source), title, reference, bag, byte_count, fields)
            last = rows[-1][0]

    def manifest_rows(self, state: str) -> Iterator[bytes]:
        """Of the documents in a state the rows of the run's manifest, in order."""
        return self._ready("manifest_row", state)

    def indexed(self, state: str) -> Iterator[bytes]:
        """Of the documents in a state what the index will keep of them, in order."""
        return self._ready("indexed", state)

    def _ready(self, column: str, state: str) -> Iterator[bytes]:
        query = (
            f"SELECT seq, {column} FROM documents JOIN made USING (seq)"  # noqa: S608
            " WHERE state = ? AND seq > ? ORDER BY seq LIMIT ?"
        )
        last = 0
        while rows := self.db.execute(query, (state, last, PAGE)).fetchall():
            for _, made in rows:
                yield made
            last = rows[-1][0]

    def staged_bags(self) -> Iterator[StagedBag]:
        """The bags that wait in staging, in order: no more of them than publishing and committing need."""
        last = 0
        while rows := self._rows(_STAGED_BAG, "staged", last):
            yield from map(StagedBag._make, rows)
            last = rows[-1][0]

    def _rows(self, columns: str, state: str, last: int) -> list[Any]:
        query = f"SELECT {columns} FROM documents WHERE state = ? AND seq > ? ORDER BY seq LIMIT ?"  # noqa: S608
        return self.db.execute(query, (state, last, PAGE)).fetchall()

    def repeated_payloads(self) -> Iterator[tuple[int, str, str]]:
        """(number, source, payload key) of each staged document whose bytes are staged twice, in order."""
        query = (
            "SELECT seq, source, payload_key FROM documents WHERE state = 'staged' AND bytes > 0"
            " AND payload_key IN (SELECT payload_key FROM documents WHERE state = 'staged' AND bytes > 0"
            " GROUP BY payload_key HAVING count(*) > 1) ORDER BY seq"
        )
        for seq, source, key in self.db.execute(query).fetchall():
            yield seq, path_text(source), key

    def source_of(self, seq: int) -> str:
        """The original path of a document."""
        row = self.db.execute("SELECT source FROM documents WHERE seq = ?", (seq,)).fetchone()
        return path_text(row[0])

    def totals(self, state: str) -> tuple[int, int, int]:
        """Documents, files and bytes of a state."""
        row = self.db.execute(
            "SELECT count(*), coalesce(sum(files), 0), coalesce(sum(bytes), 0) FROM documents"
            " WHERE state = ?",
            (state,),
        ).fetchone()
        return (row[0], row[1], row[2])

    def size_of(self, state: str) -> tuple[int, int]:
        """How many documents of a state there are, and the bytes of their files as the walk saw them."""
        # total(), for sum() fails beyond 2^63, and files with holes can say so much
        query = (
            "SELECT count(DISTINCT document), total(size) FROM files JOIN documents ON document = seq"
            " WHERE state = ?"
        )
        documents, byte_count = self.db.execute(query, (state,)).fetchone()
        return (documents, int(byte_count))

    def is_any_reference_declared(self) -> bool:
        """True where a document of this submission declares a reference of its own."""
        query = "SELECT 1 FROM documents WHERE reference IS NOT NULL LIMIT 1"
        return self.db.execute(query).fetchone() is not None

    def document_of_reference(self, reference: str) -> tuple[int, str] | None:
        """Number and place of the document of this submission that declares the reference.

        Two that differ in their Unicode form alone (C, D) look the same, and are one.
        """
        for form in spellings(reference):
            row = self.db.execute("SELECT seq, place FROM documents WHERE reference = ?", (form,)).fetchone()
            if row is not None:
                return (row[0], path_text(row[1]))
        return None

    def description_of(self, seq: int) -> tuple[bytes, str] | None:
        """The description of a document, and the place that gave it."""
        row = self.db.execute("SELECT description, place FROM documents WHERE seq = ?", (seq,)).fetchone()
        return (row[0], path_text(row[1])) if row else None

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

    def count_awaiting(self) -> int:
        """How many planned documents would await their description."""
        query = "SELECT count(*) FROM documents WHERE state = 'planned' AND awaiting"
        counted: int = self.db.execute(query).fetchone()[0]
        return counted

    def total_bytes(self, state: str = "planned") -> int:
        """The size of all files of the documents in a state, as the walk saw them."""
        counted: int = self.db.execute(
            "SELECT coalesce(sum(size), 0) FROM files JOIN documents ON documents.seq = files.document"
            " WHERE state = ?",
            (state,),
        ).fetchone()[0]
        return counted


def _payload(files: Iterable[SourceFile]) -> Iterator[SourceFile]:
    return (file for file in files if file.role is not Role.SUBMISSION)


def _submission(files: Iterable[SourceFile]) -> Iterator[SourceFile]:
    return (file for file in files if file.role is Role.SUBMISSION)
