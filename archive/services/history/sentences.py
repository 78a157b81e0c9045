"""Entries of the ledger in plain words."""

from collections.abc import Mapping
from typing import Any, Final

from archive.core.ids import short_id
from archive.core.ledger.entries import Entry, EntryType
from archive.core.outcomes import BagOutcome
from archive.core.quantities import byte_size

_PLAIN: Final[Mapping[str, str]] = {
    EntryType.ARCHIVE_CREATED: "The archive was made",
    EntryType.SETTINGS_CHANGED: "The settings and policies of archive.toml were recorded",
    EntryType.KEY_CHANGED: "A new key signs from now on; the key before it vouches for it",
    EntryType.KEY_REPLACED: "A new key signs, and the one before it does not vouch for it",
    EntryType.AUDIT_STARTED: "An audit was begun and has not ended",
    EntryType.COPY_STARTED: "A copy was begun and has not ended",
    EntryType.COPY_AUDIT_STARTED: "An audit of a copy was begun and has not ended",
}


def sentence(entry: Entry, count: int, detail: str | None = None) -> str:
    """What an entry says; `count` documents where it stands for several of one run.

    `detail` are the fields that a new description changed.
    """
    if entry.type in _PLAIN:
        return _PLAIN[entry.type]
    if entry.type == EntryType.INCIDENTS_ACKNOWLEDGED or (
        entry.type == EntryType.REPAIRED and (count == 1 or entry.bag is None)
    ):
        return _of_damage(entry)
    match entry.type:
        case EntryType.SOFTWARE_CHANGED:
            return f"{entry.get('software')} writes from now on; before it was {entry.get('previous')}"
        case EntryType.INGESTION:
            return f"Taken in: {_files(entry)}"
        case EntryType.RUN_CLOSED:
            how = "; the run was interrupted" if entry.get("outcome") == "interrupted" else ""
            return f"{_documents(_number(entry.get('bags')))} taken in ({_files(entry)}){how}"
        case EntryType.DESCRIPTION_CHANGED if count == 1:
            return f"Described anew, revision {entry.get('revision')}" + (f": {detail}" if detail else "")
        case EntryType.WITHDRAWAL if count == 1:
            return "Withdrawn: not held any more, its bytes are in quarantine"
        case EntryType.DISPOSAL if count == 1:
            return "Disposed of: its bytes, description and notes were destroyed"
        case EntryType.AUDIT_FINISHED:
            return f"Self-check of {_audit(entry)}"
        case EntryType.COPY_AUDITED:
            return f"Copy {_place(entry)} checked, {_audit(entry)}"
        case EntryType.COPIED:
            return _copied(entry)
        case _:
            return _of_several(entry, count)


def check_sentence(entry: Entry, outcome: str) -> str:
    """What the end of a run says of one document: whose bytes were looked at, and how that came out."""
    match entry.type:
        case EntryType.COPY_AUDITED:
            return f"Copy {_place(entry)} checked: {outcome}"
        case EntryType.COPIED:
            return f"Copied to {_place(entry)}: {outcome}"
        case _:
            return f"Self-check: {outcome}"


def _of_several(entry: Entry, count: int) -> str:
    done = {
        EntryType.DESCRIPTION_CHANGED: "described anew",
        EntryType.WITHDRAWAL: "withdrawn",
        EntryType.DISPOSAL: "disposed of",
        EntryType.REPAIRED: "repaired",
    }
    if entry.type in done:
        return f"{_documents(count)} {done[EntryType(entry.type)]}"
    return entry.type[:1].upper() + entry.type[1:]


def _of_damage(entry: Entry) -> str:
    if entry.type == EntryType.INCIDENTS_ACKNOWLEDGED:
        named = entry.get("incidents")
        known = len(named) if isinstance(named, list) else 0
        return f"{known:,} incident{'' if known == 1 else 's'} acknowledged"
    what = "Repaired" if entry.bag is not None else "The archive's own files repaired"
    restored, aside = _number(entry.get("restored")), _number(entry.get("moved"))
    if entry.bag is None and aside and not restored:
        return f"{aside:,} thing{'' if aside == 1 else 's'} that did not belong in the archive set aside"
    done = f"{restored:,} file{'' if restored == 1 else 's'} put back"
    if not (restored or aside):
        done = "the empty folder data/ made again"
    if aside:
        done += f", {aside:,} set aside in quarantine"
    outcome = "intact" if entry.get("outcome") == BagOutcome.INTACT else "still damaged"
    return f"{what}: {done}; read in full since: {outcome}"


def _audit(entry: Entry) -> str:
    counts = entry.get("counts")
    known: dict[str, Any] = counts if isinstance(counts, dict) else {}
    words = ("intact", "damaged", "missing", "unreadable", "unknown")
    looked = sum(_number(known.get(word)) for word in words[:4])
    adverse = ", ".join(f"{_number(known.get(word)):,} {word}" for word in words[1:] if known.get(word))
    broken = "; it was interrupted" if entry.get("interrupted") is True else ""
    verdict = adverse or str(entry.get("outcome"))
    return f"{_documents(looked)}: {verdict}{broken}"


def _copied(entry: Entry) -> str:
    counts = entry.get("counts")
    known: dict[str, Any] = counts if isinstance(counts, dict) else {}
    held, written = _number(known.get("held")), _number(known.get("written"))
    how = {"incomplete": "; not all could be copied", "interrupted": "; the run was interrupted"}
    ended = how.get(str(entry.get("outcome")), "")
    return f"Copied to {_place(entry)}: {_documents(written)} written of {held:,}{ended}"


def _place(entry: Entry) -> str:
    return short_id(str(entry.get("copy")))


def _documents(count: int) -> str:
    return f"{count:,} document" + ("" if count == 1 else "s")


def _files(entry: Entry) -> str:
    files = _number(entry.get("files"))
    return f"{files:,} file" + ("" if files == 1 else "s") + f", {byte_size(_number(entry.get('bytes')))}"


def _number(value: Any) -> int:
    return value if type(value) is int and value >= 0 else 0
