"""Two indexes held against each other: every table and note that ledger, bags and results decide."""

import os
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from archive.storage.index.connection import guarded
from archive.storage.index.rows import ending

# Under these names a writer notes what it wrote into holdings.csv and README.html, which are compared, and
# that a bag or the results of an audit could not be read.
_OF_WRITERS: Final = "('holdings', 'readme', 'stand-ins', 'unread results', 'lost damage')"


class Part(NamedTuple):
    """Columns of a table; `keys` name a row, and where the first of them names a document, `document` is the
    column of `documents` that it stands for. `only` is the condition that rows have to meet."""

    table: str
    keys: str
    columns: str
    document: str = ""
    only: str = "1"


# Beside what `IndexRow` has. Shapes that no document has any more are left in an index that was kept, and
# those of documents that are doubtful are no others': so only those are compared that a document has in both.
OF_BAGS: Final = (
    Part("documents", "entry", "shape", "entry"),
    Part("dates", "document, lower, upper", "1", "described"),
    Part("parents", "document, parent", "1", "described"),
    Part(
        "shapes",
        "shape",
        "fields",
        only="shape IN (SELECT shape FROM main.documents JOIN made.documents USING (entry, shape))",
    ),
)
OF_RESULTS: Final = (
    Part("documents", "entry", "damaged_since", "entry"),
    Part("copy_faults", "document, copy", "outcome, since, mended", "entry"),
)
# Of what repairs touched their records tell, too.
OF_INCIDENTS: Final = (
    Part(
        "incidents",
        "id",
        "bag, code, place, opened, opened_run, seen, seen_run, acknowledged, acknowledgement, repaired,"
        " repair, closed, closed_run",
    ),
)
OF_LEDGER: Final = (
    Part("meta", "name", "value", only=f"name NOT IN {_OF_WRITERS}"),
    Part("documents", "entry", "ending", "entry"),
    Part("changes", "entry", "document"),
    Part("repairs", "entry", "document"),
    Part("runs", "run", "closed, outcome, bags, files, bytes, manifest"),
    Part("copies", "id", "form, size, copied, outcome, seen, audited, audit_outcome, begun, refused"),
)


class Difference(NamedTuple):
    """A row that is not in both: its table, what it is called there, and the document that it is about."""

    table: str
    row: str
    bag: str | None
    reference: str | None


class Comparison:
    """An index and one made anew, of the same state."""

    def __init__(self, db: sqlite3.Connection, made: str) -> None:
        self._db = db
        with guarded():
            self._db.execute("ATTACH ? AS made", (os.fsencode(made),))  # a name that is not UTF-8, too

    def close(self) -> None:
        """Lets go of the one made anew."""
        with guarded():
            self._db.execute("DETACH made")

    def rows(self, parts: Collection[Part]) -> Iterator[Difference]:
        """The rows of these tables that are in one of the two only, or say something else there."""
        for part in parts:
            with guarded():
                yield from self._rows(part)

    def _rows(self, part: Part) -> Iterator[Difference]:
        some = f"SELECT {part.keys}, {part.columns} FROM {{}}.{part.table} WHERE {part.only}"  # noqa: S608
        mine, anew = some.format("main"), some.format("made")
        differ = f"SELECT * FROM ({mine} EXCEPT {anew}) UNION SELECT * FROM ({anew} EXCEPT {mine})"  # noqa: S608
        names = part.keys.split(", ")
        for keys in self._db.execute(f"SELECT DISTINCT {part.keys} FROM ({differ}) ORDER BY {part.keys}"):  # noqa: S608
            row = ", ".join(f"{name} {_shown(value)}" for name, value in zip(names, keys, strict=True))
            yield Difference(part.table, row, *self._document(part.document, keys[0]))

    def _document(self, column: str, value: Any) -> tuple[str | None, str | None]:
        """Bag and reference as the index made anew has them."""
        if not column:
            return None, None
        query = f"SELECT bag, reference FROM made.documents WHERE {column} = ?"  # noqa: S608
        found = self._db.execute(query, (value,)).fetchone()
        return (None, None) if found is None else found

    def words(self, passed: Collection[str]) -> Difference | None:
        """A document that a search finds by other words, the first of them; none in these bags."""
        query = "SELECT entry, described, bag, reference FROM made.documents WHERE ending = ? AND bag = ?"
        with guarded():
            left_out = {
                described
                for bag in passed
                for _, described, *_ in self._db.execute(query, (ending(bag), bag))
            }
            for schema in ("main", "made"):
                self._db.execute(
                    f"CREATE VIRTUAL TABLE temp.{schema}_words USING fts5vocab({schema}, words, instance)"
                )
            try:
                return self._words(left_out)
            finally:
                for schema in ("main", "made"):
                    self._db.execute(f"DROP TABLE temp.{schema}_words")

    def _words(self, left_out: Collection[int]) -> Difference | None:
        mine, anew = (
            (
                row
                for row in self._db.execute(
                    f"SELECT doc, term, col, offset FROM temp.{schema}_words WHERE doc IN"  # noqa: S608
                    " (SELECT described FROM made.documents WHERE state <> 'disposed')"
                )
                if row[0] not in left_out
            )
            for schema in ("main", "made")
        )
        for one in anew:
            other = next(mine, None)
            if one != other:
                return self._of_words(one)
        other = next(mine, None)
        return None if other is None else self._of_words(other)

    def _of_words(self, row: tuple[Any, ...]) -> Difference:
        return Difference("words", f"rowid {row[0]}", *self._document("described", row[0]))


def _shown(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
