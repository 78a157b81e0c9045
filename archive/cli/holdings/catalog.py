"""`archive catalog`: export, rebuild or verify what is derived."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled, tell
from archive.cli.parameters import PLAIN_TEXT, GivenPath
from archive.cli.progress import progress_for
from archive.core.quantities import byte_size
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.core.findings import Finding

_UNREADABLE_BAG: Final = "CATALOG-BAG-UNREADABLE"
_DOUBTFUL: Final = frozenset({"CATALOG-BAG-DOUBTFUL", _UNREADABLE_BAG})


@click.group(epilog="Example: archive catalog verify")
def catalog() -> None:
    """The catalog manifest and the index: derived from ledger and bags, so they can always be made anew."""


@catalog.command(
    epilog="Examples: archive catalog export --to catalog.json"
    " · archive catalog export --format ods --to descriptions.ods"
    " · archive catalog export --what descriptions --accession 2026-004 --to box4.json"
)
@click.option("--to", metavar="FILE", type=GivenPath(path_type=Path), help="Else it goes to stdout.")
@click.option(
    "--what",
    type=click.Choice(["manifest", "descriptions"]),
    help="The catalog manifest, or the descriptions of what is held; the form of a table says which.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "ods", "xlsx", "csv", "xml"]),
    help="Descriptions as a spreadsheet, CSV, JSON or a set of XML records; else as everywhere.",
)
@click.option(
    "--accession",
    metavar="NO",
    type=PLAIN_TEXT,
    help="Descriptions of what came with this acquisition only.",
)
@click.option("--as-received", is_flag=True, help="Descriptions under the columns of their submissions.")
@pass_context
def export(
    context: Context,
    to: Path | None,
    what: str | None,
    output_format: str | None,
    accession: str | None,
    as_received: bool,
) -> int:
    """Write the catalog manifest, or the descriptions of everything that is held.

    The manifest (the archive's identity, its runs with their digests, its counts) is made from the ledger,
    not copied from `catalog.json`, and is JSON in either format. Descriptions are written as a table or list
    that `archive describe --metadata` and `archive ingest --metadata` read again: as ODS, XLSX or CSV, as
    JSON, which holds everything, or as XML for other programs.
    """
    if output_format in ("text", "json"):
        context.format = output_format
    table = output_format if output_format not in (None, "text") else None
    ending = to.suffix.lower() if to is not None else ""
    if what is None:
        spreadsheet = table not in (None, "json") or ending in (".ods", ".xlsx", ".csv", ".xml")
        what = "descriptions" if spreadsheet or accession or as_received else "manifest"
    if what == "descriptions":
        from archive.cli.descriptions.description_export import export_descriptions

        return export_descriptions(context, to, table, as_received=as_received, accession=accession)
    if table not in (None, "json") or accession or as_received:
        raise click.UsageError("the catalog manifest is JSON, and of the whole archive")
    _export_manifest(context, to)
    return 0


def _export_manifest(context: Context, to: Path | None) -> None:
    from archive.cli.byte_results import byte_results
    from archive.core.errors import ConflictError
    from archive.services.catalog.derived_files import catalog_of_index
    from archive.services.catalog.index_reading import reading_index
    from archive.services.evidence.checkpoints import require_outside
    from archive.storage.disk.streamed_file import publish_streamed

    archive = context.open()
    with reading_index(archive) as reading:
        pieces = (line.data for line in catalog_of_index(archive, reading.index))
        print_findings(reading.findings, to_stderr=True)
        if to is None:
            with byte_results("json") as out:
                out.writelines(pieces)
            return
        if to.exists() or to.is_symlink():
            raise ConflictError(f"{to}: is there already", remedy="name a file that does not exist")
        require_outside(archive, to)
        digest = publish_streamed(str(to.absolute()), pieces)
    if context.json:
        report = {"kind": "catalog-report", "version": 1, "action": "export", "sha512": digest}
        emit_json({**report, "findings": [finding.to_json() for finding in reading.findings]})
        return
    say(f"{styled('✓', 'green')} {printable(str(to))}")
    tell(f"  sha512 {digest}")
    next_step("keep it apart from the archive: it says what was held today")


@catalog.command(epilog="Example: archive catalog rebuild")
@click.option(
    "--agent", metavar="NAME", type=PLAIN_TEXT, help="Who does it; else the default of archive.toml."
)
@pass_context
def rebuild(context: Context, agent: str | None) -> int:
    """Make index, catalog manifest, holdings list and README anew from ledger and bags.

    Nothing is lost by it, and nothing that is there in `bags/` or `ledger/` is touched. Exit 1 where a bag is
    not as the ledger knows it, 3 where one could not be read: it is listed as far as the ledger describes it.
    """
    from archive.services.catalog.rebuilding import rebuild as make
    from archive.services.surroundings import Surroundings
    from archive.services.writing import writing

    archive = context.open()
    with writing(archive, command="catalog rebuild", surroundings=Surroundings(), agent=agent) as hold:
        rebuilt = make(archive, hold.checkpoint)
    found = [finding.to_json() for finding in rebuilt.findings]
    counts = {
        "documents": rebuilt.counts.documents,
        "files": rebuilt.counts.files,
        "bytes": rebuilt.counts.bytes,
    }
    if context.json:
        report = {"kind": "catalog-report", "version": 1, "action": "rebuild", "ledger_size": rebuilt.size}
        report |= {"restored": list(rebuilt.restored), "checkpoint": rebuilt.checkpoint}
        emit_json({**report, "findings": found, "counts": counts})
    else:
        print_findings(rebuilt.findings)
        held = f"{plural(counts['documents'], 'document')}, {byte_size(counts['bytes'])}"
        for run in rebuilt.restored:
            say(f"{styled('✓', 'green')} runs/{run}.json written again, with the digest in the ledger")
        if rebuilt.checkpoint is not None:
            place = f"ledger/checkpoints/{rebuilt.checkpoint}"
            say(f"{styled('✓', 'green')} {place} put back, as catalog.json had it")
        mark = styled("!", "yellow") if found else styled("✓", "green")
        say(f"{mark} rebuilt from {plural(rebuilt.size, 'ledger entry', 'ledger entries')}: {held}")
        next_step("archive audit" if found else "archive catalog verify")
    if any(finding.code != _UNREADABLE_BAG for finding in rebuilt.findings):
        return 1
    return 3 if found else 0


@catalog.command(epilog="Example: archive catalog verify")
@pass_context
def verify(context: Context) -> int:
    """Compare the catalog manifest, the manifests of all runs, index and list of holdings with the ledger.

    The index is compared row by row with one made anew from ledger, bags and results of audits, also where
    parts of it are missing or behind, which is only a warning. Exit 1 where something was altered or is
    unknown, or a manifest of a run is missing; 5 where the ledger's entries are not those that were signed.
    """
    from archive.core.findings import Severity
    from archive.services.catalog.as_left import index_behind, missing_files
    from archive.services.catalog.index_comparison import compare_derived
    from archive.services.catalog.index_reading import Asking, optional_index
    from archive.services.catalog.verification import verify_catalog
    from archive.services.evidence.proven_entries import require_entries

    archive = context.open()
    checkpoint = archive.checkpoint()
    require_entries(archive, checkpoint, "so that nothing is held against them", unread_too=False)
    with optional_index(archive) as index:
        behind = list(index_behind(archive, Asking(index), checkpoint))
    found = [*verify_catalog(archive, checkpoint), *missing_files(archive)]
    is_said = any(finding.code == "CATALOG-INDEX" for finding in found)
    compared = compare_derived(archive, checkpoint, progress_for(context))
    found += (finding for finding in compared if not (is_said and finding.code == "CATALOG-INDEX"))
    found += behind
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    unread = sum(
        finding.severity is Severity.ERROR and finding.code.endswith("-UNREADABLE") for finding in found
    )
    if context.json:
        report = {"kind": "catalog-report", "version": 1, "action": "verify", "ledger_size": checkpoint.size}
        counts = {"errors": errors, "findings": len(found)}
        emit_json({**report, "findings": [finding.to_json() for finding in found], "counts": counts})
    else:
        print_findings(found)
        _say_verdict(found, errors - unread, unread)
    if errors > unread:
        return 1
    return 3 if unread else 0


def _say_verdict(found: Sequence["Finding"], wrong: int, unread: int) -> None:
    """What does not hold, what could not be looked at, and only where neither is, that all of it holds."""
    if wrong:
        say(f"{styled('✗', 'red')} {plural(wrong, 'thing does', 'things do')} not hold")
    if unread:
        say(f"{styled('?', 'yellow')} {plural(unread, 'thing')} could not be looked at")
    if wrong or unread:
        next_step("archive audit says whether the holdings themselves are intact")
        return
    doubtful = len({finding.place for finding in found if finding.code in _DOUBTFUL})
    if warned := sum(finding.code not in _DOUBTFUL for finding in found):
        holds = f"does not contradict ledger and bags, with {plural(warned, 'warning')}"
    else:
        holds = "is what ledger and bags make it"
    bags = f", but for {plural(doubtful, 'bag')} that could not be read" if doubtful else ""
    mark = styled("!", "yellow") if doubtful or warned else styled("✓", "green")
    say(f"{mark} the catalog {holds}{bags}")
    next_step("archive audit reads the documents themselves")
