"""What `archive describe` is about to change, spooled to a temporary database: memory stays flat."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Final, NamedTuple

from archive.storage.disk.spool import open_spool

_TABLES: Final = """
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY, bag TEXT UNIQUE, reference TEXT, declared INTEGER, place TEXT, base TEXT,
  revision INTEGER, awaiting INTEGER, warnings INTEGER, old BLOB, new BLOB, tag_manifest TEXT);
CREATE TABLE unchanged (seq INTEGER PRIMARY KEY, bag TEXT UNIQUE, reference TEXT, title TEXT);
CREATE TABLE refused (seq INTEGER PRIMARY KEY, place TEXT, code INTEGER, findings TEXT);
CREATE TABLE findings (seq INTEGER PRIMARY KEY, finding TEXT);
"""


class DescriptionChange(NamedTuple):
    """One document and its descriptions before and after, as canonical bytes.

    `base` is the sha512 of the tag manifest that the change was made against, `revision` the number that the
    new description gets, `awaiting` by how much the change alters the number of documents that await theirs,
    `tag_manifest` the digest of the new tag manifest once it is staged.
    """

    bag: str
    reference: str
    declared: bool
    place: str
    base: str
    revision: int
    awaiting: int
    warnings: int
    old: bytes
    new: bytes
    tag_manifest: str | None = None


class DescriptionChanges(AbstractContextManager["DescriptionChanges"]):
    """The changes of one command, what stays as it is, and what was refused."""

    def __init__(self) -> None:
        self._db = open_spool(_TABLES)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def knows(self, bag: str) -> bool:
        """True where the document was named before."""
        query = "SELECT 1 FROM changes WHERE bag = ?1 UNION SELECT 1 FROM unchanged WHERE bag = ?1"
        return self._db.execute(query, (bag,)).fetchone() is not None

    def add(self, change: DescriptionChange) -> None:
        """A document that gets a new description."""
        self._db.execute(
            "INSERT INTO changes (bag, reference, declared, place, base, revision, awaiting, warnings, old,"
            " new, tag_manifest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            change,
        )

    def add_unchanged(self, bag: str, reference: str, title: str) -> None:
        """A document whose description is already as it should be."""
        self._db.execute(
            "INSERT INTO unchanged (bag, reference, title) VALUES (?, ?, ?)", (bag, reference, title)
        )

    def refuse(self, place: str, code: int, findings: list[dict[str, Any]]) -> None:
        """A row that cannot be applied, with the exit code that it means."""
        text = json.dumps(findings)
        self._db.execute("INSERT INTO refused (place, code, findings) VALUES (?, ?, ?)", (place, code, text))

    def add_finding(self, finding: dict[str, Any]) -> None:
        """Something to be said that refuses nothing."""
        self._db.execute("INSERT INTO findings (finding) VALUES (?)", (json.dumps(finding),))

    def stage(self, bag: str, tag_manifest: str) -> None:
        """The new description is staged, and this is the digest of its tag manifest."""
        self._db.execute("UPDATE changes SET tag_manifest = ?2 WHERE bag = ?1", (bag, tag_manifest))

    def changes(self) -> Iterator[DescriptionChange]:
        """The documents that change, in the order in which they were named, one in memory at a time."""
        rows = self._db.execute(
            "SELECT bag, reference, declared, place, base, revision, awaiting, warnings, old, new,"
            " tag_manifest FROM changes ORDER BY seq"
        )
        yield from (DescriptionChange._make(row)._replace(declared=bool(row[2])) for row in rows)

    def unchanged(self) -> Iterator[tuple[str, str, str]]:
        """(bag, reference, title) of the documents that stay as they are."""
        yield from self._db.execute("SELECT bag, reference, title FROM unchanged ORDER BY seq")

    def refused(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """(place, findings) of what cannot be applied."""
        for place, findings in self._db.execute("SELECT place, findings FROM refused ORDER BY seq"):
            yield place, json.loads(findings)

    def findings(self) -> Iterator[dict[str, Any]]:
        """What else is to be said."""
        for (finding,) in self._db.execute("SELECT finding FROM findings ORDER BY seq"):
            yield json.loads(finding)

    def refusal_codes(self) -> set[int]:
        """The exit codes that the refused rows mean."""
        return {code for (code,) in self._db.execute("SELECT DISTINCT code FROM refused")}

    def counts(self) -> dict[str, int]:
        """How many of what."""
        row = self._db.execute(
            "SELECT (SELECT count(*) FROM changes), (SELECT count(*) FROM unchanged),"
            " (SELECT count(*) FROM refused)"
        ).fetchone()
        return dict(zip(("changed", "unchanged", "refused"), row, strict=True))
