"""`archive coverage`."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.audits.report_files import check_report, require_report_outside
from archive.cli.context import Context, pass_context
from archive.cli.evidence.brought import brought_options, files_of
from archive.cli.output import next_step, print_findings, say, stream_json, styled, tell
from archive.cli.parameters import DAY, FileToWrite, GivenPath
from archive.cli.progress import progress_for
from archive.core.ids import short_id
from archive.core.limits.terminal import TEXT_FILES
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.services.evidence.brought import Brought
    from archive.services.evidence.coverage import CoverageReport

_NEVER = "–"
_MARKS = {0: ("✓", "green"), 3: ("?", "yellow")}  # by exit code


@click.command(
    epilog="Examples: archive coverage · archive coverage --trust kept.checkpoint --since 2026-01-01"
    " · archive coverage --witness VKEY --table coverage.csv"
)
@click.option(
    "--since",
    metavar="DATE",
    type=DAY,
    help="Only checks from this day on (UTC) count.",
)
@brought_options
@click.option(
    "--table",
    metavar="FILE.csv",
    type=FileToWrite(Path),
    help="Write one row for each bag to this file.",
)
@click.option("--all", "everything", is_flag=True, help="List every bag, not only those without a check.")
@click.option(
    "--work",
    metavar="DIR",
    type=GivenPath(file_okay=False, exists=True),
    help="Where temporary files go; else $TMPDIR.",
)
@pass_context
def coverage(context: Context, /, since: date | None, brought: "Brought", **options: Any) -> int:
    """Say what the policy promised and what was checked when: claimed, and attested from outside.

    Claimed is what the archive recorded of its own runs. Attested is how much of that was on record by the
    time of a mark from outside whose keeper you trust: a checkpoint that you bring, a witness, an authority's
    time-stamp, an auditor's statement. No bag is read: that is what archive audit does. Exit 1 where results
    are not those on record, 5 where the ledger does not hold.
    """
    from archive.services.evidence.coverage import cover
    from archive.services.surroundings import Surroundings
    from archive.storage.audits.plan import AuditPlan

    archive = context.open()
    if options["table"] is not None:
        require_report_outside(archive, str(options["table"]))
        check_report(str(options["table"]), ".csv", option="--table", read=files_of(brought))
    with AuditPlan(options["work"]) as plan:
        report = cover(
            archive,
            plan,
            Surroundings(progress=progress_for(context)),
            since=f"{since.isoformat()}T00:00:00.000Z" if since is not None else "",
            **brought,
        )
        if options["table"] is not None:
            _write_table(options["table"], report)
        if context.json:
            stream_json(report.head(), "bags", report.bags(), report.tail())
        else:
            _print(context, report, everything=options["everything"])
    return report.exit_code


def _write_table(table: Path, report: "CoverageReport") -> None:
    """Writes the rows; a ledger that does not hold or could not be read gives none to be believed."""
    from archive.core.ledger.ledger_findings import LedgerOutcome
    from archive.formats.coverage_csv import coverage_csv
    from archive.storage.disk.streamed_file import replace_streamed

    if report.ledger.outcome is LedgerOutcome.PROVEN:
        replace_streamed(str(table), coverage_csv(report.bags()))
    else:
        tell(f"{printable(str(table))} was not written: the ledger gives no rows that could be believed")


def _print(context: Context, report: "CoverageReport", *, everything: bool) -> None:
    counts, audits = report.counts, report.audits
    mark, colour = _MARKS.get(report.exit_code, ("✗", "red"))
    held = f"{counts.held:,}"
    attested = styled(f"{counts.attested:,} of {held} attested", "bold")
    basis = printable(report.ledger.trust.statement)
    claimed = f"{counts.claimed:,} of {held} bags claimed intact"
    say(f"{styled(mark, colour)} {claimed}, {attested} from outside; trust basis: {basis}")
    promise = f"  promised     every bag is read at least every {report.promise_days} days"
    earlier = [f"{each.days} days from {each.time[:10]} on" for each in report.promises]
    told = f"; audits were begun under {', '.join(earlier)}" if len(earlier) > 1 else ""
    say(f"{promise}{told}; {report.overdue:,} overdue")
    since = f" since {report.since[:10]}" if report.since else ""
    say(f"  self-checks  {audits.checked} of {audits.recorded} have results that hold{since}")
    say(f"  claimed      {counts.claimed:,} of {held}, {report.within.claimed:,} within the promise")
    say(f"  attested     {counts.attested:,} of {held}, {report.within.attested:,} within the promise")
    shown = _print_bags(report, everything=everything)
    print_findings(report.findings)
    if context.quiet:
        return
    if shown > TEXT_FILES and not everything:
        next_step("archive coverage --all lists every bag, --table FILE.csv writes them")
    elif counts.claimed < counts.held:
        next_step("archive audit reads what has not been checked")
    elif counts.attested < counts.claimed:
        next_step("archive ledger checkpoint --out FILE, kept elsewhere, and later --trust FILE")


def _print_bags(report: "CoverageReport", *, everything: bool) -> int:
    """Lists the bags that lack a check, or all of them; returns how many there are to list."""
    count = 0
    for bag in report.bags():
        if not everything and bag["claimed"] and not bag["damaged_since"]:
            continue
        count += 1
        if count > TEXT_FILES and not everything:
            continue
        if count == 1:
            say(f"  {'':<12} {'claimed':<10}  attested")
        name = printable(bag["reference"] or short_id(bag["id"]))
        damaged = f"  damaged since {bag['damaged_since'][:10]}" if bag["damaged_since"] else ""
        claimed, attested = ((bag[each] or _NEVER)[:10] for each in ("claimed", "attested"))
        say(f"  {name:<12} {claimed:<10}  {attested:<10}{damaged}".rstrip())
    return count
