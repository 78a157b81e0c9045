"""What `archive audit` prints for people."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from archive.cli.context import Context
from archive.cli.output import next_step, plural, print_findings, say, styled, tell
from archive.core.findings import Severity
from archive.core.ids import short_id
from archive.core.limits.terminal import TEXT_FINDINGS
from archive.core.quantities import byte_size
from archive.core.text import printable, shell_word

if TYPE_CHECKING:
    from archive.services.audit.report import AuditReport

# Notes that an operator must not miss.
_TOLD = frozenset({"LEDGER-BEHIND", "AUDIT-UNFINISHED", "BAG-PENDING"})

# What does not belong on a copy: no run of copy removes it.
_STRANGERS = frozenset({"AUDIT-UNKNOWN", "BAG-UNKNOWN", "CATALOG-RUN-UNKNOWN", "FIX-LITTER", "FIX-UNLISTED"})

_VERDICT = {
    "intact": ("✓", "green", "all intact"),
    "damaged": ("✗", "red", "damage found"),
    "inconclusive": ("?", "yellow", "inconclusive: not everything could be looked at"),
    "evidence-broken": ("✗", "red", "the evidence is broken"),
    "nothing-read": ("?", "yellow", "nothing was read"),
    "no-difference-seen": ("·", "yellow", "no difference seen in names and sizes; this is no audit"),
}


def headline(report: "AuditReport") -> str:
    """What was looked at and how it stands with the promise, in a line."""
    if report.held == 0:
        unknown = report.outcome.value in {"inconclusive", "evidence-broken"}
        return f"{'No document was looked at' if unknown else 'The archive is empty'}; {_verdict(report)}"
    overdue = report.counts["overdue"]
    course = f"{overdue:,} overdue" if overdue else "on course"
    age = _age(report)
    oldest = f"oldest check {age} before, " if age is not None else ""
    standing = f"{oldest}promise {report.policy_days} days: {course}"
    if report.is_nothing_due:
        return f"Nothing is due: none of {plural(report.held, 'document')} was read; {standing}"
    looked = f"{report.checked:,} of {plural(report.held, 'document')} looked at"
    return f"{looked}, {_verdict(report)}; {standing}"


def _verdict(report: "AuditReport") -> str:
    return _VERDICT[report.outcome.value][2]


def _age(report: "AuditReport") -> str | None:
    from datetime import datetime

    if report.oldest_check is None:
        return None
    ended = datetime.fromisoformat(report.finished or report.started)
    try:
        days = (ended - datetime.fromisoformat(report.oldest_check)).days
    except ValueError:
        return None
    return plural(max(days, 0), "day")


def print_audit(
    context: Context, report: "AuditReport", bags: Iterable[dict[str, Any]], written: str | None
) -> None:
    """The verdict, on whose word it rests, and what is wrong; what to do next goes to stderr."""
    mark, colour, _ = _VERDICT[report.outcome.value]
    if report.is_nothing_due:
        mark, colour = "✓", "green"
    basis = f"trust basis: {printable(_trust(report))}"
    say(f"{styled(mark, colour)} {styled(headline(report), 'bold')}; {basis}")
    if report.copy_of:
        name = f"“{printable(report.place.name)}”, " if report.place is not None else ""
        say(f"  These are the bytes of {name}{report.copy_of}")
    if report.seed is not None:
        say(f"  Sample drawn with the seed {printable(report.seed)}{_sample(report)}")
    shown = 0
    for bag in bags:
        shown += 1
        if shown <= TEXT_FINDINGS or context.verbosity > 0:
            _print_bag(bag)
    if shown > TEXT_FINDINGS and context.verbosity <= 0:
        say(f"  … and {shown - TEXT_FINDINGS:,} more; -v lists all, --report FILE.html keeps them")
    _print_archive_findings(context, report)
    if context.quiet:
        return
    if report.named:
        more = " …" if report.selected > len(report.named) else ""
        say(f"  The bags of these ids: {', '.join(map(short_id, report.named))}{more}")
    counts = report.counts
    say(f"  Read {plural(counts['files'], 'file')}, {byte_size(counts['bytes'])}; " + _recorded(report))
    if report.acknowledged:
        tell(f"{plural(report.acknowledged, 'incident')} acknowledged: archive incidents")
    if written:
        tell(f"Report written to {printable(written)}")
    if report.not_recorded:
        tell(f"Not recorded: {printable(report.not_recorded)}")
    _print_next(report)


def _sample(report: "AuditReport") -> str:
    if report.sample is None:
        return ""
    facts = report.sample.to_json(report.selected)
    held = f"held at entry {facts['at']:,}" if facts["at"] is not None else "held"
    text = f": {report.selected:,} of the {facts['population']:,} bags {held}"
    if facts["bad_at_most"] is None:
        return text
    bound = f"at most {facts['bad_at_most']:,} of {facts['population']:,} are"
    return f"{text}, {facts['bad']:,} bad; with {facts['confidence']} % confidence {bound}"


def _trust(report: "AuditReport") -> str:
    if report.outcome.value == "evidence-broken":
        return "none: the evidence does not hold"
    return report.trust.statement


def _print_archive_findings(context: Context, report: "AuditReport") -> None:
    """What concerns the archive itself; unknown bags were named above, notes are for -v."""
    found = [
        finding
        for finding in report.findings
        if finding.code != "BAG-UNKNOWN"
        and (finding.severity is not Severity.NOTE or finding.code in _TOLD or context.verbosity > 0)
    ]
    found.sort(
        key=lambda finding: finding.severity is not Severity.ERROR
    )  # what decides is among those shown
    shown = found if context.verbosity > 0 else found[:TEXT_FINDINGS]
    print_findings(shown)
    if len(found) > len(shown):
        say(f"  … and {len(found) - len(shown):,} more findings; -v lists all")


def _recorded(report: "AuditReport") -> str:
    if report.recorded and report.place is not None:
        return f"recorded in the ledger as a check of this copy, {short_id(report.run)}"
    if report.recorded:
        return f"recorded in the ledger as self-check {short_id(report.run)}"
    return "not recorded"


def _print_next(report: "AuditReport") -> None:
    outcome = report.outcome.value
    if report.place is not None and outcome in {"damaged", "intact"}:
        _print_next_of_copy(report)
    elif outcome == "intact" and report.recorded:
        next_step("keep the checkpoint elsewhere: archive ledger checkpoint --out ~/checkpoint.txt")
    elif outcome == "damaged" and report.copy_of is not None:
        next_step("archive audit looks at the archive itself: these are the bytes of a copy")
    elif outcome == "damaged" and (report.counts["damaged"] or report.counts["missing"]):
        next_step("archive repair --plan --from COPY says what can be put right; change nothing by hand")
    elif outcome == "damaged":  # nothing that is held: each finding has a remedy of its own
        next_step("do what the arrows say, and change nothing else by hand; then archive audit")
    elif outcome == "evidence-broken":
        next_step("archive ledger verify")


def _print_next_of_copy(report: "AuditReport") -> None:
    if report.place is None:
        return
    where = shell_word(report.place.path)
    if report.outcome.value == "damaged":
        next_step(_mending_of_copy(report, where))
    elif any(finding.code == "COPY-BEHIND" for finding in report.findings):
        next_step(f"archive copy --to {where} brings it up to date")


def _mending_of_copy(report: "AuditReport", where: str) -> str:
    """What puts the copy right: copying goes by what was recorded, and removes no stranger."""
    wrong = {finding.code for finding in report.findings if finding.severity is Severity.ERROR}
    if wrong and wrong <= _STRANGERS and not (report.counts["damaged"] or report.counts["missing"]):
        return "move out what does not belong there: archive copy leaves it where it is"
    rest = "; what does not belong there it leaves: move that out" if wrong & _STRANGERS else ""
    if not (report.recorded or report.waits):
        return (
            f"archive audit --copy {where}, with the key, records what is not good there: only then does"
            f" archive copy --to {where} write it anew{rest}"
        )
    return f"archive copy --to {where} writes anew what is not good there, from the archive{rest}"


def _print_bag(bag: dict[str, Any]) -> None:
    name = bag["reference"] or short_id(_text(bag["id"]))
    mark = {"damaged": "✗", "missing": "✗", "unknown": "✗", "unreadable": "?"}.get(bag["outcome"], "·")
    title = f"  {printable(bag['title'])}" if bag["title"] else ""
    said = f", acknowledged {bag['acknowledged'][:10]}" if bag["acknowledged"] else ""
    since = f" (known since {bag['known_since'][:10]}{said})" if bag["known_since"] else ""
    say(f"{styled(mark, 'red')} {printable(name)}{title}  {styled(bag['outcome'], 'bold')}{since}")
    for found in bag["findings"]:
        say(f"    {found['code']}  {printable(_text(found['place']))}: {printable(_text(found['message']))}")
        for label in ("expected", "found"):
            if label in found:
                say(f"      {label:<9}{printable(_text(found[label]))}")
        if "remedy" in found:
            say(f"      → {printable(_text(found['remedy']))}")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value["text"])
