"""That a run is taken up with the choice it was begun with: others can write to where its plan lies."""

from archive.core.errors import EvidenceError
from archive.core.ledger.audit_choice import digest_of_choice
from archive.core.ledger.entries import Entry
from archive.services.audit.request import AuditRequest, Mode


def require_begun_choice(begun: Entry, index: int, request: AuditRequest, run: str) -> None:
    """Raises EvidenceError where the plan that a resumed `request` was made of is not that of the entry.

    Entries of earlier versions have no digest of it: mode, seed and number of ids are what they say.
    """
    if not _is_begun(begun, request):
        raise EvidenceError(
            f"audits/{run}/plan.json: does not say what entry {index:,} says of the choice of documents;"
            " nothing was read",
            remedy="begin a new one: archive audit; what this one read is kept",
        )


def _is_begun(begun: Entry, request: AuditRequest) -> bool:
    digest = begun.get("choice")
    if digest is not None:
        try:
            return digest_of_choice(request.kept_choice or {}) == str(digest)
        except (ValueError, RecursionError):  # half a character, no number: not what was ever written
            return False
    if (begun.get("mode"), begun.get("seed")) != (request.mode.value, request.seed):
        return False
    selected = begun.get("selected")
    if request.mode is Mode.IDS:
        return bool(selected == len(set(request.ids)))
    return not request.sample or (isinstance(selected, int) and request.sample >= selected)
