"""`archive check`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.check_text import print_check
from archive.cli.context import Context, pass_context
from archive.cli.output import stream_json
from archive.cli.parameters import PLAIN_TEXT
from archive.cli.progress import progress_for
from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from archive.core.finding_groups import FindingGroup
    from archive.services.check.fixing import Fixed
    from archive.services.check.preflight_alone import CheckOutcome
    from archive.services.ingest.request import IngestRequest
    from archive.services.opened import OpenedArchive
    from archive.storage.plan import Plan


@click.command(
    epilog="Examples: archive check stick/ --metadata letters.csv"
    " · archive check stick/ --metadata letters.ods --annotate to-mend.ods"
)
@click.argument("sources", metavar="SOURCE…", nargs=-1, required=True, type=click.Path())
@click.option("--metadata", metavar="FILE", type=click.Path(), help="Descriptions, as for archive ingest.")
@click.option("--describe-later", is_flag=True, help="A document without a description is no error.")
@click.option(
    "--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="How to read dates such as 04/05/1918."
)
@click.option(
    "--exclude", metavar="GLOB", multiple=True, help="Leave names out, such as '*.tmp'; repeatable."
)
@click.option("--accession", metavar="NO", type=PLAIN_TEXT, help="The acquisition that they belong to.")
@click.option("--read", is_flag=True, help="Read files of the same size too, to find twins.")
@click.option(
    "--all", "everything", is_flag=True, help="Every finding by itself; like ones are grouped else."
)
@click.option(
    "--fix",
    metavar="OUT",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a copy of the table with the certain corrections made, all else as it was.",
)
@click.option("--accept", metavar="CODE", multiple=True, help="With --fix: only these findings; repeatable.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256), help="Processes; else one per core.")
@pass_context
def check(context: Context, /, sources: tuple[str, ...], everything: bool, **options: Any) -> int:
    """Say all that is wrong with documents and descriptions before they are ingested.

    The preflight of `archive ingest` alone: each error with row, column, value, rule and remedy, and the
    corrected value where one is certain. Like errors are grouped. Needs no archive; where there is one, what
    is held already and what contradicts it is said too. The sources are only read. Exit 1 where there are
    errors.
    """
    from archive.services.check.fixing import fix
    from archive.services.check.preflight_alone import check as run_check
    from archive.services.surroundings import Surroundings
    from archive.storage.new_files import require_new
    from archive.storage.plan import Plan

    _require_codes(options)
    archive = context.open_where_there_is_one()
    request = _request(sources, options)
    for target in filter(None, (options["fix"],)):
        require_new(target, (*sources, *([str(archive.root)] if archive else [])))
    surroundings = Surroundings(progress=progress_for(context))
    with Plan() as plan:
        outcome = run_check(request, plan, surroundings, archive)
        groups = _groups(plan)
        fixed = fix(plan, outcome, options["fix"], options["accept"]) if options["fix"] else None
        if context.json:
            _print_json(plan, outcome, groups, archive, fixed)
        else:
            print_check(context, plan, outcome, groups, request, fixed, everything=everything)
        return outcome.exit_code


def _require_codes(options: dict[str, Any]) -> None:
    from archive.core.finding_codes import FINDING_CODES

    if options["accept"] and options["fix"] is None:
        raise click.UsageError("--accept says which corrections --fix OUT makes; there is no --fix")
    for code in options["accept"]:
        if code not in FINDING_CODES:
            raise click.UsageError(f"--accept {printable(code)}: no such code; the findings name theirs")


def _request(sources: tuple[str, ...], options: dict[str, Any]) -> "IngestRequest":
    from archive.engine.cores import usable_cores
    from archive.services.ingest.request import IngestRequest

    return IngestRequest(
        sources=sources,
        metadata=options["metadata"],
        describe_later=options["describe_later"],
        date_order=options["date_order"],
        exclude=options["exclude"],
        accession=options["accession"],
        dry_run=True,
        read=options["read"],
        jobs=options["jobs"] or usable_cores(),
    )


def _groups(plan: "Plan") -> "list[FindingGroup]":
    from archive.core.finding_groups import grouped

    return grouped(plan.all_findings())


def _print_json(
    plan: "Plan",
    outcome: "CheckOutcome",
    groups: "list[FindingGroup]",
    archive: "OpenedArchive | None",
    fixed: "Fixed | None",
) -> None:
    severities = plan.severities()
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
        plan.all_findings(),
        {
            "groups": [group.to_json() for group in groups],
            "fixed": _fixed_json(fixed),
            "held": held,
            "left_out": left_out,
            "counts": {
                "documents": plan.count("planned"),
                "held": len(held),
                "held_differs": plan.count_differing(),
                "left_out": len(left_out),
                "errors": severities.get("error", 0),
                "warnings": severities.get("warning", 0),
                "notes": severities.get("note", 0),
            },
        },
    )


def _fixed_json(fixed: "Fixed | None") -> dict[str, Any] | None:
    if fixed is None:
        return None
    return {
        "file": lossless(str(fixed.file)),
        "made": [each.to_json() for each in fixed.made],
        "left": [each.to_json() for each in fixed.left],
        "elsewhere": fixed.elsewhere,
    }
