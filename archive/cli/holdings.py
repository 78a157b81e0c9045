"""`archive list`, `search`, `open` and `status`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.columns import cut, facts, padded, room
from archive.cli.context import Context, pass_context
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
from archive.core.access import AccessStatus, stored_access
from archive.core.ids import short_id
from archive.core.quantities import byte_size
from archive.core.text import printable

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
@click.option("--withdrawn", is_flag=True, help="What is not held any more: withdrawn or disposed of.")
@click.option("--limit", metavar="N", type=click.IntRange(1), help="At most so many.")
@click.option(
    "--table",
    metavar="FILE.csv",
    type=click.Path(path_type=Path),
    help="Write them with their descriptions to a new table, for archive describe --metadata.",
)
@pass_context
def list_command(context: Context, /, table: Path | None, **conditions: Any) -> None:
    """List what is held, in the order in which it was taken in."""
    from archive.services.catalog.index_state import reading_index
    from archive.services.holdings.listing import document_json, list_documents

    if conditions["access"] is not None:
        conditions["access"] = AccessStatus(conditions["access"].replace("-", " "))
    archive = context.open()
    with reading_index(archive) as reading:
        counts = {"documents": 0, "bytes": 0}
        told = reading.findings

        if table is not None:
            from archive.services.holdings.description_table import write_table

            if conditions["withdrawn"]:
                raise click.UsageError("--table is for describing what is held; --withdrawn is not")
            told += write_table(archive, reading.index, table, **conditions)

        def rows() -> "Iterator[IndexRow]":
            for row in list_documents(reading.index, **conditions):
                counts["documents"] += 1
                counts["bytes"] += row.bytes
                yield row

        if context.json:
            found = [finding.to_json() for finding in told]
            head = {"kind": "list-report", "version": 1}
            stream_json(head, "documents", map(document_json, rows()), {"findings": found, "counts": counts})
            return
        print_findings(told, to_stderr=True)
        last = _table(rows())
        if last is None:
            tell(_nothing_listed(conditions))
            return
        if not context.quiet:
            tell(f"{plural(counts['documents'], 'document')}, {byte_size(counts['bytes'])}")
            if table is not None:
                next_step(f"fill in {printable(str(table))}, then archive describe --metadata {table.name}")
            else:
                next_step(f"archive show {printable(last.reference)}")


def _nothing_listed(conditions: dict[str, Any]) -> str:
    if conditions["undescribed"] and not conditions["accession"] and not conditions["run"]:
        return "Nothing awaits its description."
    if conditions["withdrawn"]:
        return "Nothing was withdrawn."
    if any(conditions.values()):
        return "Nothing held meets these conditions."
    return "Nothing is held yet. Take documents in: archive ingest FOLDER"


def _table(rows: "Iterator[IndexRow]") -> "IndexRow | None":
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
        from archive.core.text import lossless

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
