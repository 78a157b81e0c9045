"""Results of audits and records of repairs that are not those on record: what they said is not known now."""

import hashlib
import re
from collections.abc import Iterator
from operator import itemgetter
from typing import Final

from archive.core.errors import ArchiveError
from archive.core.findings import FewOfEach, Finding, error
from archive.core.ids import is_uuid7
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import Entry, EntryType, parse_entry
from archive.core.limits.archives import REPAIR_RECORD_BYTES
from archive.core.limits.output import REBUILD_FINDINGS
from archive.core.outcomes import BagOutcome
from archive.services.opened import OpenedArchive
from archive.storage.audits.vouched_results import DoubtfulResultsError, vouched_chunks
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.layout import repair_record_path

_PUT_BACK: Final = "put audits/ back from another copy of the archive: archive repair --ledger"
_RECORD_BACK: Final = "put it back from another copy of the archive: archive repair --ledger"
_LOOK: Final = "look at the storage, then verify again"
_RESULTS: Final = frozenset({EntryType.AUDIT_FINISHED, EntryType.COPIED, EntryType.COPY_AUDITED})
# Entries are canonical JSON, so that none but these hold such bytes.
_WANTED: Final = re.compile(
    b'"type":"(?:%s)"' % "|".join(sorted({*_RESULTS, EntryType.REPAIRED, EntryType.DISPOSAL})).encode()
)


def records_in_doubt(archive: OpenedArchive, checkpoint: Checkpoint) -> tuple[list[Finding], list[Finding]]:
    """What is wrong with results, and with the records of repairs that incidents follow from."""
    results, records = FewOfEach(REBUILD_FINDINGS), FewOfEach(REBUILD_FINDINGS)
    repairs: dict[str, list[tuple[int, Entry]]] = {}
    for number, raw in enumerate(archive.ledger.entries(0, checkpoint.size)):
        if not _WANTED.search(raw):
            continue
        entry = parse_entry(raw)
        if entry.type in _RESULTS:
            for finding in _of_results(archive, entry):
                results.take(finding)
        elif entry.type == EntryType.DISPOSAL:  # nothing is kept of it, and no incident
            repairs.pop(str(entry.bag), None)
        elif entry.bag is None or entry.get("outcome") != BagOutcome.INTACT:
            repairs.setdefault(entry.bag or "", []).append((number, entry))
    in_order = sorted((each for some in repairs.values() for each in some), key=itemgetter(0))
    for _, one in in_order:
        for finding in _of_repair(archive, one):
            records.take(finding)
    return results.kept, records.kept


def _of_results(archive: OpenedArchive, entry: Entry) -> Iterator[Finding]:
    if entry.run is None or not is_uuid7(entry.run):
        return
    try:
        vouched_chunks(archive.layout.audits, entry.run, str(entry.get("results")))
    except DoubtfulResultsError as doubt:
        code = "AUDIT-RESULTS-UNREADABLE" if doubt.is_unread else "AUDIT-RESULTS"
        remedy = _LOOK if doubt.is_unread else _PUT_BACK
        yield error(code, f"audits/{entry.run}", str(doubt), remedy=remedy)


def _of_repair(archive: OpenedArchive, entry: Entry) -> Iterator[Finding]:
    place = repair_record_path(entry.bag or "", entry.run or "none")
    try:
        data = read_plain(str(archive.root / place), REPAIR_RECORD_BYTES)
    except NotAPlainFileError:
        data = b""
    except ArchiveError as trouble:
        yield error("QUARANTINE-UNREADABLE", place, trouble.message, remedy=trouble.remedy or _LOOK)
        return
    if data is None or hashlib.sha512(data).hexdigest() != entry.get("record"):
        message = "the record of this repair is " + ("missing" if data is None else "altered")
        yield error("QUARANTINE-RECORD", place, message, remedy=_RECORD_BACK)
