"""`archive search` and `open`."""

from pathlib import Path

import click

from archive.cli.context import Context, pass_context
from archive.cli.holdings.document_table import print_documents
from archive.cli.output import (
    emit_json,
    next_step,
    plural,
    print_findings,
    say,
    tell,
)
from archive.cli.parameters import AT_MOST, GivenPath
from archive.core.limits.terminal import TEXT_FILES
from archive.core.text import lossless, printable, shell_word


@click.command(
    epilog='Examples: archive search "plum cake" · archive search -- creator:brontë date:1840..1855 -draft'
    " · archive search bell*"
)
@click.argument("words", metavar="QUERY", nargs=-1, required=True)
@click.option("--limit", metavar="N", type=AT_MOST, default=50, show_default=True, help="At most so many.")
@pass_context
def search(context: Context, words: tuple[str, ...], limit: int) -> None:
    """Search descriptions, file names and references; diacritics and case do not matter.

    A phrase stands in quotes, a word that only begins so ends in *, what must not be there begins with -
    (put -- before a query that does). Fields: title: creator: subject: description: language: source:
    reference:, and date: for a day, an EDTF date or a span such as 1918..1920.
    """
    from archive.services.catalog.index_reading import reading_index
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
    last = print_documents(iter(result.documents))
    if last is None:
        tell("Nothing found." if not result.query.is_empty else "There is nothing in this query to look for.")
        return
    if not context.quiet:
        more = f", the best {len(result.documents)} shown" if result.total > len(result.documents) else ""
        tell(f"{plural(result.total, 'document')} found{more}")
        next_step(f"archive show {printable(shell_word(result.documents[0].reference))}")


@click.command("open", epilog="Example: archive open 2026-000037 --to ~/Desktop")
@click.argument("document", metavar="ID")
@click.option(
    "--to", metavar="DIR", type=GivenPath(path_type=Path), help="Where to; else a temporary folder."
)
@pass_context
def open_command(context: Context, document: str, to: Path | None) -> None:
    """Give a read-only copy of a document under its own name, verified as it is copied.

    So nobody opens the originals in `bags/`. Where the bytes are not those that were ingested, none is made.
    """
    from archive.services.access import warnings_before_reading
    from archive.services.catalog.index_reading import reading_index
    from archive.services.holdings.listing import document_json
    from archive.services.holdings.reading_copy import open_copy
    from archive.services.holdings.resolution import resolve
    from archive.services.surroundings import Surroundings, day_of

    archive = context.open()
    with reading_index(archive) as reading:
        row = resolve(reading.index, document)
        told = (
            *reading.findings,
            *warnings_before_reading(archive, reading.index, row, day=day_of(Surroundings().now())),
        )
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
                "findings": [finding.to_json() for finding in told],
            }
        )
        return
    print_findings(told, to_stderr=True)
    for name in copy.files[:TEXT_FILES]:
        say(printable(str(copy.folder / name)))
    if len(copy.files) > TEXT_FILES:
        tell(f"… and {len(copy.files) - TEXT_FILES:,} more in {printable(str(copy.folder))}")
    for name in copy.renamed:
        tell(f"{printable(name)}: its original name cannot be used here; it keeps the stored one")
    if not context.quiet:
        tell(
            f"{plural(len(copy.files), 'file')} copied, every byte as it was ingested; the copy is read-only"
        )
        called = printable(shell_word(row.reference))
        next_step(f"delete it when you have read it; archive show {called} says more")
