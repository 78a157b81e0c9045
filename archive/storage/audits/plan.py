"""What an audit expects and what it chose, spooled to a temporary database: memory stays flat."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Final

from archive.core.expectation import Expectation
from archive.core.ledger.entries import Entry, EntryType
from archive.storage.audits.found import FOUND_TABLES, FoundBags
from archive.storage.audits.vouched import VOUCHED_TABLES, VouchedFiles
from archive.storage.disk.spool import open_spool
from archive.storage.layout import shard

# checked, intact, damaged_since: what earlier audits recorded. selected: the place in the order of looking;
# looked: set where an earlier part of a resumed run has looked at it. attested: see `audit_coverage`.
# withdrawn: when it was, a time.
_TABLES: Final = """
CREATE TABLE expected (
  bag TEXT PRIMARY KEY, entry INTEGER, shard TEXT, tag_manifest BLOB, payload BLOB, payload_manifest BLOB,
  files INTEGER, bytes INTEGER, reference TEXT, time TEXT, state TEXT DEFAULT 'held', checked TEXT,
  intact TEXT, damaged_since TEXT, selected INTEGER, looked INTEGER, attested TEXT, withdrawn TEXT)
  WITHOUT ROWID;
"""
_STATES: Final = {EntryType.WITHDRAWAL: "withdrawn", EntryType.DISPOSAL: "disposed"}
_FLUSH: Final = 1000
_NO_LIMIT: Final = 1 << 62


class AuditPlan(AbstractContextManager["AuditPlan"]):
    """Expectations built from a verified ledger, the choice made from them, and what came out.

    `found` has the bags that are not intact, `vouched` what the ledger vouches for beside the bags. Counts
    and choices are about the entries before `limit`; later ones are promises all the same.
    """

    def __init__(self, work: str | None = None) -> None:
        self.db = open_spool(_TABLES + FOUND_TABLES + VOUCHED_TABLES, work)
        self.found = FoundBags(self.db)
        self.vouched = VouchedFiles(self.db)
        self.limit = _NO_LIMIT
        self._waiting: list[tuple[Any, ...]] = []

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.db.close()

    # -- expectations --------------------------------------------------------------------------------------

    def take_entry(self, index: int, entry: Entry) -> None:
        """What an entry of the ledger promises from now on; entries come in their order."""
        if entry.type == EntryType.INGESTION:
            self._take_ingestion(index, entry)
        elif entry.bag is not None:
            self._take_change(entry)
        self.vouched.take_entry(index, entry)

    def _take_ingestion(self, index: int, entry: Entry) -> None:
        payload = entry.get("payload")
        if entry.bag is None or not isinstance(payload, dict):
            return
        self._waiting.append(
            (
                entry.bag,
                index,
                shard(entry.bag),
                _raw(entry.get("tagmanifest")),
                _raw(payload.get("sha512")),
                _raw(payload.get("manifest-sha512")),
                entry.get("files"),
                entry.get("bytes"),
                entry.get("reference"),
                entry.time,
            )
        )
        if len(self._waiting) >= _FLUSH:
            self.flush()

    def _take_change(self, entry: Entry) -> None:
        self.flush()
        if entry.type in _STATES:
            state = _STATES[EntryType(entry.type)]
            change = "UPDATE expected SET state = ?, withdrawn = coalesce(withdrawn, ?) WHERE bag = ?"
            self.db.execute(change, (state, entry.time, entry.bag))
        elif (digest := entry.get("tagmanifest")) is not None:
            self.db.execute("UPDATE expected SET tag_manifest = ? WHERE bag = ?", (_raw(digest), entry.bag))

    def flush(self) -> None:
        """Entries taken so far are promises from here on."""
        self.db.executemany(
            "INSERT OR REPLACE INTO expected (bag, entry, shard, tag_manifest, payload, payload_manifest,"
            " files, bytes, reference, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            self._waiting,
        )
        self._waiting.clear()

    def close_entries(self, size: int) -> None:
        """All entries of the ledger that is judged by have been taken; it has so many."""
        self.flush()
        self.limit = size
        self.db.execute("CREATE INDEX expected_shard ON expected (shard)")

    def held(self, before: int | None = None) -> int:
        """How many bags the ledger holds; only those taken in before an entry, where one is named."""
        query = "SELECT count(*) FROM expected WHERE state = 'held' AND entry < ? AND entry < ?"
        return self._one(query, self.limit if before is None else before)

    def withdrawn(self) -> int:
        """How many bags the ledger knows as withdrawn, disposed ones included."""
        return self._one("SELECT count(*) FROM expected WHERE state <> 'held' AND entry < ?")

    def set_aside(self) -> Iterator[Expectation]:
        """The promises of the bags that were withdrawn and not disposed of, in the order of the ledger."""
        query = f"{_EXPECTATION} FROM expected WHERE state = 'withdrawn' ORDER BY entry"
        yield from map(_expectation, self.db.execute(query))

    def in_shard(self, name: str) -> dict[str, str]:
        """The bags that belong in a folder of `bags/`, with their states."""
        return dict(self.db.execute("SELECT bag, state FROM expected WHERE shard = ?", (name,)))

    def shards(self) -> list[str]:
        """The folders of `bags/` in which the ledger expects bags."""
        return [
            name for (name,) in self.db.execute("SELECT DISTINCT shard FROM expected WHERE state = 'held'")
        ]

    def state(self, bag: str) -> str | None:
        """`held`, `withdrawn` or `disposed`; None where the ledger does not know the bag."""
        row = self.db.execute("SELECT state FROM expected WHERE bag = ?", (bag,)).fetchone()
        return row[0] if row else None

    def expectation(self, bag: str) -> Expectation | None:
        """What the ledger promises about one bag."""
        row = self.db.execute(f"{_EXPECTATION} FROM expected WHERE bag = ?", (bag,)).fetchone()
        return _expectation(row) if row else None

    def ending_with(self, suffix: str) -> list[str]:
        """The bags whose id ends so, or whose minted reference is exactly this."""
        rows = self.db.execute(
            "SELECT bag FROM expected WHERE (substr(bag, -length(?1)) = ?1 OR reference = ?1) AND entry < ?2"
            " ORDER BY entry LIMIT 20",
            (suffix, self.limit),
        )
        return [bag for (bag,) in rows]

    # -- what earlier audits recorded ----------------------------------------------------------------------

    def set_checked(self, rows: Iterable[tuple[str, str, str | None]]) -> None:
        """When each bag was last looked at, and last found intact: (bag, time, time).

        All of them or, where the rows cannot be read to their end, none.
        """
        self.db.execute("CREATE TABLE told (bag TEXT PRIMARY KEY, checked TEXT, intact TEXT) WITHOUT ROWID")
        try:
            self.db.executemany("INSERT OR REPLACE INTO told VALUES (?, ?, ?)", rows)
            self.db.execute(
                "UPDATE expected SET checked = told.checked, intact = told.intact"
                " FROM told WHERE told.bag = expected.bag"
            )
        finally:
            self.db.execute("DROP TABLE told")

    def doubt_checks_since(self, since: str) -> None:
        """What is said to have been checked from then on counts as never checked, until it is confirmed."""
        self.db.execute("CREATE TEMP TABLE claimed (bag TEXT PRIMARY KEY, checked TEXT) WITHOUT ROWID")
        self.db.execute("CREATE TEMP TABLE proven (bag TEXT PRIMARY KEY, checked TEXT) WITHOUT ROWID")
        self.db.execute("INSERT INTO claimed SELECT bag, checked FROM expected WHERE checked >= ?", (since,))
        self.db.execute("UPDATE expected SET checked = NULL WHERE checked >= ?", (since,))

    def confirm_checks(self, rows: Iterable[tuple[str, str]]) -> bool:
        """Counts what was doubted, but for no later time: (bag, time). True where some of it is left."""
        self.db.executemany("INSERT OR REPLACE INTO proven VALUES (?, ?)", rows)
        self.db.execute(
            "UPDATE expected SET"
            " checked = max(coalesce(expected.checked, ''), min(claimed.checked, proven.checked))"
            " FROM proven JOIN claimed USING (bag) WHERE expected.bag = proven.bag"
        )
        self.db.execute(
            "DELETE FROM claimed WHERE checked <= (SELECT checked FROM proven WHERE bag = claimed.bag)"
        )
        self.db.execute("DELETE FROM proven")
        return self.db.execute("SELECT 1 FROM claimed LIMIT 1").fetchone() is not None

    def add_outcomes(self, rows: Iterable[tuple[str, str, str]], *, recorded: str) -> None:
        """What one more audit established, which the ledger took at that time: (bag, time, outcome), as the
        index would note it."""
        self.db.executemany(
            """UPDATE expected SET
                 checked = CASE WHEN ?3 = 'unreadable' THEN checked ELSE ?2 END,
                 intact = CASE WHEN ?3 = 'intact' THEN ?2 ELSE intact END,
                 damaged_since = CASE
                   WHEN ?3 = 'intact' THEN NULL
                   WHEN ?3 IN ('damaged', 'missing') THEN coalesce(damaged_since, ?2)
                   ELSE damaged_since END
               WHERE bag = ?1 AND (coalesce(checked, '') <= ?2 OR checked > ?4)""",
            ((*row, recorded) for row in rows),
        )

    def forget_checks_after(self, until: str) -> None:
        """What is said to have been checked after a time that lies ahead was so by a clock that was wrong: it
        counts as never checked."""
        self.db.execute("UPDATE expected SET checked = NULL WHERE checked > ?", (until,))

    def count_as_checked(self, last: str, time: str) -> None:
        """Notes what this part of an audit has looked at, up to the bag `last`, as checked at that time."""
        unreadable = "SELECT bag FROM found WHERE outcome = 'unreadable'"
        now = f"{_LOOKED} AND looked IS NULL AND bag NOT IN ({unreadable})"
        self.db.execute(f"UPDATE expected SET checked = ?2 WHERE {now}", (last, time))  # noqa: S608

    # -- the choice ----------------------------------------------------------------------------------------

    def select_all(self) -> None:
        """Chooses every held bag, in the order of the ledger."""
        self.db.execute(
            "UPDATE expected SET selected = entry WHERE state = 'held' AND entry < ?", (self.limit,)
        )

    def select_oldest(self, before: str | None) -> None:
        """Chooses the bags last checked before a time (None: all): never checked first, then oldest first."""
        self.db.execute("CREATE TEMP TABLE chosen (number INTEGER PRIMARY KEY, bag TEXT UNIQUE)")
        self.db.execute(
            "INSERT INTO chosen (bag) SELECT bag FROM expected WHERE state = 'held' AND entry < ?2"
            " AND (?1 IS NULL OR checked IS NULL OR checked < ?1)"
            " ORDER BY checked IS NOT NULL, checked, entry",
            (before, self.limit),
        )
        self.db.execute(
            "UPDATE expected SET selected = chosen.number FROM chosen WHERE chosen.bag = expected.bag"
        )
        self.db.execute("DROP TABLE chosen")

    def select_bags(self, bags: Iterable[str]) -> None:
        """Chooses the bags named."""
        self.db.executemany("UPDATE expected SET selected = ?2 WHERE bag = ?1", _numbered(bags))

    def select_damaged(self) -> None:
        """Chooses, beside those chosen already, the held bags that audits found damaged or missing."""
        self.db.execute(
            "UPDATE expected SET selected = entry"
            " WHERE state = 'held' AND damaged_since IS NOT NULL AND entry < ?",
            (self.limit,),
        )

    def take_up(self, bag: str, time: str, outcome: str) -> None:
        """Counts a bag as chosen and looked at: an earlier part of this run did, by that time."""
        self.db.execute(
            "UPDATE expected SET selected = coalesce(selected, -1), looked = 1,"
            " checked = CASE WHEN ?3 = 'unreadable' OR ?2 = '' THEN checked ELSE ?2 END WHERE bag = ?1",
            (bag, time, outcome),
        )

    def held_ids(self, before: int | None = None) -> Iterator[str]:
        """The held bags in the order of the ledger; only those before an entry, where it is named."""
        query = "SELECT bag FROM expected WHERE state = 'held' AND entry < ? ORDER BY entry"
        limit = self.limit if before is None else min(before, self.limit)
        for (bag,) in self.db.execute(query, (limit,)):
            yield bag

    def selected(self) -> int:
        """How many bags are chosen."""
        return self._one("SELECT count(*) FROM expected WHERE selected IS NOT NULL AND entry < ?")

    def chosen(self) -> Iterator[Expectation]:
        """The chosen bags that are still to be looked at, in their order, a page in memory at a time."""
        # An index, because sorting the rows would take memory that grows with the archive.
        self.db.execute("CREATE INDEX IF NOT EXISTS expected_order ON expected (selected, bag)")
        query = (
            f"{_EXPECTATION}, selected FROM expected"
            " WHERE (selected, bag) > (?, ?) AND looked IS NULL ORDER BY selected, bag LIMIT ?"
        )
        last: tuple[int, str] = (-1, "")
        while rows := self.db.execute(query, (*last, _FLUSH)).fetchall():
            for row in rows:
                yield _expectation(row[:-1])
            last = (rows[-1][-1], rows[-1][0])

    def has_looked(self, bag: str, last: str) -> bool:
        """True where this run has looked at a bag, `last` being the last one of its order that it did."""
        query = f"SELECT 1 FROM expected WHERE {_LOOKED} AND bag = ?2"  # noqa: S608
        return self.db.execute(query, (last, bag)).fetchone() is not None

    def looked_at(self, last: str) -> Iterator[tuple[int, str]]:
        """(entry, bag) of every bag looked at, up to `last`, in the order of the ledger."""
        query = f"SELECT entry, bag FROM expected WHERE {_LOOKED} ORDER BY entry"  # noqa: S608
        yield from self.db.execute(query, (last,))

    def intact(self, last: str) -> Iterator[tuple[str, str | None, str | None]]:
        """(bag, minted reference, time) of every bag looked at, up to `last`, that was not found otherwise.

        The time is of those that an earlier part of a resumed run looked at; None for the others.
        """
        found = "SELECT 1 FROM found WHERE found.place = expected.bag"
        columns = "bag, reference, iif(looked IS NULL, NULL, checked)"
        query = f"SELECT {columns} FROM expected WHERE {_LOOKED} AND NOT EXISTS ({found}) ORDER BY entry"  # noqa: S608
        yield from self.db.execute(query, (last,))

    def due(self, before: str) -> int:
        """How many held bags were last checked before a time, or never."""
        return self._one(
            "SELECT count(*) FROM expected WHERE state = 'held' AND entry < ?1"
            " AND (checked IS NULL OR checked < ?2)",
            before,
        )

    def overdue(self, before: str) -> int:
        """How many held bags have been in the archive since before a time and were not checked since."""
        return self._one(
            "SELECT count(*) FROM expected WHERE state = 'held' AND entry < ?1"
            " AND coalesce(checked, time) < ?2",
            before,
        )

    def oldest_check(self) -> str | None:
        """The time of the oldest last check of a held bag; of its ingest where it was never checked."""
        row = self.db.execute(
            "SELECT min(coalesce(checked, time)) FROM expected WHERE state = 'held' AND entry < ?",
            (self.limit,),
        ).fetchone()
        oldest: str | None = row[0]
        return oldest

    def _one(self, query: str, *bound: Any) -> int:
        counted: int = self.db.execute(query, (self.limit, *bound)).fetchone()[0]
        return counted


_EXPECTATION: Final = "SELECT bag, entry, tag_manifest, payload, payload_manifest, files, bytes"
# ?1 is the last bag looked at; chosen bags up to its place in the order were looked at, and those taken up.
_LOOKED: Final = (
    "selected IS NOT NULL AND (looked IS NOT NULL"
    " OR selected <= (SELECT last.selected FROM expected AS last WHERE last.bag = ?1))"
)


def _numbered(bags: Iterable[str]) -> Iterator[tuple[str, int]]:
    return ((bag, number) for number, bag in enumerate(bags))


def _raw(digest: Any) -> bytes | None:
    if not isinstance(digest, str):
        return None
    try:
        return bytes.fromhex(digest)
    except ValueError:
        return b""  # equals no digest: the bag is found altered rather than passed


def _expectation(row: tuple[Any, ...]) -> Expectation:
    bag, entry, tag_manifest, payload, payload_manifest, files, size = row
    return Expectation(
        bag,
        entry,
        (tag_manifest or b"").hex(),
        None if payload is None else payload.hex(),
        None if payload_manifest is None else payload_manifest.hex(),
        files,
        size,
    )
