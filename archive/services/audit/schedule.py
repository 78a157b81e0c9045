"""When each bag was last looked at and how it came out: from the index, else from the results themselves."""

import contextlib
from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from archive.core.errors import ArchiveError
from archive.core.ids import is_uuid7
from archive.core.incidents import damages
from archive.core.ledger.entries import Entry, EntryType, parse_entry, recorded_at
from archive.core.ledger.note import VerifierKey
from archive.core.outcomes import BagOutcome, RunOutcome
from archive.services.catalog.index_reading import optional_index
from archive.services.opened import OpenedArchive
from archive.services.surroundings import CLOCK_DAYS, day_of
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.vouched import FinishedAudit, KnownRepair
from archive.storage.audits.vouched_results import past_checks
from archive.storage.index import Index

_OVER_COPIES: Final = frozenset({EntryType.COPIED, EntryType.COPY_AUDITED})


@contextlib.contextmanager
def index_of(archive: OpenedArchive) -> Iterator[Index | None]:
    """The archive's own index where it can be used, however far behind; None where it cannot."""
    try:
        VerifierKey.parse(archive.settings.key)
    except ValueError:
        yield None
        return
    with optional_index(archive) as index:
        yield index


def schedule(
    archive: OpenedArchive,
    plan: AuditPlan,
    index: Index | None,
    *,
    now: int,
    copy: str | None = None,
    since: str | None = None,
) -> None:
    """Tells the plan what earlier audits recorded by a time in milliseconds since 1970.

    A check that is said to lie ahead of it was made by a wrong clock and counts as none. Of a copy, named by
    its place, what runs and audits over it recorded; the index has nothing of that. What the index says of
    checks `since` then counts only where results that the ledger vouches for say so: it may put nothing off.
    """
    if copy is not None:
        _schedule_copy(archive, plan, copy)
    else:
        _schedule_archive(archive, plan, index, since)
    plan.forget_checks_after(day_of(now, later=CLOCK_DAYS))


def _schedule_archive(
    archive: OpenedArchive, plan: AuditPlan, index: Index | None, since: str | None
) -> None:
    """The index first, then what is younger than it."""
    start = 0
    if index is not None:
        start = index.size
        plan.set_checked(
            (row.bag, row.last_checked, row.last_intact or None)
            for row in index.oldest_first()
            if row.last_checked
        )
        if since is not None:
            _confirm(archive, plan, since)
    repairs = deque(plan.vouched.repairs(since=start))
    for audit in plan.vouched.finished(start):
        while repairs and repairs[0].entry < audit.entry:
            _take_repair(plan, repairs.popleft())
        rows = past_checks(archive.layout.audits, audit.run, audit.results)
        plan.add_outcomes(
            ((row["bag"], row.get("looked") or audit.time, row["outcome"]) for row in rows),
            recorded=audit.recorded,
        )
    for repair in repairs:
        _take_repair(plan, repair)


def _confirm(archive: OpenedArchive, plan: AuditPlan, since: str) -> None:
    """Asks the youngest results first, and no more than it takes: those of one full audit have it all."""
    plan.doubt_checks_since(since)
    is_left = plan.confirm_checks(
        (repair.bag, repair.time)
        for repair in plan.vouched.repairs()
        if repair.outcome == BagOutcome.INTACT and repair.time >= since
    )
    for audit in reversed(plan.vouched.finished()):
        if not is_left:
            return
        if audit.time >= since:
            is_left = plan.confirm_checks(_looked(archive, audit))


def _looked(archive: OpenedArchive, audit: FinishedAudit) -> Iterator[tuple[str, str]]:
    """(bag, time) of what an audit could read; the time is that of its end where that was the same day."""
    for row in past_checks(archive.layout.audits, audit.run, audit.results):
        if row["outcome"] != BagOutcome.UNREADABLE:
            looked = row.get("looked") or audit.time
            yield row["bag"], looked if looked[:10] != audit.time[:10] else audit.time


def _take_repair(plan: AuditPlan, repair: KnownRepair) -> None:
    """A bag that was read in full after its repair, and was intact, has been checked."""
    if repair.bag and repair.outcome == BagOutcome.INTACT:
        plan.add_outcomes([(repair.bag, repair.time, repair.outcome)], recorded=repair.time)


def _schedule_copy(archive: OpenedArchive, plan: AuditPlan, copy: str) -> None:
    """Younger runs than the state that the copy is of count, too: so the ledger is asked, not the plan.

    But where runs or audits met it in a later state it was put back since, to bytes of which no check until
    then says anything: what it holds now may be damage that was found and mended.
    """
    told = [(number, entry) for number, entry in _naming(archive, copy) if entry.type in _OVER_COPIES]
    put_back = max((number for number, entry in told if _size(entry) > plan.limit), default=-1)
    for number, entry in told:
        if number > put_back and is_uuid7(entry.run or ""):
            rows = past_checks(archive.layout.audits, entry.run or "", str(entry.get("results")))
            looked = ((row["bag"], row.get("looked") or entry.time, row["outcome"]) for row in rows)
            plan.add_outcomes(looked, recorded=recorded_at(entry))


def _size(entry: Entry) -> int:
    """Of the ledger whose state the copy had by that entry; 0 where that is not known, or of another one."""
    size = entry.get("size")
    is_ours = entry.get("outcome") != RunOutcome.EVIDENCE_BROKEN
    return size if type(size) is int and is_ours else 0


def _naming(archive: OpenedArchive, copy: str) -> Iterator[tuple[int, Entry]]:
    """The entries about that copy, as far as they can be read: this serves the order of reading alone.

    What is wrong with the ledger is said by its verification. What is not known here puts nothing off.
    """
    with contextlib.suppress(ArchiveError):
        for number, raw in enumerate(archive.ledger.entries()):
            if copy.encode() in raw:
                with contextlib.suppress(ArchiveError):
                    if (entry := parse_entry(raw)).get("copy") == copy:
                        yield number, entry


def known_since(plan: AuditPlan, index: Index | None) -> None:
    """Tells the plan since when each damaged bag is known to be so, and since when somebody knows of it."""
    known, acknowledged = [], []
    for bag, since in plan.found.held():
        indexed = index.damaged_since(bag) if index is not None else None
        if times := [time for time in (since, indexed) if time]:
            known.append((bag, min(times)))
        if index is not None and (time := _acknowledged(plan.found.findings(bag), index, bag)):
            acknowledged.append((bag, time))
    plan.found.set_known(known)
    plan.found.set_acknowledged(acknowledged)


def _acknowledged(findings: list[dict[str, Any]], index: Index, bag: str) -> str:
    """When the last of the damage found was acknowledged; empty where some of it was not."""
    known = {one.damage: one.acknowledged for one in index.incidents.open(bag) if not one.repaired}
    times = [known.get(damage, "") for damage in damages(findings)]
    return max(times) if times and all(times) else ""
