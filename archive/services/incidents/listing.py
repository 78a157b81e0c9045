"""Incidents as people and programs see them: with the document they are about, and what was written down."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from archive.core.errors import ArchiveError, ConfigurationError
from archive.core.ids import short_id
from archive.core.ledger.entries import parse_entry
from archive.core.text import lossless, printable
from archive.services.changes.notes import ChangeNote, parse_note
from archive.services.opened import OpenedArchive
from archive.storage.index import Index
from archive.storage.index.incidents import Incident
from archive.storage.ledger.notes import Notes

SHORTEST_ENDING = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldIncident:
    """An incident and what the notes say: who acknowledged it and which cause was named, who repaired it."""

    incident: Incident
    reference: str | None
    title: str | None
    acknowledged: ChangeNote | None = None
    repaired: ChangeNote | None = None

    @property
    def cause(self) -> str | None:
        """The cause as somebody named it, at the acknowledgement or else at the repair."""
        told = (note.reason for note in (self.acknowledged, self.repaired) if note is not None)
        return next((reason for reason in told if reason), None)

    def to_json(self) -> dict[str, Any]:
        """The incident in an incidents report."""
        one = self.incident
        return {
            "id": one.id,
            "state": one.state.value,
            "document": one.bag or None,
            "reference": lossless(self.reference),
            "title": self.title,
            "code": one.code,
            "place": one.place_value,
            "opened": {"time": one.opened, "run": one.opened_run},
            "last_seen": {"time": one.seen, "run": one.seen_run},
            "cause": lossless(self.cause),
            "acknowledged": _event(one.acknowledged, one.acknowledgement, self.acknowledged),
            "repaired": _event(one.repaired, one.repair, self.repaired),
            "closed": {"time": one.closed, "run": one.closed_run or None} if one.closed else None,
        }


def _event(time: str, entry: int, note: ChangeNote | None) -> dict[str, Any] | None:
    if not time:
        return None
    return {"time": time, "entry": entry, "by": lossless(note.by) if note is not None else None}


class Incidents:
    """The incidents of an archive, from an index that is in step with its ledger."""

    def __init__(self, archive: OpenedArchive, index: Index) -> None:
        self._archive = archive
        self._index = index
        self._notes: dict[int, ChangeNote | None] = {}

    def listed(self, *, closed: bool) -> Iterator[ToldIncident]:
        """All of them, oldest first; those that are closed too, where asked."""
        return map(self._told, self._index.incidents.all(closed=closed))

    def named(self, texts: Iterable[str]) -> list[ToldIncident]:
        """The incidents that these texts mean: an id or a unique ending of it, or a document with all of its.

        Raises ConfigurationError where one means none, or several incidents.
        """
        found: dict[str, Incident] = {}
        for text in texts:
            found |= {one.id: one for one in self._meant(text.strip())}
        return [self._told(one) for one in found.values()]

    def _meant(self, text: str) -> list[Incident]:
        ending = text.lower()
        found = self._index.incidents.ending_with(ending) if len(ending) >= SHORTEST_ENDING else []
        if len(found) > 1:
            names = ", ".join(short_id(one.id) for one in found[:5])
            raise ConfigurationError(
                f"{printable(text)}: several incidents end so ({names} …)", remedy="type more of the id"
            )
        if found:
            return found
        from archive.services.holdings.resolution import resolve

        try:
            row = resolve(self._index, text)
        except ConfigurationError:
            row = None
        known = [one for one in self._index.incidents.all(closed=True) if row and one.bag == row.bag]
        if not known:
            raise ConfigurationError(
                f"{printable(text)}: no incident has this id, and no document with damage is called so",
                remedy="archive incidents --all lists them",
            )
        return known

    def _told(self, one: Incident) -> ToldIncident:
        row = self._index.by_bag(one.bag) if one.bag else None
        return ToldIncident(
            incident=one,
            reference=row.reference if row else None,
            title=row.title if row else None,
            acknowledged=self._note(one.acknowledgement) if one.acknowledged else None,
            repaired=self._note(one.repair) if one.repaired else None,
        )

    def _note(self, entry: int) -> ChangeNote | None:
        if entry not in self._notes:
            if len(self._notes) > 1000:
                self._notes.clear()
            self._notes[entry] = self._read_note(entry)
        return self._notes[entry]

    def _read_note(self, entry: int) -> ChangeNote | None:
        """What the note of an entry says; None where it was removed or does not hold: an audit says which."""
        try:
            named = parse_entry(self._archive.ledger.entry(entry)).get("notes")
            first = named[0] if isinstance(named, list) and named else None
            text = Notes(str(self._archive.root)).read(first) if isinstance(first, str) else None
        except (ArchiveError, ValueError):
            return None
        return parse_note(text) if text is not None else None
