"""Incidents in the index: derived from audits, repairs and acknowledgements, in the ledger's order."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from archive.core.incidents import Damage, IncidentState, closed_by
from archive.storage.index.connection import IndexValueError, Typed, guarded

_COLUMNS: Final = (
    "id, bag, code, place, opened, opened_run, seen, seen_run, acknowledged, acknowledgement, repaired,"
    " repair, closed, closed_run"
)
_INCIDENT: Final = Typed(_COLUMNS, "tttttttttititt")


class Incident(NamedTuple):
    """One damage and what became of it; times and runs are empty, entries 0, for what has not happened.

    `bag` is empty for damage of the archive itself; `place` is the finding's, as JSON. `acknowledgement` and
    `repair` are the indexes of the ledger entries; `closed_run` is the audit that did not find it any more,
    empty where the document is not held any more.
    """

    id: str
    bag: str
    code: str
    place: str
    opened: str
    opened_run: str
    seen: str
    seen_run: str
    acknowledged: str
    acknowledgement: int
    repaired: str
    repair: int
    closed: str
    closed_run: str

    @property
    def damage(self) -> Damage:
        """What makes it this damage."""
        return Damage(self.code, self.place)

    @property
    def state(self) -> IncidentState:
        """How far it has come."""
        if self.closed:
            return IncidentState.CLOSED
        return IncidentState.REPAIRED if self.repaired else IncidentState.OPEN

    @property
    def place_value(self) -> Any:
        """The place as a finding has it."""
        return json.loads(self.place)


class IncidentTable:
    """The incidents of one index; IndexUnusableError where the file does not let it answer."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    # -- changes, in the order of the ledger ---------------------------------------------------------------

    def take_found(
        self, bag: str, found: Sequence[Damage], *, run: str, time: str, identify: Callable[[Damage], str]
    ) -> None:
        """An audit found this damage in a bag (empty: in the archive itself); what is known is seen again.

        Damage that was repaired and is found again is a new incident; the old one is closed.
        """
        known = {one.damage: one for one in self.open(bag)}
        for damage in closed_by(found, self._repaired(known.values()), intact=False):
            self._close(known[damage].id, run=run, time=time)
        for damage in found:
            old = known.get(damage)
            if old is not None and not old.repaired:
                self._run("UPDATE incidents SET seen = ?, seen_run = ? WHERE id = ?", time, run, old.id)
                continue
            if old is not None:
                self._close(old.id, run=run, time=time)
            values = (identify(damage), bag, damage.code, damage.place, time, run, time, run)
            self._run(
                "INSERT OR IGNORE INTO incidents (id, bag, code, place, opened, opened_run, seen, seen_run)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                *values,
            )

    def take_gone(self, bag: str, found: Sequence[Damage], *, run: str, time: str) -> None:
        """A full look at it does not find the damage any more that is not in `found`."""
        for one in self.open(bag):
            if one.damage not in found:
                self._close(one.id, run=run, time=time)

    def take_repair(self, bag: str, places: frozenset[str] | None, *, entry: int, time: str) -> None:
        """A repair put right what was open at these places (as JSON); None for all of the bag."""
        for one in self.open(bag):
            if places is None or one.place in places:
                self._run("UPDATE incidents SET repaired = ?, repair = ? WHERE id = ?", time, entry, one.id)

    def take_acknowledgement(self, incidents: Iterable[str], *, entry: int, time: str) -> None:
        """Somebody took note of these."""
        for one in incidents:
            self._run(
                "UPDATE incidents SET acknowledged = ?, acknowledgement = ? WHERE id = ?", time, entry, one
            )

    def forget(self, bag: str) -> None:
        """Nothing is kept of a document that was disposed of."""
        self._run("DELETE FROM incidents WHERE bag = ?", bag)

    def open_bags(self) -> set[str]:
        """The bags with damage that is not closed."""
        with guarded():
            rows = self._db.execute("SELECT DISTINCT bag FROM incidents WHERE closed = ''").fetchall()
        return {bag for (bag,) in rows}

    # -- reading -------------------------------------------------------------------------------------------

    def open(self, bag: str) -> list[Incident]:
        """What is open or repaired of a bag, not closed."""
        return self._rows("WHERE bag = ? AND closed = '' ORDER BY opened, code, place", bag)

    def all(self, *, closed: bool = False) -> Iterator[Incident]:
        """The incidents, oldest first; those that are closed too, where asked. A thousand at a time."""
        where = "" if closed else "closed = '' AND "
        last = ("", "")
        while rows := self._rows(f"WHERE {where}(opened, id) > (?, ?) ORDER BY opened, id LIMIT 1000", *last):
            yield from rows
            last = rows[-1].opened, rows[-1].id

    def ending_with(self, ending: str) -> list[Incident]:
        """The incidents whose id ends so; at most twenty."""
        return self._rows("WHERE substr(id, -length(?1)) = ?1 ORDER BY opened LIMIT 20", ending)

    def seen_in(self, run: str) -> list[Incident]:
        """What one audit found, and nobody has acknowledged."""
        return self._rows("WHERE seen_run = ? AND closed = '' AND acknowledged = '' ORDER BY opened, id", run)

    def counts(self) -> dict[str, int]:
        """How many are in each state, and how many of the open ones nobody has acknowledged."""
        query = (
            "SELECT total(closed = '' AND repaired = ''), total(closed = '' AND repaired <> ''),"
            " total(closed <> ''), total(closed = '' AND repaired = '' AND acknowledged = '') FROM incidents"
        )
        with guarded():
            found = self._db.execute(query).fetchone()
        return dict(zip(("open", "repaired", "closed", "unacknowledged"), map(int, found), strict=True))

    # -- inside --------------------------------------------------------------------------------------------

    @staticmethod
    def _repaired(known: Iterable[Incident]) -> Iterator[tuple[Damage, bool]]:
        return ((one.damage, bool(one.repaired)) for one in known)

    def _close(self, incident: str, *, run: str, time: str) -> None:
        self._run("UPDATE incidents SET closed = ?, closed_run = ? WHERE id = ?", time, run, incident)

    def _rows(self, rest: str, *values: Any) -> list[Incident]:
        query = f"SELECT {_COLUMNS} FROM incidents {rest}"  # noqa: S608
        with guarded():
            return [_incident(row) for row in self._db.execute(query, values)]

    def _run(self, statement: str, *values: Any) -> None:
        with guarded():
            self._db.execute(statement, values)


def _incident(row: tuple[Any, ...]) -> Incident:
    made = Incident(*_INCIDENT(row))
    try:
        is_place = isinstance(made.place_value, str | dict)
    except (ValueError, RecursionError):
        is_place = False
    if not is_place:
        raise IndexValueError("holds an incident whose place is none")
    return made
