"""`archive describe`."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from archive.cli.confirmation import confirmed
from archive.cli.context import Context, pass_context
from archive.cli.holding import finish_left_over, holding
from archive.cli.output import (
    ALWAYS_SAID,
    next_step,
    plural,
    reported_lines,
    say,
    stream_json,
    styled,
    tell,
    with_remedies,
)
from archive.cli.parameters import FREE_TEXT, PLAIN_TEXT, GivenPath, lock_wait_option
from archive.cli.progress import progress_for
from archive.core.exit_codes import weightiest
from archive.core.ids import short_id
from archive.core.limits.terminal import TEXT_DOCUMENTS, TEXT_VALUE
from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from archive.core.descriptions.description_change import FieldChange
    from archive.services.catalog.index_contents import Reading
    from archive.services.changes.request import DescribeRequest
    from archive.storage.descriptions.changes import DescriptionChange, DescriptionChanges


@click.command(
    epilog="Examples: archive describe 2026-000037 --set dc.title='A letter' --set dc.date=1918"
    " --reason 'read the postmark' · archive list --undescribed --table todo.csv, fill it in, then"
    " archive describe --metadata todo.csv · archive describe --accession 2026-014 --set access=restricted"
    " · archive describe 7c41ab12 --clear dc.creator --dry-run"
)
@click.argument("documents", metavar="[ID…]", nargs=-1)
@click.option(
    "--set",
    "values",
    metavar="FIELD=VALUE",
    multiple=True,
    help="Give a field this value instead of those it has; repeat it for several values.",
)
@click.option("--accession", metavar="NO", type=PLAIN_TEXT, help="All that came with this acquisition.")
@click.option("--where", metavar="QUERY", help="All that this search finds, as archive search does.")
@click.option("--clear", "cleared", metavar="FIELD", multiple=True, help="Empty a field; may be repeated.")
@click.option(
    "--metadata",
    metavar="FILE",
    type=GivenPath(readable=False),
    help="Descriptions of many: ODS, XLSX, CSV, JSON, XML or YAML with a column reference, id or filename.",
)
@click.option("--reason", metavar="TEXT", type=FREE_TEXT, help="Why; kept with the event.")
@click.option("--agent", metavar="NAME", type=PLAIN_TEXT, help="Who describes; else archive.toml's.")
@click.option(
    "--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="How to read dates such as 04/05/1918."
)
@click.option(
    "--profile",
    metavar="NAME",
    help="Refuse what would not keep this profile; else archive.toml's warns.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would change; nothing is written.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@lock_wait_option
@pass_context
def describe(context: Context, /, dry_run: bool, yes: bool, **options: Any) -> int:
    """Give held documents new descriptions; earlier ones and the documents themselves stay as they are.

    Shows old and new first. What is not named stays: an empty cell of a table leaves its field, --clear
    empties it. A value without a language stands for the whole term, and takes the place of those in every
    language; one in a language, as dc.title[en], of those in that one. The same rules hold as at ingest;
    one error and nothing is written. A table with a column `revision`, as `archive list --table` writes it,
    is refused for documents described again since.
    """
    from archive.services.catalog.index_reading import from_reading
    from archive.services.changes.selection import select_changes
    from archive.services.surroundings import Surroundings
    from archive.storage.descriptions.changes import DescriptionChanges

    request = _request(options)
    archive = context.open()
    surroundings = Surroundings(progress=progress_for(context))
    with ExitStack() as opened:

        def selected(reading: "Reading") -> DescriptionChanges:
            changes = opened.enter_context(DescriptionChanges())
            for finding in reading.findings:
                changes.add_finding(finding.to_json())
            select_changes(archive, reading.index, request, changes, surroundings.progress)
            return changes

        changes = from_reading(archive, selected)
        counts = changes.counts()
        code = weightiest(changes.refusal_codes())
        if not context.json:
            _print_changes(context, changes)
        run = None
        if counts["changed"] and not counts["refused"] and not dry_run:
            question = f"Write {plural(counts['changed'], 'new description')}?"
            if not confirmed(context, question, yes=yes):
                tell("Nothing was written.")
                return 0
            run = _publish(archive, changes, surroundings, options)
        elif not counts["refused"] and not dry_run:
            finish_left_over(archive, "describe", options, surroundings)
        if context.json:
            _stream_report(changes, run, options, dry_run=dry_run)
        else:
            _print_summary(context, counts, run, dry_run=dry_run)
        return code


def _request(options: dict[str, Any]) -> "DescribeRequest":
    from archive.services.changes.request import DescribeRequest, parse_assignment, parse_field

    documents, values, cleared = options["documents"], options["values"], options["cleared"]
    by_what = [name for name in ("accession", "where") if options[name] is not None]
    if options["metadata"] is None and not documents and not by_what:
        raise click.UsageError(
            "name the documents to describe, all of an --accession, all that a search finds (--where QUERY),"
            " or a table of them with --metadata FILE"
        )
    if options["metadata"] is not None and by_what:
        raise click.UsageError(f"--{by_what[0]} and --metadata exclude each other: the table names documents")
    if options["metadata"] is None and not values and not cleared:
        raise click.UsageError("say what to change: --set FIELD=VALUE, --clear FIELD or --metadata FILE")
    if options["metadata"] is not None and values:
        raise click.UsageError("--set and --metadata exclude each other: put the values into the table")
    if options["metadata"] is not None and len(documents) > 1:
        raise click.UsageError("--metadata describes one document named here, or those that its rows name")
    return DescribeRequest(
        documents=documents,
        accession=options["accession"],
        where=options["where"],
        values=tuple(map(parse_assignment, values)),
        cleared=tuple(map(parse_field, cleared)),
        metadata=options["metadata"],
        date_order=options["date_order"],
        profile=options["profile"],
    )


def _publish(archive: Any, changes: "DescriptionChanges", surroundings: Any, options: dict[str, Any]) -> str:
    from archive.services.changes.publication import Publication

    with holding(archive, "describe", options, surroundings) as hold:
        return Publication(
            archive, hold, changes, surroundings, agent=options["agent"], reason=options["reason"]
        ).publish()


def _fields(change: "DescriptionChange") -> "tuple[FieldChange, ...]":
    from archive.core.descriptions.description import Description
    from archive.core.descriptions.description_change import field_changes

    return field_changes(Description.from_stored(change.old), Description.from_stored(change.new))


# -- JSON --------------------------------------------------------------------------------------------------


def _stream_report(
    changes: "DescriptionChanges", run: str | None, options: dict[str, Any], *, dry_run: bool
) -> None:
    head = {
        "kind": "describe-report",
        "version": 1,
        "run": run,
        "dry_run": dry_run,
        "reason": options["reason"],
    }
    tail = {
        "unchanged": [
            {"id": bag, "reference": reference, "title": lossless(title)}
            for bag, reference, title in changes.unchanged()
        ],
        "refused": [
            {"place": place, "findings": list(with_remedies(found))} for place, found in changes.refused()
        ],
        "findings": list(with_remedies(changes.findings())),
        "counts": changes.counts(),
    }
    stream_json(head, "changed", map(_changed, changes.changes()), tail)


def _changed(change: "DescriptionChange") -> dict[str, Any]:
    return {
        "id": change.bag,
        "reference": change.reference,
        "place": change.place,
        "revision": change.revision,
        "fields": [field.to_json() for field in _fields(change)],
    }


# -- text --------------------------------------------------------------------------------------------------


def _print_changes(context: Context, changes: "DescriptionChanges") -> None:
    everything = context.verbosity > 0
    for line in _finding_lines(changes, everything=everything):
        tell(line)
    counts = changes.counts()
    for number, change in enumerate(changes.changes()):
        if number >= TEXT_DOCUMENTS and not everything:
            say(f"… and {counts['changed'] - TEXT_DOCUMENTS:,} more; -v shows all, --format json has them")
            break
        say(
            styled(f"{printable(change.reference)}  {short_id(change.bag)}", "bold")
            + f"  revision {change.revision}"
        )
        for field in _fields(change):
            say(f"  {printable(field.field)}")
            for mark, style, values in (("-", "red", field.old), ("+", "green", field.new)):
                for value in values:
                    language = f" [{value.lang}]" if value.lang else ""
                    say(styled(f"    {mark} {_cut(value.value)}{printable(language)}", style))
    if everything:
        for _, reference, _ in changes.unchanged():
            say(f"= {printable(reference)}: already described so")


def _cut(text: str) -> str:
    return printable(text if len(text) <= TEXT_VALUE else f"{text[:TEXT_VALUE]}…")


def _finding_lines(changes: "DescriptionChanges", *, everything: bool) -> Iterator[str]:
    refused = (found for _, several in changes.refused() for found in several)
    shown = 0
    said: set[str] = set()
    for found in chain(changes.findings(), refused):
        if found["severity"] == "note" and not everything and found["code"] not in ALWAYS_SAID:
            continue
        yield from reported_lines(found, said)
        shown += 1
        if shown >= TEXT_DOCUMENTS and not everything:
            yield "  … -v shows all, --format json has them for programs"
            return


def _print_summary(context: Context, counts: dict[str, int], run: str | None, *, dry_run: bool) -> None:
    changed, unchanged, refused = counts["changed"], counts["unchanged"], counts["refused"]
    same = f"; {unchanged:,} already described so" if unchanged else ""
    if refused:
        say(styled("Nothing was changed", "bold") + f": {plural(refused, 'row')} refused.")
    elif run:
        say(styled(f"{plural(changed, 'document')} described", "bold") + f"{same}; run {short_id(run)}")
    elif not changed:
        say("Nothing to change: everything is described so already.")
    elif dry_run:
        say(f"{plural(changed, 'document')} would be described{same}. Nothing was written (--dry-run).")
    if context.quiet:
        return
    if run:
        next_step("archive list --undescribed · archive history says what was done")
    elif dry_run and changed and not refused:
        next_step("the same command without --dry-run")
