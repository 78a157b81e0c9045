"""What the entries of the ledger mean for the incidents of the index."""

import json
from functools import partial
from typing import Any, Final

from archive.core.errors import ArchiveError, StorageError
from archive.core.incidents import Damage, all_was_seen, damages, incident_id, place_json
from archive.core.ledger.entries import Entry
from archive.core.limits.archives import REPAIR_RECORD_BYTES
from archive.core.outcomes import BagOutcome
from archive.services.catalog.unread_results import note_unread
from archive.services.opened import OpenedArchive
from archive.storage.audits.results import require_summary
from archive.storage.audits.vouched_results import past_checks
from archive.storage.bags.bag_restoration import RECORD
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.index import Index
from archive.storage.layout import bag_path, damaged_path, own_damaged_path

_SEEN: Final = frozenset({BagOutcome.DAMAGED.value, BagOutcome.MISSING.value})
_ARCHIVE: Final = ""  # stands for the archive itself where a bag is named


def _is_adverse(entry: Entry) -> bool:
    """False where an audit's counts say that no bag was damaged: its rows need not be read for that."""
    counts = entry.get("counts")
    return not isinstance(counts, dict) or any(counts.get(outcome) != 0 for outcome in _SEEN)


class IncidentKeeping:
    """Takes audits, repairs, acknowledgements and withdrawals in the order of the ledger."""

    def __init__(self, archive: OpenedArchive, index: Index) -> None:
        self._archive = archive
        self._index = index

    def take_audit(self, entry: Entry, run: str) -> None:
        """What an audit found opens incidents, what it does not find any more closes them.

        The index has taken its results: what was read before somebody else found otherwise neither opens nor
        closes any, and nor does what was read of a bag that was withdrawn before the audit ended.
        """
        audits = self._archive.layout.audits
        incidents = self._index.incidents
        found: dict[str, list[Damage]] = {}
        closing = incidents.open_bags()
        intact: set[str] = set()
        digest = str(entry.get("results"))
        unread = partial(note_unread, self._index, entry)
        rows = past_checks(audits, run, digest, unread) if closing or _is_adverse(entry) else ()
        for row in rows:  # where a bag stands twice, the later row holds
            bag, outcome = row["bag"], row["outcome"]
            if outcome in _SEEN:
                found[bag] = damages(row.get("findings", ()))
                intact.discard(bag)
            elif outcome == BagOutcome.INTACT:
                found.pop(bag, None)
                if bag in closing:
                    intact.add(bag)
        for bag in intact:
            if self._index.damaged_since(bag) is None:
                incidents.take_gone(bag, (), run=run, time=entry.time)
        for bag, damage in found.items():
            if self._index.damaged_since(bag) is not None and self._index.is_held(bag):
                self._found(bag, damage, entry, run)
        summary = None
        try:
            summary = require_summary(audits, run, digest)
        except StorageError:
            unread()
        if summary is not None:
            self._take_archive(summary, entry, run)

    def _take_archive(self, summary: dict[str, Any], entry: Entry, run: str) -> None:
        """What concerns no held bag; a bag that vanished while others were read is said there, too."""
        listed = summary.get("findings")
        damage = damages(listed if isinstance(listed, list) else ())
        self._found(_ARCHIVE, damage, entry, run)
        scope = summary.get("scope")
        whole = (
            isinstance(scope, dict) and scope.get("mode") == "full" and summary.get("interrupted") is False
        )
        whole = whole and summary.get("outcome") != "evidence-broken"
        if whole and all_was_seen(listed):  # where nobody could look, damage is not gone
            self._index.incidents.take_gone(_ARCHIVE, damage, run=run, time=entry.time)

    def _found(self, bag: str, damage: list[Damage], entry: Entry, run: str) -> None:
        salt = self._archive.settings.agent_salt
        self._index.incidents.take_found(
            bag,
            damage,
            run=run,
            time=entry.time,
            identify=lambda one: incident_id(salt, run, bag, one),
        )

    def take_repair(self, number: int, entry: Entry, bag: str) -> None:
        """A repair after which the bag was intact concerns all that was open, another one what it touched.

        An empty bag stands for the archive itself.
        """
        if not bag:
            places: frozenset[str] | None = self._own_places(entry)
        else:
            places = None if entry.get("outcome") == BagOutcome.INTACT else self._places(entry, bag)
        self._index.incidents.take_repair(bag, places, entry=number, time=entry.time)

    def _places(self, entry: Entry, bag: str) -> frozenset[str]:
        from archive.core.repair_record import RepairRecord  # few ledgers have a repair

        path = self._archive.root / damaged_path(bag, entry.run or "none") / RECORD
        try:
            data = read_plain(str(path), REPAIR_RECORD_BYTES)
            record = RepairRecord.parse(data or b"")
        except (ArchiveError, NotAPlainFileError, ValueError):
            return frozenset()
        touched = {one.path for one in record.restored} | {one.path for one in record.set_aside}
        return frozenset(place_json(path) for path in touched | ({bag_path(bag)} if record.whole else set()))

    def _own_places(self, entry: Entry) -> frozenset[str]:
        from archive.core.repair_record import exact

        path = self._archive.root / own_damaged_path(entry.run or "none") / RECORD
        try:
            files = json.loads(read_plain(str(path), REPAIR_RECORD_BYTES) or b"{}")["files"]
            named = [exact(one["path"]) for one in files if one["place"] is not None]
        except (ArchiveError, NotAPlainFileError, ValueError, KeyError, TypeError, RecursionError):
            return frozenset()
        # Findings about results name the folder of their run.
        folders = [path.rpartition("/")[0] for path in named if path.startswith("audits/")]
        return frozenset(map(place_json, (*named, *folders)))

    def take_acknowledgement(self, number: int, entry: Entry) -> None:
        """Somebody took note of damage."""
        named = entry.get("incidents")
        known = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
        self._index.incidents.take_acknowledgement(known, entry=number, time=entry.time)

    def take_withdrawal(self, entry: Entry, bag: str) -> None:
        """What is not held any more has no incidents."""
        self._index.incidents.take_gone(bag, (), run="", time=entry.time)
