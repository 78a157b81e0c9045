"""How far the descriptions of what is held keep a profile, without opening their bags.

The index knows which fields each description has; what is inherited counts as there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from archive.core.description_profile import DescriptionProfile, Requirement, fields_of
from archive.core.descriptions.access import FIELD
from archive.core.text import lossless
from archive.services.inheritance import closes, defaults
from archive.services.opened import OpenedArchive
from archive.storage.index import Index, IndexRow


class Incomplete(NamedTuple):
    """A held document, and what its description lacks of the profile."""

    row: IndexRow
    missing: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Of `documents` held `complete` have every field that the profile asks for.

    `missing` has for each requirement how many lack it, in the order of the profile.
    """

    profile: str
    documents: int
    complete: int
    missing: tuple[tuple[Requirement, int], ...]

    def to_json(self) -> dict[str, Any]:
        """The facts as reports give them."""
        return {
            "profile": self.profile,
            "documents": self.documents,
            "complete": self.complete,
            "missing": [
                {"fields": [lossless(name) for name in requirement.fields], "documents": count}
                for requirement, count in self.missing
                if count
            ],
        }


@dataclass(slots=True)
class CompletenessLook:
    """Judges the fields that the index knows of by one profile."""

    archive: OpenedArchive
    index: Index
    profile: DescriptionProfile
    _shapes: dict[int, frozenset[str]] = field(init=False)
    _supplied: dict[str | None, frozenset[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._shapes = self.index.shapes()

    def counts(self) -> Completeness:
        """How many of what is held are complete, and how many lack what."""
        documents = complete = 0
        lacking = dict.fromkeys(self.profile.required, 0)
        for shape, accession, has_parents, count, first in self.index.shape_counts():
            documents += count
            missing = self.profile.missing(self._known(shape, accession))
            if missing and has_parents and (row := next(self.index.list(since=first, limit=1), None)):
                missing = self.missing_of(row, shape)
            complete += count * (not missing)
            for requirement in missing:
                lacking[requirement] += count
        return Completeness(
            profile=self.profile.name, documents=documents, complete=complete, missing=tuple(lacking.items())
        )

    def incomplete(self, rows: Iterator[IndexRow]) -> Iterator[Incomplete]:
        """Those of the rows whose descriptions lack something."""
        for row in rows:
            if missing := self.missing_of(row, self.index.shape_of(row)):
                yield Incomplete(row, missing)

    def missing_of(self, row: IndexRow, shape: int) -> tuple[Requirement, ...]:
        """What one document's description lacks."""
        known = self._known(shape, row.accession)
        missing = self.profile.missing(known)
        if not missing:
            return ()
        wanted = self.profile.inherits | {FIELD}
        for ancestor in self.index.ancestors(row):
            if ancestor.state == "held":
                known |= self._shapes.get(self.index.shape_of(ancestor), frozenset()) & wanted
            elif closes(ancestor):
                known |= {FIELD}
        return self.profile.missing(known)

    def _known(self, shape: int, accession: str | None) -> frozenset[str]:
        supplied = self._supplied.get(accession)
        if supplied is None:
            sources = defaults(self.archive.settings.description, accession)
            supplied = frozenset().union(*(fields_of(source.description) for source in sources))
            self._supplied[accession] = supplied
        return self._shapes.get(shape, frozenset()) | supplied
