"""What became of the held bags, by the results of audits: in the spool of expectations, columns of times.

`intact` is when a self-check last found a bag intact, `attested` the same among those that a mark from
outside covers. The covered results are told first; what came of them is then kept apart.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from archive.storage.audits.plan import AuditPlan

_HELD: Final = "state = 'held' AND entry < ?"


class CoveredBag(NamedTuple):
    """A held bag: when it came, was last looked at, was last found intact, and that by an attested check.

    `damaged_since` is set where the last look found damage. Times as entries write them.
    """

    bag: str
    entry: int
    reference: str | None
    ingested: str
    checked: str | None
    damaged_since: str | None
    claimed: str | None
    attested: str | None


class CoverageCounts(NamedTuple):
    """How many bags are held, found intact by a self-check, and by one that a mark covers.

    A bag that was found damaged or missing since is neither.
    """

    held: int
    claimed: int
    attested: int


def keep_as_attested(plan: AuditPlan) -> None:
    """Everything told so far lies below a mark from outside; what is told from here on does not."""
    plan.db.execute("UPDATE expected SET attested = intact")


def coverage_counts(plan: AuditPlan, since: str = "", until: str = "9999-12-32") -> CoverageCounts:
    """Counts over the held bags; only checks from one time until another count."""
    row = plan.db.execute(
        "SELECT count(*), coalesce(sum(damaged_since IS NULL AND intact BETWEEN ?2 AND ?3), 0),"  # noqa: S608
        " coalesce(sum(damaged_since IS NULL AND attested BETWEEN ?2 AND ?3), 0)"
        f" FROM expected WHERE {_HELD.replace('?', '?1')}",
        (plan.limit, since, until),
    ).fetchone()
    return CoverageCounts(*row)


def coverage_beside(plan: AuditPlan, unseen: Iterable[tuple[str, int]]) -> CoverageCounts:
    """`coverage_counts`, less what audits may have taken off of whose results only (time, bad bags) is known.

    Any of the bags that were found intact before such an audit may be one of the bad ones: so many at least
    are claimed and attested all the same.
    """
    whole, claimed, attested = coverage_counts(plan), 0, 0
    for time, bad in sorted(unseen):
        before = coverage_counts(plan, until=time)
        claimed = min(claimed + bad, before.claimed)
        attested = min(attested + bad, before.attested)
    return CoverageCounts(whole.held, whole.claimed - claimed, whole.attested - attested)


def damaged_count(plan: AuditPlan) -> int:
    """How many held bags the last look that saw them found damaged or missing."""
    query = f"SELECT count(*) FROM expected WHERE damaged_since IS NOT NULL AND {_HELD}"  # noqa: S608
    counted: int = plan.db.execute(query, (plan.limit,)).fetchone()[0]
    return counted


def is_damaged(plan: AuditPlan, bag: str) -> bool:
    """True where what was told so far says so of one bag."""
    query = "SELECT 1 FROM expected WHERE bag = ? AND damaged_since IS NOT NULL"
    return plan.db.execute(query, (bag,)).fetchone() is not None


def withdrawn_at(plan: AuditPlan, bag: str) -> str | None:
    """When a bag was withdrawn; None for one that is held, or that the ledger does not know."""
    row = plan.db.execute("SELECT withdrawn FROM expected WHERE bag = ?", (bag,)).fetchone()
    return row[0] if row else None


def covered_bags(plan: AuditPlan) -> Iterator[CoveredBag]:
    """Every held bag in the order of the ledger, one in memory at a time."""
    # An index, because sorting the rows would take memory that grows with the archive.
    plan.db.execute("CREATE INDEX IF NOT EXISTS expected_entry ON expected (entry)")
    query = (
        "SELECT bag, entry, reference, time, checked, damaged_since, intact, attested"  # noqa: S608
        f" FROM expected INDEXED BY expected_entry WHERE {_HELD} ORDER BY entry"
    )
    yield from map(CoveredBag._make, plan.db.execute(query, (plan.limit,)))
