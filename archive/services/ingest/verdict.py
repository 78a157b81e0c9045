"""From findings to the exit code of an ingest (docs/exit-codes.md: the first that applies)."""

from archive.core.errors import ConflictError, RejectedError, StorageError
from archive.storage.plan import Plan

HELD_DIFFERS = 1
_UNREADABLE = frozenset(
    {"BAG-FILE-UNREADABLE", "BAG-UNREADABLE", "SRC-NO-ROOM", "SRC-UNREADABLE", "VIRUS-NOT-CHECKED"}
)
_CONFLICT = frozenset({"REF-CONFLICT", "DUP-REFUSED", "REF-WITHDRAWN"})


def exit_code(plan: Plan) -> int:
    """1 where a held document came otherwise than it is held, 3 unreadable, 6 conflict, 4 refused, 0."""
    codes = plan.error_codes()
    if plan.count_differing():
        return HELD_DIFFERS
    if codes & _UNREADABLE:
        return StorageError.exit_code
    if codes & _CONFLICT:
        return ConflictError.exit_code
    return RejectedError.exit_code if codes else 0
