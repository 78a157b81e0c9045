"""`archive template`."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.given_options import sources_given
from archive.cli.output import next_step, plural, print_findings, say, stream_json, styled, tell
from archive.cli.parameters import GIVEN_AS_IT_IS, PLAIN_TEXT, FileToWrite, GivenPath
from archive.cli.progress import progress_for
from archive.core.text import lossless, printable, shell_word

if TYPE_CHECKING:
    from archive.core.tables.template_row import TemplateRow
    from archive.services.opened import OpenedArchive
    from archive.services.surroundings import Surroundings
    from archive.services.template.account import Account


@click.command(
    epilog="Examples: archive template stick/ --output letters.ods"
    " · archive template --held --output todo.xlsx · archive template stick/ > letters.csv"
)
@click.argument("sources", metavar="[SOURCE…]", nargs=-1, type=GivenPath(readable=False))
@click.option(
    "--output",
    metavar="FILE",
    type=FileToWrite(Path),
    help="A new .ods, .xlsx or .csv; without it CSV is printed.",
)
@click.option("--held", is_flag=True, help="For what is held and awaits its description.")
@click.option("--accession", metavar="NO", type=PLAIN_TEXT, help="With --held: only this acquisition.")
@click.option(
    "--exclude",
    metavar="GLOB",
    multiple=True,
    type=GIVEN_AS_IT_IS,
    help="Leave names out, such as '*.tmp'; repeatable.",
)
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256), help="Processes; else one per core.")
@pass_context
def template(context: Context, /, sources: tuple[str, ...], **options: Any) -> int:
    """Make a table to be filled in: one row for each document that has no description.

    File names, extent and formats are filled in. What the files suggest (a title from the first line or from
    the document's own properties, dates in the text, a guess at the language) stands in columns of its own,
    headed `suggested: …`, that describe nothing: whoever describes copies what is right. Columns for
    language, type and access offer their values. `archive check` says what a half-filled table still lacks.
    The documents are only read.
    """
    from archive.services.surroundings import Surroundings
    from archive.services.template.account import Account
    from archive.services.template.writing import require_ending, write_template

    _require_sense(sources, options)
    target: Path | None = options["output"]
    archive = context.open() if options["held"] else context.open_where_there_is_one()
    if target is not None:
        from archive.storage.disk.new_files import require_new

        require_ending(target)
        require_new(target, (*sources, *([str(archive.root)] if archive else [])))
    surroundings = Surroundings(progress=progress_for(context))
    account = Account()
    rows = _rows(sources, options, archive, surroundings, account)
    if target is not None:
        count = write_template(target, rows, held=options["held"])
        _report(context, target, count, sources, options["exclude"], account, held=options["held"])
    elif context.json:
        _print_json(None, _begun(rows), 0, account, held=options["held"])
    else:
        _print_csv(_begun(rows), held=options["held"])
    if not context.json:
        print_findings(account.findings, to_stderr=True)
        for name, why in () if options["held"] else account.left_out:
            tell(f"! {printable(name)} is not in the table: {printable(why)}")
    return account.exit_code


def _require_sense(sources: tuple[str, ...], options: dict[str, Any]) -> None:
    if options["held"] and sources:
        raise click.UsageError("--held is for what the archive holds: it takes no SOURCE")
    if not options["held"] and not sources:
        raise click.UsageError("name a SOURCE, or say --held for what is held and awaits its description")
    if options["accession"] and not options["held"]:
        raise click.UsageError("--accession belongs to --held")


def _rows(
    sources: tuple[str, ...],
    options: dict[str, Any],
    archive: "OpenedArchive | None",
    surroundings: "Surroundings",
    account: "Account",
) -> "Iterator[TemplateRow]":
    if options["held"] and archive is not None:
        from archive.services.template.of_holdings import rows_of_holdings

        yield from rows_of_holdings(archive, options["accession"], surroundings, account)
        return
    from archive.engine.cores import usable_cores
    from archive.services.ingest.request import IngestRequest
    from archive.services.template.of_sources import rows_of_sources
    from archive.storage.plan import Plan

    request = IngestRequest(
        sources=sources,
        describe_later=True,
        exclude=options["exclude"],
        dry_run=True,
        jobs=options["jobs"] or usable_cores(),
    )
    with Plan() as plan:
        yield from rows_of_sources(request, plan, surroundings, archive, account)


def _begun(rows: "Iterator[TemplateRow]") -> "Iterator[TemplateRow]":
    """The rows, the first of them read: what cannot be read is said before anything is printed."""
    return chain(list(islice(rows, 1)), rows)


def _print_csv(rows: "Iterable[TemplateRow]", *, held: bool) -> None:
    from archive.cli.byte_results import byte_results
    from archive.formats.template_table import template_csv

    with byte_results("csv") as out:
        out.writelines(template_csv(rows, held=held))


def _report(
    context: Context,
    target: Path,
    count: int,
    sources: tuple[str, ...],
    excluded: tuple[str, ...],
    account: "Account",
    *,
    held: bool,
) -> None:
    if context.json:
        _print_json(target, (), count, account, held=held)
        return
    if not count:
        say(
            "Nothing awaits a description: the table has no rows."
            if held
            else "No document lacks a description."
        )
    say(f"{styled('✓', 'green')} {printable(str(target))}: {plural(count, 'document')} to describe")
    if context.quiet or not count:
        return
    from archive.formats.format_identification import HINT, is_available

    if not is_available():
        tell(f"· formats were not identified: {HINT}")
    if held:
        next_step(f"fill it in, then archive describe --metadata {shell_word(str(target))} --dry-run")
    else:
        named = sources_given(sources, excluded, str(target))
        next_step(f"fill it in, then archive check {named}")


def _print_json(
    target: Path | None, rows: "Iterable[TemplateRow]", count: int, account: "Account", *, held: bool
) -> None:
    from archive.core.tables.template import FILENAME, HELD

    names = tuple(column.heading for column in (HELD if held else (FILENAME,)))
    tail: dict[str, Any] = {}

    def documents() -> Iterator[dict[str, Any]]:
        printed = 0
        for row in rows:
            printed += 1
            yield row.to_json(names)
        tail["left_out"] = [
            {"document": lossless(name), "why": lossless(why)} for name, why in account.left_out
        ]
        tail["findings"] = [finding.to_json() for finding in account.findings]
        tail["counts"] = {"documents": count + printed, "left_out": len(account.left_out)}

    stream_json(
        {
            "kind": "template-report",
            "version": 1,
            "held": held,
            "file": lossless(str(target)) if target is not None else None,
        },
        "rows",
        documents(),
        tail,
    )
