"""`archive ingest`."""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import stream_json, with_remedies
from archive.cli.parameters import GIVEN_AS_IT_IS, PLAIN_TEXT, GivenPath, lock_wait_option, say_waiting
from archive.cli.progress import progress_for
from archive.core.findings import Severity
from archive.core.text import lossless

if TYPE_CHECKING:
    from archive.services.ingest.job import IngestOutcome
    from archive.services.ingest.submitted_bags import JudgedBag
    from archive.storage.plan import Plan


@click.command(
    epilog="Examples: archive ingest letters/ --metadata letters.csv --accession 2026-004 --from Ana"
    " · archive ingest stick/ --describe-later · archive ingest letters/ --dry-run"
    " · archive ingest transfer-bag/ --describe-later"
)
@click.argument("sources", metavar="SOURCE…", nargs=-1, required=True, type=GivenPath(readable=False))
@click.option(
    "--metadata",
    metavar="FILE",
    type=GivenPath(readable=False),
    help="Descriptions: ODS, XLSX, CSV, JSON, XML or YAML.",
)
@click.option("--describe-later", is_flag=True, help="Take undescribed documents in under a supplied title.")
@click.option(
    "--accession",
    metavar="NO",
    type=PLAIN_TEXT,
    help="The acquisition that they belong to, such as 2026-004.",
)
@click.option("--from", "received_from", metavar="WHO", type=PLAIN_TEXT, help="Who brought them.")
@click.option("--received", metavar="DATE", help="When they were received (EDTF, such as 2026-11-21).")
@click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who ingests; else archive.toml's.")
@click.option(
    "--duplicates",
    type=click.Choice(["keep", "leave-out", "stop"]),
    default="keep",
    show_default=True,
    help="What to do where the same bytes are held under another name.",
)
@click.option(
    "--exclude",
    metavar="GLOB",
    multiple=True,
    type=GIVEN_AS_IT_IS,
    help="Leave names out, such as '*.tmp' or a folder; may be repeated.",
)
@click.option(
    "--on-error",
    type=click.Choice(["stop", "continue"]),
    default="stop",
    show_default=True,
    help="stop: one error and nothing is ingested; continue: the good ones are.",
)
@click.option(
    "--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="How to read dates such as 04/05/1918."
)
@click.option(
    "--profile",
    metavar="NAME",
    help="Refuse descriptions that do not keep this profile; else archive.toml's warns.",
)
@click.option("--virus-check", metavar="CMD", help="A scanner run on each file; exit 0 clean, 1 a find.")
@click.option("--identify/--no-identify", default=None, help="Format identification (extra `identify`).")
@click.option("--dry-run", is_flag=True, help="Only the preflight; nothing is written.")
@click.option(
    "--read",
    is_flag=True,
    help="With --dry-run: read the documents too: for what is held, for twins, and for their checksums.",
)
@click.option(
    "--read-back",
    type=click.Choice(["cache", "disk"]),
    default="cache",
    show_default=True,
    help="Where staged bytes are read back from before they are committed.",
)
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256), help="Processes; else one per core.")
@lock_wait_option
@pass_context
def ingest(context: Context, /, sources: tuple[str, ...], lock_wait: float, **options: Any) -> int:
    """Take files and folders in: one bag per document, described, checked and recorded in the ledger.

    Descriptions come from --metadata, from a sidecar beside a document (`letter.txt.dc.json`), or from
    metadata.ods, .xlsx, .csv, .json, .xml or .yaml at the root of a folder. Everything wrong is said at
    once; by default one error and nothing is ingested. The sources are only read.

    A folder with a bagit.txt is a bag: it is verified first as `archive verify` does, and where it is valid
    its payload becomes one document, with the depositor's digests and tag files kept beside it.
    """
    from archive.engine.cores import usable_cores
    from archive.services.ingest.job import Ingest
    from archive.services.ingest.request import Duplicates, IngestRequest, OnError, ReadBack
    from archive.services.surroundings import Surroundings
    from archive.services.writing import writing
    from archive.storage.plan import Plan

    if options["read"] and not options["dry_run"]:
        raise click.UsageError("--read belongs to --dry-run: without it every document is read anyway")
    _check_received(options["received"])
    archive = context.open()
    request = IngestRequest(
        **options
        | {
            "sources": sources,
            "duplicates": Duplicates(options["duplicates"]),
            "on_error": OnError(options["on_error"]),
            "read_back": ReadBack(options["read_back"]),
            "jobs": options["jobs"] or usable_cores(),
        }
    )
    surroundings = Surroundings(progress=progress_for(context))
    hold = (
        nullcontext(None)
        if request.dry_run
        else writing(
            archive,
            command="ingest",
            surroundings=surroundings,
            agent=request.agent,
            wait=lock_wait,
            waiting=say_waiting,
        )
    )
    with Plan() as plan:
        with hold as held:
            outcome = Ingest(archive, request, plan, surroundings).run(held)
        if context.json:
            _print_json(plan, outcome, dry_run=request.dry_run, accession=request.accession)
        else:
            from archive.cli.ingest_text import print_text

            print_text(context, plan, outcome, dry_run=request.dry_run)
            if outcome.run and not context.quiet:
                from archive.cli.holdings.copies_text import tell_copies

                tell_copies(archive)
        return outcome.exit_code


