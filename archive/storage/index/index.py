"""The index as its users see it: add what was ingested, look up what is held."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from types import TracebackType
from typing import Final, Self, TypeVar

from archive.core.catalog_manifest import ClosedRun
from archive.core.errors import StorageError
from archive.core.holding import Holding
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.text import printable
from archive.storage.disk.durable import rename, sync_file, sync_folder
from archive.storage.disk.kinds import folder_at
from archive.storage.index.comparison import Comparison
from archive.storage.index.connection import BESIDE, IndexDamagedError, create, guarded, open_existing
from archive.storage.index.copies_tables import CopiesTables
from archive.storage.index.description_tables import DescriptionTables
from archive.storage.index.holdings_tables import AT_ONCE
from archive.storage.index.incidents import IncidentTable
from archive.storage.index.rows import FACTS, TOLD, IndexedDocument, digest_bytes, ending, indexed_document

_Row = TypeVar("_Row")
_INSERT_DOCUMENT: Final = (
    f"INSERT INTO documents (entry, described, ingested, {FACTS})"  # noqa: S608
    f" VALUES (?1, ?1{', ?' * (FACTS.count(',') + 2)})"
)
_INSERT_SHAPE: Final = "INSERT OR IGNORE INTO shapes (shape, fields) VALUES (?, ?)"
_INSERT_WORDS: Final = (
    "INSERT INTO words (rowid, title, creator, subject, description, other, source, reference, language)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Index(DescriptionTables, CopiesTables):
    """One open index. Every method raises IndexUnusableError where the file does not let it answer.

    Several calls within `change()` are made durable together, all or none of them.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: str, *, on_close: Callable[[], None] | None = None
    ) -> None:
        self._db = connection
        self._on_close = on_close
        self.path = path

    @classmethod
    def open(cls, path: str, *, writable: bool = False) -> Self:
        """The index at the path, for reading unless `writable`."""
        return cls(open_existing(path, writable=writable), path)

    @classmethod
    def create(cls, path: str, *, durable: bool = True, on_close: Callable[[], None] | None = None) -> Self:
        """A new, empty index where there is no file; see `connection.create` for `durable`."""
        return cls(create(path, durable=durable), path, on_close=on_close)

    def copy_to(self, path: str, *, on_close: Callable[[], None] | None = None) -> "Index":
        """A writable copy elsewhere, of which nothing is synced."""
        with guarded():
            target = sqlite3.connect(path, isolation_level=None)
        try:
            with guarded():
                self._db.backup(target)
                target.execute("PRAGMA journal_mode=OFF")
                target.execute("PRAGMA synchronous=OFF")
        except BaseException:
            target.close()
            raise
        return Index(target, path, on_close=on_close)

    def compared(self, made: str) -> AbstractContextManager[Comparison]:
        """What differs between this index, which is a copy that nobody else has, and the one at that path."""
        return contextlib.closing(Comparison(self._db, made))

    def require_sound(self) -> None:
        """Reads the whole file, which is a copy that nobody else has; IndexUnusableError where a page, a row
        or the index of the words is damaged."""
        with guarded():
            (found,) = self._db.execute("PRAGMA integrity_check(1)").fetchone()
            if found == "ok":  # whose pages may be whole, and not what they say of the words
                self._db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
                return
        raise IndexDamagedError(f"is damaged: {printable(str(found).splitlines()[-1])}")

    def close(self) -> None:
        """Closes the file; a change under way is undone."""
        self._db.close()
        if self._on_close is not None:
            self._on_close()
            self._on_close = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- the state it corresponds to -----------------------------------------------------------------------

    def meta(self, name: str) -> str | None:
        """What is noted under a name, or None."""
        with guarded():
            row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def note(self, name: str, value: str) -> None:
        """Note a text under a name."""
        with guarded():
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    @property
    def size(self) -> int:
        """The number of ledger entries that the index corresponds to."""
        text = self.meta("size") or "0"
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0

    @property
    def root(self) -> str:
        """The root (hexadecimal) of the ledger at that size."""
        return self.meta("root") or ""

    def set_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Note the checkpoint that the index corresponds to from now on."""
        self.reflects(size=checkpoint.size, root=checkpoint.root)

    def reflects(self, *, size: int, root: bytes) -> None:
        """The same as `set_checkpoint`, from size and root alone."""
        with guarded():
            self._db.execute(
                "INSERT OR REPLACE INTO meta VALUES ('size', ?), ('root', ?)", (str(size), root.hex())
            )

    # -- changes -------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def change(self) -> Iterator[Self]:
        """One transaction: durable as a whole when the block ends, undone when it raises."""
        with guarded():
            self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self
            with guarded():
                self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise

    def _one_change(self) -> AbstractContextManager[object]:
        """The change under way, or one for this call: a row a commit would cost a sync each."""
        return contextlib.nullcontext() if self._db.in_transaction else self.change()

    def add(self, holdings: Iterable[Holding]) -> int:
        """Add documents, in the order of their entries; how many. Memory stays below a thousand of them."""
        return self.add_indexed(
            (holding.entry, holding.ingested, indexed_document(holding)) for holding in holdings
        )

    def add_indexed(self, documents: Iterable[tuple[int, str, IndexedDocument]]) -> int:
        """The same for (entry, time of ingest, document)."""
        added = 0
        with self._one_change(), guarded():
            for rows in _batches(documents):
                self._db.executemany(_INSERT_SHAPE, {(made.facts[-1], made.fields) for _, _, made in rows})
                self._db.executemany(
                    _INSERT_DOCUMENT, [(entry, time, *made.facts) for entry, time, made in rows]
                )
                self._db.executemany(_INSERT_WORDS, [(entry, *made.words) for entry, _, made in rows])
                self._point_at([(entry, made) for entry, _, made in rows])
                added += len(rows)
        return added

    def describe(self, holding: Holding, *, change: int, revision: int) -> None:
        """Give a document the description of the ledger entry `change`; `holding` is as it is from then."""
        made = indexed_document(holding)
        with self._one_change(), guarded():
            before = self._db.execute("SELECT described FROM documents WHERE entry = ?", (holding.entry,))
            for (described,) in before.fetchall():
                self._forget(described)
            self._db.execute(_INSERT_SHAPE, (made.facts[-1], made.fields))
            self._db.execute(
                "UPDATE documents SET title = ?, creator = ?, date = ?, access = ?,"
                " shape = ?, tag_manifest = ?, awaiting = ?,"
                " described = ?, revision = ? WHERE entry = ?",
                (
                    *made.facts[TOLD],
                    digest_bytes(holding.tag_manifest),
                    holding.awaiting,
                    change,
                    revision,
                    holding.entry,
                ),
            )
            self._db.execute(_INSERT_WORDS, (change, *made.words))
            self._point_at([(change, made)])
            self._note_change(holding.entry, change)

    def withdraw(self, document: int, *, change: int, reference: str | None = None) -> None:
        """Note that the ledger entry `change` withdrew a document; it is known by its ingestion's index.

        `reference` is what it is called where only its description, which may be gone, says what it was.
        """
        with self._one_change(), guarded():
            self._db.execute(
                "UPDATE documents SET state = 'withdrawn', awaiting = 0,"
                " reference = CASE WHEN reference = bag AND ?2 IS NOT NULL THEN ?2 ELSE reference END"
                " WHERE entry = ?1",
                (document, reference),
            )
            self._note_change(document, change)

    def dispose(self, document: int, *, change: int, reference: str, title: str) -> None:
        """Note that a withdrawn document was disposed of: nothing that it said of itself is kept.

        Its words stay in the file until the index is made anew.
        """
        with self._one_change(), guarded():
            self._db.execute(
                "UPDATE documents SET state = 'disposed', reference = ?2, title = ?3, creator = NULL,"
                " date = NULL, accession = NULL, access = '', shape = NULL, source = x'' WHERE entry = ?1",
                (document, reference, title),
            )
            described = self._db.execute("SELECT described FROM documents WHERE entry = ?", (document,))
            for (each,) in described.fetchall():
                self._forget(each)
            self._note_change(document, change)

    def _point_at(self, described: list[tuple[int, IndexedDocument]]) -> None:
        """Dates and parents of descriptions, under their rowids in `words`."""
        self._db.executemany(
            "INSERT INTO dates (lower, upper, document) VALUES (?, ?, ?)",
            [(*bounds, number) for number, made in described for bounds in made.dates],
        )
        self._db.executemany(
            "INSERT INTO parents (document, parent) VALUES (?, ?)",
            [(number, parent) for number, made in described for parent in made.parents],
        )

    def _forget(self, described: int) -> None:
        self._db.execute("DELETE FROM dates WHERE document = ?", (described,))
        self._db.execute("DELETE FROM parents WHERE document = ?", (described,))

    def _note_change(self, document: int, change: int) -> None:
        self._db.execute("INSERT OR REPLACE INTO changes VALUES (?, ?)", (change, document))

    def note_repair(self, bag: str, *, change: int) -> None:
        """Note that the ledger entry `change` is about a repair of the bag."""
        with guarded():
            self._db.execute(
                "INSERT OR REPLACE INTO repairs"
                " SELECT ?1, entry FROM documents WHERE ending = ?2 AND bag = ?3",
                (change, ending(bag), bag),
            )

    @property
    def incidents(self) -> IncidentTable:
        """What damage is known, and what became of it."""
        return IncidentTable(self._db)

    def add_run(self, run: ClosedRun) -> None:
        """Add an ingest run that has ended."""
        with guarded():
            self._db.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", run)

    def mark_checked(self, rows: Iterable[tuple[str, str, str]], *, recorded: str) -> None:
        """Note (bag, time, outcome) of an audit that the ledger took at the time `recorded`, in its order.

        An older look never replaces a younger one; but a time that lies behind `recorded` is of a clock that
        was wrong, and gives way. `unreadable` is noted as the outcome, but the bag stays as long unchecked as
        it was: nothing is known.
        """
        with self._one_change(), guarded():
            for some in _batches(rows):
                self._db.executemany(
                    """UPDATE documents SET last_outcome = ?3,
                         last_checked = CASE WHEN ?3 = 'unreadable' THEN last_checked ELSE ?2 END,
                         last_intact = CASE WHEN ?3 = 'intact' THEN ?2 ELSE last_intact END,
                         damaged_since = CASE
                           WHEN ?3 = 'intact' THEN ''
                           WHEN ?3 IN ('damaged', 'missing') AND damaged_since = '' THEN ?2
                           ELSE damaged_since END
                       WHERE ending = ?4 AND bag = ?1 AND (last_checked <= ?2 OR last_checked > ?5)""",
                    [(bag, time, outcome, ending(bag), recorded) for bag, time, outcome in some],
                )

    def doubt(self, entry: int, *, time: str, recorded: str) -> None:
        """What an audit found that ended with that entry is lost: none of what was held is known to be good.

        But what was read since, see `mark_checked`.
        """
        with guarded():
            self._db.execute(
                """UPDATE documents SET last_outcome = 'unknown'
                   WHERE entry < ?1 AND last_outcome IN ('', 'intact')
                     AND (last_checked <= ?2 OR last_checked > ?3)""",
                (entry, time, recorded),
            )

    def mark_intact(self, bags: Iterable[tuple[int, str]], time: str) -> None:
        """The same for (entry of the ingestion, bag) of the youngest audit, which found them intact."""
        with self._one_change(), guarded():
            self._db.executemany(
                """UPDATE documents SET last_outcome = 'intact', last_checked = ?3, last_intact = ?3,
                     damaged_since = ''
                   WHERE entry = ?1 AND bag = ?2""",
                ((entry, bag, time) for entry, bag in bags),
            )

    def finish(self, target: str) -> None:
        """Close an index that was built beside its place, make it durable and put it there."""
        with guarded():
            self._db.execute("INSERT INTO words (words) VALUES ('optimize')")
        self.close()
        os.chmod(self.path, 0o644)
        sync_file(self.path)
        for beside in BESIDE:
            with contextlib.suppress(FileNotFoundError, IsADirectoryError, PermissionError):
                os.unlink(target + beside)  # of the file that is replaced: it would be rolled into ours
        if folder_at(target):  # a folder gives way to no file
            _give_way(target)
        rename(self.path, target)
        sync_folder(os.path.dirname(target))


def _batches(things: Iterable[_Row]) -> Iterator[list[_Row]]:
    source = iter(things)
    while some := list(islice(source, AT_ONCE)):
        yield some


def _give_way(folder: str) -> None:
    """Remove the folder that stands in the index's place; StorageError where somebody's things lie in it."""
    try:
        os.rmdir(folder)
    except OSError as trouble:
        raise StorageError(
            f"{printable(folder)}: a folder in the place of the index, which cannot be removed:"
            f" {trouble.strerror}",
            remedy="move it out of the archive, then run it again: nothing of the archive lies in it",
        ) from trouble
