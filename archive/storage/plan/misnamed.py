"""Rows that name what is not there and that can only mean one thing, until every other row is known."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archive.core.findings import At
from archive.storage.plan.rows import path_bytes, path_text

_ANYWHERE = -1  # stands for no one SOURCE


class Misnamed(NamedTuple):
    """A name at a cell (`place` is its row), and the path `meant` by it, in the SOURCE `root` or in any.

    `sources` are those of what is refused with the row.
    """

    place: str
    at: At
    path: str
    meant: str
    root: int | None
    sources: Sequence[str] = ()


class PlannedMisnamed:
    """Names that were written otherwise."""

    db: sqlite3.Connection

    def add_misnamed(self, one: Misnamed) -> None:
        """Keeps a name that is nowhere."""
        root = _ANYWHERE if one.root is None else one.root
        said = json.dumps([[*one.at], one.path, [*one.sources]])
        self.db.execute(
            "INSERT INTO misnamed VALUES (?, ?, ?, ?)",
            (path_bytes(one.meant), root, path_bytes(one.place), said),
        )

    def misnamed(self) -> Iterator[tuple[Misnamed, bool]]:
        """Each in the order they came, and whether another row is meant to name the same."""
        last = 0
        # Two ranges of the index: looking through all rows that mean one path would cost their square.
        other = "EXISTS (SELECT 1 FROM misnamed AS o WHERE o.meant = m.meant AND o.root = m.root AND o.place"
        query = (
            f"SELECT rowid, meant, root, place, said, {other} < m.place) OR {other} > m.place)"  # noqa: S608
            " FROM misnamed AS m WHERE rowid > ? ORDER BY rowid LIMIT 500"
        )
        while rows := self.db.execute(query, (last,)).fetchall():
            for _, meant, root, place, said, is_meant_again in rows:
                at, path, sources = json.loads(said)
                where = None if root == _ANYWHERE else root
                one = Misnamed(path_text(place), At(*at), path, path_text(meant), where, sources)
                yield one, bool(is_meant_again)
            last = rows[-1][0]
