"""What the index knows of copies: up to where each is whole, and which documents on it are not good.

A copy holds every document that was taken in before the size of the ledger up to which it is complete, but
those with a fault: so a copy of a million documents costs a row.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from archive.storage.index.connection import Typed, guarded
from archive.storage.index.rows import ending

_COLUMNS: Final = "id, form, size, copied, outcome, seen, audited, audit_outcome"
_COPY: Final = Typed(f"{_COLUMNS}, begun, refused", "ttitttttii")
_FAULT: Final = Typed("copy, bag, reference, outcome, since", "ttttt")
_DISPOSED: Final = Typed("bag, document, entry", "tii")
_INTACT: Final = "intact"
_UNKNOWN: Final = "unknown"


class IndexedCopy(NamedTuple):
    """One copy as the ledger's entries tell it; times are empty where it never happened.

    `size` is the number of ledger entries up to which it is complete; `outcome` is of the last run of
    `archive copy`, `copied` of the last that came to its end, `audited` and `audit_outcome` of the last audit
    of the copy, `seen` of any run. One
    that was of a sample, of a few documents or cut off is no `audited` of the copy. `begun` is the entry that
    began the last run, 0 where there was none: of what came before that, the copy may have anything. Of one
    that is `refused` an audit said that it is no state of this archive's ledger: it counts for nothing until
    a run over it, or an audit of all of it, has said otherwise.
    """

    id: str
    form: str
    size: int
    copied: str
    outcome: str
    seen: str
    audited: str
    audit_outcome: str
    begun: int
    refused: int


class CopyFault(NamedTuple):
    """A document that is not good on a copy: `outcome` as an audit says it, `since` when it was first so.

    Where the outcome is unknown it may be good: nobody knows what was found of it.
    """

    copy: str
    bag: str
    reference: str
    outcome: str
    since: str


class CopiesTables:
    """Reads and writes the tables of copies. Raises IndexUnusableError where the file does not answer."""

    _db: sqlite3.Connection

    # -- reading -------------------------------------------------------------------------------------------

    def copies(self) -> list[IndexedCopy]:
        """Every copy that the ledger ever heard of, by id; archive.toml says which of them still count."""
        with guarded():
            rows = self._db.execute(f"SELECT {_COLUMNS}, begun, refused FROM copies ORDER BY id")  # noqa: S608
            return [IndexedCopy(*_COPY(row)) for row in rows]

    def good_on(self, document: int, copies: Sequence[str]) -> list[str]:
        """Which of these copies hold a good copy of a document, which is named by its ingestion's entry."""
        query = (
            "SELECT id FROM copies WHERE size > ?1 AND NOT refused AND NOT EXISTS"
            " (SELECT 1 FROM copy_faults WHERE copy = id AND document = ?1 AND NOT mended)"
        )
        with guarded():
            good = {copy for (copy,) in self._db.execute(query, (document,))}
        return [copy for copy in copies if copy in good]

    def good_copies(self, copies: Sequence[str]) -> dict[int, int]:
        """How many held documents have so many good copies: the archive's own and those on these copies.

        The archive's own counts unless its last look at it found otherwise than intact.
        """
        marks = ", ".join("?" * len(copies))
        counting = f"id IN ({marks}) AND NOT refused AND size > entry"
        on_copy = f"(SELECT count(*) FROM copies WHERE {counting})"  # noqa: S608
        faulty = f"(SELECT count(*) FROM copy_faults JOIN copies ON id = copy WHERE {counting}"  # noqa: S608
        query = (
            "SELECT (last_outcome IN ('', 'intact')) + "  # noqa: S608
            f"{on_copy} - {faulty} AND document = entry AND NOT mended) AS good, count(*)"
            " FROM documents WHERE state = 'held' GROUP BY good"
        )
        with guarded():
            return {int(good): int(count) for good, count in self._db.execute(query, (*copies, *copies))}

    def copy_faults(self, copy: str | None = None, *, withdrawn: bool = False) -> Iterator[CopyFault]:
        """The held documents that are not good on a copy, or on any, in the order of the ledger.

        With `withdrawn` those that were withdrawn, too: their bytes are kept, on copies as in the archive.
        """
        query = (
            "SELECT copy, bag, reference, outcome, since FROM copy_faults JOIN documents ON entry = document"
            " WHERE NOT mended AND (?1 IS NULL OR copy = ?1)"
            " AND (state = 'held' OR (?2 AND state = 'withdrawn'))"
            " ORDER BY document, copy"
        )
        with guarded():
            rows = self._db.execute(query, (copy, withdrawn)).fetchall()
        yield from (CopyFault(*_FAULT(row)) for row in rows)

    def unknown_on(self, copy: str) -> int:
        """How many held documents are on a copy of which it is not known what was found of them there."""
        query = (
            "SELECT count(*) FROM copy_faults JOIN documents ON entry = document"
            " WHERE copy = ? AND copy_faults.outcome = ? AND NOT mended AND state = 'held'"
        )
        with guarded():
            return int(self._db.execute(query, (copy, _UNKNOWN)).fetchone()[0])

    def mended_from(self, copy: str, size: int) -> list[str]:
        """The bags that were not good on a copy and were found mended by its entry `size`, or a later one.

        A copy that is of the state of that size may have them as they were before.
        """
        query = (
            "SELECT bag FROM copy_faults JOIN documents ON entry = document"
            " WHERE copy = ? AND mended AND mended >= ? AND state <> 'disposed' ORDER BY document"
        )
        with guarded():
            return [bag for (bag,) in self._db.execute(query, (copy, size))]

    def held_from(self, size: int) -> int:
        """How many held documents were taken in when the ledger had that size, or later."""
        query = "SELECT count(*) FROM documents WHERE state = 'held' AND entry >= ?"
        with guarded():
            return int(self._db.execute(query, (size,)).fetchone()[0])

    def disposed(self) -> list[tuple[str, int, int]]:
        """(bag, entry of its ingestion, entry of its disposal) of what was disposed of, in that order."""
        query = (
            "SELECT bag, document, max(changes.entry)"
            " FROM changes JOIN documents ON documents.entry = document"
            " WHERE state = 'disposed' GROUP BY document ORDER BY document"
        )
        with guarded():
            return [(bag, entry, change) for bag, entry, change in map(_DISPOSED, self._db.execute(query))]

    # -- writing -------------------------------------------------------------------------------------------

    def note_copy_begun(self, copy: str, *, form: str, entry: int) -> None:
        """Note the beginning of a run of `archive copy`, which may never end."""
        with guarded():
            self._db.execute(
                f"INSERT INTO copies ({_COLUMNS}, begun) VALUES (?1, ?2, 0, '', '', '', '', '', ?3)"  # noqa: S608
                " ON CONFLICT (id) DO UPDATE SET begun = ?3",
                (copy, form, entry),
            )

    def note_copied(self, copy: str, *, form: str, size: int, outcome: str, time: str, cut_off: bool) -> None:
        """Note the end of a run of `archive copy`, after which the copy is complete up to that size.

        One that was cut off leaves it complete up to the state that it found, and no further than was known;
        when one came to its end last is as it was.
        """
        with guarded():
            self._db.execute(
                f"INSERT INTO copies ({_COLUMNS})"  # noqa: S608
                " VALUES (?1, ?2, iif(?6, 0, ?3), iif(?6, '', ?4), ?5, ?4, '', '')"
                " ON CONFLICT (id) DO UPDATE SET form = ?2, size = iif(?6, min(size, ?3), ?3),"
                " copied = iif(?6, copied, ?4), outcome = ?5, seen = ?4, refused = iif(?6, refused, 0)",
                (copy, form, size, time, outcome, cut_off),
            )

    def note_copy_audited(
        self, copy: str, *, size: int | None, outcome: str | None, whole: bool, time: str, recorded: str
    ) -> None:
        """Note the end of an audit of a copy, which was judged by a ledger of that size, or found to be
        refused, where that is None.

        One that turned out to be of an earlier state than it was known to be of is complete up to that only.
        `outcome` is None where it was of a few documents or of none: then the copy was seen, and not audited.
        `whole` tells that it was of all of them: only that takes a refusal back. The ledger took it at the
        time `recorded`: the copy was not seen later than that, whatever was noted.
        """
        with guarded():
            self._db.execute(
                f"INSERT INTO copies ({_COLUMNS}, refused)"  # noqa: S608
                " VALUES (?1, '', ifnull(?2, 0), '', '', ?3, iif(?4 IS NULL, '', ?3), ifnull(?4, ''),"
                " ?2 IS NULL)"
                " ON CONFLICT (id) DO UPDATE SET size = min(size, ifnull(?2, size)),"
                " refused = iif(?2 IS NULL, 1, iif(?6, 0, refused)),"
                " audited = iif(?4 IS NULL, audited, ?3), audit_outcome = ifnull(?4, audit_outcome),"
                " seen = iif(seen > ?5, ?3, max(seen, ?3))",
                (copy, size, time, outcome, recorded, whole),
            )

    def doubt_mended(self, copy: str, size: int) -> None:
        """A copy was found to be of the state of that size: what was mended on it later is not good there.

        Where it was complete up to a larger one: else it is the copy that was mended, and not an older state.
        """
        query = (
            "UPDATE copy_faults SET mended = 0 WHERE copy = ?1 AND mended >= ?2"
            " AND ?2 < (SELECT size FROM copies WHERE id = ?1)"
        )
        with guarded():
            self._db.execute(query, (copy, size))

    def doubt_on_copy(self, copy: str, size: int, *, time: str) -> None:
        """What a run found on a copy, up to the state of that size, is lost: nothing is known to be good."""
        with guarded():
            self._db.execute(
                "INSERT INTO copy_faults (copy, document, outcome, since)"
                " SELECT ?1, entry, ?4, ?3 FROM documents WHERE entry < ?2 AND state <> 'disposed'"
                " ON CONFLICT (copy, document) DO UPDATE SET outcome = excluded.outcome,"
                " since = excluded.since, mended = 0 WHERE mended",
                (copy, size, time, _UNKNOWN),
            )

    def mark_on_copy(self, copy: str, rows: Iterable[tuple[str, str, str]], entry: int) -> None:
        """Note (bag, time, outcome) of documents on a copy, as the run says that this entry ended.

        The fault of one that is intact was mended by then, and not before.
        """
        for bag, time, outcome in rows:
            where = "(SELECT entry FROM documents WHERE ending = ? AND bag = ?)"
            with guarded():
                if outcome == _INTACT:
                    fault = f"copy = ? AND document = {where}"
                    query = f"UPDATE copy_faults SET mended = ? WHERE NOT mended AND {fault}"  # noqa: S608
                    self._db.execute(query, (entry, copy, ending(bag), bag))
                    continue
                self._db.execute(
                    "INSERT INTO copy_faults (copy, document, outcome, since)"  # noqa: S608
                    f" SELECT ?, document, ?, ? FROM (SELECT {where} AS document) WHERE document IS NOT NULL"
                    " ON CONFLICT (copy, document) DO UPDATE SET outcome = excluded.outcome,"
                    " since = iif(mended, excluded.since, since), mended = 0",
                    (copy, outcome, time, ending(bag), bag),
                )
