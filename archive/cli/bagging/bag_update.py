"""`archive bag update`: a bag mended in place."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.bagging.bag_parameters import ALGORITHM, EDIT, LABEL
from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled
from archive.cli.parameters import GivenPath
from archive.cli.progress import progress_for
from archive.core.quantities import byte_size
from archive.core.text import lossless, printable, shell_word

if TYPE_CHECKING:
    from archive.services.bagging.update_request import UpdatedBag, UpdateRequest
    from archive.storage.bags.tag_file_changes import Change


@click.command(
    no_args_is_help=True,
    epilog="Examples: archive bag update letters-bag --add-algorithm sha512 --remove-algorithm md5"
    " · archive bag update letters-bag --to-version 1.0 --set 'Contact-Name: Ana Example'",
)
@click.argument("bag", metavar="BAG", type=GivenPath(path_type=Path, readable=False))
@click.option(
    "--add-algorithm",
    "add_algorithms",
    metavar="NAME",
    type=ALGORITHM,
    multiple=True,
    help="Add manifests of this digest; may be repeated.",
)
@click.option(
    "--remove-algorithm",
    "remove_algorithms",
    metavar="NAME",
    type=ALGORITHM,
    multiple=True,
    help="Remove the manifests of this digest, never the last; may be repeated.",
)
@click.option("--to-version", type=click.Choice(["1.0"]), help="Bring a bag of BagIt 0.93 to 0.97 to 1.0.")
@click.option(
    "--set",
    "set_tags",
    metavar="'LABEL: VALUE'",
    type=EDIT,
    multiple=True,
    help="Give a tag of bag-info.txt this value and no other, in its place; may be repeated.",
)
@click.option(
    "--add",
    "add_tags",
    metavar="'LABEL: VALUE'",
    type=EDIT,
    multiple=True,
    help="Add a tag at the end of bag-info.txt; may be repeated.",
)
@click.option(
    "--remove",
    "remove_labels",
    metavar="LABEL",
    type=LABEL,
    multiple=True,
    help="Remove every tag with this label from bag-info.txt; may be repeated.",
)
@click.option("--payload-oxum", is_flag=True, help="State size and number of the payload files anew.")
@click.option("--dry-run", is_flag=True, help="Verify the bag and say what would change; write nothing.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256), help="Processes; else one per core.")
@pass_context
def update(context: Context, /, to_version: str | None, jobs: int | None, **options: Any) -> int:
    """Change the manifests, the version or the bag-info.txt of a bag, in place.

    The bag is verified first, every file against every digest; a bag that is not valid is evidence and is
    never changed (exit 1). New digests are taken from the same bytes in the same pass. The payload is never
    touched, and of bag-info.txt only the lines that are named. Interrupted at any point, the same command
    finishes it; `archive bag update BAG` alone finishes an interrupted one and changes nothing else.

    Bags in an archive are never updated: archive describe changes what is said about a document.
    """
    from archive.engine.cores import usable_cores
    from archive.services.bagging.update_request import UpdateRequest
    from archive.services.bagging.updating import update_bag
    from archive.services.surroundings import Surroundings

    request = UpdateRequest(**options, upgrade=to_version is not None, jobs=jobs or usable_cores())
    both = set(request.add_algorithms) & set(request.remove_algorithms)
    if both:
        raise click.UsageError(f"{both.pop().label} cannot be added and removed at once")
    updated = update_bag(request, Surroundings(progress=progress_for(context)))
    if context.json:
        emit_json(_report(request, updated))
    else:
        _print(context, request, updated)
    return 0


def _report(request: "UpdateRequest", updated: "UpdatedBag") -> dict[str, Any]:
    return {
        "kind": "bag-update-report",
        "version": 1,
        "bag": lossless(str(request.bag)),
        "dry_run": request.dry_run,
        "bagit_version": {
            "before": str(updated.before) if updated.before else None,
            "after": str(updated.after) if updated.after else None,
        },
        "algorithms": [algorithm.label for algorithm in updated.algorithms],
        "finished": [_change(change) for change in updated.finished],
        "changes": [_change(change) for change in updated.changes],
        "findings": [finding.to_json() for finding in updated.findings],
        "counts": {"files": updated.payload_files, "bytes": updated.payload_bytes},
    }


def _change(change: "Change") -> dict[str, Any]:
    return {
        "file": lossless(change.name),
        "change": change.word,
        "sha512_before": change.before,
        "sha512_after": change.after,
    }


def _print(context: Context, request: "UpdateRequest", updated: "UpdatedBag") -> None:
    print_findings(updated.findings, to_stderr=True)
    shown = printable(str(request.bag))
    if updated.finished:
        say(f"{styled('✓', 'green')} {shown}: an update that had been interrupted was finished")
    for change in (*updated.finished, *updated.changes):
        say(f"  {change.word:<8}  {printable(change.name)}")
    if updated.before is None:
        return
    size = f"{plural(updated.payload_files, 'file')}, {byte_size(updated.payload_bytes)}"
    verified = f"every digest of {size} was verified"
    if request.dry_run:
        say(f"{shown}: {verified}. Nothing was written (--dry-run).")
        return
    labels = ", ".join(algorithm.label for algorithm in updated.algorithms)
    state = "updated" if updated.changes else "unchanged"
    version = f"BagIt {updated.after}"
    say(f"{styled('✓', 'green')} {styled(shown, 'bold')}: {state}; {version}, {labels}; {verified} before")
    if not context.quiet:
        next_step(f"archive verify {shell_word(str(request.bag))}")
