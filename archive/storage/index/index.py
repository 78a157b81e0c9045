"""The index as its users see it: add what was ingested, look up what is held."""

import builtins
import contextlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from archive.core.catalog_manifest import ClosedRun
from archive.core.checkpoint import Checkpoint
from archive.core.holding import Holding
from archive.core.search_query import SearchQuery
from archive.storage.durable import sync_file, sync_folder
from archive.storage.index import selection
from archive.storage.index.connection import create, guarded, open_existing
from archive.storage.index.rows import (
    COLUMNS,
    Counts,
    IndexRow,
    Standing,
    date_rows,
    document,
    document_row,
    ending,
    source_bytes,
    word_row,
)

AT_ONCE: Final = 1000
_Row = TypeVar("_Row")
_MINTED = re.compile("[0-9]{4}-([0-9]{6,9})")
_HEX_ENDING = re.compile("[0-9a-f-]{1,36}")
_INSERT_DOCUMENT: Final = (
    "INSERT INTO documents (entry, bag, ending, run, reference, declared, accession, source, files, bytes,"
    " payload_key, tag_manifest, ingested, awaiting, title, creator, date, described)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_WORDS: Final = (
    "INSERT INTO words (rowid, title, creator, subject, description, other, source, reference, language)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Index:
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

    def copy_to(self, path: str, *, on_close: Callable[[], None]) -> "Index":
        """A writable copy elsewhere, for a reader who has to bring an index up to date."""
        with guarded():
            target = sqlite3.connect(path, isolation_level=None)
            self._db.backup(target)
            target.execute("PRAGMA journal_mode=OFF")
            target.execute("PRAGMA synchronous=OFF")
        return Index(target, path, on_close=on_close)

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

    @property
    def end(self) -> int:
        """One more than the entry of the youngest document, 0 where there is none."""
        return self._number("SELECT max(entry) + 1 FROM documents")

    def last_run_closed(self) -> int:
        """The entry that ended the last run, 0 where none has ended."""
        return self._number("SELECT max(closed) FROM runs")

    def _number(self, sql: str, *values: Any) -> int:
        with guarded():
            return int(self._db.execute(sql, values).fetchone()[0] or 0)

    @property
    def settings_digest(self) -> str:
        """The sha512 (hexadecimal) of the settings that the ledger noted last."""
        return self.meta("settings") or ""

    def set_settings(self, digest: str) -> None:
        """Note the digest of the settings in force."""
        self.note("settings", digest)

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
        added = 0
        with self._one_change(), guarded():
            for rows in _batches(holdings):
                self._db.executemany(_INSERT_DOCUMENT, map(document_row, rows))
                self._db.executemany(_INSERT_WORDS, map(word_row, rows))
                self._db.executemany(
                    "INSERT INTO dates (lower, upper, document) VALUES (?, ?, ?)",
                    [date for holding in rows for date in date_rows(holding)],
                )
                added += len(rows)
        return added

    def add_run(self, run: ClosedRun) -> None:
        """Add an ingest run that has ended."""
        with guarded():
            self._db.execute("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", run)

    def mark_checked(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Note (bag, time, outcome) of audits; an older time never replaces a younger one.

        `unreadable` is noted as the outcome, but the bag stays as long unchecked as it was: nothing is known.
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
                       WHERE ending = ?4 AND bag = ?1 AND last_checked <= ?2""",
                    [(bag, time, outcome, ending(bag)) for bag, time, outcome in some],
                )

    # -- one document --------------------------------------------------------------------------------------

    def by_bag(self, bag: str) -> IndexRow | None:
        """The document in that bag."""
        return next(self._documents("ending = ? AND bag = ?", (ending(bag), bag)), None)

    def by_reference(self, reference: str) -> IndexRow | None:
        """The document with that reference, withdrawn ones too."""
        return next(self._documents("reference = ?", (_text(reference),)), None)

    def by_payload(self, payload_key: str) -> list[IndexRow]:
        """Every document with that payload, in the order of ingest; the key as in `Holding`."""
        try:
            key = bytes.fromhex(payload_key)
        except ValueError:
            return []
        return list(self._documents("payload_key = ? ORDER BY entry", (key,)))

    def damaged_since(self, bag: str) -> str | None:
        """When a bag that is damaged or missing was first seen so, as far as the index knows."""
        with guarded():
            row = self._db.execute(
                "SELECT damaged_since FROM documents WHERE ending = ? AND bag = ?", (ending(bag), bag)
            ).fetchone()
        return (row[0] or None) if row else None

    def by_source(self, source: str) -> list[IndexRow]:
        """Every document with that original path, in the order of ingest."""
        return list(self._documents("source = ? ORDER BY entry", (source_bytes(source),)))

    def by_short_id(self, text: str, limit: int = 20) -> list[IndexRow]:
        """Every document whose id ends so, at most `limit`; the whole id is an ending, too."""
        if not _HEX_ENDING.fullmatch(text):
            return []
        tail = ending(text)
        upper = tail[:-1] + chr(ord(tail[-1]) + 1)
        found = self._documents(
            "ending >= ? AND ending < ? AND substr(bag, ?) = ? ORDER BY ending, bag LIMIT ?",
            (tail, upper, -len(text), text, limit),
        )
        return list(found)

    def references(self, limit: int = 5_000) -> list[str]:
        """The youngest references, for a suggestion."""
        with guarded():
            rows = self._db.execute("SELECT reference FROM documents ORDER BY entry DESC LIMIT ?", (limit,))
            return [row[0] for row in rows]

    def next_number(self, year: int) -> int:
        """The number of the next minted reference of a year: one more than any reference of that form has."""
        highest = 0
        with guarded():
            rows = self._db.execute(
                "SELECT reference FROM documents WHERE reference >= ? AND reference < ?",
                (f"{year:04d}-", f"{year:04d}."),
            )
            for (reference,) in rows:
                if match := _MINTED.fullmatch(reference):
                    highest = max(highest, int(match[1]))
        return highest + 1

    # -- many ----------------------------------------------------------------------------------------------

    def search(self, query: SearchQuery, *, limit: int = 50, offset: int = 0) -> list[IndexRow]:
        """The held documents that the query means, the best first; an empty query means none."""
        if query.is_empty:
            return []
        sql, values = selection.search(query, COLUMNS)
        with guarded():
            return [document(row) for row in self._db.execute(sql, (*values, limit, offset))]

    def count(self, query: SearchQuery) -> int:
        """How many held documents the query means."""
        if query.is_empty:
            return 0
        sql, values = selection.count(query)
        return self._number(sql, *values)

    def oldest_first(self) -> Iterator[Standing]:
        """Every held bag, those never checked first, then by the time of the last check, then by entry."""
        last, entry = "", -1
        while True:
            with guarded():
                rows = self._db.execute(
                    "SELECT entry, bag, ingested, last_checked, last_intact, last_outcome FROM documents"
                    " WHERE (last_checked, entry) > (?, ?) AND state = 'held'"
                    " ORDER BY last_checked, entry LIMIT ?",
                    (last, entry, AT_ONCE),
                ).fetchall()
            for row in rows:
                yield Standing(*row)
            if len(rows) < AT_ONCE:
                return
            entry, last = rows[-1][0], rows[-1][3]

    def runs(self) -> Iterator[ClosedRun]:
        """Every ingest run that has ended, in the order of the ledger."""
        with guarded():
            for row in self._db.execute("SELECT * FROM runs ORDER BY closed"):
                yield ClosedRun(*row)

    def counts(self) -> Counts:
        """What is held in all."""
        with guarded():
            row = self._db.execute(
                """SELECT count(*) FILTER (WHERE state = 'held'), count(*) FILTER (WHERE state = 'withdrawn'),
                     total(files) FILTER (WHERE state = 'held'), total(bytes) FILTER (WHERE state = 'held'),
                     count(*) FILTER (WHERE state = 'held' AND awaiting),
                     count(*) FILTER (WHERE state = 'held' AND last_checked = ''),
                     count(*) FILTER (WHERE state = 'held' AND last_outcome IN ('damaged', 'missing'))
                   FROM documents"""
            ).fetchone()
        return Counts(*map(int, row))

    def awaiting_in_closed_runs(self) -> int:
        """How many held documents of runs that have ended await their description."""
        return self._number(
            "SELECT count(*) FROM documents WHERE awaiting AND state = 'held'"
            " AND run IN (SELECT run FROM runs)"
        )

    def adverse(self, limit: int = 20) -> builtins.list[IndexRow]:
        """Held documents that the last look found damaged or missing, at most `limit`."""
        where = "state = 'held' AND last_outcome IN ('damaged', 'missing') ORDER BY entry LIMIT ?"
        return [*self._documents(where, (limit,))]

    def unchecked_since(self, time: str) -> int:
        """How many held bags were neither ingested nor checked at or after a time."""
        return self._number(
            "SELECT count(*) FROM documents WHERE last_checked < ?1 AND ingested < ?1 AND state = 'held'",
            time,
        )

    def list(
        self,
        *,
        undescribed: bool = False,
        accession: str | None = None,
        run: str | None = None,
        since: int = 0,
        limit: int | None = None,
    ) -> Iterator[IndexRow]:
        """The held documents that meet every condition, in the order of ingest, from entry `since` on.

        No lock is held between a thousand rows and the next: a reader that pauses keeps no writer waiting.
        """
        where, values = selection.conditions(undescribed=undescribed, accession=accession, run=run)
        sql = f"SELECT {COLUMNS} FROM documents WHERE {where} AND entry >= ? ORDER BY entry LIMIT ?"  # noqa: S608
        left = limit
        while left is None or left > 0:
            wanted = AT_ONCE if left is None else min(AT_ONCE, left)
            with guarded():
                rows = self._db.execute(sql, (*values, since, wanted)).fetchall()
            yield from map(document, rows)
            if len(rows) < wanted:
                return
            since = rows[-1][0] + 1
            left = None if left is None else left - len(rows)

    def finish(self, target: str) -> None:
        """Close an index that was built beside its place, make it durable and put it there."""
        with guarded():
            self._db.execute("INSERT INTO words (words) VALUES ('optimize')")
        self.close()
        os.chmod(self.path, 0o644)
        sync_file(self.path)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{target}-journal")  # of the file that is replaced: it would be rolled into ours
        os.replace(self.path, target)
        sync_folder(os.path.dirname(target))

    def _documents(self, where: str, values: tuple[Any, ...]) -> Iterator[IndexRow]:
        with guarded():
            rows = self._db.execute(f"SELECT {COLUMNS} FROM documents WHERE {where}", values).fetchall()  # noqa: S608
        return map(document, rows)


def _batches(things: Iterable[_Row]) -> Iterator[list[_Row]]:
    source = iter(things)
    while some := list(islice(source, AT_ONCE)):
        yield some


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
