"""What `archive repair` prints for people."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from archive.cli.context import Context
from archive.cli.output import next_step, plural, say, styled
from archive.core.ids import short_id
from archive.core.limits.terminal import TEXT_BAG_FILES, TEXT_FINDINGS
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.services.repair.run import Repair

_STATES: Final = {
    "intact": ("✓", "green", "intact: nothing has to be done"),
    "repairable": ("→", "green", "can be repaired in full"),
    "partly": ("→", "yellow", "repaired in part only: it is still damaged"),
    "lacking": ("✗", "red", "cannot be repaired with what is at hand"),
    "unreadable": ("?", "yellow", "could not be read; that is not known to be damage"),
    "repaired": ("✓", "green", "repaired, and read in full since: intact"),
}
_MARKED = {"altered": "altered", "missing": "missing", "unreadable": "unreadable", "unlisted": "not recorded"}


def print_rows(context: Context, rows: Iterable[dict[str, Any]]) -> None:
    """Each damaged document: what is wrong, since when, which bytes are good and on whose word."""
    left = 0
    for number, row in enumerate(rows):
        if number >= TEXT_FINDINGS and context.verbosity <= 0:
            left += 1
            continue
        _print_row(context, row)
    if left:
        say(f"  … and {left:,} more; -v shows all")


def _print_row(context: Context, row: dict[str, Any]) -> None:
    mark, colour, words = _STATES[row["state"]]
    if row["state"] == "partly" and any(one["place"] is None for one in row["restore"]):
        words = "in part: for some of it there are no good bytes at hand"
    name = printable(_text(row["reference"]) or short_id(row["id"]))
    title = f"  {printable(row['title'])}" if row["title"] else ""
    since = f" (known since {row['known_since'][:10]})" if row["known_since"] else ""
    say(f"{styled(mark, colour)} {name}{title}  {styled(words, 'bold')}{since}")
    if not row["contents_known"]:
        say("    nothing at hand says what the bag, or its payload, should hold")
    restored = [_restored(one, row) for one in row["restore"]]
    if row["whole"] and (whole := _whole(row)) is not None:
        restored = [whole]
    if row["payload_folder"]:
        done = "made again" if row["state"] == "repaired" else "to be made again"
        restored.append(f"data/ (a folder without files): missing; {done}")
    lines = restored + [
        f"to quarantine: {printable(_text(one['path']) or 'the bag as it is')} ({_MARKED[one['outcome']]})"
        for one in row["set_aside"]
        if one["outcome"] != "altered"
    ]
    shown: Sequence[str] = lines if context.verbosity > 0 else lines[:TEXT_BAG_FILES]
    for line in shown:
        say(f"    {line}")
    if len(shown) < len(lines):
        say(f"    … and {len(lines) - len(shown):,} more; -v shows all")
    if lines:
        say(styled(f"    on the word of ledger entry {row['entry']:,}", "dim"))


def _restored(one: dict[str, Any], row: dict[str, Any]) -> str:
    what = f"{printable(_text(one['path']))}: {_MARKED[one['outcome']]}"
    if one["place"] is None and one["path"] in row["refused"]:
        return f"{what}; not found, and a place that may have it could not be read"
    if one["place"] is None:
        return f"{what}; nothing at hand has its digest {one['expected'][:16]}…"
    done = "put back" if row["state"] == "repaired" else "good"
    if one["place"] == "the bag itself":
        return f"{what}; {done} from the rest of the bag"
    return f"{what}; {done} from {printable(_text(one['place']))} ({printable(_text(one['source']))})"


def _whole(row: dict[str, Any]) -> str | None:
    """One line for a bag that comes back as one; None where some of it, or all, is nowhere at hand."""
    places = dict.fromkeys(_text(one["place"]) for one in row["restore"] if one["place"] != "the bag itself")
    if "" in places or not row["restore"]:
        return None
    done = "put back" if row["state"] == "repaired" else "good"
    found = printable(", ".join(places)) or "the rest of the bag"
    return f"the whole bag, {plural(len(row['restore']), 'file')}: {done} from {found}"


def print_summary(context: Context, work: "Repair", *, plan_only: bool, asked: Sequence[str]) -> None:
    """How it came out, and what to do next."""
    counts = work.counts()
    looked = f"{plural(work.looked, 'document')} read"
    if not sum(counts.values()):
        nothing = "nothing is damaged" if work.looked else "no damage is known; --all reads every document"
        if work.doubts:
            nothing = "what an audit found that waits for a signature is not known"
            say(f"{styled('!', 'yellow')} {looked}: {nothing}")
        else:
            say(f"{styled('✓', 'green')} {looked}: {nothing}")
    elif plan_only:
        able = counts["repairable"]
        say(f"{looked}; {plural(able, 'document')} can be repaired in full. Nothing was written.")
    elif counts["repaired"] or counts["partly"]:
        done = f"{plural(counts['repaired'], 'document')} repaired"
        said = f" as run {short_id(work.run)}; what was damaged is in quarantine/" if work.run else ""
        say(f"{looked}; {styled(done, 'bold')}{said}")
    if context.quiet:
        return
    if counts["lacking"] or counts["partly"]:
        _say_what_to_bring(work, asked)
    elif plan_only and counts["repairable"]:
        next_step("the same command without --plan repairs it")
    elif counts["unreadable"]:
        next_step("look at the disk and its cable; --unreadable puts good bytes in its place all the same")
    elif counts["repaired"]:
        next_step("archive audit looks at everything; find out why it was damaged before it happens again")


def _say_what_to_bring(work: "Repair", asked: Sequence[str]) -> None:
    from archive.storage.shelves.copies import away

    if absent := away(work.archive.settings):
        next_step(f"bring the copy {printable(' or '.join(absent))}, which is not at hand, and repeat this")
    elif asked:
        next_step("bring another copy: archive repair --from DIR")
    else:
        next_step("bring another copy, archive repair --from DIR, or the original file, --from FILE")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value["text"])
