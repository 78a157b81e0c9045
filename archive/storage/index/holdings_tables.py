"""What the index answers: one document, many, and counts."""

import builtins
import re
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from archive.core.catalog_manifest import ClosedRun
from archive.core.composed_form import spellings
from archive.core.descriptions.access import AccessStatus
from archive.storage.index import selection
from archive.storage.index.connection import Typed, guarded
from archive.storage.index.rows import (
    COLUMNS,
    Counts,
    IndexRow,
    Received,
    Standing,
    document,
    ending,
    source_bytes,
)

if TYPE_CHECKING:
    from archive.core.search_query import SearchQuery

AT_ONCE: Final = 1000
END: Final = (1 << 63) - 1  # behind every entry
LARGEST_COUNTED: Final = 999_999_999  # of a reference that `next_number` counts on from
_STANDING: Final = Typed("entry, bag, ingested, last_checked, last_intact, last_outcome", "ittttt")
_RUN: Final = Typed("closed, run, outcome, bags, files, bytes, manifest", "ittiiit")
_RECEIVED: Final = Typed("accession, count, files, bytes, ingested, ingested", "Tiiitt")
_LISTED: Final = Typed("entry, bag, reference, title, date, files, bytes, payload_key", "itttTiib")
_ACCESS: Final = Typed("access, count", "ti")
_TEXT: Final = Typed("reference", "t")
_SINCE: Final = Typed("damaged_since", "t")
_MINTED = re.compile("[0-9]{4}-([0-9]{6,9})")
_HEX_ENDING = re.compile("[0-9a-f-]{1,36}")


