"""What an ingest did, in words."""

from itertools import chain

from archive.cli.context import Context
from archive.cli.held_text import held_otherwise
from archive.cli.output import ALWAYS_SAID, next_step, plural, reported_lines, say, styled, tell
from archive.core.ids import short_id
from archive.core.limits.terminal import TEXT_DOCUMENTS, TEXT_FINDINGS
from archive.core.quantities import byte_size
from archive.core.text import printable
from archive.services.ingest.job import IngestOutcome
from archive.services.ingest.submitted_bags import JudgedBag
from archive.storage.plan import Plan


def print_text(context: Context, plan: Plan, outcome: IngestOutcome, *, dry_run: bool) -> None:
    """Prints bags that came, what was refused, each document where they are few, and the counts."""
    everything = context.verbosity > 0
    for judged in outcome.bags:
        _print_bag(judged)
    _print_refused(plan, everything=everything)
    if outcome.run or (dry_run and not outcome.stopped):
        _print_documents(plan, "planned" if dry_run else "ingested", everything=everything)
    for number, row in enumerate(plan.outcomes("held")):
        if row.differs:
            for line in held_otherwise(row, f" as {printable(row.reference) or short_id(row.bag)}"):
                say(line)
        elif everything or number < TEXT_DOCUMENTS:
            say(f"= {printable(row.source)} is held already")
    if not context.quiet:
        left_out = list(plan.left_out())
        for source, why in left_out if everything else left_out[:TEXT_DOCUMENTS]:
            tell(f"· left out: {printable(source)} ({printable(why)})")
    _print_summary(context, plan, outcome, dry_run=dry_run)


def _print_bag(judged: JudgedBag) -> None:
    report = judged.report
    mark = styled("✓", "green") if judged.is_accepted else styled("✗", "red")
    version = f"BagIt {report.version}, " if report.version else ""
    counted = f"{plural(report.counts.payload_files, 'file')}, {byte_size(report.counts.payload_bytes)}"
    say(f"{mark} {printable(judged.name)} is a bag ({version}{counted}): {report.verdict.value}")


def _print_refused(plan: Plan, *, everything: bool) -> None:
    shown = 0
    said: set[str] = set()
    of_documents = (found for _, findings in plan.rejected() for found in findings)
    for found in chain(plan.findings_json(), of_documents):
        if found["severity"] == "note" and not everything and found["code"] not in ALWAYS_SAID:
            continue
        if shown < TEXT_FINDINGS or everything:
            for line in reported_lines(found, said):
                say(line)
        shown += 1
    if shown > TEXT_FINDINGS and not everything:
        say(f"  … and {shown - TEXT_FINDINGS:,} more; -v shows all, --format json has them for programs")
    if plan.findings_beyond:
        say(f"  {plan.findings_beyond:,} findings are only counted; each is of a kind that is told")


def _print_documents(plan: Plan, state: str, *, everything: bool) -> None:
    total = plan.count(state)
    if total > TEXT_DOCUMENTS and not everything:
        return
    for row in plan.outcomes(state):
        mark = styled("✓", "green") if row.bag and state == "ingested" else "·"
        title = printable(row.title)
        say(f"{mark} {printable(row.reference) or '–':<12}  {title}  {styled(printable(row.source), 'dim')}")


def _print_foretold(plan: Plan, outcome: IngestOutcome, held: int, rejected: int) -> None:
    documents = plural(plan.count("planned"), "document")
    already = f"{held:,} held already, " if outcome.compared else ""
    if outcome.stopped:
        errors = plural(plan.errors(), "error")
        say(f"Nothing would be ingested: {errors}; {documents} in order, {already}{rejected:,} refused.")
    else:
        say(f"{documents} would be ingested, {already}{rejected:,} refused.")
    if not outcome.compared:
        say("Whether any is held already was not looked at: --read does.")
    say("Nothing was written (--dry-run).")


def _print_summary(context: Context, plan: Plan, outcome: IngestOutcome, *, dry_run: bool) -> None:
    rejected, held, left_out = plan.count_rejected(), plan.count("held"), plan.count("left out")
    if dry_run:
        _print_foretold(plan, outcome, held, rejected)
    elif outcome.run:
        documents, files, byte_count = plan.totals("ingested")
        say(
            styled(f"{plural(documents, 'document')} ingested", "bold")
            + f" ({plural(files, 'file')}, {byte_size(byte_count)}); run {short_id(outcome.run)}"
        )
    elif plan.errors():
        say(styled("Nothing was ingested", "bold") + f": {plural(plan.errors(), 'error')}.")
    elif held and (otherwise := plan.count_differing()):
        say(f"Nothing was ingested: {held:,} held already, {otherwise:,} of them otherwise than brought.")
    elif left_out:
        say(f"Nothing was ingested: {held:,} held already, {left_out:,} left out.")
    elif held:
        say("Nothing new: everything is held already.")
    else:
        say("Nothing to ingest: no documents found.")
    if outcome.run and (rejected or held):
        say(f"{held:,} held already, {rejected:,} refused.")
    if context.quiet:
        return
    if outcome.run:
        next_step("archive audit")
    elif dry_run and not plan.errors():
        next_step("the same command without --dry-run")
