"""How many good copies there are: of a document, of all, and how each place stands."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.core.copies import CopyPlace
from archive.core.errors import ArchiveError
from archive.core.text import lossless
from archive.services.opened import OpenedArchive
from archive.storage.copies.folder import read_marker
from archive.storage.index import Index, IndexedCopy


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceStanding:
    """One place of a copy; `known` is None where the ledger never heard of it.

    `at_hand` tells that the copy lies at its path now; `lacking` how many held documents came after it was
    last complete, `faults` how many others on it are not good, as far as runs and audits told.
    """

    place: CopyPlace
    known: IndexedCopy | None
    at_hand: bool
    lacking: int
    faults: int

    @property
    def seen(self) -> str:
        """When it was written or audited last, empty where never."""
        return self.known.seen if self.known is not None else ""

    def to_json(self) -> dict[str, Any]:
        """The place in a report."""
        known = self.known
        return {
            **{name: lossless(value) for name, value in self.place.to_json().items()},
            "at_hand": self.at_hand,
            "last_seen": self.seen or None,
            "last_copied": (known.copied or None) if known else None,
            "copied": (known.outcome or None) if known else None,
            "last_audited": (known.audited or None) if known else None,
            "audited": (known.audit_outcome or None) if known else None,
            "lacking": self.lacking,
            "faults": self.faults,
        }


def place_standings(archive: OpenedArchive, index: Index) -> list[PlaceStanding]:
    """Every place of archive.toml, in its order."""
    known = {copy.id: copy for copy in index.copies()}
    return [
        PlaceStanding(
            place=place,
            known=known.get(place.id),
            at_hand=is_at_hand(place),
            lacking=index.held_from(known[place.id].size if place.id in known else 0),
            faults=sum(1 for _ in index.copy_faults(place.id)),
        )
        for place in archive.settings.copies
    ]


def is_at_hand(place: CopyPlace) -> bool:
    """True where the folder at its path bears its id; a disk that is away is no error."""
    if not place.path:
        return False
    try:
        marker = read_marker(Path(place.path))
    except ArchiveError:
        return False
    return marker is not None and marker.id == place.id


def good_copies(archive: OpenedArchive, index: Index) -> dict[int, int]:
    """How many held documents have so many good copies, the archive's own among them.

    The archive's own is good unless its last audit found otherwise; one on a copy is, where the copy was
    complete after the document came and neither a run nor an audit of the copy has found it bad since.
    """
    return index.good_copies([place.id for place in archive.settings.copies])


def good_places(archive: OpenedArchive, index: Index, document: int) -> list[CopyPlace]:
    """The places that hold a good copy of a document, which is named by its ingestion's entry."""
    places = {place.id: place for place in archive.settings.copies}
    return [places[copy] for copy in index.good_on(document, list(places))]
