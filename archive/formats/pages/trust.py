"""What each trust basis means, in the words of our pages."""

from collections.abc import Mapping
from typing import Any, Final

from archive.core.ledger.trust import TrustBasis

_SINCE: Final = "What was recorded since then rests on the archive’s own word."
_MEANINGS: Final[Mapping[str, str]] = {
    TrustBasis.CHECKPOINT: (
        "Nothing that the ledger recorded up to that checkpoint was rewritten, removed or re-dated."
    ),
    TrustBasis.WITNESS: "Others have signed that they saw this ledger grow and never shrink or change.",
    TrustBasis.STATEMENT: "An auditor has signed that this ledger was then what it still is.",
    TrustBasis.TIMESTAMP: "A time-stamping service has signed that this ledger existed then as it does now.",
}
_SELF: Final = (
    "A self-check: bags, ledger and signature agree with each other. Whoever holds the signing key could have"
    " made them so: only a checkpoint kept elsewhere rules that out."
)
BROKEN: Final = "What the verdict would have rested on is broken; the findings say where."


def is_outside(trust: Mapping[str, Any]) -> bool:
    """True where somebody outside the archive vouches for the beginning of the ledger."""
    return trust["basis"] in _MEANINGS


def meaning(trust: Mapping[str, Any]) -> str:
    """What the member `trust` of a report means for whoever reads it."""
    if trust["basis"] == TrustBasis.NONE:
        return BROKEN
    known = _MEANINGS.get(trust["basis"])
    return f"{known} {_SINCE}" if known else _SELF
