"""What the index knows of descriptions: which fields they have, and what is part of what."""

import json
from collections.abc import Iterator
from typing import Final

from archive.storage.index.connection import Typed, guarded
from archive.storage.index.holdings_tables import HoldingsTables
from archive.storage.index.rows import IndexRow

_SHAPE: Final = Typed("shape, fields", "it")
_COUNT: Final = Typed("shape, accession, parents, documents, entry", "iTiii")
_PARENT: Final = Typed("parent", "t")
_LINK: Final = Typed("entry, parent, entry", "itI")
_URN_UUID: Final = "urn:uuid:"


class DescriptionTables(HoldingsTables):
    """Reads the same tables, and those of shapes and parents; raises IndexUnusableError as they do."""

    # -- which fields descriptions have --------------------------------------------------------------------

    def shapes(self) -> dict[int, frozenset[str]]:
        """The fields of each shape of description: terms, `access`, and `+name` for other columns."""
        with guarded():
            rows = self._db.execute("SELECT shape, fields FROM shapes").fetchall()
        return {shape: _fields(text) for shape, text in map(_SHAPE, rows)}

    def shape_of(self, row: IndexRow) -> int:
        """The shape of the document's description; 0 where it has none any more."""
        return self._number("SELECT shape FROM documents WHERE entry = ?", row.entry)

    def shape_counts(self) -> list[tuple[int, str | None, bool, int, int]]:
        """(shape, accession, whether part of something, how many, first entry) of what is held.

        Documents that are part of the same things, and no others, are counted together.
        """
        query = """SELECT ifnull(shape, 0), accession, above IS NOT NULL, count(*), min(entry) FROM (
            SELECT shape, accession, entry,
              (SELECT group_concat(parent, char(31)) FROM parents WHERE document = described) AS above
            FROM documents WHERE state = 'held') GROUP BY shape, accession, above ORDER BY min(entry)"""
        with guarded():
            rows = self._db.execute(query).fetchall()
        return [
            (shape, accession, bool(above), count, first)
            for shape, accession, above, count, first in map(_COUNT, rows)
        ]

    # -- what is part of what ------------------------------------------------------------------------------

    def parents(self, row: IndexRow) -> list[str]:
        """What the document's description says it is part of, in the order of the texts."""
        with guarded():
            query = "SELECT parent FROM parents WHERE document = ? ORDER BY parent"
            return [parent for (parent,) in map(_PARENT, self._db.execute(query, (row.described,)))]

    def named(self, text: str) -> IndexRow | None:
        """The document that a description means by a text: its reference, or its id as `urn:uuid:…`."""
        if text[: len(_URN_UUID)].lower() == _URN_UUID:  # whatever the case (RFC 8141 §3.1, RFC 9562 §4)
            return self.by_bag(text[len(_URN_UUID) :].lower())
        return self.by_reference(text)

    def part_links(self) -> Iterator[tuple[int, str, int | None]]:
        """(entry, what it says it is part of, the entry of the held document that has this reference)."""
        query = """SELECT child.entry, parent, above.entry FROM parents
            JOIN documents AS child ON child.described = parents.document AND child.state = 'held'
            LEFT JOIN documents AS above ON above.entry = (SELECT entry FROM documents
              WHERE reference = parent AND state = 'held' ORDER BY entry LIMIT 1)
            ORDER BY child.entry, parent"""
        with guarded():
            yield from map(_LINK, self._db.execute(query))

    def ancestors(self, row: IndexRow, most: int = 32) -> Iterator[IndexRow]:
        """The documents, held or withdrawn, that it is part of, then what these are part of: each once, at
        most `most`."""
        seen, level = {row.entry}, [row]
        while level:
            above: list[IndexRow] = []
            for each in level:
                for parent in self.parents(each):
                    found = self.named(parent)
                    if found is None or found.state == "disposed" or found.entry in seen or len(seen) > most:
                        continue
                    seen.add(found.entry)
                    above.append(found)
                    yield found
            level = above


def _fields(text: str) -> frozenset[str]:
    try:
        return frozenset(json.loads(text))
    except (ValueError, TypeError, RecursionError):  # the file may come from anywhere
        return frozenset()
