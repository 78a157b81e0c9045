"""`archive show`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.audits.history import event_lines
from archive.cli.audits.report_files import check_report, require_report_outside, write_report
from archive.cli.columns import facts
from archive.cli.context import Context, pass_context
from archive.cli.evidence.brought import brought_options, files_of
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled, tell
from archive.cli.parameters import FileToWrite
from archive.cli.progress import progress_for
from archive.core.descriptions.dcterms import TERMS
from archive.core.ids import short_id
from archive.core.limits.terminal import TEXT_EVENTS, TEXT_FILES
from archive.core.quantities import byte_size
from archive.core.text import printable, shell_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.core.findings import Finding
    from archive.services.evidence.brought import Brought
    from archive.services.holdings.document import DocumentReport
    from archive.services.holdings.document_page import DocumentPage
    from archive.services.opened import OpenedArchive
    from archive.storage.index import Index


@click.command(
    epilog="Examples: archive show 2026-000037 · archive show 2026-000037 --report letter.html"
    " · archive show 7c41ab12 --report letter.html --trust kept.checkpoint"
)
@click.argument("document", metavar="ID")
@click.option(
    "--report",
    metavar="FILE.html",
    type=FileToWrite(Path),
    help="Write all of it, with timeline, checks and how to verify it, as one page to read, print and keep.",
)
@click.option(
    "--as",
    "form",
    type=click.Choice(["json", "oai_dc", "mets", "prov-json", "prov-n"]),
    help="Print it in a format of others instead: its description, or with files and events.",
)
@click.option("--reveal", is_flag=True, help="Show a title that its description hides.")
@brought_options
@pass_context
def show(
    context: Context, document: str, report: Path | None, reveal: bool, form: str | None, brought: "Brought"
) -> int:
    """Show one document: its description, its files and digests, what happened to it, where it lies.

    ID is its reference, its id, or any ending of its id that only it has. With --report the ledger is
    verified and every audit's results are looked through for the document, so that the page can say which
    checks a mark from outside attests: --key, --trust, --witness, --signer and --tsa-root belong to it.
    """
    from archive.services.catalog.index_reading import reading_index
    from archive.services.holdings.document import show_document
    from archive.services.holdings.resolution import resolve

    if report is not None:
        check_report(str(report), ".html", read=files_of(brought))
    elif any(brought.values()):
        raise click.UsageError("--key, --trust, --witness, --signer and --tsa-root belong to --report")
    archive = context.open()
    if report is not None:
        require_report_outside(archive, str(report))
    if form is not None:
        if report is not None or context.json:
            raise click.UsageError("--as prints the document alone: without --report, without --format json")
        return _print_as(archive, document, form, reveal=reveal)
    with reading_index(archive) as reading:
        found = show_document(archive, reading.index, resolve(reading.index, document), reveal=reveal)
        wrong = _code_of(found.findings)
        found.findings = [*reading.findings, *found.findings]
        page = None if report is None else _write(context, archive, reading.index, found, report, brought)
    if context.json:
        emit_json(found.to_json())
    else:
        print_findings(found.findings, to_stderr=True)
        _say_document(context, found)
        if not context.quiet:
            if page is not None:
                basis = printable(page.trust.statement)
                tell(f"Report written to {printable(str(report))}; trust basis: {basis}")
            reference = printable(shell_word(found.row.reference))
            more = "open" if found.row.state == "held" else "history"
            next_step(f"archive audit {reference}" if wrong else f"archive {more} {reference}")
    return (page.exit_code if page is not None else 0) or wrong


def _code_of(found: "Sequence[Finding]") -> int:
    """1 where something is not as it was ingested, 3 where nothing is but what could not be looked at."""
    if any(not finding.code.endswith("-UNREADABLE") for finding in found):
        return 1
    return 3 if found else 0


def _print_as(archive: "OpenedArchive", document: str, form: str, *, reveal: bool) -> int:
    from archive.cli.byte_results import byte_results
    from archive.services.catalog.index_reading import reading_index
    from archive.services.export.formats import document_as
    from archive.services.holdings.resolution import resolve
    from archive.services.surroundings import Surroundings

    with reading_index(archive) as reading:
        row = resolve(reading.index, document)
        data = document_as(archive, reading.index, row, form, Surroundings(), reveal=reveal)
    with byte_results(form) as out:
        out.write(data)
    return 0


def _write(
    context: Context,
    archive: "OpenedArchive",
    index: "Index",
    found: "DocumentReport",
    report: Path,
    brought: "Brought",
) -> "DocumentPage":
    from archive.services.holdings.document_page import DocumentPage
    from archive.services.surroundings import Surroundings

    page = DocumentPage.of(archive, index, found, Surroundings(progress=progress_for(context)), **brought)
    found.findings += page.findings
    write_report(str(report), page.pieces())
    return page


def _say_document(context: Context, report: "DocumentReport") -> None:
    from archive.services.holdings.listing import place_of

    row = report.row
    say(styled(printable(row.title), "bold"))
    checked = f"{row.last_checked}: {row.last_outcome}" if row.last_checked else "never yet"
    pairs = [
        ("reference", row.reference),
        ("id", row.bag),
        ("path", place_of(row) or ""),
        ("source", row.source),
        ("accession", row.accession or ""),
        ("ingested", f"{row.ingested}, run {short_id(row.run)}, ledger entry {row.entry}"),
        ("last audit", checked),
        ("state", row.state if row.state != "held" else ""),
        ("good copies", _copies(report)),
        ("revision", str(row.revision) if row.revision > 1 else ""),
        ("same bytes as", _twins(report)),
    ]
    _section("", facts(pairs))
    if report.description is not None:
        title = "Description (awaited)" if row.awaiting else "Description"
        terms = [
            (term, "\n".join(value.value + (f" [{value.lang}]" if value.lang else "") for value in values))
            for term in TERMS
            if (values := report.description.terms.get(term))
        ]
        other = [(name, "\n".join(texts)) for name, texts in report.description.other.items()]
        _section(title, facts([*terms, ("access", row.access), *other]))
        from_elsewhere = [
            (each.field, "\n".join(f"{value.value}  (from {each.source})" for value in each.values))
            for each in report.inherited
        ]
        _section("Inherited", facts(from_elsewhere))
    _section(plural(row.files, "file") + f", {byte_size(row.bytes)}", _file_lines(report))
    _say_timeline(context, report)


def _say_timeline(context: Context, report: "DocumentReport") -> None:
    """The newest events, and with -v all of them and those that only its bag tells."""
    events = report.timeline if context.verbosity > 0 else report.timeline[-TEXT_EVENTS:]
    lines = [f"  {line}" for event in events for line in event_lines(event, one=True)]
    if earlier := len(report.timeline) - len(events):
        called = printable(shell_word(report.row.reference))
        lines.insert(0, f"  {plural(earlier, 'earlier event')}: archive history {called}")
    _section("Timeline", lines)
    if context.verbosity > 0 and report.premis is not None:
        told = sorted(report.premis.events, key=lambda event: event.time[:19])
        pairs = [(f"{event.time[:19]}Z", f"{event.type}  {event.outcome or ''}".rstrip()) for event in told]
        _section("In its PREMIS", facts(pairs))


def _copies(report: "DocumentReport") -> str:
    if report.row.state != "held":
        return ""
    own = ["this archive"] if report.good_copies > len(report.places) else []
    names = [*own, *(printable(place.name or place.id) for place in report.places)]
    if len(names) == 1:
        return f"only 1: {names[0]}"
    return f"{len(names)}: {', '.join(names)}" if names else "none"


def _twins(report: "DocumentReport") -> str:
    more = len(report.twins) - TEXT_FILES
    named = ", ".join(twin.reference for twin in report.twins[:TEXT_FILES])
    return f"{named} and {more:,} more" if more > 0 else named


def _file_lines(report: "DocumentReport") -> list[str]:
    lines: list[str] = []
    for path, digest, known in report.files[:TEXT_FILES]:
        measured = f"  {byte_size(known.bytes)}" if known and known.bytes is not None else ""
        formats = f"  {', '.join(map(printable, known.puids))}" if known and known.puids else ""
        lines += [f"  {printable(path)}{measured}{formats}", styled(f"    sha512 {digest}", "dim")]
    if len(report.payload) > TEXT_FILES:
        lines.append(f"  … and {len(report.payload) - TEXT_FILES:,} more (--format json lists all)")
    return lines


def _section(title: str, lines: list[str]) -> None:
    if not lines:
        return
    if title:
        say()
        say(styled(title, "bold"))
    for line in lines:
        say(line)
