"""`archive assess`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from archive.cli.audits.report import check_target, end_with_page, write_pages
from archive.cli.columns import padded
from archive.cli.context import Context, pass_context
from archive.cli.evidence.brought import brought_options
from archive.cli.output import emit_json, print_findings, say, styled
from archive.cli.parameters import FileToWrite, GivenPath
from archive.cli.progress import progress_for
from archive.core.assessment import FRAMEWORKS, Verdict
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.core.assessment import JudgedCell
    from archive.services.reporting import AssessmentReport

_MARKS: Final = {
    Verdict.MET: ("✓", "green"),
    Verdict.NOT_MET: ("✗", "red"),
    Verdict.UNKNOWN: ("?", "yellow"),
}


@click.command(
    epilog="Examples: archive assess ndsa · archive assess ndsa --to ndsa.html --trust kept.checkpoint"
)
@click.argument("framework", type=click.Choice(list(FRAMEWORKS), case_sensitive=False))
@click.option(
    "--to",
    metavar="FILE",
    type=FileToWrite(Path),
    help="Write a page (.html) or data (.json) to this file.",
)
@brought_options
@click.option(
    "--work",
    metavar="DIR",
    type=GivenPath(file_okay=False, exists=True),
    help="Where temporary files go; else $TMPDIR.",
)
@pass_context
def assess(context: Context, /, framework: str, to: Path | None, work: str | None, **options: Any) -> int:
    """Fill in a self-assessment from evidence: ndsa is the NDSA Levels of Digital Preservation, 2.0.

    Each cell is met, not met, or cannot be known from here, with what shows it or what is missing. Nothing
    is taken on anybody's word but what archive.toml declares under [declared.ndsa], and the places and media
    of copies that it names; both are marked as declared. What the evidence contradicts stays not met. Exit 0
    whatever is met; 1 where results of audits are not those on record, 5 where the ledger does not hold.
    """
    from archive.services.catalog.index_reading import reading_index
    from archive.services.reporting import ReportRequest, assess_archive
    from archive.services.reporting.assessing import all_days
    from archive.services.surroundings import Surroundings
    from archive.storage.audits.plan import AuditPlan

    archive = context.open()
    check_target(archive, to, options["brought"])
    surroundings = Surroundings(progress=progress_for(context))
    request = ReportRequest(
        period=all_days(surroundings.now()),
        brought=options["brought"],
    )
    with reading_index(archive) as reading, AuditPlan(work) as plan:
        made = assess_archive(archive, reading.index, plan, FRAMEWORKS[framework], request, surroundings)
    if to is not None:
        from archive.formats.pages.assessment import assessment_page

        write_pages(to, made.document, assessment_page)
    if context.json:
        emit_json(made.document)
    else:
        _print(context, made, to)
    return made.exit_code


def _print(context: Context, made: "AssessmentReport", to: Path | None) -> None:
    assessment, framework = made.assessment, made.assessment.framework
    say(styled(f"{framework.name} {framework.version}", "bold") + f", {made.document['made'][:10]}")
    say(f"  trust basis: {printable(made.document['ledger']['trust']['statement'])}")
    wide = max(len(name) for _, name in framework.areas)
    levels = "  ".join(padded(f"{number}", 4) for number in range(1, len(framework.levels) + 1))
    say(f"  {padded('', wide)}  {levels}  reached")
    for area, name in framework.areas:
        cells = [cell for cell in assessment.cells if cell.area == area]
        row = "  ".join(_mark(cell) for cell in cells)
        say(f"  {padded(name, wide)}  {row}  level {assessment.reached(area)}")
    say("  ✓ met · ✗ not met · ? cannot be known from here · * in part on the keeper's word")
    for cell in assessment.cells:
        if cell.verdict is not Verdict.MET or context.verbosity > 0:
            _print_cell(cell)
    if any(cell.verdict is Verdict.UNKNOWN for cell in assessment.cells):
        place = f'[declared.{framework.id}] {framework.criteria[0].id} = "…"'
        say(f"  ? is for you to say, where it is so, in archive.toml: {place}")
    print_findings(made.findings)
    end_with_page(context, to, "archive assess ndsa --to FILE.html shows the proof of every cell; so does -v")


def _mark(cell: "JudgedCell") -> str:
    mark, colour = _MARKS[cell.verdict]
    return styled(mark, colour) + padded("*" if cell.is_declared else "", 3)


def _print_cell(cell: "JudgedCell") -> None:
    for judged in cell.criteria:
        mark, colour = _MARKS[judged.answer.verdict]
        say(f"{styled(mark, colour)} {judged.criterion.id}  {judged.criterion.asks}")
        for proof in judged.answer.proof:
            say(f"    {printable(proof)}")
        if judged.answer.missing:
            say(f"    → {printable(judged.answer.missing)}")
