"""What was promised, what was read when, and what was found damaged."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from archive.core.limits.output import PERIOD_ROWS
from archive.core.promises import Task
from archive.core.promises.tally import tally_kept
from archive.core.text import lossless
from archive.services.reporting.sections.kept import dated_marks
from archive.services.reporting.sections.rows import listed
from archive.services.surroundings import days_before_time
from archive.storage.audits.coverage import coverage_counts, damaged_count, withdrawn_at

if TYPE_CHECKING:
    from archive.services.reporting.report import Gathered


def checks(of: "Gathered") -> dict[str, Any]:
    """What was promised, and what was read when."""
    tally, settings = of.tally, of.archive.settings
    promised = days_before_time(of.until, settings.audit_every_days)
    every, within = coverage_counts(of.plan), coverage_counts(of.plan, promised, of.ahead)
    modes: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for (mode, outcome), count in tally.audits.items():
        modes[mode] += count
        outcomes[outcome] += count
    adverse, more = listed(
        {
            "entry": index,
            "time": entry.time,
            "run": entry.run,
            "outcome": str(entry.get("outcome")),
            "counts": {k: v for k, v in _counts(entry.get("counts")) if v},
        }
        for index, entry in tally.adverse_audits
    )
    return {
        "every_days": settings.audit_every_days,
        "audits": sum(tally.audits.values()),
        "modes": dict(sorted(modes.items())),
        "outcomes": dict(sorted(outcomes.items())),
        "adverse": adverse,
        "adverse_more": more,
        "runs": list(_promised_runs(of)),
        "days": of.checks.to_json(),
        # One that lies ahead is told where a clock that was wrong put something into it.
        "stretches": [row for row in of.checks.stretches() if row["days"] or row["stretch"] <= of.until],
        "at_the_end": {
            "held": every.held,
            "claimed": every.claimed,
            "claimed_within": within.claimed,
            "attested": every.attested,
            "attested_within": within.attested,
            "overdue": of.plan.overdue(promised),
            "oldest": of.plan.oldest_check(),
        },
        "results": {"recorded": of.told.recorded, "held": of.told.checked},
        "source": "ledger entries “audit started” and “audit finished”, the files in audits/ with the digests"
        " that they hold; promises: archive.toml on the day of this report",
    }


def _counts(counts: Any) -> Iterator[tuple[str, int]]:
    for name, count in sorted(counts.items()) if isinstance(counts, dict) else ():
        if type(count) is int and isinstance(name, str):
            yield name, count


def _promised_runs(of: "Gathered") -> Iterator[dict[str, Any]]:
    """In how many of the days, weeks or months of the period each promised run happened."""
    created = _day(of.tally.created) or of.period.first
    first, last = max(of.period.first, created), min(of.period.last, _day(of.now) or of.period.last)
    days = {
        Task.AUDIT: of.tally.audit_days,
        Task.COPY: of.tally.copy_days,
        Task.CHECKPOINT: {mark["covers"][:10] for mark in dated_marks(of) if mark["covers"]},
    }
    for task, every in of.archive.settings.promises.items():
        ran = {day for text in days[task] if (day := _day(text)) is not None}
        kept = tally_kept(every, ran, first, last)
        # A checkpoint may have gone by mail, which leaves no trace: marks that are kept are the least of it.
        traced = task is not Task.CHECKPOINT
        yield {"task": task.value, "every": every.value, "traced": traced, **kept._asdict()}


def _day(time: str) -> date | None:
    try:
        return date.fromisoformat(time[:10])
    except ValueError:
        return None


def damage(of: "Gathered") -> dict[str, Any]:
    """What audits found damaged or missing, since when, and whether it is intact again or withdrawn."""
    opened = mended = withdrawn = 0
    rows: list[dict[str, Any]] = []
    total = 0
    for one in of.checks.damage(partial(withdrawn_at, of.plan)):
        opened += one.since in of.period
        mended += one.mended is not None
        withdrawn += one.withdrawn is not None
        total += 1
        if len(rows) < PERIOD_ROWS:
            row = of.index.by_bag(one.bag)
            rows.append(
                {
                    "id": one.bag,
                    "reference": lossless(row.reference) if row is not None else None,
                    "outcome": one.outcome,
                    "since": one.since,
                    "seen": one.seen,
                    "mended": one.mended,
                    "withdrawn": one.withdrawn,
                }
            )
    repairs = of.tally.repairs
    return {
        "opened": opened + of.checks.beyond_opened,
        "mended": mended + of.checks.beyond_mended,
        "withdrawn": withdrawn,
        "open": damaged_count(of.plan),
        "repairs": sum(repairs.values()),
        "repairs_by_outcome": dict(sorted(repairs.items())),
        "incidents": _incidents(of),
        "rows": rows,
        "more": total - len(rows) + of.checks.beyond,
        "source": "results of recorded audits, by their digests in the ledger; ledger entries “repaired” and"
        " “incidents acknowledged”; incidents: the index, which is made of these",
    }


def _incidents(of: "Gathered") -> dict[str, int]:
    """How many incidents the period opened, acknowledged, repaired and closed; how many were not closed when
    it ended, and are not now."""
    counted = dict.fromkeys(("opened", "acknowledged", "repaired", "closed"), 0)
    at_the_end = 0
    for one in of.index.incidents.all(closed=True):
        for name, time in zip(counted, (one.opened, one.acknowledged, one.repaired, one.closed), strict=True):
            counted[name] += time in of.period
        at_the_end += one.opened < of.period.ends and not (one.closed and one.closed < of.period.ends)
    now = of.index.incidents.counts()
    return {
        **counted,
        "at_the_end": at_the_end,
        "open": now["open"] + now["repaired"],
        "unacknowledged": now["unacknowledged"],
    }
