"""What `archive tidy` prints for people."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from archive.cli.context import Context
from archive.cli.output import next_step, plural, say, styled, tell
from archive.core.ids import short_id
from archive.core.limits.terminal import TEXT_BAG_FILES, TEXT_FINDINGS
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.services.tidy.run import Tidy

_KEEP_OUT: Final = (
    "To keep desktops from doing it again: let people use archive open or archive export, and share the"
    " archive's folder read-only."
)


def print_found(context: Context, work: "Tidy") -> None:
    """What was found by kind, the first of its paths, and what stays where it is."""
    looked = f"{plural(work.looked, 'document')} looked at by name"
    if not (work.found or work.left or work.unread):
        if not (work.unreadable or work.missing):
            say(f"{styled('✓', 'green')} {looked}: no litter, in bags or beside them")
        return
    inside = work.found - len(work.beside.litter)
    where = f"{inside:,} in {plural(work.bags, 'document')}, {len(work.beside.litter):,} beside them"
    say(f"{looked}; {styled(plural(work.found, 'thing'), 'bold')} left by desktop programs: {where}")
    for what, count in work.kinds.most_common():
        say(f"  {count:>7,}  {what}")
    _print_some(context, _places(work, "litter"), work.found, TEXT_BAG_FILES, "    ")
    left = work.left + work.unread
    _print_some(context, _places(work, "left"), left, TEXT_FINDINGS, f"{styled('!', 'yellow')} left: ")


def print_outcome(context: Context, work: "Tidy", *, dry_run: bool) -> None:
    """Where it went, how the bags are now, and what to do next."""
    if work.run is not None:
        say(
            f"{styled('✓', 'green')} {plural(work.found, 'thing')} set aside as run {short_id(work.run)}, in"
            " quarantine/damaged/; nothing was deleted"
        )
    elif work.found and dry_run:
        say("Nothing was written.")
    if work.bags and work.run is not None:
        whole = work.bags - work.damaged
        say(f"{plural(work.bags, 'document')} read in full since: {whole:,} intact, {work.damaged:,} damaged")
    _print_unseen(work)
    if context.quiet:
        return
    if work.run is not None:
        tell(_KEEP_OUT)
    if work.found and work.run is None:
        next_step("archive tidy sets it aside, in quarantine/; nothing is deleted")
    elif work.damaged or work.missing:
        next_step("archive repair --plan says what else is wrong with the damaged documents")
    elif work.left:
        next_step("look at what was left; archive repair sets aside what does not belong in a bag")
    elif work.unreadable or work.unread:
        next_step(_of_unread(work))
    else:
        next_step("archive audit looks at everything")


def _print_unseen(work: "Tidy") -> None:
    if work.missing:
        say(f"{styled('✗', 'red')} {plural(work.missing, 'document')} not in place: nobody looked there")
    if work.unreadable:
        say(f"{styled('?', 'yellow')} {plural(work.unreadable, 'document')} could not be looked at")
    if work.unread:
        say(f"{styled('?', 'yellow')} {plural(work.unread, 'place')} could not be looked at")


def _of_unread(work: "Tidy") -> str:
    advised = sum(one.unread and one.remedy is not None for one in work.beside.left)
    if work.unreadable or work.unread > advised:
        return "look at the disk and its cable, then the same command again"
    return "do what the arrow says, then the same command again"


def _places(work: "Tidy", member: str) -> Iterator[str]:
    """The paths in the archive of what is litter, or of what is left and why; names escaped."""
    from archive.storage.layout import bag_path, quarantine_path

    for row in work.rows():
        place = bag_path(row["id"]) if row["state"] == "held" else quarantine_path(row["id"])
        for one in row[member]:
            yield f"{place}/{_line(one)}"
    beside = work.beside.litter if member == "litter" else work.beside.left
    yield from (_line(one.to_json()) for one in beside)


def _line(one: dict[str, Any]) -> str:
    path = _shown(one["path"])
    remedy = f"\n    → {_shown(one['remedy'])}" if "remedy" in one else ""
    return f"{path}: {one['why']}{remedy}" if "why" in one else path


def _shown(text: str | dict[str, str]) -> str:
    return printable(text if isinstance(text, str) else text["text"])


def _print_some(context: Context, lines: Iterator[str], count: int, most: int, before: str) -> None:
    for line in lines if context.verbosity > 0 else islice(lines, most):
        say(f"{before}{line}")
    if context.verbosity <= 0 and count > most:
        say(f"    … and {count - most:,} more; -v shows all")
