"""What a run of `archive copy` has to do, spooled beside what the ledger promises: memory stays flat."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from archive.core.expectation import Expectation
from archive.storage.audits.plan import AuditPlan

# there: bags seen on the copy by name, or put there, good unless they are known not to be the promised ones;
# failed: bags that the archive did not give whole.
_TABLES: Final = """
CREATE TABLE there (bag TEXT, withdrawn INTEGER, good INTEGER, PRIMARY KEY (bag, withdrawn)) WITHOUT ROWID;
CREATE TABLE failed (bag TEXT PRIMARY KEY, row TEXT) WITHOUT ROWID;

"""
_AT_ONCE: Final = 1000
# State 1 where a bag belongs into quarantine. One that still lies in the copy's bags/ is moved there later.
_WANTED: Final = """
 FROM expected WHERE state IN ('held', 'withdrawn')
 AND NOT EXISTS (SELECT 1 FROM there WHERE there.bag = expected.bag AND good
   AND (there.withdrawn = (state = 'withdrawn') OR state = 'withdrawn'))
 AND NOT EXISTS (SELECT 1 FROM failed WHERE failed.bag = expected.bag)"""


class Task(NamedTuple):
    """A bag to be written to the copy; `withdrawn` where it lies in quarantine."""

    expectation: Expectation
    withdrawn: bool


class CopyTodo:
    """Both directions between the ledger and the copy, by names; see `AuditPlan` for the expectations."""

    def __init__(self, plan: AuditPlan) -> None:
        self._plan = plan
        self._db = plan.db
        for statement in filter(None, map(str.strip, _TABLES.split(";"))):
            self._db.execute(statement)

    def note_there(self, bags: Iterable[str], *, withdrawn: bool) -> None:
        """These bags lie on the copy, as far as is known the promised ones."""
        rows = ((bag, withdrawn) for bag in bags)
        self._db.executemany("INSERT OR REPLACE INTO there VALUES (?, ?, 1)", rows)

    def doubt(self, bag: str, *, withdrawn: bool) -> None:
        """A bag that lies on the copy is not the promised one."""
        self._db.execute("UPDATE there SET good = 0 WHERE bag = ? AND withdrawn = ?", (bag, withdrawn))

    def set_aside(self, bag: str) -> None:
        """A bag has come from the copy's `bags/` to its quarantine, as good as it was."""
        self._db.execute("UPDATE there SET withdrawn = 1 WHERE bag = ? AND NOT withdrawn", (bag,))

    def forget(self, bag: str, *, withdrawn: bool) -> None:
        """A bag does not lie on the copy any more."""
        self._db.execute("DELETE FROM there WHERE bag = ? AND withdrawn = ?", (bag, withdrawn))

    def is_there(self, bag: str, *, withdrawn: bool) -> bool:
        """True where the copy has it, and it is the promised one as far as is known."""
        query = "SELECT 1 FROM there WHERE bag = ? AND withdrawn = ? AND good"
        return self._db.execute(query, (bag, withdrawn)).fetchone() is not None

    # -- what is to be written -----------------------------------------------------------------------------

    def totals(self) -> tuple[int, int, int]:
        """How many bags, payload files and payload bytes are to be written."""
        row = self._db.execute(f"SELECT count(*), total(files), total(bytes){_WANTED}").fetchone()
        return int(row[0]), int(row[1]), int(row[2])

    def wanted(self) -> Iterator[Task]:
        """The bags that the copy lacks, in the order of the ledger, a page in memory at a time."""
        last = -1
        while True:
            rows = self._db.execute(
                f"SELECT bag, entry, state = 'withdrawn'{_WANTED} AND entry > ? ORDER BY entry LIMIT ?",
                (last, _AT_ONCE),
            ).fetchall()
            for bag, entry, withdrawn in rows:
                expectation = self._plan.expectation(bag)
                if expectation is not None:
                    yield Task(expectation, bool(withdrawn))
                last = entry
            if len(rows) < _AT_ONCE:
                return

    def gone(self, before: int) -> Iterator[str]:
        """The bags taken in before an entry of which nothing lies on the copy, in the order of the ledger.

        One of which another state lies there is not among them.
        """
        query = (
            "SELECT bag FROM expected WHERE state IN ('held', 'withdrawn') AND entry < ? AND NOT EXISTS"
            " (SELECT 1 FROM there WHERE there.bag = expected.bag"
            " AND (NOT there.withdrawn OR state = 'withdrawn')) ORDER BY entry"
        )
        for (bag,) in self._db.execute(query, (before,)):
            yield bag

    def held(self) -> int:
        """How many bags the ledger holds now."""
        return int(self._db.execute("SELECT count(*) FROM expected WHERE state = 'held'").fetchone()[0])

    def present(self) -> int:
        """How many of them lie on the copy."""
        query = (
            "SELECT count(*) FROM expected JOIN there USING (bag)"
            " WHERE state = 'held' AND good AND NOT there.withdrawn"
        )
        return int(self._db.execute(query).fetchone()[0])

    # -- what is not held any more -------------------------------------------------------------------------

    def to_set_aside(self) -> list[str]:
        """Withdrawn bags that lie in the copy's `bags/`."""
        return self._bags("state = 'withdrawn' AND NOT there.withdrawn")

    def disposals(self) -> list[str]:
        """The bags that the ledger says were disposed of, wherever they lie."""
        query = "SELECT bag FROM expected WHERE state = 'disposed' ORDER BY entry"
        return [bag for (bag,) in self._db.execute(query)]

    def _bags(self, where: str) -> list[str]:
        query = f"SELECT bag FROM expected JOIN there USING (bag) WHERE {where} ORDER BY entry"  # noqa: S608
        return [bag for (bag,) in self._db.execute(query)]

    # -- what the archive did not give ---------------------------------------------------------------------

    def fail(self, bag: str, row: dict[str, Any]) -> None:
        """The archive's own bag is not the promised one; the row says how, as a result of an audit does."""
        self._db.execute("INSERT OR REPLACE INTO failed VALUES (?, ?)", (bag, json.dumps(row)))

    def retry(self) -> int:
        """Everything that failed is wanted once more; how many."""
        return self._db.execute("DELETE FROM failed").rowcount

    def failed(self) -> Iterator[dict[str, Any]]:
        """The rows, in the order of the ledger."""
        query = "SELECT row FROM failed JOIN expected USING (bag) ORDER BY entry"
        for (row,) in self._db.execute(query):
            yield json.loads(row)

    def failures(self) -> int:
        """How many failed."""
        return int(self._db.execute("SELECT count(*) FROM failed").fetchone()[0])
