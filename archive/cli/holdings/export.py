"""`archive export`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled, tell
from archive.cli.parameters import FREE_TEXT, PLAIN_TEXT, GivenPath
from archive.cli.progress import progress_for
from archive.core.limits.terminal import TEXT_FILES
from archive.core.quantities import byte_size
from archive.core.text import printable, shell_word

if TYPE_CHECKING:
    from archive.services.export.request import ExportReport


@click.command(
    epilog="Examples: archive export 2026-000037 --to letter/ · archive export --accession 2026-004"
    " --to for-ana.zip · archive export --all --as mets --to handover/"
)
@click.argument("documents", metavar="ID…", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Everything that is held.")
@click.option("--accession", metavar="NO", type=PLAIN_TEXT, help="What came with this acquisition.")
@click.option(
    "--to",
    metavar="DIR|FILE.zip",
    required=True,
    type=GivenPath(path_type=Path),
    help="A new folder or zip, outside the archive; nothing is ever overwritten.",
)
@click.option(
    "--as",
    "form",
    type=click.Choice(["files", "bag", "mets", "ro-crate"]),
    default="files",
    show_default=True,
    help="Plain files, whole bags, METS with PREMIS for another system, or one RO-Crate.",
)
@click.option("--as-received", is_flag=True, help="Under the paths and names that they came with.")
@click.option(
    "--restricted-ok", is_flag=True, help="Copy what is restricted or embargoed too; needs --reason."
)
@click.option("--reason", metavar="TEXT", type=FREE_TEXT, help="Why; it stands in the copy.")
@pass_context
def export(context: Context, /, **options: Any) -> int:
    """Copy documents for somebody's use, under their own names, with a page of description and rights.

    ID is a reference, an id, or any ending of an id that only one document has. Every byte is compared with
    the ledger as it is copied. `about.html` says what each document is, what may be done with it and how to
    cite it; `manifest-sha512.txt` is for sha512sum. What is restricted or under embargo is left out, unless
    --restricted-ok. The archive itself is not changed.
    """
    from archive.services.catalog.index_reading import reading_index
    from archive.services.export.request import ExportRequest, Form
    from archive.services.export.run import export as make
    from archive.services.surroundings import Surroundings

    ways = sum(bool(options[name]) for name in ("documents", "everything", "accession"))
    if ways != 1:
        raise click.UsageError("say which documents: ID…, --accession NO, or --all; one of the three")
    if options["reason"] and not options["restricted_ok"]:
        raise click.UsageError("--reason belongs to --restricted-ok")
    options["form"] = Form(options["form"])
    if options["as_received"] and options["form"] in (Form.BAG, Form.METS):
        raise click.UsageError("--as-received is for files and RO-Crates: bags and METS have their own order")
    archive = context.open()
    with reading_index(archive) as reading:
        request = ExportRequest(**options)
        report = make(archive, reading.index, request, Surroundings(progress=progress_for(context)))
        report.findings[:0] = reading.findings
    if context.json:
        emit_json(report.to_json())
    else:
        _say(context, report)
    return report.exit_code


def _say(context: Context, report: "ExportReport") -> None:
    print_findings(report.findings[:TEXT_FILES], to_stderr=True)
    if len(report.findings) > TEXT_FILES:
        tell(f"… and {len(report.findings) - TEXT_FILES:,} more such remarks (--format json lists all)")
    print_findings([finding for _, finding in report.refused[:TEXT_FILES]], to_stderr=True)
    if len(report.refused) > TEXT_FILES:
        tell(f"… and {plural(len(report.refused) - TEXT_FILES, 'document')} more left out")
    for each in report.documents[:TEXT_FILES]:
        say(f"{styled('✓', 'green')} {printable(each.row.reference)}  {printable(each.folder)}")
        for name in each.renamed:
            tell(f"  {printable(name)}: its original name cannot be used here; it keeps the stored one")
    if len(report.documents) > TEXT_FILES:
        say(f"… and {len(report.documents) - TEXT_FILES:,} more")
    left = f"; {plural(len(report.refused), 'document')} left out" if report.refused else ""
    if not report.documents:
        tell(f"Nothing was copied{left}")
        return
    counts = report.to_json()["counts"]
    size = byte_size(counts["bytes"])
    tell(f"{plural(counts['copied'], 'document')} copied, {plural(counts['files'], 'file')}, {size}{left}")
    if not context.quiet:
        where = printable(shell_word(str(report.to)))
        page = f"{where}/about.html" if report.to.suffix.lower() != ".zip" else f"about.html in {where}"
        next_step(f"read {page}; it says what may be done with the copies")
