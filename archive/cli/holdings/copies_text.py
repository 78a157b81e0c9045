"""How many good copies there are, in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archive.cli.output import plural, tell
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.services.copies.standing import PlaceStanding
    from archive.services.opened import OpenedArchive


def copies_sentence(good: Mapping[int, int]) -> str:
    """`Of 12 documents 10 have 2 good copies, 2 have only 1 good copy`, the archive's own counted."""
    held = sum(good.values())
    if not held:
        return "Nothing is held yet."
    if len(good) == 1:
        (count,) = good
        return f"{_subject(held)} {_has(count, held)}."
    parts = [f"{good[count]:,} {_has(count, good[count])}" for count in sorted(good, reverse=True)]
    return f"Of {plural(held, 'document')} {', '.join(parts)}."


def tell_copies(archive: "OpenedArchive") -> None:
    """How many good copies there are, beside the results; nothing where the index does not say, or is
    behind the ledger."""
    from archive.services.catalog.index_reading import Asking, optional_index
    from archive.services.copies.standing import good_copies

    with optional_index(archive) as index:
        size = archive.checkpoint().size if index is not None else 0
        good = Asking(index)(
            lambda known: good_copies(archive, known) if known is not None and known.size == size else {}
        )
    if not good:
        return
    more = "" if archive.settings.copies else " One disk is not an archive: archive copy --to DIR"
    tell(copies_sentence(good) + more)


def _subject(held: int) -> str:
    return "The one document" if held == 1 else f"All {held:,} documents"


def _has(count: int, documents: int) -> str:
    verb = "has" if documents == 1 else "have"
    if count == 0:
        return f"{verb} no good copy"
    return f"{verb} only 1 good copy" if count == 1 else f"{verb} {count} good copies"


def place_sentence(standing: "PlaceStanding", now: int) -> str:
    """How one place stands: `at hand; complete; last seen 3 days ago`. `now` in milliseconds since 1970."""
    from archive.services.copies.standing import last_seen

    known = standing.known
    parts = [
        "at hand" if standing.at_hand else "away",
        *(["copy.json is lost"] if standing.unmarked else []),
        last_seen(standing.seen, now),
    ]
    if known is None:
        return "; ".join([*parts, "nothing on it yet"])
    if known.outcome == "interrupted":
        parts.append("the last run was interrupted")
    if known.refused:
        parts.append("refused: no state of this archive, and counts for nothing")
    elif standing.lacking:
        parts.append(f"lacks {plural(standing.lacking, 'document')}")
    if bad := standing.faults - standing.unknown:
        parts.append(f"{plural(bad, 'document')} not good on it")
    if standing.unknown and standing.faults:
        parts.append(f"what an audit found of {plural(standing.unknown, 'document')} on it is lost")
    if standing.disposed:
        has = "still has" if standing.at_hand else "had, when last complete,"
        parts.append(f"{has} {plural(standing.disposed, 'document')} disposed of since")
    if not known.refused and not standing.lacking and not standing.faults and known.outcome == "complete":
        parts.append("complete")
    if standing.same_disk:
        others = ["the archive" if not name else f"“{printable(name)}”" for name in standing.same_disk]
        parts.append(f"on the same disk as {' and '.join(others)}")
    if known.audited:
        parts.append(f"audited {known.audited[:10]}: {known.audit_outcome}")
    return "; ".join(parts)
