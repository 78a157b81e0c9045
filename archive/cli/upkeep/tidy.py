"""`archive tidy`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from archive.cli.confirmation import confirmed
from archive.cli.context import Context, pass_context
from archive.cli.holding import finish_left_over, holding
from archive.cli.output import plural, stream_json, tell
from archive.cli.parameters import PLAIN_TEXT, lock_wait_option
from archive.cli.progress import progress_for
from archive.cli.upkeep.tidy_text import print_found, print_outcome
from archive.core.text import lossless

if TYPE_CHECKING:
    from archive.services.opened import OpenedArchive
    from archive.services.tidy.run import Tidy

_FOUND, _UNREAD = 1, 3


@click.command(
    epilog="Examples: archive tidy --dry-run · archive tidy · archive tidy --yes --agent 'Jane Doe'"
    " · archive tidy --format json"
)
@click.option("--dry-run", is_flag=True, help="Only say what would be set aside; nothing is written.")
@click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who tidies up; else archive.toml's.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@lock_wait_option
@pass_context
def tidy(context: Context, /, *, dry_run: bool, yes: bool, **options: Any) -> int:
    """Set aside what desktop programs left in the archive: .DS_Store, Thumbs.db, desktop.ini and the like.

    It is found by name and kind, in bags and beside them, wherever an audit names it. Nothing else is moved,
    and never what a bag's manifests list: a Thumbs.db that came with a document belongs to it. It goes to
    quarantine/, nothing is deleted, and the ledger says so. The bags that it lay in are then read in full.

    Exit 0 where none of it is left and those bags are intact, 1 where some is left (also with --dry-run) or
    such a bag is damaged beside or a bag is missing, 3 where something could not be looked at.
    """
    from archive.engine.cores import usable_cores
    from archive.services.surroundings import Surroundings
    from archive.services.tidy.run import Tidy
    from archive.services.writing import refuse_copy
    from archive.storage.audits.plan import AuditPlan

    archive = context.open()
    refuse_copy(archive)
    with AuditPlan() as plan:
        surroundings = Surroundings(progress=progress_for(context))
        work = Tidy(archive, options["agent"], usable_cores(), plan, surroundings)
        work.examine()
        if not context.json:
            print_found(context, work)
        if not dry_run and work.found:
            if confirmed(context, f"Set {plural(work.found, 'thing')} aside?", yes=yes):
                with holding(archive, "tidy", options, surroundings) as hold:
                    work.execute(hold)
            else:
                tell("Nothing was set aside.")
                dry_run = True
        elif not dry_run:
            finish_left_over(archive, "tidy", options, surroundings)
        if context.json:
            _stream(archive, work, dry_run=dry_run)
        else:
            print_outcome(context, work, dry_run=dry_run)
        return _exit_code(work)


def _stream(archive: "OpenedArchive", work: "Tidy", *, dry_run: bool) -> None:
    head: dict[str, Any] = {
        "kind": "tidy-report",
        "version": 1,
        "run": work.run,
        "dry_run": dry_run,
        "looked": work.looked,
        "trust": work.evidence.trust.to_json(),
    }
    tail = {
        "beside": [one.to_json() for one in work.beside.litter],
        "beside_left": [one.to_json() for one in work.beside.left],
        "kinds": [{"what": what, "count": count} for what, count in work.kinds.most_common()],
        "counts": {
            "found": work.found,
            "bags": work.bags,
            "left": work.left,
            "damaged": work.damaged,
            "missing": work.missing,
            "unreadable": work.unreadable + work.unread,
        },
    }
    stream_json(head, "bags", _named(archive, work), tail)


def _named(archive: "OpenedArchive", work: "Tidy") -> Iterator[dict[str, Any]]:
    from archive.services.catalog.index_reading import Asking, optional_index

    with optional_index(archive) as own:
        index = Asking(own)
        for row in work.rows():
            document = index.by_bag(row["id"])
            reference = document.reference if document else None
            yield {**row, "reference": lossless(reference), "title": document.title if document else None}


def _exit_code(work: "Tidy") -> int:
    if work.left or work.damaged or work.missing or (work.found and work.run is None):
        return _FOUND
    return _UNREAD if work.unreadable or work.unread else 0
