"""What of an audit or a repair is told."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from archive.core.findings import Severity
from archive.core.ids import short_id
from archive.core.ledger import entries
from archive.core.limits.output import NOTIFIED
from archive.core.notification import Summary
from archive.services.audit.report import AuditReport
from archive.services.opened import OpenedArchive

_COUNTED: Final = ("damaged", "missing", "unreadable", "unknown", "overdue")
_WELL: Final = frozenset({"intact"})
# As the archive mints references. Numbers of people are written with a dash, too.
_MINTED: Final = re.compile("[0-9]{4}-[0-9]{6,9}")


def of_audit(archive: OpenedArchive, report: AuditReport, bags: Iterable[dict[str, Any]]) -> Summary:
    """The summary of an audit; `bags` are those of its report, not intact or all."""
    wrong = (bag for bag in bags if bag["outcome"] != "intact")
    shown = [
        _document(bag["reference"], bag["id"], bag["outcome"], bag["known_since"])
        for bag in islice(wrong, NOTIFIED)
    ]
    more = sum(1 for _ in wrong)
    outcome = report.outcome.value
    well = (outcome in _WELL or report.is_nothing_due) and not report.not_recorded
    notes = [f"Not recorded: {report.not_recorded}"] if report.not_recorded else []
    if own := Counter(one.code for one in report.findings if one.severity is Severity.ERROR):
        told = ", ".join(f"{code} ({count:,})" for code, count in sorted(own.items()))
        notes.append(f"Of the archive itself: {told}; archive help CODE explains it")
    step = {
        "damaged": "archive repair --plan says what can be put right",
        "evidence-broken": "archive ledger verify",
    }
    if report.place is not None:  # a repair is of the archive's own bytes
        step["damaged"] = "archive copy --to, with the folder of that copy, writes the bags anew"
    return Summary(
        event="audit" if report.place is None else f"audit of the copy {report.place.name}",
        outcome=outcome,
        run=report.run,
        time=report.finished,
        archive=archive.settings.archive_id,
        name=archive.settings.name,
        trouble=not well,
        counts={name: report.counts.get(name, 0) for name in ("intact", *_COUNTED)},
        documents=shown,
        more=more,
        notes=notes,
        next_step=step.get(outcome, ""),
    )


def of_repair(
    archive: OpenedArchive, rows: Iterable[dict[str, Any]], counts: dict[str, int], run: str | None, now: int
) -> Summary:
    """The summary of a repair of documents."""
    source = iter(rows)
    shown = [_document(row["reference"], row["id"], row["state"], None) for row in islice(source, NOTIFIED)]
    more = sum(1 for _ in source)
    left = counts["partly"] + counts["lacking"] + counts["unreadable"]
    return Summary(
        event="repair",
        outcome="damage is left" if left else "repaired",
        run=run,
        time=entries.timestamp(now),
        archive=archive.settings.archive_id,
        name=archive.settings.name,
        trouble=True,  # something was damaged: whoever is told of trouble is told that it is over, too
        counts={name: count for name, count in counts.items() if count},
        documents=shown,
        more=more,
        next_step="bring another copy: archive repair --from COPY" if left else "archive audit",
    )


def _document(reference: Any, bag: Any, state: str, since: str | None) -> tuple[str, str, str | None]:
    """By its reference where the archive gave it: one of the archivist's own may be a name."""
    name = reference if isinstance(reference, str) and _MINTED.fullmatch(reference) else None
    return name or (short_id(bag) if isinstance(bag, str) else "?"), state, since
