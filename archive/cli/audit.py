"""`archive audit`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import next_step, plural, say, size, stream_json, styled, tell
from archive.cli.progress import progress_for
from archive.core.findings import Severity
from archive.core.ids import short_id
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.services.audit.report import AuditReport
    from archive.services.opened import OpenedArchive
    from archive.storage.audit_plan import AuditPlan
    from archive.storage.index import Index

SHOWN_BAGS = 40
_SPAN = re.compile("([0-9]{1,6})([smhd]?)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

_BASIS = {
    "self": "consistent with itself only: nothing outside this archive vouches for its ledger yet",
    "checkpoint": "proven against the checkpoint that you supplied",
    "witness": "witnessed outside",
    "timestamp": "time-stamped outside",
}
_VERDICT = {
    "intact": ("✓", "green", "all intact"),
    "damaged": ("✗", "red", "damage found"),
    "inconclusive": ("?", "yellow", "inconclusive: not everything could be looked at"),
    "evidence-broken": ("✗", "red", "the evidence is broken"),
    "nothing-read": ("?", "yellow", "nothing was read"),
    "no-difference-seen": ("·", "yellow", "no difference seen in names and sizes; this is no audit"),
}


class Span(click.ParamType[int]):
    """A span of time such as 90d, 20m or 45 (seconds where no unit is given, or the option's own unit)."""

    name = "span"

    def __init__(self, unit: str) -> None:
        self.unit = unit

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The span in the option's unit, rounded down."""
        if isinstance(value, int):
            return value
        match = _SPAN.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"{value}: not a span of time; such as 90d, 12h, 20m or 30s", param, ctx)
        seconds = int(match[1]) * _SECONDS[match[2] or self.unit]
        return seconds // _SECONDS[self.unit]


