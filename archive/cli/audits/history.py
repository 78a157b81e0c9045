"""`archive history`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import next_step, print_findings, say, stream_json, styled, tell
from archive.cli.parameters import AT_MOST
from archive.core.agents import AgentKind
from archive.core.ids import short_id
from archive.core.text import printable, shell_word

if TYPE_CHECKING:
    from archive.services.history.event import Event
    from archive.services.history.timeline import Timeline
    from archive.storage.index import IndexRow


@click.command(
    epilog="Examples: archive history · archive history 2026-000037 --checks · archive history --before 1200"
)
@click.argument("document", metavar="[ID]", required=False)
@click.option(
    "--limit",
    metavar="N",
    type=AT_MOST,
    default=50,
    show_default=True,
    help="The newest so many events.",
)
@click.option(
    "--before", metavar="INDEX", type=click.IntRange(0), help="Only what is older: the page before."
)
@click.option("--all", "everything", is_flag=True, help="Everything, however long.")
@click.option("--checks", is_flag=True, help="With ID: also what each audit found of it.")
@pass_context
def history(
    context: Context,
    document: str | None,
    limit: int,
    before: int | None,
    everything: bool,
    checks: bool,
) -> int:
    """Tell what happened, newest last: ingests, new descriptions, withdrawals, audits, policies, programs.

    ID is a document's reference, its id, or any ending of its id that only it has; without it the whole
    archive's history is told. Each event has a person or body and a program. Read from the ledger, not
    proven: that is what archive ledger verify does.
    """
    from archive.services.catalog.index_reading import reading_index
    from archive.services.history.timeline import Timeline
    from archive.services.holdings.resolution import resolve

    if checks and document is None:
        raise click.UsageError("--checks belongs to a document: archive history ID --checks")
    archive = context.open()
    with reading_index(archive) as reading:
        row = resolve(reading.index, document) if document is not None else None
        timeline = Timeline(archive, reading.index, row)
        timeline.findings += reading.findings
        events = timeline.events(limit=None if everything else limit, before=before, checks=checks)
        if context.json:
            _stream(timeline, row, events)
        else:
            _print(context, timeline, row, events)
    return timeline.trouble.exit_code if timeline.trouble else 0


def _stream(timeline: "Timeline", row: "IndexRow | None", events: "Iterator[Event]") -> None:
    from archive.services.holdings.listing import document_json

    tail: dict[str, Any] = {}

    def rows() -> Iterator[dict[str, Any]]:
        count = 0
        for event in events:
            count += 1
            yield event.to_json()
        tail.update(
            earlier=timeline.earlier,
            findings=[finding.to_json() for finding in timeline.findings],
            marks=[] if row is not None else [mark.to_json() for mark in timeline.marks()],
            counts={"events": count},
        )

    head = {
        "kind": "history-report",
        "version": 1,
        "origin": timeline.checkpoint.origin,
        "size": timeline.checkpoint.size,
        "subject": document_json(row) if row else None,
    }
    stream_json(head, "events", rows(), tail)


def _print(context: Context, timeline: "Timeline", row: "IndexRow | None", events: "Iterator[Event]") -> None:
    if row is not None:
        state = f"  ({row.state})" if row.state != "held" else ""
        say(styled(f"{printable(row.reference)}  {short_id(row.bag)}  {printable(row.title)}{state}", "bold"))
    last = None
    for last in events:
        for line in event_lines(last, one=row is not None):
            say(line)
    for mark in timeline.marks() if row is None else ():
        by = f" by {printable(mark.by)}" if mark.by else ""
        says = f": {printable(mark.text.partition(chr(10))[0])}" if mark.text else ""
        say(f"{'':19}  kept, not judged: {mark.kind}{by} over {mark.size:,} entries{says}")
    print_findings(timeline.findings, to_stderr=True)
    if last is None:
        tell("Nothing happened before that.")
    if context.quiet:
        return
    if timeline.earlier is not None:
        named = f"{printable(shell_word(row.reference))} " if row else ""
        next_step(f"archive history {named}--before {timeline.earlier} for what was earlier")
    elif row is not None and row.state == "held":
        next_step(f"archive show {printable(shell_word(row.reference))}")
    else:
        next_step("archive ledger verify proves it")


def event_lines(event: "Event", *, one: bool) -> list[str]:
    """An event as people read it: when, what, which document; below it who and why."""
    which = ""
    if not one and event.bag is not None:
        which = f"  {printable(event.reference or short_id(event.bag))}"
    time = event.time[:19].replace("T", " ")
    lines = [f"{time}  {printable(event.text)}{which}"]
    people = [agent.name or agent.id for agent in event.agents if agent.kind is not AgentKind.SOFTWARE]
    programs = [f"{agent.name} {agent.version}" for agent in event.agents if agent.kind is AgentKind.SOFTWARE]
    by = ", ".join(map(printable, people)) + (
        f", with {', '.join(map(printable, programs))}" if programs else ""
    )
    lines.append(styled(f"{'':19}  by {by}", "dim"))
    for label, text in (("because", event.reason), ("on the authority of", event.authority)):
        if text:
            lines += [f"{'':19}  {label}: {printable(line)}" for line in text.split("\n")[:1]]
            lines += [f"{'':19}    {printable(line)}" for line in text.split("\n")[1:]]
    return lines
