"""When each bag was last looked at and how it came out: from the index, else from the results themselves."""

import contextlib
from collections.abc import Iterator
from typing import Final

from archive.core.entries import EntryType, parse_entry
from archive.core.ids import is_uuid7
from archive.core.note import VerifierKey
from archive.services.catalog.index_state import optional_index
from archive.services.opened import OpenedArchive
from archive.storage.audit_plan import AuditPlan
from archive.storage.audit_results import past_checks
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


def schedule(archive: OpenedArchive, plan: AuditPlan, index: Index | None, copy: str | None = None) -> None:
    """Tells the plan what earlier audits recorded: the index first, then what is younger than it.

    Of a copy, named by its place, what runs and audits over it recorded; the index has nothing of that.
    """
    if copy is not None:
        _schedule_copy(archive, plan, copy)
        return
    start = 0
    if index is not None:
        start = index.size
        plan.set_checked(
            (row.bag, row.last_checked, row.last_intact or None)
            for row in index.oldest_first()
            if row.last_checked
        )
    for audit in plan.vouched.finished(start):
        rows = past_checks(archive.layout.audits, audit.run)
        plan.add_outcomes((row["bag"], row.get("looked") or audit.time, row["outcome"]) for row in rows)


def _schedule_copy(archive: OpenedArchive, plan: AuditPlan, copy: str) -> None:
    """Younger runs than the state that the copy is of count, too: so the ledger is asked, not the plan."""
    for raw in archive.ledger.entries():
        if copy.encode() not in raw:
            continue
        entry = parse_entry(raw)
        if entry.type in _OVER_COPIES and entry.get("copy") == copy and is_uuid7(entry.run or ""):
            rows = past_checks(archive.layout.audits, entry.run or "")
            plan.add_outcomes((row["bag"], row.get("looked") or entry.time, row["outcome"]) for row in rows)


def known_since(plan: AuditPlan, index: Index | None) -> None:
    """Tells the plan since when each damaged bag is known to be so."""
    known = []
    for bag, since in plan.found.held():
        indexed = index.damaged_since(bag) if index is not None else None
        if times := [time for time in (since, indexed) if time]:
            known.append((bag, min(times)))
    plan.found.set_known(known)
