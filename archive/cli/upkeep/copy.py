"""`archive copy`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from archive.cli.audits.bag_rows import told_bags
from archive.cli.context import Context, pass_context
from archive.cli.output import next_step, plural, print_findings, say, stream_json, styled, tell
from archive.cli.parameters import PLAIN_TEXT, GivenPath, lock_wait_option, say_waiting
from archive.cli.progress import progress_for
from archive.core.limits.terminal import TEXT_FINDINGS
from archive.core.quantities import byte_size
from archive.core.text import printable, shell_word

if TYPE_CHECKING:
    from archive.services.copies.report import CopyReport
    from archive.services.copies.request import CopyRequest
    from archive.services.copies.run import CopyRun
    from archive.services.opened import OpenedArchive


@click.command(
    epilog="Examples: archive copy --to /media/red/valley --medium 'USB disk' --site 'Ana, at home'"
    " · archive copy --to /media/stick/valley --as tar · archive copy --to /media/red/valley --dry-run"
)
@click.option(
    "--to", metavar="DIR", type=GivenPath(readable=False), required=True, help="The copy's own folder."
)
@click.option("--name", metavar="TEXT", type=PLAIN_TEXT, help="What the place is called; else the folder.")
@click.option("--medium", metavar="TEXT", type=PLAIN_TEXT, help="What it is kept on, such as a USB disk.")
@click.option("--site", metavar="TEXT", type=PLAIN_TEXT, help="Where that stands.")
@click.option("--provider", metavar="TEXT", type=PLAIN_TEXT, help="Who runs it, where somebody else does.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["folder", "tar"]),
    help="Bags as folders, or each as one tar: for FAT and exFAT. Settled by the first run.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be copied; nothing is written.")
@click.option("--yes", "-y", is_flag=True, help="Destroy on the copy, too, what was disposed of.")
@click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who copies; else archive.toml's.")
@click.option("--jobs", metavar="N", type=click.IntRange(1, 256), help="Processes; else one per core.")
@click.option(
    "--work",
    metavar="DIR",
    type=GivenPath(file_okay=False, exists=True),
    help="Where to spool; else $TMPDIR.",
)
@lock_wait_option
@pass_context
def copy(context: Context, /, yes: bool, **options: Any) -> int:
    """Bring a second copy of the archive up to date, or begin one, in a folder on another disk.

    Every bag is judged by the ledger while it is read, written beside its place, and read back from the
    copy's own disk before it is put there. Only what the copy lacks is written; after a pulled plug the same
    command goes on. The copy has the ledger and the catalog with it: it can be read, audited and proven
    without the archive. The place is entered into archive.toml, the copy into the ledger.
    """
    from archive.services.copies.run import CopyRun
    from archive.services.surroundings import Surroundings
    from archive.storage.audits.plan import AuditPlan

    archive = context.open()
    request = _request(options)
    surroundings = Surroundings(progress=progress_for(context))
    with AuditPlan(options["work"]) as plan:
        run = CopyRun(archive, request, plan, surroundings, say_waiting, _destroys(context, yes=yes))
        report = run.run()
        if context.json:
            stream_json(report.head(), "documents", _failed(archive, run), report.tail())
        else:
            _print(context, archive, run, report)
        return _exit_code(run, report)


def _request(options: dict[str, Any]) -> "CopyRequest":
    from archive.core.copies import CopyForm
    from archive.engine.cores import usable_cores
    from archive.services.copies.request import CopyRequest

    return CopyRequest(
        to=options["to"],
        name=options["name"],
        medium=options["medium"],
        site=options["site"],
        provider=options["provider"],
        form=CopyForm(options["form"]) if options["form"] else None,
        agent=options["agent"],
        dry_run=options["dry_run"],
        jobs=options["jobs"] or usable_cores(),
        work=options["work"],
        lock_wait=options["lock_wait"],
    )


def _destroys(context: Context, *, yes: bool) -> Any:
    """Whether disposed documents are destroyed on the copy: it cannot be undone, so somebody says yes."""
    import sys

    def ask(count: int) -> bool:
        if yes:
            return True
        if context.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        what = (
            f"{plural(count, 'document')} that were disposed of still lie on this copy. Destroy them there?"
        )
        return click.confirm(what, err=True)

    return ask


def _failed(archive: "OpenedArchive", run: "CopyRun") -> Iterator[dict[str, Any]]:
    """The documents that could not be copied, as the report shows them."""
    return told_bags(archive, run.failed())


def _print(context: Context, archive: "OpenedArchive", run: "CopyRun", report: "CopyReport") -> None:
    counts, place = report.counts, report.place
    where = f"{printable(place.name)}  {styled(printable(place.path), 'dim')}"
    if report.dry_run:
        say(f"{styled('Would copy', 'bold')} to {where}")
        say(
            f"  {plural(counts.planned, 'document')} to write, {byte_size(report.to_write)};"
            f" {counts.present:,} of {counts.held:,} are there. Nothing was written (--dry-run)."
        )
    else:
        ended_early = run.trouble is not None and report.outcome.value == "complete"
        mark, colour, words = _HEADS["unended" if ended_early else report.outcome.value]
        say(f"{styled(mark, colour)} {styled(words, 'bold')}: {where}")
        written = f"{plural(counts.written, 'document')} written and read back, {byte_size(counts.bytes)}"
        say(f"  {written}; {counts.present:,} of {counts.held:,} held are on the copy")
    for count, words in (
        (counts.replaced, "took the place of what was older, or not as recorded"),
        (counts.set_aside, "withdrawn, in the copy's quarantine now"),
        (counts.destroyed, "disposed of, destroyed on the copy"),
    ):
        if count and not report.dry_run:
            say(f"  {count:,} {words}")
    _print_failed(context, archive, run)
    print_findings(report.findings)
    if not context.quiet:
        _print_next(run, report)


_HEADS = {
    "complete": ("✓", "green", "The copy is complete"),
    "incomplete": ("✗", "red", "Copied, but not all is as it should be"),
    "interrupted": ("?", "yellow", "Interrupted; what is in place is whole"),
    "unended": ("?", "yellow", "Every document is on the copy, but the run did not come to its end"),
}


def _print_failed(context: Context, archive: "OpenedArchive", run: "CopyRun") -> None:
    for number, row in enumerate(_failed(archive, run), 1):
        if number > TEXT_FINDINGS and context.verbosity <= 0:
            say(f"  … and {run.report.counts.failed - TEXT_FINDINGS:,} more; -v shows all")
            return
        found = row["findings"][0] if row["findings"] else {"code": "", "message": row["outcome"]}
        name = printable(str(row["reference"] or row["id"]))
        say(f"{styled('✗', 'red')} {name}: {found['code']} {printable(str(found['message']))}")


def _print_next(run: "CopyRun", report: "CopyReport") -> None:
    from archive.cli.holdings.copies_text import copies_sentence

    where = shell_word(report.place.path)
    if report.copies:
        tell(copies_sentence(report.copies))
    if report.dry_run:
        next_step(f"archive copy --to {where}")
    elif run.trouble is not None or report.outcome.value == "interrupted":
        next_step(f"archive copy --to {where}, which goes on from here")
    elif report.counts.failed:
        next_step("archive audit says what is wrong with these; the copies may have them whole")
    else:
        next_step(f"archive audit --copy {where} reads every byte of it again, whenever it is at hand")


_CUT_OFF = frozenset({"COPY-INTERRUPTED", "COPY-NOT-RECORDED"})  # errors that are about no bytes of anybody


def _exit_code(run: "CopyRun", report: "CopyReport") -> int:
    from archive.core.errors import StorageError
    from archive.core.findings import Severity

    if report.dry_run:
        return 0
    failed = {row.outcome for row in run.failed()}
    errors = {one.code for one in report.findings if one.severity is Severity.ERROR}
    is_damage = any(not code.endswith("-UNREADABLE") for code in errors - _CUT_OFF)
    outcome = report.outcome.value
    if failed - {"unreadable"} or is_damage:
        return 1
    if run.trouble is not None or outcome in {"incomplete", "interrupted"} or not report.recorded:
        return StorageError.exit_code
    return 0