def _check_received(received: str | None) -> None:
    if received is None:
        return
    from archive.core.edtf import EdtfError, parse

    try:
        parse(received)
    except EdtfError as trouble:
        raise click.UsageError(
            f"--received {received}: not a date in EDTF ({trouble}); such as 2026-11-21"
        ) from None


def _ingested(plan: "Plan", *, dry_run: bool) -> Iterator[dict[str, Any]]:
    from archive.storage.layout import bag_path

    for row in plan.outcomes("planned" if dry_run else "ingested"):
        yield {
            "id": row.bag or None,
            "reference": row.reference or None,
            "path": bag_path(row.bag) if row.bag else None,
            "source": lossless(row.source),
            "title": row.title,
            "bytes": row.bytes,
        }


def _print_json(plan: "Plan", outcome: "IngestOutcome", *, dry_run: bool, accession: str | None) -> None:
    state = "planned" if dry_run else "ingested"
    told = outcome.run or (dry_run and not outcome.stopped)
    held = [
        {"id": row.bag, "source": lossless(row.source), "differs": list(row.differs)}
        for row in plan.outcomes("held")
    ]
    left_out = [{"source": lossless(source), "why": why} for source, why in plan.left_out()]
    rejected = [
        {"source": lossless(source), "findings": list(with_remedies(found))}
        for source, found in plan.rejected()
    ]
    stream_json(
        {
            "kind": "ingest-report",
            "version": 1,
            "run": outcome.run,
            "accession": accession,
            "dry_run": dry_run,
            "compared": outcome.compared,
        },
        "ingested",
        _ingested(plan, dry_run=dry_run) if told else (),
        {
            "bags": [_bag_json(judged) for judged in outcome.bags],
            "held": held,
            "rejected": rejected,
            "left_out": left_out,
            "findings": list(with_remedies(plan.findings_json())),
            "counts": {
                "ingested": plan.count(state) if told else 0,
                "held": len(held),
                "held_differs": plan.count_differing(),
                "rejected": len(rejected),
                "left_out": len(left_out),
            },
        },
    )


def _bag_json(judged: "JudgedBag") -> dict[str, Any]:
    report = judged.report
    return {
        "source": lossless(judged.name),
        "verdict": report.verdict.value,
        "version": str(report.version) if report.version else None,
        "files": report.counts.payload_files,
        "bytes": report.counts.payload_bytes,
        "warnings": report.count(Severity.WARNING),
    }
