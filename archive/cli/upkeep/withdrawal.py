"""`archive withdraw` and `archive dispose`."""

from typing import TYPE_CHECKING, Any

import click

from archive.cli.columns import cut
from archive.cli.confirmation import confirmed, require_typed
from archive.cli.context import Context, pass_context
from archive.cli.holding import finish_left_over, holding
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled, tell
from archive.cli.parameters import FREE_TEXT, PLAIN_TEXT, lock_wait_option
from archive.core.ids import short_id
from archive.core.limits.terminal import TEXT_DOCUMENTS
from archive.core.quantities import byte_size
from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.core.findings import Finding
    from archive.services.catalog.index_contents import Reading
    from archive.storage.index import IndexRow

_ALL = "destroy"  # what is typed where several documents are disposed of


@click.command(
    epilog="Examples: archive withdraw 2026-000037 --reason 'the donor asked for it back'"
    " · archive withdraw --run 7c41ab12 --reason 'ingested from the wrong folder' --dry-run"
)
@click.argument("documents", metavar="[ID…]", nargs=-1)
@click.option(
    "--run",
    metavar="RUN",
    type=PLAIN_TEXT,
    help="All that this ingest run brought in (any ending of its id).",
)
@click.option("--reason", metavar="TEXT", type=FREE_TEXT, required=True, help="Why; kept with the event.")
@click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who withdraws; else archive.toml's.")
@click.option("--dry-run", is_flag=True, help="Only show what would be withdrawn; nothing is written.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@lock_wait_option
@pass_context
def withdraw(
    context: Context,
    /,
    documents: tuple[str, ...],
    run: str | None,
    reason: str,
    dry_run: bool,
    yes: bool,
    **options: Any,
) -> int:
    """Take documents out of what is held; the bytes are set aside in quarantine/.

    The ledger says first that they are not held any more, and why; what it said before stays. Their
    references are never given again. They are shown as withdrawn from then on, and audits go on watching
    over their bytes until archive dispose destroys them.
    """
    from archive.services.catalog.index_reading import from_reading
    from archive.services.changes.withdrawal import select
    from archive.services.changes.withdrawal import withdraw as take_out
    from archive.services.surroundings import Surroundings

    if not documents and run is None:
        raise click.UsageError("name the documents to withdraw, or a whole ingest run with --run")
    archive = context.open()
    rows, told = from_reading(archive, lambda one: (select(one.index, documents, run), one.findings))
    held = [row for row in rows if row.state == "held"]
    already = [row for row in rows if row.state != "held"]
    if not context.json:
        print_findings(told, to_stderr=True)
        _say_rows(context, held, already)
    if held and not dry_run and not confirmed(context, f"Withdraw {plural(len(held), 'document')}?", yes=yes):
        tell("Nothing was withdrawn.")
        return 0
    done, surroundings = None, Surroundings()
    if held and not dry_run:
        with holding(archive, "withdraw", options, surroundings) as hold:
            done = take_out(archive, hold, held, surroundings, reason=reason, agent=options["agent"])
    elif not dry_run:
        finish_left_over(archive, "withdraw", options, surroundings)
    if context.json:
        emit_json(_withdrawn(held, already, done, reason, told, dry_run=dry_run))
        return 0
    if done:
        say(styled(f"{plural(len(held), 'document')} withdrawn", "bold") + f"; run {short_id(done)}")
    elif held:
        say(f"{plural(len(held), 'document')} would be withdrawn. Nothing was written (--dry-run).")
    else:
        say("Nothing to withdraw: it is not held any more.")
    if not context.quiet and done:
        next_step("archive list --withdrawn · archive dispose destroys the bytes, where somebody orders it")
    return 0


def _withdrawn(
    held: "Sequence[IndexRow]",
    already: "Sequence[IndexRow]",
    run: str | None,
    reason: str,
    findings: "Sequence[Finding]",
    *,
    dry_run: bool,
) -> dict[str, Any]:
    from archive.services.holdings.listing import document_json

    if run is not None:
        held = [row._replace(state="withdrawn", awaiting=False) for row in held]
    return {
        "kind": "withdrawal-report",
        "version": 1,
        "run": run,
        "dry_run": dry_run,
        "reason": reason,
        "withdrawn": [document_json(row) for row in held],
        "already": [document_json(row) for row in already],
        "findings": [finding.to_json() for finding in findings],
        "counts": {
            "withdrawn": len(held),
            "already": len(already),
            "files": sum(row.files for row in held),
            "bytes": sum(row.bytes for row in held),
        },
    }


def _say_rows(context: Context, rows: "Sequence[IndexRow]", already: "Sequence[IndexRow]") -> None:
    shown = rows if context.verbosity > 0 else rows[:TEXT_DOCUMENTS]
    for row in shown:
        size = byte_size(row.bytes)
        say(f"  {printable(row.reference)}  {short_id(row.bag)}  {cut(row.title, 60)}  {styled(size, 'dim')}")
    if len(shown) < len(rows):
        say(f"  … and {len(rows) - len(shown):,} more; -v shows all")
    for row in already[:TEXT_DOCUMENTS]:
        say(f"= {printable(row.reference)}  {short_id(row.bag)}: {row.state} already")


@click.command(
    epilog="Example: archive dispose 2026-000037 --authority 'Ana Example, board decision of 2026-11-21'"
)
@click.argument("documents", metavar="ID…", nargs=-1, required=True)
@click.option(
    "--authority",
    metavar="TEXT",
    type=FREE_TEXT,
    required=True,
    help="Who ordered it, and by which decision; kept for good.",
)
@click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who does it; else archive.toml's.")
@click.option("--dry-run", is_flag=True, help="Only show what would be destroyed; nothing is written.")
@click.option("--yes", "-y", is_flag=True, help="Do not have the reference typed.")
@lock_wait_option
@pass_context
def dispose(
    context: Context,
    /,
    documents: tuple[str, ...],
    authority: str,
    dry_run: bool,
    yes: bool,
    **options: Any,
) -> int:
    """Destroy the bytes, descriptions and notes of withdrawn documents, on somebody's authority.

    Their entries in the ledger stay, and with them what was held, from when to when, who ended it and on
    whose authority. It cannot be undone, so the reference is to be typed (for several documents the word
    “destroy”), unless --yes is given. Copies of this archive elsewhere keep what they have.
    """
    from archive.services.catalog.index_reading import from_reading, reading_index
    from archive.services.changes.disposal import dispose as destroy
    from archive.services.changes.disposal import refuse_undisposable, remains
    from archive.services.changes.withdrawal import select
    from archive.services.surroundings import Surroundings

    archive = context.open()

    def selected(reading: "Reading") -> "tuple[list[IndexRow], list[IndexRow], list[str], Sequence[Finding]]":
        rows = select(reading.index, documents, None)
        doomed = [row for row in rows if row.state == "withdrawn"]
        return rows, doomed, remains(archive, reading.index, doomed), reading.findings

    rows, doomed, left, told = from_reading(archive, selected)
    refuse_undisposable(rows)
    already = [row for row in rows if row.state == "disposed"]
    if not context.json:
        print_findings(told, to_stderr=True)
        _say_rows(context, doomed, already)
        _say_what_remains(left if doomed else ())
    notes, run, surroundings = 0, None, Surroundings()
    if doomed and not dry_run:
        wanted = doomed[0].reference if len(doomed) == 1 else _ALL
        require_typed(wanted, f"Type {printable(wanted)} to destroy this for good:", yes=yes)
        with holding(archive, "dispose", options, surroundings) as hold:
            done = destroy(archive, hold, doomed, surroundings, authority=authority, agent=options["agent"])
            run, notes = done.run, done.notes
    elif not dry_run:
        finish_left_over(archive, "dispose", options, surroundings)
    if run is not None:  # what it is called from now on
        with reading_index(archive) as reading:
            doomed = [reading.index.by_bag(row.bag) or row for row in doomed]
    if context.json:
        emit_json(_disposed(doomed, already, run, authority, notes, left, told, dry_run=dry_run))
        return 0
    if run is not None:
        held = plural(len(doomed), "document")
        say(styled(f"{held} and {plural(notes, 'note')} destroyed", "bold") + f"; run {short_id(run)}")
    elif doomed:
        say(f"{plural(len(doomed), 'document')} would be destroyed. Nothing was written (--dry-run).")
    else:
        say("Nothing to destroy: it was disposed of already.")
    if not context.quiet and run is not None:
        next_step(f"archive history {short_id(doomed[0].bag)} shows the tombstone")
    return 0


def _say_what_remains(places: "Sequence[str]") -> None:
    """Said before anything is destroyed: what people would have to know to order it."""
    if places:
        say("What will still mention it, for the ledger vouches for it or it lies elsewhere:")
    for place in places:
        say(f"  {place}")


def _disposed(
    rows: "Sequence[IndexRow]",
    already: "Sequence[IndexRow]",
    run: str | None,
    authority: str,
    notes: int,
    left: list[str],
    findings: "Sequence[Finding]",
    *,
    dry_run: bool,
) -> dict[str, Any]:
    from archive.services.holdings.listing import document_json

    return {
        "kind": "disposal-report",
        "version": 1,
        "run": run,
        "dry_run": dry_run,
        "authority": authority,
        "disposed": [
            {
                "id": row.bag,
                "reference": lossless(row.reference),
                "files": row.files,
                "bytes": row.bytes,
                "ingested": row.ingested,
            }
            for row in rows
        ],
        "already": [document_json(row) for row in already],
        "remains": left,
        "findings": [finding.to_json() for finding in findings],
        "counts": {
            "disposed": len(rows),
            "already": len(already),
            "notes": notes,
            "files": sum(row.files for row in rows),
            "bytes": sum(row.bytes for row in rows),
        },
    }
