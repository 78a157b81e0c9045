"""How many good copies there are: of a document, of all, and how each place stands."""

import contextlib
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from archive.core.copies import CopyForm, CopyPlace
from archive.core.errors import StorageError
from archive.core.text import lossless, printable, shell_word
from archive.services.opened import OpenedArchive
from archive.services.signing.waiting_damage import WaitingDamage, damage_that_waits
from archive.services.surroundings import CLOCK_DAYS, day_of
from archive.storage.copies.at_hand import is_at_hand, lost_its_marker
from archive.storage.copies.names import bag_place
from archive.storage.copies.work import bags_in_work
from archive.storage.disk.kinds import may_be_there
from archive.storage.index import Index, IndexedCopy, IndexRow
from archive.storage.layout import damaged_path

_GOOD: Final = frozenset({"", "intact"})  # last outcomes of a bag of the archive's own that is good


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceStanding:
    """One place of a copy; `known` is None where the ledger never heard of it.

    `at_hand` tells that the copy lies at its path now, `unmarked` that it lost its copy.json; `lacking` how
    many held documents came after it was last complete, `faults` how many others on it are not good, as far
    as runs and audits told, those that wait for a signature included; one that an audit found to be no state
    of this archive lacks them all. What was found of the `unknown` ones among the faults is lost.
    `disposed` counts the documents that were disposed of and whose bags lie on it, in its work folder too;
    where it is away, those disposed of since it was last complete, or since a run began that may have brought
    them. `same_disk` names what else is kept on its disk now, "" being the archive itself; empty where it is
    away.
    """

    place: CopyPlace
    known: IndexedCopy | None
    at_hand: bool
    lacking: int
    faults: int
    unknown: int = 0
    disposed: int = 0
    unmarked: bool = False
    same_disk: tuple[str, ...] = ()

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
            "disposed": self.disposed,
            "same_disk": [lossless(name) if name else None for name in self.same_disk],
        }


def place_standings(archive: OpenedArchive, index: Index) -> list[PlaceStanding]:
    """Every place of archive.toml, in its order."""
    waits = damage_that_waits(archive)
    known = {copy.id: _as_waits(copy, waits) for copy in index.copies()}
    shared = same_disks(archive)
    disposed = index.disposed() if archive.settings.copies else []
    here = {place.id for place in archive.settings.copies if is_at_hand(place, archive.settings)}
    return [
        PlaceStanding(
            place=place,
            known=known.get(place.id),
            at_hand=place.id in here,
            unmarked=lost_its_marker(place, archive.settings),
            lacking=index.held_from(_whole(known.get(place.id))),
            faults=_faults(index, known.get(place.id), waits),
            unknown=index.unknown_on(place.id),
            disposed=(
                len(bags_on(Path(place.path), [bag for bag, _, _ in disposed]))
                if place.id in here
                else _kept_away(known.get(place.id), disposed)
            ),
            same_disk=shared.get(place.id, ()),
        )
        for place in archive.settings.copies
    ]


def _as_waits(known: IndexedCopy, waits: WaitingDamage) -> IndexedCopy:
    return known._replace(refused=1) if known.id in waits.refused else known


def _faults(index: Index, known: IndexedCopy | None, waits: WaitingDamage) -> int:
    """How many held documents up to where the copy is complete are not good on it."""
    if known is None or not (whole := _whole(known)):
        return 0
    bags = {fault.bag for fault in index.copy_faults(known.id)}
    rows = (index.by_bag(bag) for bag in waits.on_copies.get(known.id, frozenset()) - bags)
    return len(bags) + sum(1 for row in rows if row is not None and row.state == "held" and row.entry < whole)


def _whole(known: IndexedCopy | None) -> int:
    """The size of the ledger up to which a copy is complete: 0 for one that is refused."""
    return known.size if known is not None and not known.refused else 0


def _kept_away(known: IndexedCopy | None, disposed: Sequence[tuple[str, int, int]]) -> int:
    """How many of (bag, ingestion, disposal) a copy that is away has, by its last run."""
    size, begun = (known.size, known.begun) if known is not None else (0, 0)
    return sum(
        1
        for _, ingestion, disposal in disposed
        if ingestion < size <= disposal or size <= ingestion < begun < disposal
    )


def lies_on(copy: Path, bag: str) -> bool:
    """Whether a bag, held or withdrawn, in whichever form, or the records of its repairs lie on a copy."""
    return may_be_there(copy / damaged_path(bag, "")) or any(
        may_be_there(copy / bag_place(bag, form, withdrawn=withdrawn))
        for form in CopyForm
        for withdrawn in (False, True)
    )


def bags_on(copy: Path, bags: Collection[str]) -> set[str]:
    """Those of the bags of which a copy has bytes: as `lies_on`, or in its work folder.

    Where the folder cannot be listed, all of them may lie there.
    """
    try:
        begun = bags_in_work(copy) if bags else set()
    except StorageError:
        return {*bags}
    return {bag for bag in bags if bag in begun or lies_on(copy, bag)}


