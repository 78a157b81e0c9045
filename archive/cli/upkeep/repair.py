"""`archive repair`."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import click

from archive.cli.confirmation import confirmed
from archive.cli.context import Context, pass_context
from archive.cli.holding import finish_left_over, holding
from archive.cli.output import plural, print_findings, stream_json, tell
from archive.cli.parameters import FREE_TEXT, GIVEN_AS_IT_IS, PLAIN_TEXT, GivenPath, lock_wait_option
from archive.cli.progress import progress_for
from archive.cli.upkeep.repair_text import print_rows, print_summary
from archive.core.text import lossless

if TYPE_CHECKING:
    from archive.core.findings import Finding
    from archive.services.catalog.index_contents import Reading
    from archive.services.opened import OpenedArchive
    from archive.services.repair.run import Repair
    from archive.storage.shelves import Shelf

_DAMAGE, _UNREAD = 1, 3


@click.command(
    epilog="Examples: archive repair --plan · archive repair 2026-000037 --from /media/usb1/valley-archive"
    " · archive repair 2026-000037 --from ~/clock-letter.txt --reason 'the donor had the original'"
    " · archive repair --all --from /media/usb1/valley-archive --yes"
)
@click.argument("documents", metavar="[ID…]", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Read every held document first: for a damaged disk.")
@click.option(
    "--from",
    "sources",
    metavar="PATH",
    multiple=True,
    type=GivenPath(readable=False),
    help="A copy of the archive, a bag (folder, tar, zip), or the original files. May be repeated.",
)
@click.option("--plan", "plan_only", is_flag=True, help="Only say what would be done; nothing is written.")
@click.option(
    "--ledger",
    "own_files",
    is_flag=True,
    help="The archive's own files instead: ledger, run manifests, results of audits, notes, catalog.",
)
@click.option(
    "--unreadable",
    is_flag=True,
    help="Also set aside what cannot be read, and put good bytes in its place.",
)
@click.option(
    "--reason", metavar="TEXT", type=FREE_TEXT, help="The cause, if it is known; kept with the event."
)
@click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who repairs; else archive.toml's.")
@click.option(
    "--trust", metavar="CHECKPOINT", multiple=True, type=GivenPath(), help="A checkpoint kept earlier."
)
@click.option(
    "--key",
    metavar="VKEY",
    type=GIVEN_AS_IT_IS,
    help="The key that the ledger must be signed by; else archive.toml's.",
)
@click.option(
    "--jobs", metavar="N", type=click.IntRange(1, 256), help="Processes that read; else one per core."
)
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@lock_wait_option
@pass_context
def repair(context: Context, /, **options: Any) -> int:
    """Put good bytes in the place of damaged ones, from a copy or from the original brought again.

    Without ID the documents are looked at that the last audits found damaged, those that wait for a signature
    included. Only bytes with the digest that the signed ledger recorded are taken, wherever they come from;
    the damaged ones are moved to quarantine/, never deleted. The whole bag is read again afterwards, and the
    event is recorded. A file that cannot be read is not known to be damaged: it is left as it is unless
    --unreadable is given.

    With --ledger the archive's own files are put back: the ledger as far as a signed checkpoint, here, on a
    copy or brought with --trust, proves it; then what it vouches for. That needs no signing key; with it the
    event is recorded, and a catalog that is not what the ledger gives is made anew.

    Exit 0 where nothing is damaged any more, 1 where damage is left (also with --plan), 3 where something
    could not be read, or all that is lacking may lie at a place that could not be.
    """
    from archive.services.catalog.index_reading import from_reading
    from archive.services.holdings.resolution import resolve
    from archive.services.repair.request import RepairRequest
    from archive.services.repair.run import Repair
    from archive.services.surroundings import Surroundings
    from archive.storage.audits.plan import AuditPlan

    if options["own_files"]:
        return _repair_own_files(context, options)
    if options["everything"] and options["documents"]:
        raise click.UsageError("--all looks at every document: leave the IDs out, or leave out --all")
    archive = context.open()
    if not options["plan_only"]:
        _record_what_waits(archive, options)
    with ExitStack() as opened:

        def examined(reading: "Reading") -> Repair:
            rows = [resolve(reading.index, text) for text in options["documents"]]
            request = RepairRequest(
                bags=tuple(dict.fromkeys(_held(row) for row in rows)),
                everything=options["everything"],
                sources=options["sources"],
                trust=options["trust"],
                key=options["key"],
                unreadable=options["unreadable"],
                agent=options["agent"],
                reason=options["reason"],
                jobs=options["jobs"] or _cores(),
            )
            shelves = _shelves(archive, request.sources)
            for shelf in shelves:
                opened.callback(shelf.close)
            plan = opened.enter_context(AuditPlan())
            work = Repair(archive, request, plan, shelves, Surroundings(progress=progress_for(context)))
            work.examine(reading.index)
            return work

        return _carry_out(context, archive, from_reading(archive, examined), options)


def _record_what_waits(archive: "OpenedArchive", options: dict[str, Any]) -> None:
    """Audits that were made while the key was locked come first, where they can be signed now."""
    from archive.core.errors import ConfigurationError
    from archive.services.surroundings import Surroundings
    from archive.storage.audits.waiting_runs import WaitingRuns

    if WaitingRuns.of(archive.settings.archive_id).finished():
        with suppress(ConfigurationError), holding(archive, "repair", options, Surroundings()):
            pass  # without the key, what they found is read all the same


def _repair_own_files(context: Context, options: dict[str, Any]) -> int:
    from archive.cli.upkeep.repair_own_files import repair_own_files
    from archive.services.repair.request import RepairRequest

    if options["documents"] or options["everything"] or options["unreadable"]:
        raise click.UsageError("--ledger is about the archive's own files: name no documents with it")
    request = RepairRequest(
        sources=options["sources"],
        trust=options["trust"],
        key=options["key"],
        agent=options["agent"],
        reason=options["reason"],
    )
    return repair_own_files(
        context, request, plan_only=options["plan_only"], yes=options["yes"], wait=options["lock_wait"]
    )


def _held(row: Any) -> str:
    from archive.core.errors import ConfigurationError
    from archive.core.text import printable

    if row.state != "held":
        raise ConfigurationError(
            f"{printable(row.reference)}: was {row.state}, and is not held any more",
            remedy="archive history says why",
        )
    return str(row.bag)


def _cores() -> int:
    from archive.engine.cores import usable_cores

    return usable_cores()


def _shelves(archive: "OpenedArchive", sources: tuple[str, ...]) -> "list[Shelf]":
    from archive.storage.shelves.copies import copies_at_hand
    from archive.storage.shelves.folders import SetAsideShelf
    from archive.storage.shelves.opening import open_shelves

    shelves: list[Shelf] = []
    for place in sources:
        shelves += open_shelves(place, archive=archive.root)
    return [*shelves, *copies_at_hand(archive.settings), SetAsideShelf(archive.root)]


def _carry_out(context: Context, archive: "OpenedArchive", work: "Repair", options: dict[str, Any]) -> int:
    plan_only = options["plan_only"]
    asks = not (options["yes"] or context.json)
    if plan_only or asks:
        work.propose()
        if not context.json:
            print_rows(context, _named(archive, work))
    counts = work.counts()
    able = plural(counts["repairable"] + counts["partly"], "document")
    adverse = bool(work.plan.found.outcomes())
    if asks and not plan_only and not (counts["repairable"] or counts["partly"]):
        plan_only = True  # nothing could be done: nothing is asked
    elif asks and not plan_only and not confirmed(context, f"Repair {able}?", yes=False):
        tell("Nothing was repaired.")
        plan_only = True
    if adverse and not plan_only:
        with holding(archive, "repair", options, work.surroundings) as hold:
            work.execute(hold)
    elif not adverse and not options["plan_only"]:
        finish_left_over(archive, "repair", options, work.surroundings)
    code = _exit_code(work)
    if work.run is not None:
        print_findings(_notify(archive, work), to_stderr=True)
    if context.json:
        _stream(archive, work, plan_only=plan_only)
        return code
    if work.run is not None or (not asks and not plan_only):
        print_rows(context, _named(archive, work))
    print_findings([*work.doubts, *work.findings])
    print_summary(context, work, plan_only=plan_only, asked=options["sources"])
    return code


def _named(archive: "OpenedArchive", work: "Repair") -> Iterator[dict[str, Any]]:
    from archive.services.catalog.index_reading import Asking, optional_index

    with optional_index(archive) as own:
        index = Asking(own)
        for row in work.rows():
            document = index.by_bag(row["id"])
            reference = document.reference if document else None
            title = document.title if document else None
            known = index.damaged_since(row["id"])
            yield {**row, "reference": lossless(reference), "title": title, "known_since": known or None}


def _stream(archive: "OpenedArchive", work: "Repair", *, plan_only: bool) -> None:
    head: dict[str, Any] = {
        "kind": "repair-report",
        "version": 1,
        "run": work.run,
        "plan_only": plan_only,
        "looked": work.looked,
        "trust": work.evidence.trust.to_json(),
        "sources": [lossless(shelf.name) for shelf in work.shelves],
    }
    findings = [finding.to_json() for finding in (*work.doubts, *work.findings)]
    tail = {"own_files": [], "findings": findings, "counts": work.counts()}
    stream_json(head, "bags", _named(archive, work), tail)


def _notify(archive: "OpenedArchive", work: "Repair") -> "list[Finding]":
    """Sends the summary where archive.toml asks for it; what failed."""
    if archive.settings.notify is None:
        return []
    from archive.services.notifying.sending import tell_keepers
    from archive.services.notifying.summaries import of_repair

    rows = _named(archive, work)
    summary = of_repair(archive, rows, work.counts(), work.run, work.surroundings.now())
    return tell_keepers(archive, summary)


def _exit_code(work: "Repair") -> int:
    counts, waiting = work.counts(), work.waiting()
    if counts["repairable"] + counts["partly"] + counts["lacking"] > waiting:
        return _DAMAGE
    if any(doubt.code != "AUDIT-RESULTS-UNREADABLE" for doubt in work.doubts):
        return _DAMAGE
    return _UNREAD if counts["unreadable"] or waiting or work.doubts else 0
