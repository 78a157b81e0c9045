"""`archive restore`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from archive.cli.audits.bag_rows import told_bags
from archive.cli.context import Context, pass_context
from archive.cli.output import next_step, plural, print_findings, say, stream_json, styled
from archive.cli.parameters import GIVEN_AS_IT_IS, GivenPath
from archive.cli.progress import progress_for
from archive.core.limits.terminal import TEXT_FINDINGS
from archive.core.quantities import byte_size
from archive.core.text import printable, shell_word

if TYPE_CHECKING:
    from archive.services.restore.report import RestoreReport
    from archive.services.restore.run import RestoreRun

_DAMAGE: Final = 1
_UNREAD: Final = 3


@click.command(
    epilog="Examples: archive restore /media/red/valley --to /srv/valley"
    " · archive restore /media/red/valley /media/blue/valley --to /srv/valley --trust kept.checkpoint"
)
@click.argument("copies", metavar="COPY…", nargs=-1, required=True, type=GivenPath(readable=False))
@click.option(
    "--to", metavar="DIR", type=GivenPath(readable=False), required=True, help="The archive's new folder."
)
@click.option(
    "--trust",
    metavar="CHECKPOINT",
    multiple=True,
    type=GivenPath(path_type=Path),
    help="A checkpoint kept earlier: what comes back has to be of its history.",
)
@click.option(
    "--key",
    metavar="VKEY",
    type=GIVEN_AS_IT_IS,
    help="The key that the ledger must be signed by; else archive.toml's.",
)
@click.option("--unreadable", is_flag=True, help="Go on without what the copies have and cannot be read.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256), help="Processes; else one per core.")
@click.option(
    "--work",
    metavar="DIR",
    type=GivenPath(file_okay=False, exists=True),
    help="Where to spool; else $TMPDIR.",
)
@pass_context
def restore(context: Context, /, copies: tuple[str, ...], **options: Any) -> int:
    """Make the archive anew in a new folder, from one or more of its copies, where its own disk is lost.

    The copies, as folders or tars, are only read. The newest ledger that they prove together is put back
    first; every document is taken from the first copy that has it whole, judged by that ledger and read back;
    what no copy has whole comes as it is and is named. Needs no key: without it the archive can be read,
    audited and exported. Says whether the key on this machine signed more than came back. Cut off, the same
    command goes on.

    Exit 0 where everything came back as the ledger has it, 1 where something is damaged, missing or was
    signed later, 3 where a copy could not be read (then no archive is made, unless --unreadable is given), 5
    where the copies prove no ledger.
    """
    from archive.engine.cores import usable_cores
    from archive.services.restore.request import RestoreRequest
    from archive.services.restore.run import RestoreRun
    from archive.services.surroundings import Surroundings
    from archive.storage.audits.plan import AuditPlan

    request = RestoreRequest(
        copies=copies,
        to=options["to"],
        trust=options["trust"],
        key=options["key"],
        unreadable=options["unreadable"],
        jobs=options["jobs"] or usable_cores(),
        work=options["work"],
    )
    with AuditPlan(options["work"]) as plan:
        run = RestoreRun(request, plan, Surroundings(progress=progress_for(context)))
        report = run.run()
        if context.json:
            stream_json(report.head(), "documents", _documents(run), report.tail())
        else:
            _print(context, run, report)
        return _exit_code(run, report)


def _exit_code(run: "RestoreRun", report: "RestoreReport") -> int:
    if run.rows:  # withdrawn documents are among them, and are not counted as held
        return _DAMAGE
    unread = sum(finding.code == "CATALOG-BAG-UNREADABLE" for finding in report.findings)
    if len(report.findings) > unread:
        return _DAMAGE
    return _UNREAD if unread else 0


def _documents(run: "RestoreRun") -> Iterator[dict[str, Any]]:
    """The documents that are not whole, as the report shows them."""
    from archive.services.opened import open_archive

    return told_bags(open_archive(Path(run.report.to)), run.rows)


def _print(context: Context, run: "RestoreRun", report: "RestoreReport") -> None:
    counts = report.counts
    is_whole = counts.whole == counts.held and not run.rows
    mark, colour = ("✓", "green") if is_whole else ("✗", "red")
    say(f"{styled(mark, colour)} {styled('The archive is back', 'bold')}: {printable(report.to)}")
    size = f"{counts.written:,} written now, {byte_size(counts.bytes)}"
    say(f"  {counts.whole:,} of {plural(counts.held, 'document')} whole ({size})")
    say(f"  the ledger has {plural(report.size, 'entry', 'entries')}, as the archive's key signed it")
    for number, row in enumerate(_documents(run), 1):
        if number > TEXT_FINDINGS and context.verbosity <= 0:
            say(f"  … and {len(run.rows) - TEXT_FINDINGS:,} more; -v shows all")
            break
        told = sorted(row["findings"], key=lambda one: one["severity"] != "error")
        found = told[0] if told else {"code": "", "message": row["outcome"]}
        name = printable(str(row["reference"] or row["id"]))
        say(f"{styled('✗', 'red')} {name}: {found['code']} {printable(str(found['message']))}")
    print_findings(report.findings)
    if not context.quiet:
        _print_next(run, report)


def _print_next(run: "RestoreRun", report: "RestoreReport") -> None:
    there = f"archive -C {shell_word(report.to)}"
    if report.key_at_hand == "away":
        say("  its signing key is not on this machine: nothing can be added before it is")
        next_step(f"{there} key restore FILE, from the key's backup; {there} audit --read-only needs no key")
    elif report.key_at_hand == "ahead":
        next_step(f"{there} audit --read-only; look for a newer copy before anything is added")
    elif report.counts.whole < report.counts.held:
        next_step(f"{there} repair --all --from COPY, with any other copy; {there} audit")
    elif run.rows:  # withdrawn documents alone: a repair is about held ones
        next_step(f"put the bags back by hand from another copy; {there} audit")
    else:
        next_step(f"{there} audit")
