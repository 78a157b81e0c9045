"""What is said of one signature under a statement."""

from dataclasses import dataclass
from enum import StrEnum


class SignatureOutcome(StrEnum):
    """What one look at one signature established."""

    VALID = "valid"  # one of the signers that were brought made it over these bytes
    UNTRUSTED = "untrusted"  # none of them did, as far as can be told
    INVALID = "invalid"  # it is not a signature, or not one over these bytes
    UNJUDGED = "unjudged"  # what it needs is not on this machine


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """The outcome, who signed where that is known, and why it is not valid."""

    outcome: SignatureOutcome
    by: str = ""
    reason: str = ""
