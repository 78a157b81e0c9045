"""`archive list`."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.holdings.document_table import print_documents
from archive.cli.holdings.lacking import Lacking, listed
from archive.cli.holdings.tree import show_tree
from archive.cli.output import next_step, plural, print_findings, stream_json, tell
from archive.cli.parameters import AT_MOST, PLAIN_TEXT, GivenPath
from archive.core.descriptions.access import AccessStatus
from archive.core.quantities import byte_size
from archive.core.text import printable, shell_word

if TYPE_CHECKING:
    from archive.core.findings import Finding
    from archive.services.holdings.description_table import DescriptionExport
    from archive.services.opened import OpenedArchive
    from archive.storage.index import Index, IndexRow


@click.command("list", epilog="Example: archive list --undescribed")
@click.option("--undescribed", is_flag=True, help="Only what awaits its description.")
@click.option("--accession", metavar="NO", type=PLAIN_TEXT, help="Only what came with this acquisition.")
@click.option(
    "--run",
    metavar="RUN",
    type=PLAIN_TEXT,
    help="Only what this ingest run brought in (any ending of its id).",
)
@click.option(
    "--access",
    type=click.Choice(["open", "restricted", "embargoed", "not-stated"]),
    help="Only what states this access.",
)
@click.option("--tree", is_flag=True, help="What is part of what, by dcterms:isPartOf.")
@click.option("--incomplete", is_flag=True, help="Only what lacks something of the profile in force.")
@click.option("--profile", metavar="NAME", help="With --incomplete: of this profile (archive profile list).")
@click.option("--withdrawn", is_flag=True, help="What is not held any more: withdrawn or disposed of.")
@click.option(
    "--copies-below",
    metavar="N",
    type=click.IntRange(1, 100),
    help="Only what has fewer good copies, the archive's own counted.",
)
@click.option("--limit", metavar="N", type=AT_MOST, help="At most so many.")
@click.option(
    "--table",
    metavar="FILE",
    type=GivenPath(path_type=Path),
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
    **conditions: Any,
) -> int:
    """List what is held, in the order in which it was taken in."""
    from archive.services.catalog.index_reading import reading_index

    if conditions["access"] is not None:
        conditions["access"] = AccessStatus(conditions["access"].replace("-", " "))
    _check(conditions, table=table, tree=tree)
    archive = context.open()
    if as_received and table is None:
        if context.json or tree or conditions["incomplete"] or conditions["withdrawn"]:
            raise click.UsageError("--as-received is a table, and nothing else: name it with --table FILE")
        return _print_as_received(archive, _plain(conditions))
    with reading_index(archive) as reading:
        told = reading.findings
        code = 0
        if tree:
            return show_tree(context, reading.index, told)
        rows, lacking = _chosen(archive, reading.index, conditions)
        if table is not None:
            written = _write_table(archive, reading.index, table, _plain(conditions), as_received=as_received)
            told, code = (*told, *written.findings), written.exit_code
        counts = {"documents": 0, "bytes": 0}
        counted = _counted(rows, counts)
        if context.json:
            _print_json(told, counted, lacking, counts)
            return code
        print_findings(told, to_stderr=True)
        last = print_documents(counted, lacking.mark)
    if last is None:
        tell(_nothing_listed(conditions))
    elif not context.quiet:
        tell(f"{plural(counts['documents'], 'document')}, {byte_size(counts['bytes'])}")
        if table is not None:
            called = shell_word(str(table))
            next_step(f"fill in {called}, then archive describe --metadata {called}")
        else:
            next_step(f"archive show {printable(shell_word(last.reference))}")
    return code


def _check(conditions: dict[str, Any], *, table: Path | None, tree: bool) -> None:
    """Refuses what does not go together."""
    if tree and (table is not None or any(conditions.values())):
        raise click.UsageError("--tree shows all that is held, and goes with no other condition")
    if conditions["incomplete"] and conditions["copies_below"] is not None:
        raise click.UsageError("--incomplete and --copies-below go one at a time")
    if table is None:
        return
    if conditions["incomplete"]:
        raise click.UsageError("--table writes whole descriptions, and --incomplete only lists")
    if conditions["copies_below"] is not None:
        raise click.UsageError("--table is for descriptions; --copies-below goes without it")


def _plain(conditions: dict[str, Any]) -> dict[str, Any]:
    """The conditions that the index answers by itself."""
    own = {"incomplete", "profile", "copies_below"}
    return {name: value for name, value in conditions.items() if name not in own}


def _chosen(
    archive: "OpenedArchive", index: "Index", conditions: dict[str, Any]
) -> "tuple[Iterator[IndexRow], Lacking]":
    plain, below = _plain(conditions), conditions["copies_below"]
    if below is not None:
        plain["limit"] = None  # of those found, not of those looked at
    rows, lacking = listed(
        archive, index, plain, incomplete=conditions["incomplete"], profile=conditions["profile"]
    )
    if below is None:
        return rows, lacking
    from archive.services.copies.standing import fewer_copies

    return islice(fewer_copies(archive, index, rows, below), conditions["limit"]), lacking


def _print_json(
    told: "tuple[Finding, ...]", rows: "Iterator[IndexRow]", lacking: Lacking, counts: dict[str, int]
) -> None:
    from archive.services.holdings.listing import document_json

    head = {"kind": "list-report", "version": 1}
    tail = {"findings": [finding.to_json() for finding in told], "counts": counts}
    stream_json(head, "documents", (document_json(row) | lacking.of_json(row) for row in rows), tail)


def _counted(rows: "Iterator[IndexRow]", counts: dict[str, int]) -> "Iterator[IndexRow]":
    for row in rows:
        counts["documents"] += 1
        counts["bytes"] += row.bytes
        yield row


def _write_table(
    archive: "OpenedArchive", index: "Index", table: Path, conditions: dict[str, Any], *, as_received: bool
) -> "DescriptionExport":
    from archive.cli.descriptions.description_export import table_form
    from archive.services.holdings.description_table import DescriptionExport

    if conditions["withdrawn"]:
        raise click.UsageError("--table is for describing what is held; --withdrawn is not")
    written = DescriptionExport(archive, index, conditions, as_received=as_received)
    written.write_new(table_form(table, "--table"), table)
    return written


def _print_as_received(archive: "OpenedArchive", conditions: dict[str, Any]) -> int:
    from archive.cli.byte_results import byte_results
    from archive.formats.description_table import TableForm
    from archive.services.catalog.index_reading import reading_index
    from archive.services.holdings.description_table import DescriptionExport

    with reading_index(archive) as reading:
        export = DescriptionExport(archive, reading.index, conditions, as_received=True)
        with byte_results("csv") as out:
            export.write(TableForm.CSV, out)
        print_findings([*reading.findings, *export.findings], to_stderr=True)
    return export.exit_code


def _nothing_listed(conditions: dict[str, Any]) -> str:
    """What is true of the one condition that was given, or of all of them together."""
    beside = {"limit", "profile"}  # which leave nothing out, or say what another one means
    match [name for name, value in conditions.items() if value and name not in beside]:
        case []:
            return "Nothing is held yet. Take documents in: archive ingest FOLDER"
        case ["incomplete"]:
            return "Nothing lacks anything of the profile."
        case ["undescribed"]:
            return "Nothing awaits its description."
        case ["copies_below"]:
            return f"Nothing held has fewer than {conditions['copies_below']} good copies."
        case ["withdrawn"]:
            return "Nothing was withdrawn."
        case given:
            was = "withdrawn" if "withdrawn" in given else "held"
            return f"Nothing {was} meets these conditions."
