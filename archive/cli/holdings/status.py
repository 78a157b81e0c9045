"""`archive status`."""

from typing import TYPE_CHECKING

import click

from archive.cli.columns import cut, facts
from archive.cli.context import Context, pass_context
from archive.cli.output import emit_json, next_step, plural, print_findings, say, styled
from archive.core.descriptions.access import stored_access
from archive.core.quantities import byte_size
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.services.holdings.status import Status


@click.command(epilog="Example: archive status")
@pass_context
def status(context: Context) -> None:
    """One screen: what is held, what is due, what is damaged, how many copies, what to do next."""
    from archive.services.catalog.index_reading import reading_index
    from archive.services.holdings.status import status as look
    from archive.services.surroundings import Surroundings

    archive = context.open()
    with reading_index(archive) as reading:
        report = look(archive, reading.index, now=Surroundings().now(), findings=reading.findings)
    if context.json:
        emit_json(report.to_json())
        return
    print_findings(report.findings, to_stderr=True)
    _say_status(report, str(archive.root))
    if not context.quiet:
        for step in report.next_steps():
            next_step(step)


def _say_status(report: "Status", root: str) -> None:
    from archive.cli.holdings.copies_text import copies_sentence, place_sentence
    from archive.services.surroundings import day_of

    say(styled(printable(report.name or "This archive"), "bold") + f"  {printable(root)}")
    held = (
        f"{plural(report.documents, 'document')} in {plural(report.files, 'file')}, {byte_size(report.bytes)}"
    )
    audited = "never yet"
    if report.last_audit:
        audited = f"{report.last_audit.get('time')}: {report.last_audit.get('outcome')}"
    pairs = [
        ("held", f"{held}, from {plural(report.runs, 'ingest run')}" if report.documents else "nothing yet"),
        ("awaiting", f"{plural(report.awaiting, 'description')}" if report.awaiting else "no description"),
        ("last audit", audited),
        ("oldest check", report.oldest_check),
        ("never checked", plural(report.never_checked, "document") if report.never_checked else ""),
        ("promise", _promise(report)),
        ("damaged", _damaged(report)),
        ("unreadable", plural(report.unreadable, "document") if report.unreadable else ""),
        ("incidents", _incidents(report)),
        ("withdrawn", plural(report.withdrawn, "document") if report.withdrawn else ""),
        ("access", _access(report)),
        ("complete", _complete(report)),
        ("unfinished", ", ".join(report.unfinished)),
        ("copies", copies_sentence(report.good) if report.documents else ""),
        *((f"  {printable(one.place.name)}", place_sentence(one, report.now)) for one in report.places),
        ("to sign", plural(report.waiting, "audit") if report.waiting else ""),
        ("key", _replaced(report)),
        ("ledger", plural(report.ledger_size, "entry", "entries")),
    ]
    for line in facts(pairs):
        say(line)
    for run in report.promised:
        mark, colour = ("!", "yellow") if run.is_broken else ("·", "dim")
        say(f"  {styled(mark, colour)} {run.sentence}")
    for row in report.adverse:
        say(f"  {styled('✗', 'red')} {printable(row.reference)}  {row.last_outcome}  {cut(row.title, 60)}")
    if report.damaged > len(report.adverse):
        say(f"  … and {report.damaged - len(report.adverse):,} more that are damaged or missing")
    for row in report.embargoes:
        access = stored_access(row.access)
        ends = "ends" if access.on(day_of(report.now)) == access else "ended"
        say(f"  · {printable(row.reference)}  embargo {ends} {access.until}  {cut(row.title, 60)}")
    more = report.access.embargoes_soon + report.access.embargoes_over - len(report.embargoes)
    if more > 0:
        say(f"  … and {more:,} more embargoes that end soon or have ended")


def _complete(report: "Status") -> str:
    known = report.completeness
    if known is None:
        return ""
    lacking = ", ".join(f"{count:,} lack {requirement}" for requirement, count in known.missing if count)
    return f"{known.complete:,} of {known.documents:,} by {printable(known.profile)}" + (
        f"; {printable(lacking)}" if lacking else ""
    )


def _access(report: "Status") -> str:
    counts = report.access
    if not counts.restricted + counts.embargoed + counts.open:
        return ""
    over = f" ({counts.embargoes_over:,} of them over)" if counts.embargoes_over else ""
    return (
        f"{counts.open:,} open, {counts.restricted:,} restricted, {counts.embargoed:,} embargoed{over},"
        f" {counts.not_stated:,} not stated"
    )


def _damaged(report: "Status") -> str:
    parts = [plural(report.damaged, "document")] if report.damaged else []
    if report.waiting_damaged:
        found = plural(report.waiting_damaged, "document")
        parts.append(f"{found} found by an audit that waits for a signature")
    if report.unknown:
        parts.append(f"not known of {plural(report.unknown, 'document')}: the results of an audit are lost")
    return ", ".join(parts) or "nothing known"


def _incidents(report: "Status") -> str:
    known = report.incidents
    parts = [(known["open"], "open"), (known["unacknowledged"], "of them not acknowledged")]
    parts.append((known["repaired"], "repaired and not looked at since"))
    return ", ".join(f"{count:,} {word}" for count, word in parts if count)


def _replaced(report: "Status") -> str:
    from archive.core.ledger.key_chain import reason_of_replacement

    if report.key_replaced is None:
        return ""
    entry, day = report.key_replaced.get("entry"), str(report.key_replaced.get("time"))[:10]
    reason = reason_of_replacement(report.key_replaced.get("why"), report.key_replaced.get("signed"))
    return f"replaced at entry {entry}, {day}, without the signature of the one before: {reason}"


def _promise(report: "Status") -> str:
    every = f"each document read every {plural(report.promise_days, 'day')}"
    if report.overdue:
        return f"{every}: {plural(report.overdue, 'document')} overdue"
    if report.due:
        return f"{every}: on course, {plural(report.due, 'document')} due within a week"
    return f"{every}: on course"
