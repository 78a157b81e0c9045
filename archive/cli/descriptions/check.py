"""`archive check`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.descriptions.check_files import Wanted, Written, require_sense, write_files
from archive.cli.descriptions.check_text import print_check
from archive.cli.output import stream_json, with_remedies
from archive.cli.parameters import GIVEN_AS_IT_IS, PLAIN_TEXT, FileToWrite, GivenPath
from archive.cli.progress import progress_for
from archive.core.text import lossless

if TYPE_CHECKING:
    from archive.core.finding_groups import FindingGroup
    from archive.services.check.preflight_alone import CheckOutcome
    from archive.services.ingest.request import IngestRequest
    from archive.services.opened import OpenedArchive
    from archive.storage.plan import Plan

_NEW_FILE = FileToWrite(Path)


@click.command(
    epilog="Examples: archive check stick/ --report survey.html"
    " · archive check stick/ --metadata letters.csv --fix mended.csv --date-order dmy"
    " · archive check stick/ --metadata letters.ods --annotate to-mend.ods"
)
@click.argument("sources", metavar="SOURCE…", nargs=-1, required=True, type=GivenPath(readable=False))
@click.option(
    "--metadata", metavar="FILE", type=GivenPath(readable=False), help="Descriptions, as for archive ingest."
)
@click.option("--describe-later", is_flag=True, help="A document without a description is no error.")
@click.option(
    "--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="How to read dates such as 04/05/1918."
)
@click.option(
    "--exclude",
    metavar="GLOB",
    multiple=True,
    type=GIVEN_AS_IT_IS,
    help="Leave names out, such as '*.tmp'; repeatable.",
)
@click.option(
    "--profile",
    metavar="NAME",
    help="Hold the descriptions against this profile too; else archive.toml's warns.",
)
@click.option("--accession", metavar="NO", type=PLAIN_TEXT, help="The acquisition that they belong to.")
@click.option(
    "--checksums/--no-checksums",
    default=True,
    help="Read the files that the depositor stated checksums of, and compare; the default.",
)
@click.option("--read", is_flag=True, help="Read files of the same size too, to find twins.")
@click.option(
    "--fix",
    metavar="OUT",
    type=_NEW_FILE,
    help="Write a copy of the table with the certain corrections made, all else as it was.",
)
@click.option("--accept", metavar="CODE", multiple=True, help="With --fix: only these findings; repeatable.")
@click.option(
    "--accept-suggestions",
    is_flag=True,
    help="With --fix: fill empty cells of a template with what stands beside them as suggested.",
)
@click.option(
    "--annotate",
    metavar="OUT.ods",
    type=_NEW_FILE,
    help="Write the table as a spreadsheet (.ods, .xlsx), wrong cells marked and commented.",
)
@click.option(
    "--report",
    metavar="FILE.html",
    type=_NEW_FILE,
    help="Write a survey as one page: formats, dates, twins, sizes, names. Looks for twins as --read does.",
)
@click.option(
    "--group/--all",
    "grouped",
    default=True,
    show_default=True,
    help="Like findings together, or every finding by itself.",
)
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256), help="Processes; else one per core.")
@pass_context
def check(context: Context, /, sources: tuple[str, ...], grouped: bool, **options: Any) -> int:
    """Say all that is wrong with documents and descriptions before they are ingested.

    The preflight of `archive ingest` alone: each error with row, column, value, rule and remedy, and the
    corrected value where one is certain. Files that the depositor stated checksums of are compared with
    them. Needs no archive; where there is one, what is held already and what contradicts it is said too. The
    sources are only read, and nothing is written but the new files that are named here. Exit 1 where there
    are errors.
    """
    from archive.services.check.preflight_alone import check as run_check
    from archive.services.surroundings import Surroundings
    from archive.storage.plan import Plan

    archive = context.open_where_there_is_one()
    files = ("fix", "annotate", "report", "accept", "accept_suggestions")
    wanted = Wanted(**{name: options.pop(name) for name in files})
    require_sense(wanted, sources, archive)
    request = _request(sources, options, wanted)
    surroundings = Surroundings(progress=progress_for(context))
    with Plan() as plan:
        outcome = run_check(request, plan, surroundings, archive)
        groups = list(plan.groups)
        written = write_files(wanted, plan, outcome, groups, surroundings)
        if context.json:
            _print_json(plan, outcome, groups, archive, written)
        else:
            print_check(context, plan, outcome, groups, request, written, grouped=grouped)
        return outcome.exit_code


def _request(sources: tuple[str, ...], options: dict[str, Any], wanted: Wanted) -> "IngestRequest":
    from archive.engine.cores import usable_cores
    from archive.services.ingest.request import IngestRequest

    chosen = {
        **options,
        "read": options["read"] or wanted.report is not None,
        "jobs": options["jobs"] or usable_cores(),
    }
    return IngestRequest(sources=sources, dry_run=True, **chosen)


def _print_json(
    plan: "Plan",
    outcome: "CheckOutcome",
    groups: "list[FindingGroup]",
    archive: "OpenedArchive | None",
    written: Written,
) -> None:
    from archive.services.check.counts import check_counts

    held = [
        {"id": row.bag, "source": lossless(row.source), "differs": list(row.differs)}
        for row in plan.outcomes("held")
    ]
    left_out = [{"source": lossless(source), "why": why} for source, why in plan.left_out()]
    stream_json(
        {
            "kind": "check-report",
            "version": 1,
            "archive": lossless(str(archive.root)) if archive else None,
            "sources": [lossless(source.path) for source in outcome.sources],
            "tables": [lossless(name) for name, _ in outcome.tables],
            "ready": outcome.exit_code == 0,
        },
        "findings",
        with_remedies(plan.all_findings()),
        {
            "groups": [
                {**group.to_json(), "examples": list(with_remedies(group.examples))} for group in groups
            ],
            **written.to_json(),
            "held": held,
            "left_out": left_out,
            "counts": check_counts(plan),
        },
    )
