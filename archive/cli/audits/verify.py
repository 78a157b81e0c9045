"""`archive verify`."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import stream_json
from archive.cli.parameters import BYTE_COUNT, FileToWrite, GivenPath
from archive.cli.progress import progress_for

if TYPE_CHECKING:
    from archive.core.bagit.verdicts import BagReport
    from archive.services.verify.report import Tally
    from archive.services.verify.request import VerifyRequest

STDOUT = "-"


@click.command(
    epilog="Examples: archive verify bag/ bag.tar.gz bag.zip · archive verify --recursive shelf/"
    " --csv shelf.csv · archive verify bag/ --strict --tolerate BAG-ALGORITHM-WEAK --format json"
    " · archive verify bag/ --profile museum.json --cross-check"
)
@click.argument("bags", metavar="BAG…", nargs=-1, required=True, type=GivenPath(readable=False))
@click.option(
    "-r",
    "--recursive",
    is_flag=True,
    help="Judge every bag at or below the folders named, tars and zips by their usual endings too.",
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option(
    "--tolerate",
    metavar="CODE",
    multiple=True,
    help="Findings with this code count as warnings at most. May be repeated.",
)
@click.option(
    "--holey-ok", is_flag=True, help="Judge what is there; files that fetch.txt names may be outstanding."
)
@click.option(
    "--csv",
    "table",
    metavar="FILE.csv",
    type=FileToWrite(),
    help="A table of the findings; - prints it.",
)
@click.option(
    "--profile",
    metavar="FILE",
    type=GivenPath(),
    help="Hold every bag against this BagIt Profile, whichever it names.",
)
@click.option("--cross-check", is_flag=True, help="Ask bagit, too, and say where it judges otherwise.")
@click.option(
    "--cross-check-timeout",
    metavar="SECONDS",
    type=click.IntRange(1, 7 * 24 * 3600),
    default=600,
    show_default=True,
    help="Time that bagit may take for one bag.",
)
@click.option(
    "--max-expanded",
    metavar="SIZE",
    type=BYTE_COUNT,
    help="Read up to so much out of each tar or zip, such as 500G; else 200 times its size, 64 MiB at least.",
)
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256), help="Processes; else one per core.")
@pass_context
def verify(context: Context, /, bags: tuple[str, ...], table: str | None, **options: Any) -> int:
    """Judge any BagIt bag by RFC 8493: whoever made it, without an archive, and without writing anything.

    A bag is a folder with a bag declaration (bagit.txt), the documents below data/, and manifests: lists of
    their digests. It may lie in a tar (plain, gzip, bzip2, xz, zstd) or a zip, which is read without
    unpacking anything. All that is wrong is said, with its place and the clause of the RFC. Verdicts: valid;
    invalid; incomplete (listed files are not there); unverifiable (something could not be looked at). Exit 0
    where all are valid, 1 where one is invalid or incomplete, 3 where one is unverifiable.

    A bag may name a BagIt Profile, a list of what its community asks of bags. It is held against those of
    which a copy is registered; nothing is ever fetched. With --cross-check the verdict stays ours.
    """
    from archive.cli.audits.verify_text import print_bag, print_end
    from archive.services.verify.profile_rule import ProfileRule
    from archive.services.verify.report import HEAD, Tally, bag_json, counted
    from archive.services.verify.run import verify as verify_bags

    request = _request(bags, options)
    _check_table(context, table, bags, options["profile"])
    tally = Tally()
    kept: list[dict[str, Any]] | None = None if table is None else []
    rules = (ProfileRule(options["profile"]),)
    reports = counted(verify_bags(request, progress_for(context), rules), tally)
    if context.json:
        end: dict[str, Any] = {}
        stream_json(HEAD, "bags", _rows(_kept(reports, kept), tally, end), end)
    elif table == STDOUT:
        _print_table(map(bag_json, reports))
        return tally.exit_code
    else:
        for report in _kept(reports, kept):
            print_bag(context, report, several=request.recursive or len(bags) > 1)
        print_end(context, tally, request)
    if table is not None and kept is not None:
        _write_table(table, kept)
    return tally.exit_code


def _request(bags: tuple[str, ...], options: dict[str, Any]) -> "VerifyRequest":
    from archive.core.bagit_judge import Policy
    from archive.core.bagit_judge.policy import intolerable
    from archive.core.containers.budget import USUAL, Budget
    from archive.engine.cores import usable_cores
    from archive.services.verify.request import VerifyRequest

    for code in options["tolerate"]:
        if (why := intolerable(code)) is not None:
            raise click.UsageError(f"--tolerate {code}: {why}{_nearest(code)}")
    policy = Policy(
        strict=options["strict"],
        tolerated=frozenset(options["tolerate"]),
        present_only=options["holey_ok"],
    )
    return VerifyRequest(
        bags=bags,
        recursive=options["recursive"],
        policy=policy,
        cross_check=options["cross_check_timeout"] if options["cross_check"] else None,
        jobs=options["jobs"] or usable_cores(),
        budget=Budget(expanded=limit, free=limit) if (limit := options["max_expanded"]) else USUAL,
    )


def _nearest(code: str) -> str:
    """Which code was perhaps meant, as the end of a sentence."""
    import difflib  # 9 ms

    from archive.core.finding_codes import FINDING_CODES

    if code in FINDING_CODES:
        return ""
    near = difflib.get_close_matches(code.upper(), FINDING_CODES, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else "; archive help lists them"


def _check_table(context: Context, table: str | None, bags: tuple[str, ...], profile: str | None) -> None:
    """A table that cannot be written, or that would change what is read, is said before anything is read."""
    if table is None:
        return
    if table == STDOUT:
        if context.json:
            raise click.UsageError("--csv - and --format json both want stdout; name a file for the table")
        return
    from pathlib import Path

    from archive.cli.audits.report_files import check_report

    check_report(table, ".csv", option="--csv", read=(*bags, profile))
    inside = Path(table).absolute().parent.resolve()
    for bag in bags:
        if inside.is_relative_to(Path(bag).resolve()):
            raise click.UsageError(f"--csv {table}: lies in {bag}, which is judged and must not be changed")


def _kept(reports: "Iterable[BagReport]", kept: list[dict[str, Any]] | None) -> "Iterator[BagReport]":
    from archive.services.verify.report import bag_json

    for report in reports:
        if kept is not None:
            kept.append(bag_json(report))
        yield report


def _rows(reports: "Iterable[BagReport]", tally: "Tally", end: dict[str, Any]) -> Iterator[dict[str, Any]]:
    from archive.services.verify.report import bag_json, tail

    for report in reports:
        yield bag_json(report)
    end.update(tail(tally))


def _print_table(bags: Iterable[dict[str, Any]]) -> None:
    from archive.formats.verify_csv import verify_csv

    for piece in verify_csv(bags):
        sys.stdout.write(piece)


def _write_table(path: str, bags: list[dict[str, Any]]) -> None:
    from archive.formats.verify_csv import verify_csv
    from archive.storage.disk.streamed_file import replace_streamed

    replace_streamed(path, (piece.encode("utf-8", "replace") for piece in verify_csv(bags)))
