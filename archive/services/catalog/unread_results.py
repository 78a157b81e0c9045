"""Results of audits that the index lacks until they can be read, and what it says of what they were about.

That an audit found damage is in the ledger, and which in its results: where they are lost, nothing that it
may have looked at is known to be good until it is read again.
"""

import contextlib
import json
from typing import Final

from archive.core.findings import Finding, error
from archive.core.ids import is_uuid7
from archive.core.ledger.entries import Entry, EntryType
from archive.core.outcomes import BagOutcome, RunOutcome
from archive.core.text import shell_word
from archive.services.opened import OpenedArchive
from archive.storage.audits.vouched_results import DoubtfulResultsError, vouched_chunks
from archive.storage.index import Index, IndexUnusableError

LACKING: Final = "lacks results of an audit that could not be read for it, and can be now"
# Under this name the index notes the run and the sha512 of the list of each.
_NAME: Final = "unread results"
# Under this name the runs whose end tells of damage: their results may be there, and not be those on record.
_OF_DAMAGE: Final = "lost damage"
_ADVERSE: Final = (BagOutcome.DAMAGED, BagOutcome.MISSING, BagOutcome.UNREADABLE)
_BACK: Final = "archive repair --ledger --from COPY puts the results back, where a copy has them"


def note_unread(index: Index, entry: Entry) -> None:
    """Notes in the index that storage does not give the results of the run that the entry ends."""
    noted = _noted(index)
    wanted = (entry.run or "", str(entry.get("results")))
    if wanted not in noted:
        index.note(_NAME, json.dumps([*noted, wanted]))


def note_lost(archive: OpenedArchive, index: Index, entry: Entry) -> bool:
    """Whether the run that the entry ends found something that was not good, and its results do not say what.

    Then it is noted in the index, which is made anew once they are there.
    """
    if not is_adverse(entry) or entry.run is None or not is_uuid7(entry.run):
        return False
    try:
        vouched_chunks(archive.layout.audits, entry.run, str(entry.get("results")))
    except DoubtfulResultsError as doubt:
        note_unread(index, entry)
        copy = entry.get("copy")
        lost = {**_lost(index), copy if isinstance(copy, str) else "": [entry.run, doubt.is_unread]}
        index.note(_OF_DAMAGE, json.dumps(lost))
        return True
    return False


def is_adverse(entry: Entry) -> bool:
    """True where the end of an audit or of a run of `archive copy` tells of bags that were not good.

    Of a copy the withdrawn bags are not counted: there the outcome tells.
    """
    counts = entry.get("counts")
    if not isinstance(counts, dict):
        return True
    if entry.type == EntryType.COPIED:
        return counts.get("failed") != 0
    is_damaged = entry.type == EntryType.COPY_AUDITED and entry.get("outcome") == RunOutcome.DAMAGED
    return is_damaged or any(counts.get(outcome, 0) != 0 for outcome in _ADVERSE)


def lost_damage(archive: OpenedArchive, index: Index) -> list[Finding]:
    """A finding for the archive and for each copy of which it is not known what an audit found."""
    places = {place.id: place for place in archive.settings.copies}
    found = []
    for copy, (run, is_unread) in _lost(index).items():
        if not copy and (count := index.counts().unknown):
            again = "archive audit reads them again"
            found.append(_finding(run, _documents(count), again, is_unread=is_unread))
        elif copy in places and (count := index.unknown_on(copy)):
            where = shell_word(places[copy].path)
            again = f"archive copy --to {where} reads them again, and writes anew what is not good there"
            about = f"{_documents(count)} on the copy “{places[copy].name or copy}”"
            found.append(_finding(run, about, again, is_unread=is_unread))
    return found


def _documents(count: int) -> str:
    return f"{count:,} {'document' if count == 1 else 'documents'}"


def _finding(run: str, about: str, again: str, *, is_unread: bool) -> Finding:
    why = "cannot be read" if is_unread else "are missing or altered"
    message = f"found damage, and its results {why}: of {about} it is not known whether they are good"
    code = "AUDIT-RESULTS-UNREADABLE" if is_unread else "AUDIT-RESULTS"
    return error(code, f"audits/{run}", message, remedy=f"{again}; {_BACK}")


def can_be_read(archive: OpenedArchive, index: Index) -> bool:
    """True where results that storage did not give for the index are there now, as they were recorded."""
    for run, sha512 in _noted(index):
        with contextlib.suppress(DoubtfulResultsError):
            vouched_chunks(archive.layout.audits, run, sha512)
            return True
    return False


def require_results(archive: OpenedArchive, index: Index) -> None:
    """Raises IndexUnusableError where the index lacks what one made anew would have."""
    if can_be_read(archive, index):
        raise IndexUnusableError(LACKING)


def _lost(index: Index) -> dict[str, tuple[str, bool]]:
    """By the place of a copy, empty for the archive itself, the last run, and whether storage was mute."""
    try:
        noted = json.loads(index.meta(_OF_DAMAGE) or "{}")
        return {str(copy): (str(run), bool(unread)) for copy, (run, unread) in noted.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _noted(index: Index) -> list[tuple[str, str]]:
    try:
        noted = json.loads(index.meta(_NAME) or "[]")
        return [(str(run), str(sha512)) for run, sha512 in noted if is_uuid7(str(run))]
    except (ValueError, TypeError, RecursionError):
        return []
