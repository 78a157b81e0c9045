"""The bags that an audit did not find intact, and the folders that it does not know, in the audit's spool."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

# place: the bag's id where it is held, else where it was seen. strangers: folders that the ledger did not
# know when `bags/` was walked; most of them belong to a writer at work.
FOUND_TABLES: Final = """
CREATE TABLE found (
  place TEXT PRIMARY KEY, bag TEXT, outcome TEXT, findings TEXT, files INTEGER, bytes INTEGER,
  known_since TEXT, acknowledged TEXT) WITHOUT ROWID;
CREATE TABLE strangers (name BLOB, place BLOB, PRIMARY KEY (name, place)) WITHOUT ROWID;
"""


class FoundBag(NamedTuple):
    """A bag that is not intact, as it was found; `known_since` is the first audit that found it so.

    `acknowledged` is since when somebody knows of all of it, None where any of it is news.
    """

    bag: str
    reference: str | None
    outcome: str
    findings: list[dict[str, Any]]
    last_intact: str | None
    known_since: str | None
    acknowledged: str | None


class FoundBags:
    """What came out adverse; one row for each held bag and for each unknown one."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, bag: str, outcome: str, findings: list[dict[str, Any]], files: int, size: int) -> None:
        """Keeps a held bag that is not intact, in place of what was kept of it."""
        self._db.execute(
            "INSERT OR REPLACE INTO found VALUES (?1, ?1, ?2, ?3, ?4, ?5, NULL, NULL)",
            (bag, outcome, json.dumps(findings), files, size),
        )

    def add_unknown(self, name: str, place: str, finding: dict[str, Any]) -> None:
        """Keeps a bag that the ledger does not know; `place` is where it lies."""
        self._db.execute(
            "INSERT OR REPLACE INTO found VALUES (?, ?, 'unknown', ?, 0, 0, NULL, NULL)",
            (_storable(place), _storable(name), json.dumps([finding])),
        )

    def drop(self, bag: str) -> None:
        """Forgets a bag that a second look found otherwise."""
        self._db.execute("DELETE FROM found WHERE place = ?", (bag,))

    def outcome(self, bag: str) -> str | None:
        """What a held bag was found to be; None where it was not found otherwise than intact."""
        row = self._db.execute("SELECT outcome FROM found WHERE place = ?", (bag,)).fetchone()
        return row[0] if row else None

    def set_known(self, rows: Iterable[tuple[str, str]]) -> None:
        """Since when each damaged bag is known to be damaged: (bag, time)."""
        self._db.executemany("UPDATE found SET known_since = ?2 WHERE place = ?1", rows)

    def set_acknowledged(self, rows: Iterable[tuple[str, str]]) -> None:
        """Since when somebody knows of all the damage of a bag: (bag, time)."""
        self._db.executemany("UPDATE found SET acknowledged = ?2 WHERE place = ?1", rows)

    def findings(self, bag: str) -> list[dict[str, Any]]:
        """The findings about a held bag, as JSON."""
        row = self._db.execute("SELECT findings FROM found WHERE place = ?", (bag,)).fetchone()
        return json.loads(row[0]) if row else []

    def outcomes(self) -> dict[str, int]:
        """How many bags have each adverse outcome."""
        return dict(self._db.execute("SELECT outcome, count(*) FROM found GROUP BY outcome"))

    def held(self) -> list[tuple[str, str | None]]:
        """(bag, damaged since as results of earlier audits say) of the held bags that are not intact."""
        query = "SELECT bag, damaged_since FROM found JOIN expected USING (bag) WHERE place = bag"
        return list(self._db.execute(f"{query} ORDER BY bag"))

    def rows(self) -> Iterator[FoundBag]:
        """The bags that are not intact: in the order of the ledger, unknown ones last."""
        query = (
            "SELECT found.bag, reference, outcome, findings, intact, known_since, acknowledged"
            " FROM found"
            " LEFT JOIN expected ON expected.bag = found.place ORDER BY entry IS NULL, entry, found.place"
        )
        for bag, reference, outcome, findings, *rest in self._db.execute(query):
            yield FoundBag(_restored(bag), reference, outcome, json.loads(findings), *rest)

    # -- folders that the ledger did not know --------------------------------------------------------------

    def add_stranger(self, name: str, place: str) -> None:
        """Keeps a folder in a shard until it is known whose it is."""
        self._db.execute("INSERT OR IGNORE INTO strangers VALUES (?, ?)", (_bytes(name), _bytes(place)))

    def is_stranger(self, name: str, place: str) -> bool:
        """True where such a folder was seen and is still nobody's."""
        query = "SELECT 1 FROM strangers WHERE name = ? AND place = ?"
        return self._db.execute(query, (_bytes(name), _bytes(place))).fetchone() is not None

    def drop_stranger(self, name: str, place: str) -> None:
        """It is known whose the folder is."""
        self._db.execute("DELETE FROM strangers WHERE name = ? AND place = ?", (_bytes(name), _bytes(place)))

    def strangers(self) -> list[tuple[str, str]]:
        """(name, place) of the folders that are nobody's so far."""
        rows = self._db.execute("SELECT name, place FROM strangers ORDER BY place").fetchall()
        return [(_text(name), _text(place)) for name, place in rows]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _storable(text: str) -> str | bytes:
    """SQLite takes no surrogates as text: a name that is not UTF-8 is kept as its bytes."""
    raw = _bytes(text)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _restored(value: str | bytes) -> str:
    return value if isinstance(value, str) else _text(value)
