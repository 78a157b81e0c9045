"""Results of audits that storage did not give for the index: it lacks them until they can be read."""

import contextlib
import json
from typing import Final

from archive.core.ids import is_uuid7
from archive.core.ledger.entries import Entry
from archive.services.opened import OpenedArchive
from archive.storage.audits.vouched_results import DoubtfulResultsError, vouched_chunks
from archive.storage.index import Index, IndexUnusableError

LACKING: Final = "lacks results of an audit that could not be read for it, and can be now"
# Under this name the index notes the run and the sha512 of the list of each.
_NAME: Final = "unread results"


def note_unread(index: Index, entry: Entry) -> None:
    """Notes in the index that storage does not give the results of the run that the entry ends."""
    noted = _noted(index)
    wanted = (entry.run or "", str(entry.get("results")))
    if wanted not in noted:
        index.note(_NAME, json.dumps([*noted, wanted]))


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


def _noted(index: Index) -> list[tuple[str, str]]:
    try:
        noted = json.loads(index.meta(_NAME) or "[]")
        return [(str(run), str(sha512)) for run, sha512 in noted if is_uuid7(str(run))]
    except (ValueError, TypeError, RecursionError):
        return []
