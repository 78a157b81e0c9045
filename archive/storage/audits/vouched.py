"""What the ledger vouches for beside the bags, in the audit's spool: notes, and the results of audits."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from archive.core.canonical import compact
from archive.core.ledger.commitments import is_commitment
from archive.core.ledger.entries import Entry, EntryType, recorded_at
from archive.storage.audits.begun_runs import BegunRun, begun_run
from archive.storage.audits.results import told_of_end

VOUCHED_TABLES: Final = """
CREATE TABLE notes (commitment TEXT PRIMARY KEY, entry INTEGER) WITHOUT ROWID;
CREATE TABLE started (
  run TEXT PRIMARY KEY, entry INTEGER, time TEXT, mode TEXT, choice TEXT, copy TEXT) WITHOUT ROWID;
CREATE TABLE finished (
  entry INTEGER PRIMARY KEY, run TEXT, results TEXT, interrupted INTEGER, time TEXT, copy TEXT,
  recorded TEXT, told TEXT);
CREATE INDEX finished_of_run ON finished (run);
CREATE TABLE repaired (bag TEXT, run TEXT, entry INTEGER, record TEXT, outcome TEXT, time TEXT,
  PRIMARY KEY (bag, run)) WITHOUT ROWID;
"""

_OF_COPIES: Final = frozenset({EntryType.COPIED, EntryType.COPY_AUDITED})
_ENDS: Final = frozenset({EntryType.AUDIT_FINISHED, EntryType.COPIED, EntryType.COPY_AUDITED})


class FinishedAudit(NamedTuple):
    """One `audit finished` of the ledger; `results` is the sha512 (hexadecimal) of its list of results.

    `recorded` is the time at which the ledger took it, later than its own where it had to wait.
    """

    entry: int
    run: str
    results: str
    interrupted: bool
    time: str
    recorded: str


class KnownRepair(NamedTuple):
    """One `repaired` of the ledger; `record` is the sha512 (hexadecimal) of the record of it.

    `bag` is empty where the archive's own files were put back.
    """

    bag: str
    run: str
    entry: int
    record: str
    outcome: str
    time: str


class KnownAudit(NamedTuple):
    """A run with results that the ledger knows; `lists` has the sha512 of each list that it vouches for.

    `told` has for each of them what the entry tells of how the run ended.
    `begun` is None where the ledger did not see it begin. `copy` is the place of the copy whose bytes it
    looked at, None where they were the archive's own.
    """

    run: str
    begun: BegunRun | None
    lists: tuple[str, ...]
    is_complete: bool
    told: tuple[Mapping[str, Any], ...] = ()

    @property
    def started(self) -> int | None:
        """The index of the entry of its beginning."""
        return self.begun.entry if self.begun is not None else None

    @property
    def copy(self) -> str | None:
        """The place of the copy that it is about."""
        return self.begun.copy if self.begun is not None else None


class VouchedFiles:
    """Digests and commitments of files that are not bags."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def take_entry(self, index: int, entry: Entry) -> None:
        """What an entry vouches for; entries come in their order."""
        if (begun := begun_run(index, entry)) is not None:
            self._db.execute("INSERT OR IGNORE INTO started VALUES (?, ?, ?, ?, ?, ?)", begun)
        elif entry.type in _ENDS:
            copy = str(entry.get("copy")) if entry.type in _OF_COPIES else None
            interrupted = entry.get("interrupted") is True
            row = (index, entry.run, str(entry.get("results")), interrupted, entry.time, copy)
            self._db.execute(
                "INSERT OR IGNORE INTO finished VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*row, recorded_at(entry), compact(told_of_end(entry.members)).decode()),
            )
        elif entry.type == EntryType.REPAIRED and entry.run is not None:
            told = str(entry.get("record")), str(entry.get("outcome")), entry.time
            self._db.execute(
                "INSERT OR IGNORE INTO repaired VALUES (?, ?, ?, ?, ?, ?)",
                (entry.bag or "", entry.run, index, *told),
            )
        members = entry.members
        if "notes" in members or "note" in members:
            self._take_notes(index, members.get("notes"), members.get("note"))

    def _take_notes(self, index: int, several: Any, one: Any) -> None:
        named = [one, *(several if isinstance(several, list) else ())]
        self._db.executemany(
            "INSERT OR IGNORE INTO notes VALUES (?, ?)",
            [(text, index) for text in named if isinstance(text, str) and is_commitment(text)],
        )

    def note_entry(self, commitment: str) -> int | None:
        """The entry that refers to a note, or None."""
        row = self._db.execute("SELECT entry FROM notes WHERE commitment = ?", (commitment,)).fetchone()
        return row[0] if row else None

    def notes(self) -> Iterator[tuple[str, int]]:
        """(commitment, entry) of every note that an entry refers to, sorted."""
        yield from self._db.execute("SELECT commitment, entry FROM notes ORDER BY commitment")

    def finished(self, since: int = 0) -> list[FinishedAudit]:
        """The audits of the archive's own bytes that the ledger saw end, from an entry on, in its order."""
        query = (
            "SELECT entry, run, results, interrupted, time, recorded FROM finished"
            " WHERE entry >= ? AND copy IS NULL ORDER BY entry"
        )
        return [
            FinishedAudit(entry, run, results, bool(interrupted), time, recorded)
            for entry, run, results, interrupted, time, recorded in self._db.execute(query, (since,))
        ]

    def repairs(self, bag: str | None = None, since: int = 0) -> list[KnownRepair]:
        """The repairs of one bag, or of all, from an entry on, in the order of the ledger."""
        columns = "SELECT bag, run, entry, record, outcome, time FROM repaired"
        if bag is None:
            rows = self._db.execute(f"{columns} WHERE entry >= ? ORDER BY entry", (since,))
        else:  # by the key: asked for each bag of an archive
            rows = self._db.execute(f"{columns} WHERE bag = ? AND entry >= ? ORDER BY entry", (bag, since))
        return [KnownRepair(*row) for row in rows]

    def repair(self, bag: str, run: str) -> KnownRepair | None:
        """What the ledger knows of one repair."""
        return next((one for one in self.repairs(bag) if one.run == run), None)

    def audit(self, run: str) -> KnownAudit | None:
        """What the ledger knows of one audit run."""
        return self._known(run) if run in self.audits() else None

    def audits(self) -> list[str]:
        """Every run with results that the ledger knows, those about copies too, sorted."""
        query = "SELECT run FROM started UNION SELECT run FROM finished ORDER BY run"
        return [run for (run,) in self._db.execute(query) if isinstance(run, str)]

    def known_audits(self) -> Iterator[KnownAudit]:
        """The same with what the ledger knows of each."""
        for run in self.audits():
            yield self._known(run)

    def _known(self, run: str) -> KnownAudit:
        row = self._db.execute("SELECT * FROM started WHERE run = ?", (run,)).fetchone()
        ends = self._db.execute(
            "SELECT results, interrupted, told FROM finished WHERE run = ? ORDER BY entry", (run,)
        ).fetchall()
        lists = tuple(results for results, *_ in ends)
        is_complete = bool(ends) and not ends[-1][1]
        told = tuple(json.loads(text) for *_, text in ends)
        return KnownAudit(run, BegunRun(*row) if row else None, lists, is_complete, told)