def copies_steps(
    good: Mapping[int, int], places: Sequence[PlaceStanding], promise_days: int, now: int
) -> list[str]:
    """What to do about the copies, the most urgent first; empty where all is well.

    `now` is in milliseconds since 1970. A copy is to be read in full as often as the archive itself.
    """
    if not places:
        return ["keep a second copy on another disk: archive copy --to DIR; and the signing key elsewhere"]
    steps = []
    for one in places:
        where, name = shell_word(one.place.path), printable(one.place.name or one.place.id)
        call = "" if one.at_hand else f"connect “{name}” ({last_seen(one.seen, now)}) and "
        known = one.known
        if known is not None and known.refused:
            steps.append(_elsewhere(where, name))
        elif one.disposed:
            destroyed = "have what was disposed of destroyed there, too"
            steps.append(f"{call}{destroyed}: archive copy --to {where} --yes")
        elif one.unmarked:
            steps.append(
                f"the copy.json of “{name}” is lost; have it written anew: archive copy --to {where}"
            )
        elif known is None or one.lacking or one.faults or known.outcome not in {"complete", ""}:
            steps.append(f"{call}bring it up to date: archive copy --to {where}")
        elif _is_ahead(read := known.audited or known.copied, now) or days_since(read, now) >= promise_days:
            steps.append(f"{call}read it again: archive audit --copy {where}")
    if not steps and all(one.same_disk for one in places):
        steps.append(
            "keep a copy on another disk: what takes this one takes all copies: archive copy --to DIR"
        )
    if not steps and min(good, default=2) < 2:
        steps.append("see which documents have only one good copy: archive list --copies-below 2")
    return steps


def _elsewhere(where: str, name: str) -> str:
    """What is left to do where a copy is refused; a run over it would end with 5, and change nothing."""
    return (
        f"the evidence of “{name}” does not hold, and it counts for nothing: keep a copy in another folder:"
        f" archive copy --to DIR; archive audit --copy {where} counts it again once the right one lies there"
    )


def last_seen(time: str, now: int) -> str:
    """`last seen 34 days ago`, as one says of a disk that is away."""
    if not time:
        return "never seen yet"
    if _is_ahead(time, now):
        return "last seen when a clock was ahead"
    days = days_since(time, now)
    if days == 0:
        return "last seen today"
    return f"last seen {days:,} {'day' if days == 1 else 'days'} ago"


def days_since(time: str, now: int) -> int:
    """Whole days from a time as entries write it to one in milliseconds; 0 where it is none, or to come."""
    try:
        then = datetime.fromisoformat(time).timestamp()
    except ValueError:
        return 0
    return max(int((now / 1000 - then) // 86_400), 0)


def _is_ahead(time: str, now: int) -> bool:
    """True for what only a clock that was wrong can have dated."""
    return time > day_of(now, later=CLOCK_DAYS)


def same_disks(archive: OpenedArchive) -> dict[str, tuple[str, ...]]:
    """What is kept on the same file system (`st_dev`) as each place that is at hand, by the place's id.

    The names of places that stand before it in archive.toml, and "" for the archive itself. Two partitions of
    one disk are not told apart from two disks: this says what is surely no second place.
    """
    seen: dict[int, list[str]] = {}
    with contextlib.suppress(OSError):
        seen[os.stat(archive.root).st_dev] = [""]
    found: dict[str, tuple[str, ...]] = {}
    for place in archive.settings.copies:
        if not is_at_hand(place, archive.settings):
            continue
        with contextlib.suppress(OSError):
            names = seen.setdefault(os.stat(place.path).st_dev, [])
            found[place.id] = tuple(names)
            names.append(place.name or place.id)
    return found


def good_copies(archive: OpenedArchive, index: Index) -> dict[int, int]:
    """How many held documents have so many good copies, the archive's own among them.

    The archive's own is good unless its last audit found otherwise; one on a copy is, where the copy was
    complete after the document came and neither a run nor an audit of the copy has found it bad since. One
    whose evidence did not hold has none, until a run or an audit of it says that it does. Audits that wait
    for a signature count as well.
    """
    waits = damage_that_waits(archive)
    places = [place.id for place in archive.settings.copies if place.id not in waits.refused]
    good = Counter(index.good_copies(places))
    for bag in {*waits.bags}.union(*waits.on_copies.values()):
        row = index.by_bag(bag)
        if row is not None and row.state == "held":
            known = index.good_on(row.entry, places)
            counted = (row.last_outcome in _GOOD) + len(known)
            lost = (bag in waits.bags and row.last_outcome in _GOOD) + len(waits.not_good(bag) & {*known})
            good[counted] -= 1
            good[counted - lost] += 1
    return {count: documents for count, documents in good.items() if documents}


def fewer_copies(
    archive: OpenedArchive, index: Index, rows: Iterator[IndexRow], wanted: int
) -> Iterator[IndexRow]:
    """Those of the documents that have fewer good copies than wanted, the archive's own counted."""
    waits = damage_that_waits(archive)
    own_damaged = frozenset(waits.bags)
    places = [place.id for place in archive.settings.copies if place.id not in waits.refused]
    for row in rows:
        own = row.state == "held" and row.last_outcome in _GOOD and row.bag not in own_damaged
        if own + len({*index.good_on(row.entry, places)} - waits.not_good(row.bag)) < wanted:
            yield row


def good_places(archive: OpenedArchive, index: Index, row: IndexRow, waits: WaitingDamage) -> list[CopyPlace]:
    """The places that hold a good copy of a document."""
    places = {place.id: place for place in archive.settings.copies}
    bad = waits.refused | waits.not_good(row.bag)
    return [places[copy] for copy in index.good_on(row.entry, list(places)) if copy not in bad]
