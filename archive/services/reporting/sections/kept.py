"""Copies, changes of policies, keys and programs, and the marks from outside."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from archive.core.errors import ArchiveError
from archive.core.ledger.entries import parse_entry
from archive.core.text import lossless
from archive.services.copies.standing import good_copies
from archive.services.evidence.outside import KeptMark, kept_marks
from archive.services.reporting.policy import policy_changes
from archive.services.reporting.sections.rows import listed
from archive.storage.ledger.notes import Notes

if TYPE_CHECKING:
    from archive.services.reporting.report import Gathered


def copies(of: "Gathered") -> dict[str, Any]:
    """Each place of a copy that archive.toml names or the period's entries mention."""
    places = {place.id: place for place in of.archive.settings.copies}
    indexed = {copy.id: copy for copy in of.index.copies()}
    rows = []
    for copy in sorted({*places, *of.tally.copies}):
        place, told, known = places.get(copy), of.tally.copies.get(copy), indexed.get(copy)
        rows.append(
            {
                "id": copy,
                "name": lossless(place.name) if place else None,
                "medium": lossless(place.medium) if place and place.medium else None,
                "site": lossless(place.site) if place and place.site else None,
                "provider": lossless(place.provider) if place and place.provider else None,
                "runs": told.runs if told else 0,
                "audits": told.audits if told else 0,
                "seen": known.seen or None if known else None,
                "copied": known.copied or None if known else None,
                "outcome": known.outcome or None if known else None,
                "audited": known.audited or None if known else None,
                "audit_outcome": known.audit_outcome or None if known else None,
            }
        )
    good = good_copies(of.archive, of.index)
    return {
        "rows": rows,
        "good": [{"copies": count, "documents": good[count]} for count in sorted(good)],
        "source": "ledger entries “copied” and “copy audited”; places: archive.toml on the day of the report;"
        " this archive counts as a copy",
    }


def changes(of: "Gathered") -> dict[str, Any]:
    """Policies, keys and programs that changed."""
    tally = of.tally
    policy, more = listed(
        {
            "entry": change.entry,
            "time": change.time,
            "changes": list(change.changes) if change.changes is not None else None,
        }
        for change in policy_changes(Notes(str(of.archive.root)), tally.settings, of.period.begins)
    )
    return {
        "policy": policy,
        "policy_more": more,
        "keys": [
            {"entry": index, "time": entry.time, "type": entry.type, "key": str(entry.get("key"))}
            for index, entry in tally.keys
        ],
        "software": [
            {
                "entry": index,
                "time": entry.time,
                "software": str(entry.get("software")),
                "previous": str(entry.get("previous")),
            }
            for index, entry in tally.software
        ],
        "source": "ledger entries “settings changed” with the texts in notes/, “key changed”, “key replaced”,"
        " “software changed”",
    }


def marks(of: "Gathered") -> dict[str, Any]:
    """The marks from outside that cover entries of the period, as they are kept."""
    rows, more = listed(mark for mark in dated_marks(of) if mark["covers"] in of.period)
    return {
        "rows": rows,
        "more": more,
        "source": "ledger/checkpoints, ledger/timestamps, ledger/statements; judged only where the keys of"
        " their makers were brought",
    }


def dated_marks(of: "Gathered") -> Iterator[dict[str, Any]]:
    """Each mark with the time of the last entry that it covers."""
    try:
        for mark in kept_marks(of.archive):
            yield {
                "kind": mark.kind,
                "size": mark.size,
                "by": lossless(mark.by) if mark.by is not None else None,
                "place": mark.place,
                "covers": _covered(of, mark),
            }
    except ArchiveError:
        return  # a folder that cannot be listed: the verification of the ledger says so


def _covered(of: "Gathered", mark: KeptMark) -> str | None:
    size = of.ledger.checkpoint.size if of.ledger.checkpoint is not None else 0
    try:
        return parse_entry(of.archive.ledger.entry(mark.size - 1)).time if 0 < mark.size <= size else None
    except ArchiveError:
        return None
