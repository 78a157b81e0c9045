"""What is wrong beside bags and ledger and was not put back: what the next audit would say, said now."""

import os
import stat
from collections.abc import Iterator
from typing import Final

from archive.core import findings
from archive.core.errors import ArchiveError
from archive.core.findings import Finding, Severity
from archive.core.ledger.entries import parse_entry
from archive.services.audit.presence import linked_folders
from archive.services.audit.set_aside_by_repairs import linked
from archive.services.catalog.verification import verify_catalog
from archive.services.opened import OpenedArchive
from archive.storage import intents
from archive.storage.audits.history import AuditHistory
from archive.storage.audits.vouched import VOUCHED_TABLES, VouchedFiles
from archive.storage.audits.waiting_runs import WaitingRuns
from archive.storage.disk.kinds import kind_of
from archive.storage.disk.spool import open_spool
from archive.storage.layout import DAMAGED, WITHDRAWN
from archive.storage.ledger.note_verification import NotesListing

CATALOG: Final = "catalog.json"
STRANGER: Final = "CATALOG-RUN-UNKNOWN"
_OWN: Final = "archive"  # stands there for the archive's own files
_RUNS: Final = "runs"
# "Nothing is known of it" in an audit's words too.
UNREADABLE = frozenset(
    {
        "FIX-UNREADABLE",
        "NOTE-UNREADABLE",
        "AUDIT-RESULTS-UNREADABLE",
        "LEDGER-UNREADABLE",
        "QUARANTINE-UNREADABLE",
    }
)
# What entries about notes, audits and copies hold among their bytes.
_TOLD: Final = (b'"note', b"audit", b'"type":"cop')


def left_over(archive: OpenedArchive) -> list[Finding]:
    """What is left for people to mend beside bags, ledger and catalog.

    Notes and plans that are not those of the entries or cannot be read, results that nobody vouches for or
    that are lost, folders of the archive and of quarantine that are links, unfinished work that this program
    cannot take up.
    The ledger holds; raises ArchiveError where it cannot be read all the same.
    """
    # Listed first, so that the entries read afterwards know of everything that a writer put there before.
    notes, history = NotesListing(archive.root), AuditHistory(archive.layout.audits)
    waiting = WaitingRuns.of(archive.settings.archive_id).runs()
    spool = open_spool(VOUCHED_TABLES)
    try:
        vouched = VouchedFiles(spool)
        for index, raw in enumerate(archive.ledger.entries()):
            if any(mark in raw for mark in _TOLD):
                vouched.take_entry(index, parse_entry(raw))
        found = list(notes.verify(vouched.notes()))
        found += history.verify(vouched.known_audits(), "", waiting, read=False)
    finally:
        spool.close()
    found += linked_folders(archive)
    found += _linked_in_quarantine(archive)
    found += _unfinished(archive)
    return [one for one in found if one.severity is Severity.ERROR]


def wrong_in_catalog(archive: OpenedArchive, *, made_anew: bool) -> list[Finding]:
    """Manifests in `runs/` that no run of the ledger has, what keeps it from being listed, and what is wrong
    with catalog.json, unless that is made anew from the ledger.

    Raises ArchiveError where the checkpoint cannot be read.
    """
    wrong = {STRANGER, _RUNS} if made_anew else {STRANGER, _RUNS, CATALOG}
    found = verify_catalog(archive, archive.checkpoint())
    return [one for one in found if one.severity is Severity.ERROR and wrong & {one.code, one.place}]


def _linked_in_quarantine(archive: OpenedArchive) -> Iterator[Finding]:
    """Links in the place of folders of quarantine, down to those of bags; what lies in them is not read."""
    waiting = [(f"quarantine/{WITHDRAWN}", 1), (f"quarantine/{DAMAGED}", 3)]
    while waiting:
        place, depth = waiting.pop()
        try:
            kind = kind_of(archive.root / place)
            if kind == stat.S_IFLNK:
                yield linked(place)
            elif kind == stat.S_IFDIR and depth:
                is_own = place == f"quarantine/{DAMAGED}/{_OWN}"
                names = sorted(os.listdir(archive.root / place), key=os.fsencode, reverse=True)
                waiting += [(f"{place}/{name}", 0 if is_own else depth - 1) for name in names]
        except OSError as trouble:
            message = f"cannot be read: {trouble.strerror}; nothing is known of what it holds"
            yield findings.error("QUARANTINE-UNREADABLE", place, message)


def _unfinished(archive: OpenedArchive) -> list[Finding]:
    staging = archive.layout.staging
    try:
        for _ in intents.unfinished(staging):
            pass
    except (OSError, ArchiveError) as trouble:
        reason = trouble.strerror if isinstance(trouble, OSError) else trouble.message
        message = f"cannot be read: {reason}; what it was about is not known"
        remedy = "give the next command with the program that left it, or a newer one"
        return [findings.error("FIX-UNREADABLE", staging.name, message, remedy=remedy)]
    return []