@click.command(
    epilog="Examples: archive audit · archive audit --budget 20m · archive audit 2026-000037"
    " · archive audit --read-only --report audit.html"
)
@click.argument("ids", metavar="[ID…]", nargs=-1)
@click.option("--older-than", metavar="90d", type=Span("d"), help="Only what was last read longer ago.")
@click.option("--budget", metavar="20m", type=Span("s"), help="Oldest checks first, for so long.")
@click.option("--sample", metavar="N", type=click.IntRange(1), help="N bags drawn by --seed.")
@click.option(
    "--seed", metavar="TEXT", help="What the sample is drawn with, so that anyone can draw it again."
)
@click.option("--quick", is_flag=True, help="Names and sizes only; never counts as an audit.")
@click.option(
    "--copy", metavar="DIR", type=click.Path(), help="Audit a copy of this archive, against this ledger."
)
@click.option("--read-only", is_flag=True, help="Write nothing: the audit is not recorded.")
@click.option(
    "--work",
    metavar="DIR",
    type=click.Path(file_okay=False, exists=True),
    help="Where to spool; else $TMPDIR.",
)
@click.option(
    "--trust", metavar="CHECKPOINT", multiple=True, type=click.Path(), help="A checkpoint kept earlier."
)
@click.option("--key", metavar="VKEY", help="The key that the ledger must be signed by; else archive.toml's.")
@click.option("--agent", metavar="NAME", help="Who audits; else the default of archive.toml.")
@click.option("--resume", metavar="RUN", help="Take an interrupted audit up again.")
@click.option("--fail-overdue", is_flag=True, help="Exit 1 also where a promised check is overdue.")
@click.option(
    "--report", metavar="FILE", type=click.Path(dir_okay=False), help="A page (.html), table (.csv) or .json."
)
@click.option("--all-results", is_flag=True, help="List intact bags too.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256), help="Processes; else one per core.")
@pass_context
def audit(
    context: Context, /, report: str | None, fail_overdue: bool, all_results: bool, **options: Any
) -> int:
    """Read held bags in full and judge them by the ledger.

    What is compared is not the bag with itself but with what the signed ledger promised when it was taken in;
    what the ledger does not know is found too. Without options every bag is read. The verdict says what was
    looked at, and on whose word it rests.
    """
    from archive.engine.executors import usable_cores
    from archive.services.audit.request import AuditRequest
    from archive.services.audit.run import Audit, open_copy
    from archive.services.surroundings import Surroundings
    from archive.storage.audit_plan import AuditPlan

    _check_options(options)
    if report is not None and Path(report).suffix.lower() not in {".html", ".htm", ".csv", ".json"}:
        raise click.UsageError(f"--report {report}: a page ends in .html, a table in .csv, data in .json")
    archive = context.open()
    target = open_copy(archive, options["copy"]) if options["copy"] else archive
    request = AuditRequest(
        ids=options["ids"],
        older_than_days=options["older_than"],
        budget_seconds=options["budget"],
        sample=options["sample"],
        seed=options["seed"],
        quick=options["quick"],
        read_only=options["read_only"],
        copy=options["copy"],
        work=options["work"],
        trust=options["trust"],
        key=options["key"],
        agent=options["agent"],
        resume=options["resume"],
        jobs=options["jobs"] or usable_cores(),
    )
    with AuditPlan(request.work) as plan:
        surroundings = Surroundings(progress=progress_for(context))
        result = Audit(archive, target, request, plan, surroundings).run()
        if report is not None:
            _write_report(report, archive, target, result, plan, all_results=all_results)
        bags = _bags(target, result, plan, all_results=all_results)
        if context.json:
            stream_json(result.head(), "bags", bags, result.tail())
        else:
            _print_text(context, result, bags, report)
        return _exit_code(result, fail_overdue=fail_overdue)


def _check_options(options: dict[str, Any]) -> None:
    choices = [
        name
        for name, given in (
            ("ID", bool(options["ids"])),
            ("--sample", options["sample"] is not None),
            ("--older-than", options["older_than"] is not None),
        )
        if given
    ]
    if len(choices) > 1:
        raise click.UsageError(f"{' and '.join(choices)} exclude each other")
    if options["seed"] and options["sample"] is None:
        raise click.UsageError("--seed belongs to --sample N")
    if options["resume"] and (choices or options["copy"] or options["read_only"] or options["quick"]):
        raise click.UsageError("--resume takes the choice of the run that it takes up")


def _exit_code(report: "AuditReport", *, fail_overdue: bool) -> int:
    from archive.core.errors import EvidenceError, StorageError

    outcome = report.outcome.value
    if outcome == "evidence-broken":
        return EvidenceError.exit_code
    if outcome == "damaged" or (fail_overdue and report.counts["overdue"]):
        return 1
    if outcome in {"inconclusive", "nothing-read"} or report.not_recorded:
        return StorageError.exit_code
    return 0


def _bags(
    target: "OpenedArchive", report: "AuditReport", plan: "AuditPlan", *, all_results: bool
) -> Iterator[dict[str, Any]]:
    """The bags that are not intact (with `all_results`: every bag looked at), with reference and title."""
    from archive.services import catalog
    from archive.services.audit.report import bag_json

    with catalog.optional_index(target) as index:
        for bag in plan.adverse():
            reference, title = _named(index, bag.bag, bag.reference)
            yield bag_json(
                bag=bag.bag,
                reference=reference,
                title=title,
                outcome=bag.outcome,
                last_intact=bag.last_intact,
                known_since=bag.known_since,
                findings=bag.findings,
            )
        if all_results:
            adverse = set(plan.adverse_ids())
            for expectation in plan.chosen():
                if expectation.bag not in adverse:
                    reference, title = _named(index, expectation.bag, None)
                    yield bag_json(
                        bag=expectation.bag,
                        reference=reference,
                        title=title,
                        outcome="intact",
                        last_intact=report.finished,
                        known_since=None,
                        findings=[],
                    )


def _named(index: "Index | None", bag: str, reference: str | None) -> tuple[str | None, str | None]:
    document = index.by_bag(bag) if index is not None else None
    return (document.reference, document.title) if document else (reference, None)


# -- files -------------------------------------------------------------------------------------------------


def _write_report(
    path: str,
    archive: "OpenedArchive",
    target: "OpenedArchive",
    report: "AuditReport",
    plan: "AuditPlan",
    *,
    all_results: bool,
) -> None:
    from archive.storage.durable import replace_file

    document = {**report.head(), **report.tail()}
    bags = _bags(target, report, plan, all_results=all_results)
    suffix = Path(path).suffix.lower()
    if suffix == ".json":
        import json

        text = json.dumps({**report.head(), "bags": list(bags), **report.tail()}, indent=2) + "\n"
    elif suffix == ".csv":
        from archive.formats.audit_csv import audit_csv

        text = "".join(audit_csv(document, bags))
    else:
        from archive.formats.audit_page import audit_page

        settings = archive.settings
        about = {
            "name": settings.name,
            "institution": settings.institution,
            "origin": settings.origin,
            "key": settings.key,
        }
        text = "".join(audit_page(document, bags, archive=about))
    replace_file(path, text.encode("utf-8", "replace"))


# -- text --------------------------------------------------------------------------------------------------


def headline(report: "AuditReport") -> str:
    """What was looked at and how it stands with the promise, in a line."""
    looked = f"{report.checked:,} of {plural(report.held, 'document')} looked at"
    verdict = _VERDICT[report.outcome.value][2]
    if report.held == 0:
        return f"The archive is empty; {verdict}"
    promise = f"promise {report.policy_days} days"
    overdue = report.counts["overdue"]
    course = f"{overdue:,} overdue" if overdue else "on course"
    age = _age(report)
    oldest = f"oldest check {age} before, " if age is not None else ""
    return f"{looked}, {verdict}; {oldest}{promise}: {course}"


def _age(report: "AuditReport") -> str | None:
    from datetime import datetime

    if report.oldest_check is None:
        return None
    began = datetime.fromisoformat(report.started)
    try:
        days = (began - datetime.fromisoformat(report.oldest_check)).days
    except ValueError:
        return None
    return plural(max(days, 0), "day")


def _print_text(
    context: Context, report: "AuditReport", bags: Iterator[dict[str, Any]], written: str | None
) -> None:
    mark, colour, _ = _VERDICT[report.outcome.value]
    say(f"{styled(mark, colour)} {styled(headline(report), 'bold')}")
    say(f"  Trust: {_BASIS[report.basis]}")
    if report.copy_of:
        say(f"  This is {report.copy_of}")
    shown = 0
    for bag in bags:
        shown += 1
        if shown <= SHOWN_BAGS or context.verbosity > 0:
            _print_bag(bag)
    if shown > SHOWN_BAGS and context.verbosity <= 0:
        say(f"  … and {shown - SHOWN_BAGS:,} more; -v lists all, --report FILE.html keeps them")
    for finding in report.findings:
        if finding.severity is not Severity.NOTE or context.verbosity > 0:
            from archive.cli.output import print_findings

            print_findings([finding])
    if context.quiet:
        return
    counts = report.counts
    say(f"  Read {plural(counts['files'], 'file')}, {size(counts['bytes'])}; " + _recorded(report))
    if written:
        tell(f"Report written to {printable(written)}")
    if report.not_recorded:
        tell(f"Not recorded: {printable(report.not_recorded)}")
    _print_next(report)


def _recorded(report: "AuditReport") -> str:
    if report.recorded:
        return f"recorded in the ledger as run {short_id(report.run)}"
    return "not recorded"


def _print_next(report: "AuditReport") -> None:
    outcome = report.outcome.value
    if outcome == "intact" and report.recorded:
        next_step("keep the checkpoint elsewhere: archive ledger checkpoint --out checkpoint.txt")
    elif outcome == "damaged":
        next_step("change nothing; find a good copy of what is damaged, then look at each finding's remedy")
    elif outcome == "evidence-broken":
        next_step("archive ledger verify")


def _print_bag(bag: dict[str, Any]) -> None:
    name = bag["reference"] or short_id(_text(bag["id"]))
    mark = {"damaged": "✗", "missing": "✗", "unknown": "✗", "unreadable": "?"}.get(bag["outcome"], "·")
    title = f"  {printable(bag['title'])}" if bag["title"] else ""
    since = f" (known since {bag['known_since'][:10]})" if bag["known_since"] else ""
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
