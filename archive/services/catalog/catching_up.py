"""What each entry that the ledger gained means for the index."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple

from archive.core.catalog_manifest import closed_run, holdings_change
from archive.core.copies import CopyOutcome
from archive.core.errors import StorageError
from archive.core.findings import FewOfEach, Finding, Severity
from archive.core.holding import Holding
from archive.core.ids import is_uuid7
from archive.core.ledger.change_entries import CHANGES, DISPOSAL_MARK, tombstone_reference
from archive.core.ledger.entries import Entry, EntryType, parse_entry, recorded_at
from archive.core.limits.output import REBUILD_FINDINGS
from archive.core.outcomes import BagOutcome, RunOutcome
from archive.core.promises import has_read
from archive.services.catalog.awaited import AwaitedAtIngest
from archive.services.catalog.bag_record import (
    UNREADABLE_BAG,
    derive_holding,
    holding_from_ledger,
    title_of_nobody,
)
from archive.services.catalog.incident_keeping import IncidentKeeping
from archive.services.catalog.noted_entries import note_entry
from archive.services.catalog.unread_results import note_lost, note_unread
from archive.services.opened import OpenedArchive
from archive.storage.audits.results import require_summary
from archive.storage.audits.vouched_results import past_checks
from archive.storage.copies.names import QUARANTINE, TAR
from archive.storage.index import Index

AT_ONCE: Final = 1000
_ROUNDS: Final = frozenset({"full", "share", "sample"})  # modes of audits
# Of runs over a copy: what every mended bag was looked at for, and what was judged by another history.
_SETTLED: Final = frozenset({CopyOutcome.COMPLETE, CopyOutcome.INCOMPLETE, RunOutcome.EVIDENCE_BROKEN})
_IN_TURN: Final = frozenset({"full", "share"})  # of those that read a whole copy, be it in several runs

# Under which name the index notes the last key that was replaced without the signature of the one before.
KEY_REPLACED: Final = "key replaced"
# Under this name the index notes the end of the last audit that was not only of documents named by their ids.
LAST_ROUND: Final = "last round"
# Under this name the index notes that it has documents whose bags could not be read for it.
STAND_INS: Final = "stand-ins"
# Under this name the index notes when what an audit or a repair found entered the ledger last.
_LAST_LOOK: Final = "last look"


class AllIntact(NamedTuple):
    """An audit of a moment ago that found intact whatever it looked at: (entry of its ingestion, bag).

    `started` is the time at which it began.
    """

    run: str
    started: str
    bags: Callable[[], Iterator[tuple[int, str]]]


class CatchingUp:
    """One pass over new entries.

    Of the audit `intact` the results are not read again.
    """

    def __init__(
        self,
        archive: OpenedArchive,
        index: Index,
        earlier: Callable[[int], bytes],
        intact: AllIntact | None = None,
    ) -> None:
        """`earlier` gives an entry that the new ones speak of, by its index, and vouches for it."""
        self._found = FewOfEach(REBUILD_FINDINGS)
        self._archive = archive
        self._earlier = earlier
        self._index = index
        self._intact = intact
        self._waiting: list[Holding] = []
        self._disposed: set[str] = set()
        self._told: set[tuple[str, str]] = set()
        self._incidents = IncidentKeeping(archive, index)
        self._awaited = AwaitedAtIngest(archive.layout.runs)

    @property
    def findings(self) -> list[Finding]:
        """Which bags could not be read."""
        return self._found.kept

    def find_disposed(self, entries: Iterable[bytes]) -> None:
        """Learn which bags these entries dispose of: nobody need look for them."""
        for raw in entries:
            if DISPOSAL_MARK in raw:
                self._disposed.add(parse_entry(raw).bag or "")

    def take(self, number: int, raw: bytes) -> None:
        """Take the entry at an index of the ledger."""
        run = closed_run(number, raw)
        if run is not None:
            self._index.add_run(run)
            return
        entry = parse_entry(raw)
        if entry.type == EntryType.INGESTION:
            self._hold(
                self._derived(
                    number, entry, awaited=lambda: self._awaited.says(entry.run or "", entry.bag or "")
                )
            )
        elif entry.type == EntryType.AUDIT_FINISHED:
            self.flush()
            self._take_audit(number, entry)
        elif entry.type == EntryType.COPY_STARTED:
            self._index.note_copy_begun(str(entry.get("copy")), form=str(entry.get("form")), entry=number)
        elif entry.type in (EntryType.COPIED, EntryType.COPY_AUDITED):
            self.flush()
            self._take_copy(number, entry)
        elif entry.type == EntryType.SETTINGS_CHANGED:
            note_entry(self._index, EntryType.SETTINGS_CHANGED, number)
        elif entry.type == EntryType.KEY_REPLACED:
            replaced = {"entry": number, "time": entry.time}
            replaced |= {name: entry.get(name) for name in ("why", "signed") if entry.get(name) is not None}
            self._index.note(KEY_REPLACED, json.dumps(replaced))
        elif entry.type == EntryType.SOFTWARE_CHANGED:
            note_entry(self._index, EntryType.SOFTWARE_CHANGED, number)
        elif entry.type == EntryType.REPAIRED:
            self.flush()
            self._take_repair(number, entry, entry.bag or "")
        elif entry.type == EntryType.INCIDENTS_ACKNOWLEDGED:
            self._incidents.take_acknowledgement(number, entry)
        elif entry.type in CHANGES and entry.bag is not None:
            self.flush()
            self._take_change(number, entry, entry.bag)

    def _hold(self, holding: Holding) -> None:
        self._waiting.append(holding)
        if len(self._waiting) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Add the documents that wait."""
        self._index.add(self._waiting)
        self._waiting.clear()

    def _derived(
        self, number: int, entry: Entry, tag_manifest: str | None = None, *, awaited: Callable[[], bool]
    ) -> Holding:
        """The document of an ingestion; where its bag does not say so, `awaited` tells whether a description
        is to come: the catalog counts them as the ledger and the manifests of runs do."""
        if entry.bag in self._disposed:
            return holding_from_ledger(number, entry, tag_manifest)
        derived = derive_holding(self._archive, number, entry, tag_manifest)
        if any(finding.code == UNREADABLE_BAG for finding in derived.findings):
            # What was refused a moment ago would keep a supplied title until another command writes.
            derived = derive_holding(self._archive, number, entry, tag_manifest)
        if not derived.findings:
            return derived.holding
        self._index.note(STAND_INS, "yes")
        for finding in derived.findings:  # a bag that was described anew is asked for more than once
            told = finding.code, finding.place
            if told not in self._told and self._found.take(finding):
                self._told.add(told)
        return replace(derived.holding, awaiting=awaited())

    def _take_change(self, number: int, entry: Entry, bag: str) -> None:
        row = self._index.by_bag(bag)
        if row is None:
            return
        if entry.type == EntryType.DESCRIPTION_CHANGED:
            ingestion = parse_entry(self._earlier(row.entry))
            step = holdings_change(number, entry)
            awaited = int(row.awaiting) + (step.awaiting if step is not None else 0) > 0
            holding = self._derived(
                row.entry, ingestion, str(entry.get("tagmanifest")), awaited=lambda: awaited
            )
            revision = entry.get("revision")
            self._index.describe(
                holding, change=number, revision=revision if type(revision) is int else row.revision + 1
            )
        elif entry.type == EntryType.WITHDRAWAL:
            self._index.withdraw(row.entry, change=number, reference=_tombstone(entry))
            self._incidents.take_withdrawal(entry, bag)
        else:
            called = row.reference
            if row.declared:
                earlier = (parse_entry(self._earlier(at)) for at in self._index.changes(row.entry))
                called = next(filter(None, map(_tombstone, earlier)), bag)
            self._index.incidents.forget(bag)
            self._index.dispose(row.entry, change=number, reference=called, title=title_of_nobody(bag))

    def _take_repair(self, number: int, entry: Entry, bag: str) -> None:
        """A bag that was read in full after its repair, and was intact, has been checked."""
        if entry.get("outcome") == BagOutcome.INTACT:
            self._index.mark_checked([(bag, entry.time, BagOutcome.INTACT.value)], recorded=entry.time)
        self._index.note_repair(bag, change=number)
        self._index.note(_LAST_LOOK, entry.time)
        self._incidents.take_repair(number, entry, bag)

    def _take_audit(self, number: int, entry: Entry) -> None:
        summary = {"run": entry.run, "time": entry.time, "outcome": entry.get("outcome")}
        self._index.note("last audit", json.dumps(summary))
        if self._is_round(entry):
            self._index.note(LAST_ROUND, json.dumps(summary))
        is_ours = self._intact is not None and entry.run == self._intact.run
        if (
            self._intact is not None
            and is_ours
            and not _is_apart(self._intact.started, entry, self._last_look)
        ):
            self._index.mark_intact(self._intact.bags(), entry.time)
        else:
            if note_lost(self._archive, self._index, entry):
                self._index.doubt(number, time=entry.time, recorded=recorded_at(entry))
            self._index.mark_checked(self._rows(entry), recorded=recorded_at(entry))
        self._index.note(_LAST_LOOK, entry.time)
        if entry.run is not None and is_uuid7(entry.run):
            self._incidents.take_audit(entry, entry.run)

    def _take_copy(self, number: int, entry: Entry) -> None:
        copy, size = entry.get("copy"), entry.get("size")
        outcome = str(entry.get("outcome"))
        if not isinstance(copy, str) or type(size) is not int:
            return
        if outcome not in _SETTLED:
            self._index.doubt_mended(copy, size)
        is_late = False
        if entry.type == EntryType.COPIED:
            self._index.note_copied(
                copy,
                form=str(entry.get("form")),
                size=size,
                outcome=outcome,
                time=entry.time,
                cut_off=outcome == CopyOutcome.INTERRUPTED,
            )
        else:
            is_late = self._is_late(copy, entry)
            mode = None if is_late or entry.get("interrupted") is True else self._mode(entry)
            in_turn = mode == "full" or (mode in _IN_TURN and outcome != RunOutcome.NOTHING_READ)
            self._index.note_copy_audited(
                copy,
                size=None if outcome == RunOutcome.EVIDENCE_BROKEN else size,
                outcome=outcome if in_turn else None,
                whole=mode == "full",
                time=entry.time,
                recorded=recorded_at(entry),
            )
        if note_lost(self._archive, self._index, entry):
            self._index.doubt_on_copy(copy, size, time=entry.time)
        rows = self._rows(entry)
        # By another history, or before others found otherwise: what that calls good is no mending.
        if is_late or outcome == RunOutcome.EVIDENCE_BROKEN:
            rows = (row for row in rows if row[2] != BagOutcome.INTACT)
        self._index.mark_on_copy(copy, rows, number)
        if entry.type == EntryType.COPY_AUDITED:
            self._index.mark_on_copy(copy, self._set_aside(entry), number)

    def _is_late(self, copy: str, entry: Entry) -> bool:
        """True for an audit that waited for a signature while others wrote to its copy, or looked at it."""
        seen = next((known.seen for known in self._index.copies() if known.id == copy), "")
        return entry.time < seen <= recorded_at(entry)

    @property
    def _last_look(self) -> str:
        return self._index.meta(_LAST_LOOK) or ""

    def _rows(self, entry: Entry) -> Iterator[tuple[str, str, str]]:
        """(bag, time, outcome) of the results of a run.

        The time is that of its end, so that a bag has one time whether its row is read or not; but its own
        where the bag was looked at on an earlier day, or before others found what may be otherwise.
        """
        if entry.run is None or not is_uuid7(entry.run):
            return
        last_look = self._last_look
        audits, unread = self._archive.layout.audits, partial(note_unread, self._index, entry)
        for row in past_checks(audits, entry.run, str(entry.get("results")), unread):
            if isinstance(row.get("bag"), str) and isinstance(row.get("outcome"), str):
                looked = str(row.get("looked") or entry.time)
                time = looked if _is_apart(looked, entry, last_look) else entry.time
                yield row["bag"], time, row["outcome"]

    def _set_aside(self, entry: Entry) -> Iterator[tuple[str, str, str]]:
        """(bag, time, outcome) of withdrawn bags that an audit found not good: it has no rows about them."""
        if entry.run is None or not is_uuid7(entry.run):
            return
        try:
            summary = require_summary(self._archive.layout.audits, entry.run, str(entry.get("results")))
        except StorageError:
            note_unread(self._index, entry)
            return
        listed = summary.get("findings") if summary is not None else None
        for found in listed if isinstance(listed, list) else ():
            place = found.get("place") if isinstance(found, dict) else None
            parts = place.removeprefix(f"{QUARANTINE}/").split("/") if isinstance(place, str) else ()
            if len(parts) < 2 or place == "/".join(parts) or found.get("severity") != Severity.ERROR:
                continue
            bag = parts[1].removesuffix(TAR)
            if is_uuid7(bag):
                yield bag, entry.time, BagOutcome.DAMAGED.value

    def _is_round(self, finished: Entry) -> bool:
        """True where the audit chose for itself what to look at, says its beginning, and read some of it."""
        return has_read(finished.members) and self._mode(finished) in _ROUNDS

    def _mode(self, finished: Entry) -> str | None:
        """What the beginning of an audit says of its choice; None where no entry is its beginning."""
        started = finished.get("started")
        if type(started) is not int or started < 0:
            return None
        begun = parse_entry(self._earlier(started))
        return str(begun.get("mode")) if begun.run == finished.run else None


def _is_apart(looked: str, end: Entry, last_look: str) -> bool:
    """True where the time of a run's end does not stand for what was looked at by that time."""
    return looked < end.time and (looked[:10] != end.time[:10] or looked <= last_look)


def _tombstone(entry: Entry) -> str | None:
    """What a withdrawal says that a document with a reference of the archivist's own is called."""
    declared = entry.get("declared")
    return tombstone_reference(declared) if isinstance(declared, str) else None
