"""`archive audit`."""

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from archive.cli.audits.audit_options import (
    AS_MANY_AS_NEEDED,
    SampleSize,
    Span,
    check_options,
    request_of,
)
from archive.cli.audits.report_files import check_report, require_report_outside
from archive.cli.context import Context, pass_context
from archive.cli.evidence.brought import brought_options, files_of
from archive.cli.output import print_findings, report_error, stream_json, tell
from archive.cli.parameters import FREE_TEXT, PLAIN_TEXT, SECONDS, FileToWrite, GivenPath
from archive.cli.progress import progress_for
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.cli.audits.audit_files import AuditedBags
    from archive.core.findings import Finding
    from archive.services.audit.copy import CopyUnderAudit
    from archive.services.audit.report import AuditReport
    from archive.services.audit.request import AuditRequest
    from archive.services.opened import OpenedArchive
    from archive.services.surroundings import Surroundings
    from archive.storage.audits.plan import AuditPlan
    from archive.storage.lock import Holder


@click.command(
    epilog="Examples: archive audit · archive audit --budget 20m · archive audit 2026-000037"
    " · archive audit --sample --seed 'words of the auditor' --confidence 95 --at-most 1%"
    " · archive audit --read-only --report audit.html"
)
@click.argument("ids", metavar="[ID…]", nargs=-1)
@click.option("--older-than", metavar="90d", type=Span("d"), help="Only what was last read longer ago.")
@click.option("--budget", metavar="20m", type=Span("s"), help="Oldest checks first, for so long.")
@click.option(
    "--sample",
    metavar="[N]",
    type=SampleSize(),
    is_flag=False,
    flag_value=AS_MANY_AS_NEEDED,
    help="Bags drawn by --seed: N, or as many as --confidence asks for.",
)
@click.option(
    "--seed",
    metavar="TEXT",
    type=PLAIN_TEXT,
    help="What the sample is drawn with: anyone can draw it again.",
)
@click.option("--confidence", metavar="PERCENT", help="Of the sample; else 95.")
@click.option(
    "--at-most", metavar="PERCENT", help="Bad bags that a clean sample leaves possible at most; else 1%."
)
@click.option(
    "--at", metavar="CHECKPOINT", type=GivenPath(), help="Draw from what was held at this checkpoint."
)
@click.option("--quick", is_flag=True, help="Names and sizes only; never counts as an audit.")
@click.option(
    "--copy",
    metavar="DIR",
    type=GivenPath(readable=False),
    help="Audit a copy of this archive by this ledger; where no archive is at hand, by the copy's own.",
)
@click.option("--read-only", is_flag=True, help="Write nothing: the audit is not recorded.")
@click.option(
    "--work",
    metavar="DIR",
    type=GivenPath(file_okay=False, exists=True),
    help="Where to spool; else $TMPDIR.",
)
@brought_options
@click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who audits; else archive.toml's.")
@click.option(
    "--acknowledge",
    metavar="CAUSE",
    type=FREE_TEXT,
    help="Take note of all damage that is found; the text, its cause as far as known, is kept.",
)
@click.option("--resume", metavar="RUN", help="Take an interrupted audit up again.")
@click.option("--fail-overdue", is_flag=True, help="Exit 1 also where a promised check is overdue.")
@click.option("--report", metavar="FILE", type=FileToWrite(), help="A page (.html), table (.csv) or .json.")
@click.option("--all-results", is_flag=True, help="List intact bags too.")
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 256),
    help="Processes; else one per core, more where storage is slow.",
)
@click.option(
    "--lock-wait",
    metavar="SECONDS",
    type=SECONDS,
    default=600.0,
    help="How long to wait for another writer before recording.",
)
@pass_context
def audit(
    context: Context, /, report: str | None, fail_overdue: bool, all_results: bool, **options: Any
) -> int:
    """Read held bags in full and judge them by the ledger.

    What is compared is not the bag with itself but with what the signed ledger promised when it was taken in;
    what the ledger does not know is found too. Without options every bag is read. The verdict says what was
    looked at, and on whose word it rests. A share (--older-than) of which nothing is due ends with exit 0.

    Damage that was found before is known since then, and damage that somebody has taken note of
    (--acknowledge, archive incidents) is marked so; it is damage all the same, and the exit code stays 1.
    """
    check_options(options, all_results=all_results)
    if report is not None:
        read = (*files_of(options["brought"]), options["at"])
        check_report(report, ".html", ".csv", ".json", read=read)
    archive, copy = _opened(context, options["copy"])
    if report is not None:
        require_report_outside(archive, report)
        if copy is not None:
            require_report_outside(copy.target, report)
    request = request_of(options)
    from archive.services.audit.ahead import reading_ahead

    with reading_ahead(archive, request, copy=copy is not None) as ahead:
        # Loaded while the workers read.
        from archive.services.audit.run import Audit
        from archive.services.surroundings import Surroundings
        from archive.storage.audits.plan import AuditPlan

        with AuditPlan(request.work) as plan:
            surroundings = Surroundings(progress=progress_for(context))
            result = Audit(archive, request, plan, surroundings, _say_waiting, copy, ahead).run()
            asked = _Asked(request, surroundings, report, options["acknowledge"], all_results, fail_overdue)
            return _tell(context, archive, copy, plan, result, asked)