class HoldingsTables:
    """Reads the tables of an index. Every method raises IndexUnusableError where the file does not answer."""

    _db: sqlite3.Connection

    # -- one document --------------------------------------------------------------------------------------

    def by_bag(self, bag: str) -> IndexRow | None:
        """The document in that bag."""
        return next(self._documents("ending = ? AND bag = ?", (ending(bag), bag)), None)

    def by_entry(self, entry: int) -> IndexRow | None:
        """The document that the ledger entry of that index took in."""
        return next(self._documents("entry = ?", (entry,)), None)

    def by_reference(self, reference: str) -> IndexRow | None:
        """The document with that reference, withdrawn ones too; of several the first that is held."""
        return next(iter(self.all_by_reference(reference)), None)

    def all_by_reference(self, reference: str) -> list[IndexRow]:
        """Every document with that reference, hardly ever two: held ones first, in the order of ingest.

        Where none has it so, it is looked for in the other Unicode forms (C, D), which look the same.
        """
        where = "reference = ? ORDER BY state <> 'held', entry"
        found = (list(self._documents(where, (_text(form),))) for form in spellings(reference))
        return next(filter(None, found), [])

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
        return (_SINCE(row)[0] or None) if row else None

    def is_held(self, bag: str) -> bool:
        """Whether a bag is known, and neither withdrawn nor disposed of."""
        query = "SELECT 1 FROM documents WHERE ending = ? AND bag = ? AND state = 'held'"
        with guarded():
            return self._db.execute(query, (ending(bag), bag)).fetchone() is not None

    def by_source(self, source: str) -> list[IndexRow]:
        """Every document with that original path, in the order of ingest."""
        return list(self._documents("source = ? ORDER BY entry", (source_bytes(source),)))

    def has_sources_in(self, folder: str) -> bool:
        """Whether the original path of any document, held or not, leads through that folder (`data/`)."""
        first = source_bytes(folder)
        with guarded():
            found = self._db.execute(
                "SELECT 1 FROM documents WHERE source >= ? AND source < ? LIMIT 1",
                (first, first[:-1] + bytes([first[-1] + 1])),
            )
            return found.fetchone() is not None

    def stand_ins(self, *, good: bool = False) -> Iterator[IndexRow]:
        """Documents whose bags could not be read for the index; `good`: where no audit has found them bad."""
        where = "(source = x'' OR title = '[' || substr(bag, -8) || ']') AND state <> 'disposed'"
        return self._documents(where + " AND last_outcome IN ('', 'intact')" * good, ())

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
            return [row[0] for row in map(_TEXT, rows)]

    def next_number(self, year: int) -> int:
        """The number of the next minted reference of a year: one more than any reference of that form has.

        The numbers above LARGEST_COUNTED are not looked at: a reference made of one may be there.
        """
        highest = 0
        with guarded():
            rows = self._db.execute(
                "SELECT reference FROM documents WHERE reference >= ? AND reference < ?",
                (f"{year:04d}-", f"{year:04d}."),
            )
            for (reference,) in map(_TEXT, rows):
                if match := _MINTED.fullmatch(reference):
                    highest = max(highest, int(match[1]))
        return highest + 1

    # -- many ----------------------------------------------------------------------------------------------

    def search(self, query: "SearchQuery", *, limit: int = 50, offset: int = 0) -> list[IndexRow]:
        """The held documents that the query means, the best first; an empty query means none."""
        if query.is_empty:
            return []
        sql, values = selection.search(query, COLUMNS)
        with guarded():
            return [document(row) for row in self._db.execute(sql, (*values, limit, offset))]

    def count(self, query: "SearchQuery") -> int:
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
                yield Standing(*_STANDING(row))
            if len(rows) < AT_ONCE:
                return
            entry, last = rows[-1][0], rows[-1][3]

    def runs(self, until: int = END) -> Iterator[ClosedRun]:
        """Every ingest run that has ended, up to the entry `until`, in the order of the ledger.

        No lock is held in between, as in `list`.
        """
        last = -1
        while True:
            with guarded():
                rows = self._db.execute(
                    "SELECT * FROM runs WHERE closed > ? AND closed <= ? ORDER BY closed LIMIT ?",
                    (last, until, AT_ONCE),
                ).fetchall()
            for row in rows:
                yield ClosedRun(*_RUN(row))
            if len(rows) < AT_ONCE:
                return
            last = rows[-1][0]

    def received(self, since: str, until: str) -> Iterator[Received]:
        """What each accession brought from one time on and before another, the earliest first.

        Withdrawn documents count: they were received. The accession of a disposed one is not known any more.
        """
        query = (
            "SELECT accession, count(*), total(files), total(bytes), min(ingested), max(ingested)"
            " FROM documents WHERE ingested >= ? AND ingested < ? GROUP BY accession ORDER BY min(entry)"
        )
        with guarded():
            rows = self._db.execute(query, (since, until)).fetchall()
        for accession, documents, files, size, first, last in rows:
            yield Received(*_RECEIVED((accession, documents, int(files), int(size), first, last)))

    def counts(self) -> Counts:
        """What is held in all."""
        with guarded():
            row = self._db.execute(
                """SELECT count(*) FILTER (WHERE state = 'held'), count(*) FILTER (WHERE state <> 'held'),
                     total(files) FILTER (WHERE state = 'held'), total(bytes) FILTER (WHERE state = 'held'),
                     count(*) FILTER (WHERE state = 'held' AND awaiting),
                     count(*) FILTER (WHERE state = 'held' AND last_checked = ''),
                     count(*) FILTER (WHERE state = 'held' AND damaged_since <> ''),
                     count(*) FILTER (WHERE state = 'held' AND last_outcome = 'unreadable'),
                     count(*) FILTER (WHERE state = 'held' AND last_outcome = 'unknown')
                   FROM documents"""
            ).fetchone()
        return Counts(*map(int, row))

    def lacks_documents(self) -> bool:
        """True where it has fewer documents than the runs that have ended brought, as after damage."""
        query = "SELECT (SELECT count(*) FROM documents) < (SELECT total(bags) FROM runs)"
        return bool(self._number(query))

    def awaiting_in_closed_runs(self) -> int:
        """How many held documents of runs that have ended await their description."""
        return self._number(
            "SELECT count(*) FROM documents WHERE awaiting AND state = 'held'"
            " AND run IN (SELECT run FROM runs)"
        )

    def changes(self, document: int) -> builtins.list[int]:
        """The ledger entries about a document after its ingest, in their order; it is named by its entry."""
        with guarded():
            query = (
                "SELECT entry FROM changes WHERE document = ?1"
                " UNION SELECT entry FROM repairs WHERE document = ?1 ORDER BY entry"
            )
            return [entry for (entry,) in self._db.execute(query, (document,))]

    def no_longer_held(self) -> tuple[int, int, int]:
        """How many documents, files and bytes were withdrawn, disposed ones included."""
        query = "SELECT count(*), total(files), total(bytes) FROM documents WHERE state <> 'held'"
        with guarded():
            documents, files, size = self._db.execute(query).fetchone()
        return int(documents), int(files), int(size)

    def adverse(self, limit: int | None = None) -> Iterator[IndexRow]:
        """Held documents found damaged or missing and not intact since, in the order of ingest.

        One that could not be read since is among them. At most `limit`; memory stays flat.
        """
        where = "state = 'held' AND damaged_since <> '' AND entry > ? ORDER BY entry LIMIT ?"
        last, left = -1, limit
        while left is None or left > 0:
            wanted = AT_ONCE if left is None else min(AT_ONCE, left)
            rows = [*self._documents(where, (last, wanted))]
            yield from rows
            if len(rows) < wanted:
                return
            last, left = rows[-1].entry, None if left is None else left - len(rows)

    def unknown(self) -> Iterator[str]:
        """The held bags of which it is not known what the last look at them found."""
        query = "SELECT bag FROM documents WHERE state = 'held' AND last_outcome = 'unknown' ORDER BY entry"
        with guarded():
            yield from (bag for (bag,) in self._db.execute(query).fetchall())

    def accesses(self) -> dict[str, int]:
        """How many held documents state each access, by its text; the empty text where none is stated."""
        with guarded():
            query = "SELECT access, count(*) FROM documents WHERE state = 'held' GROUP BY access"
            return dict(map(_ACCESS, self._db.execute(query).fetchall()))

    def embargoes_until(self, day: str, today: str, limit: int) -> builtins.list[IndexRow]:
        """Held documents whose embargo ends on or before a day (YYYY-MM-DD), the first to end first.

        Those that are over by `today` stand last, for they stay until somebody describes them anew.
        """
        where = (
            "state = 'held' AND access NOT IN ('', 'open') AND access GLOB 'embargoed*'"
            " AND substr(access, 17, 10) <= ?"
            " ORDER BY substr(access, 17, 10) <= ?, substr(access, 17, 10), entry LIMIT ?"
        )
        return [*self._documents(where, (day, today, limit))]

    def unchecked_since(self, time: str, until: str = "9999-12-32") -> int:
        """How many held bags were last checked before a time; or never, and came before it.

        What is said to have been checked after `until` was so by a clock that was wrong, and does not count.
        """
        return self._number(
            "SELECT count(*) FROM documents WHERE state = 'held'"
            " AND iif(last_checked <> '' AND last_checked <= ?2, last_checked, ingested) < ?1",
            time,
            until,
        )

    def checked_after(self, time: str) -> int:
        """How many held bags were last checked after a time: one to come, where a clock was wrong."""
        query = "SELECT count(*) FROM documents WHERE state = 'held' AND last_checked > ?"
        return self._number(query, time)

    def list(
        self,
        *,
        undescribed: bool = False,
        accession: str | None = None,
        run: str | None = None,
        access: AccessStatus | None = None,
        state: str | None = "held",
        since: int = 0,
        limit: int | None = None,
    ) -> Iterator[IndexRow]:
        """The documents that meet every condition, in the order of ingest, from entry `since` on.

        `state` is `held`, `withdrawn` (disposed ones, too), or None for both.
        No lock is held between a thousand rows and the next: a reader that pauses keeps no writer waiting.
        """
        where, values = selection.conditions(
            undescribed=undescribed, accession=accession, run=run, state=state, access=access
        )
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

    def held_since(self, since: int) -> Iterator[tuple[str, str, str, str | None, int, int, str]]:
        """(bag, reference, title, date, files, bytes, payload key) of what is held, from entry `since` on.

        In the order of ingest, with the same manners as `list`, at a quarter of its price.
        """
        while True:
            with guarded():
                rows = self._db.execute(
                    "SELECT entry, bag, reference, title, date, files, bytes, payload_key FROM documents"
                    " WHERE state = 'held' AND entry >= ? ORDER BY entry LIMIT ?",
                    (since, AT_ONCE),
                ).fetchall()
            for _, *facts, key in map(_LISTED, rows):
                yield (*facts, key.hex())
            if len(rows) < AT_ONCE:
                return
            since = rows[-1][0] + 1

    @property
    def end(self) -> int:
        """One more than the entry of the youngest document, 0 where there is none."""
        return self._number("SELECT max(entry) + 1 FROM documents")

    def last_change(self) -> int:
        """The entry that changed the holdings last, be it the end of a run; 0 where there is none."""
        return max(self._number("SELECT max(closed) FROM runs"), self.last_later_change())

    def last_later_change(self) -> int:
        """The last entry that described, withdrew or disposed of a document, 0 where there is none."""
        return self._number("SELECT max(entry) FROM changes")

    def _number(self, sql: str, *values: Any) -> int:
        with guarded():
            return int(self._db.execute(sql, values).fetchone()[0] or 0)

    def _documents(self, where: str, values: tuple[Any, ...]) -> Iterator[IndexRow]:
        with guarded():
            rows = self._db.execute(f"SELECT {COLUMNS} FROM documents WHERE {where}", values).fetchall()  # noqa: S608
        return map(document, rows)


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
