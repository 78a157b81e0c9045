"""What is said of results of audits that do not hold, by everybody in the same words."""

from collections.abc import Sequence
from typing import Final

from archive.core.findings import Finding, Severity, error
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.storage.audits.vouched_results import DoubtfulResultsError

_PUT_BACK: Final = "put it back from another copy of the archive; until then it counts as not checked"
_LOOK: Final = "look at the storage, then ask again; until then it counts as not checked"


def results_finding(doubt: DoubtfulResultsError, run: str, entry: int) -> Finding:
    """The finding about the results of a run that the entry of that index ends."""
    place = f"audits/{run}"
    if doubt.is_unread:
        return error("AUDIT-RESULTS-UNREADABLE", place, f"of entry {entry}: {doubt}", remedy=_LOOK)
    return error("AUDIT-RESULTS", place, f"entry {entry} records others: {doubt}", remedy=_PUT_BACK)


def exit_code_of(ledger: LedgerOutcome, found: Sequence[Finding]) -> int:
    """5 where the ledger does not hold, 1 where results do not, 3 where either could not be read, else 0."""
    if ledger is LedgerOutcome.BROKEN:
        return 5
    codes = {finding.code for finding in found if finding.severity is Severity.ERROR}
    if "AUDIT-RESULTS" in codes:
        return 1
    is_unread = ledger is not LedgerOutcome.PROVEN or "AUDIT-RESULTS-UNREADABLE" in codes
    return 3 if is_unread else 0
