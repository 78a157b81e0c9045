"""What an audit expects and what it chose, spooled to a temporary database: memory stays flat."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, NamedTuple

from archive.core.entries import Entry, EntryType
from archive.core.expectation import Expectation
from archive.storage.layout import shard
from archive.storage.plan import spool_folder

_SCHEMA = """
CREATE TABLE expected (
  bag TEXT PRIMARY KEY, entry INTEGER, shard TEXT, tag_manifest BLOB, payload BLOB, payload_manifest BLOB,
  files INTEGER, bytes INTEGER, reference TEXT, time TEXT, state TEXT DEFAULT 'held', checked TEXT,
  intact TEXT, selected INTEGER) WITHOUT ROWID;
CREATE TABLE adverse (
  bag TEXT PRIMARY KEY, outcome TEXT, findings TEXT, files INTEGER, bytes INTEGER, known_since TEXT
) WITHOUT ROWID;
CREATE TABLE runs (run TEXT PRIMARY KEY, manifest TEXT, closed INTEGER) WITHOUT ROWID;
CREATE TABLE audits (entry INTEGER PRIMARY KEY, run TEXT, results TEXT);
"""
_FLUSH = 1000


class AdverseBag(NamedTuple):
    """A bag that is not intact, as it was found; `known_since` is the first audit that found it so."""

    bag: str
    reference: str | None
    outcome: str
    findings: list[dict[str, Any]]
    last_intact: str | None
    known_since: str | None


class AuditPlan(AbstractContextManager["AuditPlan"]):
    """Expectations built from a verified ledger, the choice made from them, and what came out."""

    def __init__(self, work: str | None = None) -> None:
        self.folder = spool_folder(work)
        self.db = sqlite3.connect(os.path.join(self.folder, "audit.sqlite"), isolation_level=None)
        self.db.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8192;"
            "PRAGMA locking_mode=EXCLUSIVE;"
        )
        self.db.executescript(_SCHEMA)
        self.db.execute("BEGIN")
        self._waiting: list[tuple[Any, ...]] = []

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.db.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- expectations --------------------------------------------------------------------------------------

    def take_entry(self, index: int, entry: Entry) -> None:
        """What an entry of the ledger promises from now on; entries come in their order."""
        if entry.type == EntryType.INGESTION:
            payload = entry.get("payload")
            if entry.bag is None or not isinstance(payload, dict):
                return
            single, manifest = payload.get("sha512"), payload.get("manifest-sha512")
            self._waiting.append(
                (
                    entry.bag,
                    index,
                    shard(entry.bag),
                    _raw(entry.get("tagmanifest")),
                    _raw(single),
                    _raw(manifest),
                    entry.get("files"),
                    entry.get("bytes"),
                    entry.get("reference"),
                    entry.time,
                )
            )
            if len(self._waiting) >= _FLUSH:
                self.flush()
        elif entry.type == EntryType.RUN_CLOSED:
            self.db.execute(
                "INSERT OR REPLACE INTO runs VALUES (?, ?, 1)", (entry.run, entry.get("manifest"))
            )
        elif entry.type == EntryType.AUDIT_FINISHED:
            self.db.execute("INSERT INTO audits VALUES (?, ?, ?)", (index, entry.run, entry.get("results")))
        elif entry.bag is not None:
            self._take_change(entry)

    def _take_change(self, entry: Entry) -> None:
        self.flush()
        if entry.type == "withdrawal":
            self.db.execute("UPDATE expected SET state = 'withdrawn' WHERE bag = ?", (entry.bag,))
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

    def close_entries(self) -> None:
        """All entries have been taken."""
        self.flush()
        self.db.execute("CREATE INDEX expected_shard ON expected (shard)")

    def held(self) -> int:
        """How many bags the ledger holds."""
        return self._one("SELECT count(*) FROM expected WHERE state = 'held'")

    def withdrawn(self) -> int:
        """How many bags the ledger knows as withdrawn."""
        return self._one("SELECT count(*) FROM expected WHERE state = 'withdrawn'")

    def in_shard(self, name: str) -> dict[str, str]:
        """The bags that belong in a folder of `bags/`, with their states."""
        return dict(self.db.execute("SELECT bag, state FROM expected WHERE shard = ?", (name,)))

    def shards(self) -> list[str]:
        """The folders of `bags/` in which the ledger expects bags."""
        return [
            name for (name,) in self.db.execute("SELECT DISTINCT shard FROM expected WHERE state = 'held'")
        ]

    def expectation(self, bag: str) -> Expectation | None:
        """What the ledger promises about one bag."""
        row = self.db.execute(f"{_EXPECTATION} FROM expected WHERE bag = ?", (bag,)).fetchone()
        return _expectation(row) if row else None

    def ending_with(self, suffix: str) -> list[str]:
        """The bags whose id ends so, or whose minted reference is exactly this."""
        rows = self.db.execute(
            "SELECT bag FROM expected WHERE substr(bag, -length(?1)) = ?1 OR reference = ?1"
            " ORDER BY entry LIMIT 20",
            (suffix,),
        )
        return [bag for (bag,) in rows]

    # -- the choice ----------------------------------------------------------------------------------------

    def set_checked(self, rows: Iterable[tuple[str, str, str | None]]) -> None:
        """When each bag was last looked at, and last found intact, as the index or earlier results say."""
        self.db.executemany(
            "UPDATE expected SET checked = ?2, intact = ?3 WHERE bag = ?1 AND coalesce(checked, '') <= ?2",
            rows,
        )

    def select_all(self) -> None:
        """Chooses every held bag, in the order of the ledger."""
        self.db.execute("UPDATE expected SET selected = entry WHERE state = 'held'")

    def select_oldest(self, before: str | None) -> None:
        """Chooses the bags last checked before a time (None: all): never checked first, then oldest first."""
        self._select(
            "SELECT bag FROM expected WHERE state = 'held'"
            " AND (?1 IS NULL OR checked IS NULL OR checked < ?1)"
            " ORDER BY checked IS NOT NULL, checked, entry",
            (before,),
        )

    def select_bags(self, bags: Iterable[str]) -> None:
        """Chooses the bags named."""
        for number, bag in enumerate(bags):
            self.db.execute("UPDATE expected SET selected = ? WHERE bag = ?", (number, bag))

    def unselect(self, bags: Iterable[str]) -> None:
        """Takes bags out of the choice: an earlier part of this run has looked at them."""
        self.db.executemany("UPDATE expected SET selected = NULL WHERE bag = ?", ((bag,) for bag in bags))

    def held_ids(self) -> Iterator[str]:
        """The held bags in the order of the ledger."""
        for (bag,) in self.db.execute("SELECT bag FROM expected WHERE state = 'held' ORDER BY entry"):
            yield bag

    def _select(self, query: str, bound: tuple[Any, ...] = ()) -> None:
        self.db.execute("CREATE TEMP TABLE chosen (number INTEGER PRIMARY KEY, bag TEXT UNIQUE)")
        self.db.execute(f"INSERT INTO chosen (bag) {query}", bound)
        self.db.execute(
            "UPDATE expected SET selected = chosen.number FROM chosen WHERE chosen.bag = expected.bag"
        )
        self.db.execute("DROP TABLE chosen")

    def selected(self) -> int:
        """How many bags are chosen."""
        return self._one("SELECT count(*) FROM expected WHERE selected IS NOT NULL")

    def chosen(self) -> Iterator[Expectation]:
        """The chosen bags in the order in which they are looked at."""
        for row in self.db.execute(
            f"{_EXPECTATION} FROM expected WHERE selected IS NOT NULL ORDER BY selected"
        ):
            yield _expectation(row)

    def due(self, before: str) -> int:
        """How many held bags were last checked before a time, or never."""
        return self._one(
            "SELECT count(*) FROM expected WHERE state = 'held' AND (checked IS NULL OR checked < ?)",
            (before,),
        )

    def overdue(self, before: str) -> int:
        """How many held bags have been in the archive since before a time and were not checked since."""
        return self._one(
            "SELECT count(*) FROM expected WHERE state = 'held' AND coalesce(checked, time) < ?", (before,)
        )

    def oldest_check(self) -> str | None:
        """The time of the oldest last check of a held bag; of its ingest where it was never checked."""
        row = self.db.execute(
            "SELECT min(coalesce(checked, time)) FROM expected WHERE state = 'held'"
        ).fetchone()
        oldest: str | None = row[0]
        return oldest

    # -- what came out -------------------------------------------------------------------------------------

    def add_adverse(
        self, bag: str, outcome: str, findings: list[dict[str, Any]], files: int, size: int
    ) -> None:
        """Keeps a bag that is not intact."""
        self.db.execute(
            "INSERT OR REPLACE INTO adverse (bag, outcome, findings, files, bytes) VALUES (?, ?, ?, ?, ?)",
            (bag, outcome, json.dumps(findings), files, size),
        )

    def drop_adverse(self, bag: str) -> None:
        """Forgets a bag that a second look found intact."""
        self.db.execute("DELETE FROM adverse WHERE bag = ?", (bag,))

    def set_known(self, rows: Iterable[tuple[str, str]]) -> None:
        """Since when each damaged bag is known to be damaged: (bag, time)."""
        self.db.executemany("UPDATE adverse SET known_since = ?2 WHERE bag = ?1", rows)

    def adverse_outcomes(self) -> dict[str, int]:
        """How many bags have each adverse outcome."""
        return dict(self.db.execute("SELECT outcome, count(*) FROM adverse GROUP BY outcome"))

    def adverse_ids(self) -> list[str]:
        """The bags that are not intact, by id."""
        return [bag for (bag,) in self.db.execute("SELECT bag FROM adverse ORDER BY bag")]

    def adverse(self) -> Iterator[AdverseBag]:
        """The bags that are not intact: in the order of the ledger, unknown ones last."""
        query = (
            "SELECT adverse.bag, reference, outcome, findings, intact, known_since FROM adverse"
            " LEFT JOIN expected USING (bag) ORDER BY entry IS NULL, entry, adverse.bag"
        )
        for bag, reference, outcome, findings, intact, known in self.db.execute(query):
            yield AdverseBag(bag, reference, outcome, json.loads(findings), intact, known)

    def finished_audits(self) -> list[tuple[int, str, str]]:
        """(entry, run, sha512 of the results) of every finished audit."""
        return list(self.db.execute("SELECT entry, run, results FROM audits ORDER BY entry"))

    def closed_runs(self) -> list[tuple[str, str]]:
        """(run, sha512 of the manifest) of every closed ingest run."""
        return list(self.db.execute("SELECT run, manifest FROM runs ORDER BY run"))

    def _one(self, query: str, bound: tuple[Any, ...] = ()) -> int:
        counted: int = self.db.execute(query, bound).fetchone()[0]
        return counted


_EXPECTATION = "SELECT bag, entry, tag_manifest, payload, payload_manifest, files, bytes"


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
