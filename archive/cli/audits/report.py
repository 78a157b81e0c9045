"""`archive report`."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.audits.report_files import check_report, require_report_outside
from archive.cli.context import Context, pass_context
from archive.cli.evidence.brought import brought_options, files_of
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled
from archive.cli.parameters import DAY, FileToWrite, GivenPath
from archive.cli.progress import progress_for
from archive.core.quantities import byte_size
from archive.core.text import printable, shell_word

if TYPE_CHECKING:
    from archive.core.period import Period
    from archive.services.evidence.brought import Brought
    from archive.services.opened import OpenedArchive
    from archive.services.reporting import PeriodReport, ReportRequest


@click.command(
    epilog="Examples: archive report --year 2026 --to report-2026.html"
    " · archive report --from 2026-01-01 --until 2026-03-31 --trust kept.checkpoint --to quarter.html"
)
@click.option(
    "--year", metavar="YEAR", type=click.IntRange(1970, 9998), help="A calendar year; else this one."
)
@click.option("--from", "first", metavar="DATE", type=DAY, help="The first day, instead of a year.")
@click.option(
    "--until", "last", metavar="DATE", type=DAY, help="The last day, itself in the report; else today."
)
@click.option(
    "--to",
    metavar="FILE",
    type=FileToWrite(Path),
    help="Write a page (.html) or data (.json) to this file.",
)
@click.option("--formats/--no-formats", default=True, help="Count formats: costs a look at every bag.")
@brought_options
@click.option(
    "--work",
    metavar="DIR",
    type=GivenPath(file_okay=False, exists=True),
    help="Where temporary files go; else $TMPDIR.",
)
@pass_context
def report(context: Context, /, to: Path | None, work: str | None, **options: Any) -> int:
    """Report on a year or any other period: what was held, promised, done, damaged, mended and changed.

    Every number is counted from the ledger, from the results that it vouches for, and from what is held, and
    names its source. With --to FILE.html it becomes one page to print, with a calendar of checks and charts.
    No payload is read: that is what archive audit does. Exit 1 where results are not those on record, 5 where
    the ledger does not hold.
    """
    from archive.services.catalog.index_reading import reading_index
    from archive.services.reporting import report_period
    from archive.services.surroundings import Surroundings
    from archive.storage.audits.plan import AuditPlan

    request = _request(options)
    archive = context.open()
    check_target(archive, to, options["brought"])
    surroundings = Surroundings(progress=progress_for(context))
    with reading_index(archive) as reading, AuditPlan(work) as plan:
        made = report_period(archive, reading.index, plan, request, surroundings)
    if to is not None:
        from archive.formats.pages.period import period_page

        write_pages(to, made.document, period_page)
    if context.json:
        emit_json(made.document)
    else:
        _print(context, made, to)
    return made.exit_code


def _request(options: Mapping[str, Any]) -> "ReportRequest":
    from archive.services.reporting import ReportRequest

    return ReportRequest(
        period=_period(options["year"], options["first"], options["last"]),
        formats=options["formats"],
        brought=options["brought"],
    )


def _period(year: int | None, first: date | None, last: date | None) -> "Period":
    from archive.core.period import LAST_DAY, Period
    from archive.services.surroundings import Surroundings

    if year is not None and (first is not None or last is not None):
        raise click.UsageError("--year and --from or --until exclude each other")
    today = min(datetime.fromtimestamp(Surroundings().now() / 1000, UTC).date(), LAST_DAY)
    if first is None and last is None:
        return Period.of_year(today.year if year is None else year)
    end = last if last is not None else today
    begin = first if first is not None else date(end.year, 1, 1)
    try:
        return Period(begin, end)
    except ValueError as trouble:
        raise click.UsageError(f"--from {begin} --until {end}: {trouble}") from None


def check_target(archive: "OpenedArchive", to: Path | None, brought: "Brought") -> None:
    """Refuses, as `check_report`, what is no page or data, or inside the archive, or was brought."""
    if to is None:
        return
    require_report_outside(archive, str(to))
    check_report(str(to), ".html", ".json", option="--to", read=files_of(brought))


def write_pages(
    to: Path, document: dict[str, Any], page: Callable[[Mapping[str, Any]], Iterator[str]]
) -> None:
    """Writes the page or the data, as the suffix asks, in place of an older file of that name."""
    from archive.storage.disk.streamed_file import replace_streamed

    pieces: Iterator[str]
    if to.suffix.lower() == ".json":
        import json

        pieces = iter([json.dumps(document, ensure_ascii=False, indent=1) + "\n"])
    else:
        pieces = page(document)
    replace_streamed(str(to), (piece.encode("utf-8", "replace") for piece in pieces))


def _print(context: Context, made: "PeriodReport", to: Path | None) -> None:
    document = made.document
    period, ended = document["period"], document["checks"]["at_the_end"]
    over = "" if period["is_over"] else ", not over yet"
    name = printable(str(document["archive"]["name"] or document["archive"]["origin"]))
    say(styled(name, "bold") + f"  {period['from']} to {period['to']}{over}")
    say(f"  trust basis  {printable(document['ledger']['trust']['statement'])}")
    for label, text in _lines(document):
        say(f"  {label:<12} {text}")
    attested = f"{ended['attested']:,} of {ended['held']:,} attested from outside"
    say(f"  attested     {attested}, {ended['attested_within']:,} within the promise")
    print_findings(made.findings)
    end_with_page(context, to, "archive report --to FILE.html makes a page of it, with a calendar of checks")


def end_with_page(context: Context, to: Path | None, without: str) -> None:
    """Says where the page is and how to read it; `without` one, what to do to have it."""
    if to is not None:
        say(f"{styled('✓', 'green')} {printable(str(to))}")
    if not context.quiet:
        next_step(without if to is None else f"open {shell_word(str(to))} in a browser; it prints on A4")


def _lines(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    held, changes = document["holdings"], document["changes"]
    size = byte_size(max(held["closing"]["bytes"], 0))
    moved = f"{held['added']['documents']:,} taken in, {held['removed']['documents']:,} withdrawn"
    yield "held", f"{plural(held['closing']['documents'], 'document')}, {size}; {moved}"
    accessions = document["accessions"]
    named = sum(row["accession"] is not None for row in accessions["rows"]) + accessions["more"]
    yield "accessions", f"{named:,}"
    if (formats := document["formats"]) is not None:
        kinds = len(formats["rows"]) + formats["more"]
        yield "formats", f"{kinds:,}, {plural(formats['unnamed'], 'file')} not identified"
    yield from _checked(document["checks"])
    damage = document["damage"]
    gone = f"{damage['withdrawn']:,} withdrawn, " if damage["withdrawn"] else ""
    found = f"{damage['opened']:,} found, {damage['mended']:,} intact again, {gone}{damage['open']:,} open"
    yield "damage", f"{found}; {plural(damage['repairs'], 'repair')}"
    good = ", ".join(f"{row['documents']:,} with {row['copies']}" for row in document["copies"]["good"])
    yield "good copies", good or "nothing is held"
    told = document["descriptions"]
    yield "described", f"{told['changed']:,} anew; {told['awaiting']:,} await a description"
    settings = len(changes["policy"]) + changes["policy_more"]
    keys, programs = len(changes["keys"]), len(changes["software"])
    yield "changes", f"{settings:,} of settings, {keys:,} of keys, {programs:,} of programs"


def _checked(checks: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    ended = checks["at_the_end"]
    looks = sum(day["looks"] for day in checks["days"])
    done = f"{plural(checks['audits'], 'audit')}, {looks:,} looks on {plural(len(checks['days']), 'day')}"
    kept = f"{ended['claimed_within']:,} of {ended['held']:,} within {checks['every_days']} days"
    yield "checked", f"{done}; {kept}, {ended['overdue']:,} overdue"
    for run in checks["runs"]:
        stretch = {"daily": "days", "weekly": "weeks", "monthly": "months"}[run["every"]]
        traced = "" if run["traced"] else " a mark is kept; letters leave no trace"
        yield run["task"], f"promised {run['every']}: in {run['done']:,} of {run['due']:,} {stretch}{traced}"
