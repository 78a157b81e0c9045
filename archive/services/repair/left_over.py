"""What is wrong beside bags and ledger and was not put back: what the next audit would say, said now."""

from typing import Final

from archive.core import findings
from archive.core.entries import parse_entry
from archive.core.errors import ArchiveError
from archive.core.findings import Finding, Severity
from archive.services.catalog.verification import verify_catalog
from archive.services.opened import OpenedArchive
from archive.storage import intents
from archive.storage.audit_history import verify_plans
from archive.storage.audit_vouched import VOUCHED_TABLES, VouchedFiles
from archive.storage.note_verification import NotesListing
from archive.storage.spool import open_spool

CATALOG = "catalog.json"
# "Nothing is known of it" in an audit's words too.
UNREADABLE = frozenset({"FIX-UNREADABLE", "NOTE-UNREADABLE", "AUDIT-RESULTS-UNREADABLE"})
# What entries about notes, audits and copies hold among their bytes.
_TOLD: Final = (b'"note', b"audit", b'"type":"cop')


def left_over(archive: OpenedArchive) -> list[Finding]:
    """Notes and plans that are not those of the entries or cannot be read, and unfinished work that this
    program cannot take up.

    The ledger holds; raises ArchiveError where it cannot be read all the same.
    """
    spool = open_spool(VOUCHED_TABLES)
    try:
        vouched = VouchedFiles(spool)
        for index, raw in enumerate(archive.ledger.entries()):
            if any(mark in raw for mark in _TOLD):
                vouched.take_entry(index, parse_entry(raw))
        found = list(NotesListing(archive.root).verify(vouched.notes()))
        found += verify_plans(archive.layout.audits, vouched.known_audits())
    finally:
        spool.close()
    found += _unfinished(archive)
    return [one for one in found if one.severity is Severity.ERROR]


def altered_catalog(archive: OpenedArchive) -> list[Finding]:
    """What is wrong with catalog.json, which no copy's bytes mend: it is made anew from the ledger.

    Raises ArchiveError where the checkpoint cannot be read.
    """
    found = verify_catalog(archive, archive.checkpoint())
    return [one for one in found if one.severity is Severity.ERROR and one.place == CATALOG]


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
