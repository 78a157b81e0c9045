"""Descriptions written to a table: `archive catalog export --what descriptions`, `archive list --table`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.byte_results import byte_results
from archive.cli.context import Context
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled, tell
from archive.cli.progress import progress_for
from archive.core.text import printable, shell_word

if TYPE_CHECKING:
    from archive.formats.description_table import TableForm

_TABLES = ("ods", "xlsx", "csv")


def table_form(path: Path, option: str, wanted: str | None = None) -> "TableForm":
    """The form of a table by the ending of its name, which must agree with the one that is `wanted`.

    ConfigurationError for any other ending.
    """
    from archive.core.errors import ConfigurationError
    from archive.formats.description_table import TableForm

    endings = (*_TABLES, "json", "xml") if option == "--to" else _TABLES
    ending = path.suffix.lower().removeprefix(".")
    if ending not in endings:
        named = ", ".join(f".{each}" for each in endings)
        raise ConfigurationError(
            f"{option} {printable(str(path))}: a table ends in one of {named}",
            remedy="name a file with one of these endings",
        )
    if wanted not in (None, ending):
        raise ConfigurationError(
            f"{option} {printable(str(path))}: ends in .{ending}, where --format is {wanted}",
            remedy="leave --format out: the ending says what is wanted",
        )
    return TableForm(ending)


def export_descriptions(
    context: Context, to: Path | None, wanted: str | None, *, as_received: bool, **conditions: Any
) -> int:
    """Writes the descriptions of what is held to a new file, or to stdout; returns the exit code."""
    from archive.formats.description_table import TableForm
    from archive.services.catalog.index_reading import reading_index
    from archive.services.holdings.description_table import DescriptionExport

    # A report in JSON is asked for with the same word as a list in JSON: a file's ending says what it is.
    chosen = None if wanted == "json" and to is not None and to.suffix.lower() != ".json" else wanted
    form = table_form(to, "--to", chosen) if to is not None else TableForm(wanted or "json")
    if to is None and form in (TableForm.ODS, TableForm.XLSX) and sys.stdout.isatty():
        raise click.UsageError(f"{form.upper()} is not for a terminal: name a file with --to")
    archive = context.open()
    with reading_index(archive) as reading:
        export = DescriptionExport(
            archive, reading.index, conditions, as_received=as_received, progress=progress_for(context)
        )
        if to is None:
            with byte_results(form) as out:
                export.write(form, out)
        else:
            export.write_new(form, to)
        found = [*reading.findings, *export.findings]
    if to is None or not context.json:
        print_findings(found, to_stderr=True)
    if to is None:
        return export.exit_code
    if context.json:
        report = {"kind": "catalog-report", "version": 1, "action": "export"}
        counts = {"documents": export.documents}
        emit_json({**report, "findings": [finding.to_json() for finding in found], "counts": counts})
        return export.exit_code
    mark = styled("!", "yellow") if export.exit_code else styled("✓", "green")
    say(f"{mark} {printable(str(to))}")
    tell(f"  {plural(export.documents, 'document')} with their descriptions")
    if not context.quiet:
        next_step(f"change what is to be changed, then archive describe --metadata {shell_word(str(to))}")
    return export.exit_code
