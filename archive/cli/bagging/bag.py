"""`archive bag`: our writer as a plain bagging tool."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.bagging.bag_parameters import ALGORITHM, TAG, bagging_date, tags_of
from archive.cli.bagging.bag_update import update
from archive.cli.context import Context, pass_context
from archive.cli.default_command import DefaultGroup
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled
from archive.cli.parameters import GIVEN_AS_IT_IS, GivenPath
from archive.cli.progress import progress_for
from archive.core.digests import Algorithm
from archive.core.quantities import byte_size
from archive.core.text import lossless, printable, shell_word

if TYPE_CHECKING:
    from archive.core.bagit.tagfile import Tag
    from archive.services.bagging.request import BagRequest, MadeBag


@click.command(
    "bag",
    no_args_is_help=True,
    epilog="Examples: archive bag letters/ --to letters-bag"
    " · archive bag letters/ --to letters-bag --tag 'Source-Organization: Valley Archive' --algorithm sha256"
    " · archive bag update letters-bag --add-algorithm sha512",
)
@click.argument("source", metavar="DIR", type=GivenPath(path_type=Path, readable=False))
@click.option(
    "--to",
    "target",
    metavar="BAG",
    required=True,
    type=GivenPath(path_type=Path),
    help="The new bag: a folder that does not exist.",
)
@click.option(
    "--algorithm",
    "algorithms",
    metavar="NAME",
    type=ALGORITHM,
    multiple=True,
    help="A digest to write manifests of; may be repeated. [default: sha512]",
)
@click.option(
    "--tag",
    "tags",
    metavar="'LABEL: VALUE'",
    type=TAG,
    multiple=True,
    help="A line of bag-info.txt; may be repeated, and the order is kept.",
)
@click.option(
    "--tags",
    "tag_file",
    metavar="FILE",
    type=GivenPath(path_type=Path),
    help="Lines of bag-info.txt from a file; they come before those of --tag.",
)
@click.option(
    "--bagging-date",
    "date",
    metavar="DATE",
    help="YYYY-MM-DD; else $SOURCE_DATE_EPOCH, else today. The same date gives the same bytes.",
)
@click.option(
    "--exclude",
    metavar="GLOB",
    multiple=True,
    type=GIVEN_AS_IT_IS,
    help="Leave names out, such as '*.tmp'; may be repeated.",
)
@click.option(
    "--keep-empty-folders", is_flag=True, help="Put an empty file .keep into folders with nothing in them."
)
@click.option("--dry-run", is_flag=True, help="Only look; nothing is written.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256), help="Processes; else one per core.")
@pass_context
def make(
    context: Context,
    /,
    tags: tuple["Tag", ...],
    tag_file: Path | None,
    date: str | None,
    jobs: int | None,
    **options: Any,
) -> int:
    """Make a bag of a folder: a copy of its files with digests, by the BagIt rules (RFC 8493, version 1.0).

    The folder is only read. Every file is copied and digested in one pass and read back; the bag appears
    whole, by one rename, or not at all. Names and dates of files are kept. Links, pipes, unreadable files and
    names that no manifest can state are all named, and then nothing is written. No bag is made inside an
    archive: documents come in by ingest.

    `archive bag update BAG` adds digests to a bag, brings it to version 1.0 and edits its bag-info.txt;
    a folder that is called update is given as ./update.
    """
    from archive.engine.cores import usable_cores
    from archive.services.bagging.making import make_bag
    from archive.services.bagging.request import BagRequest
    from archive.services.surroundings import Surroundings

    options["algorithms"] = tuple(dict.fromkeys(options["algorithms"])) or (Algorithm.SHA512,)
    request = BagRequest(
        **options,
        tags=(*(tags_of(tag_file) if tag_file is not None else ()), *tags),
        bagging_date=bagging_date(date),
        jobs=jobs or usable_cores(),
    )
    made = make_bag(request, Surroundings(progress=progress_for(context)))
    if context.json:
        emit_json(_report(request, made))
    else:
        _print(context, request, made)
    return 0


@click.group(
    cls=DefaultGroup,
    default=make,
    epilog="Examples: archive bag letters/ --to letters-bag · archive bag update BAG --to-version 1.0",
)
def bag() -> None:
    """Make a bag of a plain folder, or mend a bag."""


bag.add_command(update)


def _report(request: "BagRequest", made: "MadeBag") -> dict[str, Any]:
    return {
        "kind": "bag-report",
        "version": 1,
        "source": lossless(str(request.source)),
        "bag": lossless(str(request.target)),
        "bagit_version": "1.0",
        "algorithms": [algorithm.label for algorithm in request.algorithms],
        "dry_run": request.dry_run,
        "left_out": [{"source": lossless(path), "why": why} for path, why in made.left_out],
        "findings": [finding.to_json() for finding in made.findings],
        "counts": {"files": made.oxum.files, "bytes": made.oxum.bytes, "left_out": made.left_out_count},
    }


def _print(context: Context, request: "BagRequest", made: "MadeBag") -> None:
    print_findings(made.findings, to_stderr=True)
    if not context.quiet:
        for path, why in made.left_out:
            say(f"· {printable(path)}: {why}")
    size = f"{plural(made.oxum.files, 'file')}, {byte_size(made.oxum.bytes)}"
    shown = printable(str(request.target))
    if request.dry_run:
        say(f"{shown}: would be made of {size}. Nothing was written (--dry-run).")
        return
    labels = ", ".join(algorithm.label for algorithm in request.algorithms)
    say(f"{styled('✓', 'green')} {styled(shown, 'bold')}: a bag of {size}; {labels}")
    if not context.quiet:
        next_step(f"archive verify {shell_word(str(request.target))}, at any later time and on every copy")
