"""`archive list`, `search`, `open` and `status`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.columns import cut, facts, padded, room
from archive.cli.context import Context, pass_context
from archive.cli.description_export import print_as_received, write_table
from archive.cli.lacking import Lacking, listed
from archive.cli.output import (
    emit_json,
    next_step,
    plural,
    print_findings,
    say,
    stream_json,
    styled,
    tell,
)
from archive.cli.tree import show_tree
from archive.core.access import AccessStatus, stored_access
from archive.core.ids import short_id
from archive.core.quantities import byte_size
from archive.core.text import lossless, printable, shell_word

if TYPE_CHECKING:
    from archive.services.holdings.status import Status
    from archive.storage.index import IndexRow

FILES_SHOWN = 20
_REFERENCE, _DATE, _SIZE = 11, 15, 10


@click.command("list", epilog="Example: archive list --undescribed")
@click.option("--undescribed", is_flag=True, help="Only what awaits its description.")
@click.option("--accession", metavar="NO", help="Only what came with this acquisition.")
@click.option("--run", metavar="RUN", help="Only what this ingest run brought in (any ending of its id).")
@click.option(
    "--access",
    type=click.Choice(["open", "restricted", "embargoed", "not-stated"]),
    help="Only what states this access.",
)
@click.option("--tree", is_flag=True, help="What is part of what, by dcterms:isPartOf.")
@click.option("--incomplete", is_flag=True, help="Only what lacks something of the profile in force.")
@click.option("--profile", metavar="NAME", help="With --incomplete: of this profile (archive profile list).")
@click.option("--withdrawn", is_flag=True, help="What is not held any more: withdrawn or disposed of.")
@click.option("--limit", metavar="N", type=click.IntRange(1), help="At most so many.")
@click.option(
    "--table",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write them with their descriptions to a new .ods, .xlsx or .csv, for archive describe --metadata.",
)
@click.option(
    "--as-received",
    is_flag=True,
    help="As a table with the columns of the submission, theirs too; CSV on stdout, or with --table.",
)
@pass_context
def list_command(
    context: Context,
    /,
    table: Path | None,
    as_received: bool,
    tree: bool,
    incomplete: bool,
    profile: str | None,
    **conditions: Any,
) -> int:
    """List what is held, in the order in which it was taken in."""
    from archive.services.catalog.index_state import reading_index
    from archive.services.holdings.listing import document_json

    if conditions["access"] is not None:
        conditions["access"] = AccessStatus(conditions["access"].replace("-", " "))
    archive = context.open()
    if (table is not None or as_received) and (tree or incomplete or profile or conditions["withdrawn"]):
        raise click.UsageError("--table and --as-received write whole descriptions of what is held")
    if as_received and table is None:
        print_as_received(context, archive, conditions)
        return 0
    with reading_index(archive) as reading:
        told = reading.findings
        if tree:
            if incomplete or profile or any(conditions.values()):
                raise click.UsageError("--tree shows all that is held, and goes with no other condition")
            return show_tree(context, reading.index, told)
        counts = {"documents": 0, "bytes": 0}

        rows_listed, lacking = listed(
            archive, reading.index, conditions, incomplete=incomplete, profile=profile
        )
        if table is not None:
            told += write_table(archive, reading.index, table, conditions, as_received=as_received)

        def rows() -> "Iterator[IndexRow]":
            for row in rows_listed:
                counts["documents"] += 1
                counts["bytes"] += row.bytes
                yield row

        if context.json:
            found = [finding.to_json() for finding in told]
            head = {"kind": "list-report", "version": 1}
            documents = (document_json(row) | lacking.of_json(row) for row in rows())
            stream_json(head, "documents", documents, {"findings": found, "counts": counts})
            return 0
        print_findings(told, to_stderr=True)
        last = _table(rows(), lacking)
        if last is None:
            tell(_nothing_listed(conditions, incomplete=incomplete))
        elif not context.quiet:
            tell(f"{plural(counts['documents'], 'document')}, {byte_size(counts['bytes'])}")
            fill_in = (
                f"fill in {shell_word(str(table))}, then archive describe --metadata {shell_word(str(table))}"
            )
            next_step(fill_in if table is not None else f"archive show {printable(last.reference)}")
        return 0


def _nothing_listed(conditions: dict[str, Any], *, incomplete: bool) -> str:
    if incomplete:
        return "Nothing lacks anything of the profile."
    if conditions["undescribed"] and not conditions["accession"] and not conditions["run"]:
        return "Nothing awaits its description."
    if conditions["withdrawn"]:
        return "Nothing was withdrawn."
    if any(conditions.values()):
        return "Nothing held meets these conditions."
    return "Nothing is held yet. Take documents in: archive ingest FOLDER"


def _table(rows: "Iterator[IndexRow]", lacking: Lacking | None = None) -> "IndexRow | None":
    """Prints a line per document as it comes; returns the last."""
    last = None
    left = room(_REFERENCE + 8 + _DATE + _SIZE + 8)
    for row in rows:
        if last is None:
            head = f"{padded('reference', _REFERENCE)}  {padded('id', 8)}  {padded('date', _DATE)}"
            say(styled(f"{head}  {'size':>{_SIZE}}  title", "dim"))
        last = row
        mark = styled("  (awaits description)", "yellow") if row.awaiting else ""
        if row.access not in ("", AccessStatus.OPEN):
            mark = styled(f"  ({printable(row.access)})", "yellow") + mark
        if row.state != "held":
            mark = styled(f"  ({row.state})", "yellow")
        if lacking is not None:
            mark += lacking.mark(row)
        date = cut(row.date or "", _DATE)
        say(
            f"{padded(row.reference, _REFERENCE)}  {short_id(row.bag)}  {padded(date, _DATE)}"
            f"  {byte_size(row.bytes):>{_SIZE}}  {cut(row.title, left)}{mark}"
        )
    return last


@click.command(
    epilog='Examples: archive search "plum cake" · archive search -- creator:brontë date:1840..1855 -draft'
    " · archive search bell*"
)
@click.argument("words", metavar="QUERY", nargs=-1, required=True)
@click.option(
    "--limit", metavar="N", type=click.IntRange(1), default=50, show_default=True, help="At most so many."
)
@pass_context
def search(context: Context, words: tuple[str, ...], limit: int) -> None:
    """Search descriptions, file names and references; diacritics and case do not matter.

    A phrase stands in quotes, a word that only begins so ends in *, what must not be there begins with -
    (put -- before a query that does). Fields: title: creator: subject: description: language: source:
    reference:, and date: for a day, an EDTF date or a span such as 1918..1920.
    """
    from archive.services.catalog.index_state import reading_index
    from archive.services.holdings.listing import document_json
    from archive.services.holdings.listing import search as look

    with reading_index(context.open()) as reading:
        result = look(reading.index, " ".join(words), limit=limit)
    if context.json:
        emit_json(
            {
                "kind": "search-report",
                "version": 1,
                "query": " ".join(words).encode("utf-8", "replace").decode(),
                "documents": [document_json(row) for row in result.documents],
                "notes": list(result.query.notes),
                "findings": [finding.to_json() for finding in reading.findings],
                "counts": {"found": result.total, "shown": len(result.documents)},
            }
        )
        return
    print_findings(reading.findings, to_stderr=True)
    for remark in result.query.notes:
        tell(remark)
    last = _table(iter(result.documents))
    if last is None:
        tell("Nothing found." if not result.query.is_empty else "There is nothing in this query to look for.")
        return
    if not context.quiet:
        more = f", the best {len(result.documents)} shown" if result.total > len(result.documents) else ""
        tell(f"{plural(result.total, 'document')} found{more}")
        next_step(f"archive show {printable(result.documents[0].reference)}")


@click.command("open", epilog="Example: archive open 2026-000037 --to ~/Desktop")
@click.argument("document", metavar="ID")
@click.option(
    "--to", metavar="DIR", type=click.Path(path_type=Path), help="Where to; else a temporary folder."
)
@pass_context
def open_command(context: Context, document: str, to: Path | None) -> None:
    """Give a read-only copy of a document under its own name, verified as it is copied.

    So nobody opens the originals in `bags/`. Where the bytes are not those that were ingested, none is made.
    """
    from archive.services.catalog.index_state import reading_index
    from archive.services.holdings.listing import document_json
    from archive.services.holdings.reading_copy import open_copy
    from archive.services.holdings.resolution import resolve

    archive = context.open()
    with reading_index(archive) as reading:
        row = resolve(reading.index, document)
    copy = open_copy(archive, row, to.absolute() if to else None)
    if context.json:
        emit_json(
            {
                "kind": "open-report",
                "version": 1,
                "document": document_json(row),
                "folder": lossless(str(copy.folder)),
                "files": [lossless(name) for name in copy.files],
                "renamed": [lossless(name) for name in copy.renamed],
                "findings": [finding.to_json() for finding in reading.findings],
            }
        )
        return
    print_findings(reading.findings, to_stderr=True)
    for name in copy.files[:FILES_SHOWN]:
        say(printable(str(copy.folder / name)))
    if len(copy.files) > FILES_SHOWN:
        tell(f"… and {len(copy.files) - FILES_SHOWN:,} more in {printable(str(copy.folder))}")
    for name in copy.renamed:
        tell(f"{printable(name)}: its original name cannot be used here; it keeps the stored one")
    if not context.quiet:
        tell(
            f"{plural(len(copy.files), 'file')} copied, every byte as it was ingested; the copy is read-only"
        )
        next_step(f"delete it when you have read it; archive show {printable(row.reference)} says more")


@click.command(epilog="Example: archive status")
@pass_context
def status(context: Context) -> None:
    """One screen: what is held, what is due, what is damaged, how many copies, what to do next."""
    from archive.services.catalog.index_state import reading_index
    from archive.services.holdings.status import status as look
    from archive.services.surroundings import Surroundings

    archive = context.open()
    with reading_index(archive) as reading:
        report = look(archive, reading.index, now=Surroundings().now(), findings=reading.findings)
    if context.json:
        emit_json(report.to_json())
        return
    print_findings(report.findings, to_stderr=True)
    _say_status(report, str(archive.root))
    if not context.quiet:
        for step in report.next_steps():
            next_step(step)


def _say_status(report: "Status", root: str) -> None:
    say(styled(printable(report.name or "This archive"), "bold") + f"  {printable(root)}")
    held = (
        f"{plural(report.documents, 'document')} in {plural(report.files, 'file')}, {byte_size(report.bytes)}"
    )
    audited = "never yet"
    if report.last_audit:
        audited = f"{report.last_audit.get('time')}: {report.last_audit.get('outcome')}"
    pairs = [
        ("held", f"{held}, from {plural(report.runs, 'ingest run')}" if report.documents else "nothing yet"),
        ("awaiting", f"{plural(report.awaiting, 'description')}" if report.awaiting else "no description"),
        ("last audit", audited),
        ("oldest check", report.oldest_check),
        ("never checked", plural(report.never_checked, "document") if report.never_checked else ""),
        ("promise", _promise(report)),
        ("damaged", plural(report.damaged, "document") if report.damaged else "nothing known"),
        ("withdrawn", plural(report.withdrawn, "document") if report.withdrawn else ""),
        ("access", _access(report)),
        ("complete", _complete(report)),
        ("unfinished", ", ".join(report.unfinished)),
        ("copies", "1: this one. One disk is not an archive"),
        ("to sign", plural(report.waiting, "audit") if report.waiting else ""),
        ("key", _replaced(report)),
        ("ledger", plural(report.ledger_size, "entry", "entries")),
    ]
    for line in facts(pairs):
        say(line)
    for row in report.adverse:
        say(f"  {styled('✗', 'red')} {printable(row.reference)}  {row.last_outcome}  {cut(row.title, 60)}")
    for row in report.embargoes:
        until = stored_access(row.access).until
        say(f"  · {printable(row.reference)}  embargo ends {until}  {cut(row.title, 60)}")


def _complete(report: "Status") -> str:
    known = report.completeness
    if known is None:
        return ""
    lacking = ", ".join(f"{count:,} lack {requirement}" for requirement, count in known.missing if count)
    return f"{known.complete:,} of {known.documents:,} by {printable(known.profile)}" + (
        f"; {printable(lacking)}" if lacking else ""
    )


def _access(report: "Status") -> str:
    counts = report.access
    if not counts.restricted + counts.embargoed + counts.open:
        return ""
    over = f" ({counts.embargoes_over:,} of them over)" if counts.embargoes_over else ""
    return (
        f"{counts.open:,} open, {counts.restricted:,} restricted, {counts.embargoed:,} embargoed{over},"
        f" {counts.not_stated:,} not stated"
    )


def _replaced(report: "Status") -> str:
    if report.key_replaced is None:
        return ""
    entry, day = report.key_replaced.get("entry"), str(report.key_replaced.get("time"))[:10]
    return f"replaced at entry {entry}, {day}, without the signature of the one before, declared lost"


def _promise(report: "Status") -> str:
    every = f"each document read every {plural(report.promise_days, 'day')}"
    if report.overdue:
        return f"{every}: {plural(report.overdue, 'document')} overdue"
    if report.due:
        return f"{every}: on course, {plural(report.due, 'document')} due within a week"
    return f"{every}: on course"
