"""`archive incidents`."""

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import click

from archive.cli.context import Context, pass_context
from archive.cli.output import next_step, print_findings, say, stream_json, styled
from archive.cli.parameters import FREE_TEXT, PLAIN_TEXT, lock_wait_option, say_waiting
from archive.core.ids import short_id
from archive.core.limits.terminal import TEXT_INCIDENTS
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.core.findings import Finding
    from archive.services.incidents.listing import ToldIncident
    from archive.services.opened import OpenedArchive
    from archive.storage.index import Index

_MARKS: Final = {"open": ("✗", "red"), "repaired": ("→", "yellow"), "closed": ("✓", "green")}


@click.command(
    epilog="Examples: archive incidents · archive incidents --all · archive incidents 2026-000037"
    " · archive incidents 1f19c4d6 --acknowledge 'the disk fell; a new one is ordered'"
)
@click.argument("names", metavar="[ID…]", nargs=-1)
@click.option("--open", "open_only", is_flag=True, help="What is not closed yet; so without any option, too.")
@click.option("--all", "everything", is_flag=True, help="Closed ones, too.")
@click.option(
    "--acknowledge",
    "cause",
    metavar="CAUSE",
    type=FREE_TEXT,
    help="Take note of the incidents named; the text, the cause as far as it is known, is kept.",
)
@click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who acknowledges; else archive.toml's.")
@lock_wait_option
@pass_context
def incidents(
    context: Context,
    /,
    names: tuple[str, ...],
    open_only: bool,
    everything: bool,
    cause: str | None,
    **options: Any,
) -> int:
    """List the damage that recorded audits have found: one incident for each, however often it was seen.

    An incident is open until good bytes are put back (archive repair), repaired until an audit has looked
    again, and then closed. Damage that comes back is a new one. ID is an incident's id, its last characters,
    or a document. To acknowledge says that somebody knows of it: it is damage all the same, and an audit
    goes on ending with exit 1.
    """
    from archive.services.catalog.index_reading import reading_index
    from archive.services.catalog.unread_results import lost_damage
    from archive.services.incidents.listing import Incidents
    from archive.services.signing.waiting_damage import damage_that_waits

    if open_only and everything:
        raise click.UsageError("--open and --all exclude each other")
    if cause is not None and not names:
        raise click.UsageError("name the incidents or documents: archive incidents ID… --acknowledge CAUSE")
    archive = context.open()
    if cause is not None:
        _acknowledge(archive, names, cause, options)
    waits = damage_that_waits(archive)
    with reading_index(archive) as reading:
        known = Incidents(archive, reading.index)
        rows = known.named(names) if names else known.listed(closed=everything)
        lost = lost_damage(archive, reading.index)
        found = (*reading.findings, *lost, *waits.doubts, *waits.findings)
        if context.json:
            _stream(reading.index, rows, len(waits.bags), found)
        else:
            print_findings(found, to_stderr=True)
            _print(
                context,
                reading.index,
                rows,
                in_full=bool(names),
                is_known=not (waits.bags or waits.doubts or lost),
            )
    return 0


def _acknowledge(
    archive: "OpenedArchive", names: tuple[str, ...], cause: str, options: dict[str, Any]
) -> None:
    from archive.core.errors import ConfigurationError
    from archive.services.incidents.acknowledging import acknowledge
    from archive.services.incidents.listing import Incidents
    from archive.services.surroundings import Surroundings
    from archive.services.writing import writing

    surroundings = Surroundings()
    with writing(
        archive,
        command="incidents",
        surroundings=surroundings,
        agent=options["agent"],
        wait=options["lock_wait"],
        waiting=say_waiting,
    ) as hold:
        meant = hold.from_index(lambda index: Incidents(archive, index).named(names))
        open_now = [one.incident for one in meant if one.incident.state.value == "open"]
        if not open_now:
            raise ConfigurationError(
                "none of these is open: there is nothing to acknowledge",
                remedy="archive incidents lists what is open",
            )
        acknowledge(archive, hold, open_now, surroundings, cause=cause, agent=options["agent"])


def _stream(index: "Index", rows: "Iterable[ToldIncident]", waiting: int, found: "Iterable[Finding]") -> None:
    head = {"kind": "incidents-report", "version": 1}
    counts = {**index.incidents.counts(), "waiting_damaged": waiting}
    tail = {"findings": [finding.to_json() for finding in found], "counts": counts}
    stream_json(head, "incidents", (one.to_json() for one in rows), tail)


def _print(
    context: Context, index: "Index", rows: "Iterable[ToldIncident]", *, in_full: bool, is_known: bool
) -> None:
    everything = in_full or context.verbosity > 0
    source = iter(rows)
    shown = 0
    for one in source if everything else islice(source, TEXT_INCIDENTS):
        shown += 1
        for line in incident_lines(one, in_full=everything):
            say(line)
    left = sum(1 for _ in source)
    if left:
        say(f"… and {left:,} more; -v shows all")
    counts = index.incidents.counts()
    if not shown and is_known:
        say(f"{styled('✓', 'green')} No damage is known that is not closed.")
    elif shown and not in_full:
        say(
            f"{counts['open']:,} open ({counts['unacknowledged']:,} not acknowledged),"
            f" {counts['repaired']:,} repaired and not looked at since, {counts['closed']:,} closed"
        )
    if context.quiet:
        return
    if counts["open"]:
        next_step("archive repair --plan says what can be put right, and from where")
    elif counts["repaired"]:
        next_step("archive audit looks again, and closes what is not there any more")


def incident_lines(one: "ToldIncident", *, in_full: bool) -> list[str]:
    """An incident as people read it; `in_full` with everything that is known of it."""
    incident = one.incident
    mark, colour = _MARKS[incident.state.value]
    which = printable(one.reference) if one.reference else (short_id(incident.bag) or "the archive")
    place = incident.place_value
    place = place if isinstance(place, str) else str(place["text"])
    known = "" if incident.acknowledged or incident.state.value != "open" else "  not acknowledged"
    since = incident.closed or incident.repaired or incident.opened
    head = (
        f"{styled(mark, colour)} {short_id(incident.id)}  {which}  {incident.code}  {printable(place)}"
        f"  {styled(incident.state.value, 'bold')} since {since[:10]}{known}"
    )
    return [head, *(_story(one) if in_full else ())]


def _story(one: "ToldIncident") -> list[str]:
    incident = one.incident
    lines = [f"found first  {_moment(incident.opened)}  by audit {short_id(incident.opened_run)}"]
    if incident.seen_run != incident.opened_run:
        lines.append(f"seen last    {_moment(incident.seen)}  by audit {short_id(incident.seen_run)}")
    if one.cause:
        lines += [f"cause        {printable(line)}" for line in one.cause.split("\n")]
    if incident.acknowledged:
        by = one.acknowledged.by if one.acknowledged is not None else None
        lines.append(f"acknowledged {_moment(incident.acknowledged)}{_by(by)}")
    if incident.repaired:
        by = one.repaired.by if one.repaired is not None else None
        lines.append(f"repaired     {_moment(incident.repaired)}{_by(by)}, ledger entry {incident.repair:,}")
    if incident.closed:
        run = f"by audit {short_id(incident.closed_run)}" if incident.closed_run else "with the document"
        lines.append(f"closed       {_moment(incident.closed)}  {run}")
    return [f"    {line}" for line in lines]


def _moment(time: str) -> str:
    return time[:19].replace("T", " ")


def _by(name: str | None) -> str:
    return f"  by {printable(name)}" if name else ""