class _Asked(NamedTuple):
    """What becomes of the result."""

    request: "AuditRequest"
    surroundings: "Surroundings"
    report: str | None
    acknowledge: str | None
    all_results: bool
    fail_overdue: bool


def _tell(
    context: Context,
    archive: "OpenedArchive",
    copy: "CopyUnderAudit | None",
    plan: "AuditPlan",
    result: "AuditReport",
    asked: _Asked,
) -> int:
    """Acknowledges, writes the report, prints and notifies; the exit code."""
    from archive.cli.audits.audit_files import AuditedBags, write_report
    from archive.cli.audits.audit_text import print_audit
    from archive.cli.holdings.copies_text import tell_copies
    from archive.core.errors import ArchiveError

    request, report = asked.request, asked.report
    bags = AuditedBags(archive, result, plan, all_results=asked.all_results)
    unwritten: ArchiveError | None = None
    if asked.acknowledge is not None:
        try:
            from archive.services.audit.acknowledging import acknowledge_found

            acknowledge_found(archive, result, plan, request, asked.surroundings, asked.acknowledge)
        except ArchiveError as trouble:
            unwritten = trouble
    if report is not None:
        try:
            write_report(report, archive, result, bags)
        except ArchiveError as trouble:
            unwritten = trouble
    if context.json:
        result.add(*_notify(archive, result, bags, request))
        stream_json(result.head(), "bags", bags, result.tail())
    else:
        try:
            print_audit(context, result, bags, report if unwritten is None else None)
            is_lost = result.outcome.value == "damaged" and not (result.recorded or result.waits)
            if not (context.quiet or is_lost) and (copy is None or copy.archive is not None):
                tell_copies(archive)  # of which nobody knows where what was found is kept nowhere
        finally:  # a full disk under a log keeps nobody from hearing of damage
            unsent = _notify(archive, result, bags, request)
        print_findings(unsent, to_stderr=True)
    code = _exit_code(result, fail_overdue=asked.fail_overdue)
    if unwritten is not None:
        report_error(unwritten, as_json=False)
        return code or unwritten.exit_code
    return code


def _opened(context: Context, copy: str | None) -> "tuple[OpenedArchive, CopyUnderAudit | None]":
    """The archive whose ledger promises, and the copy that is read instead of it."""
    from archive.core.copies import MARKER

    if copy:
        from archive.services.audit.copy import open_copy

        opened = open_copy(_archive_of_copy(context, copy), copy)
        return opened.archive or opened.target, opened
    archive = context.open()
    if os.path.lexists(archive.root / MARKER):  # else nothing more is loaded
        from archive.services.audit.copy import open_copy
        from archive.services.copies.itself import is_copy_itself

        if is_copy_itself(archive):  # and never its own archive
            return archive, open_copy(None, str(archive.root))
    return archive, None


def _notify(
    archive: "OpenedArchive", report: "AuditReport", bags: "AuditedBags", request: "AuditRequest"
) -> "list[Finding]":
    """Sends the summary of an audit that is recorded, or should be, where archive.toml asks for it.

    Gives what failed.
    """
    meant = report.recorded or report.not_recorded
    if archive.settings.notify is None or request.read_only or request.quick or not meant:
        return []
    from archive.services.notifying.sending import tell_keepers
    from archive.services.notifying.summaries import of_audit

    return tell_keepers(archive, of_audit(archive, report, bags))


def _archive_of_copy(context: Context, folder: str) -> "OpenedArchive | None":
    """The archive that is meant; None where none is, so that the copy is judged by its own ledger."""
    from archive.core.errors import ConfigurationError

    try:
        archive = context.open()
    except ConfigurationError:
        if context.names_archive:
            raise
        return None
    return None if os.path.realpath(archive.root) == os.path.realpath(folder) else archive


def _say_waiting(holder: "Holder") -> None:
    tell(f"waiting for {printable(str(holder))}, to record this audit")


def _exit_code(report: "AuditReport", *, fail_overdue: bool) -> int:
    from archive.core.errors import EvidenceError, StorageError

    outcome = report.outcome.value
    if outcome == "evidence-broken":
        return EvidenceError.exit_code
    if outcome == "damaged" or (fail_overdue and report.counts["overdue"]):
        return 1
    unread = outcome == "nothing-read" and not report.is_nothing_due
    if outcome == "inconclusive" or unread or report.not_recorded:
        return StorageError.exit_code
    return 0
