"""The closed sets of verdicts, and how the worst of many is found.

"Did not match" and "could not look" are never one value, and neither is ever "fine".
"""

from collections.abc import Iterable
from enum import StrEnum


class FileOutcome(StrEnum):
    """What one look at one file established."""

    INTACT = "intact"  # read in full; the digest is the recorded one
    ALTERED = "altered"  # read, or measured: the bytes are not the recorded ones
    MISSING = "missing"  # storage answered: there is no such file
    UNLISTED = "unlisted"  # it is there, and nothing vouches for it
    UNREADABLE = "unreadable"  # storage did not answer; nothing is known


class BagOutcome(StrEnum):
    """What an audit established about one bag: the worst of its files, its structure and its anchor."""

    INTACT = "intact"
    DAMAGED = "damaged"  # a file altered, missing or unlisted; a bag forged consistently too
    MISSING = "missing"  # the ledger holds it, storage does not
    UNREADABLE = "unreadable"  # it could not be looked at, or not in full, and nothing seen was wrong
    UNKNOWN = "unknown"  # it is there, and the ledger does not hold it
    PENDING = "pending"  # of an ingest that has not committed yet
    WITHDRAWN = "withdrawn"  # taken out of the holdings by a recorded event


class RunOutcome(StrEnum):
    """What an audit run may say when it ends."""

    INTACT = "intact"
    DAMAGED = "damaged"
    INCONCLUSIVE = "inconclusive"  # something that was selected could not be looked at
    EVIDENCE_BROKEN = "evidence-broken"  # ledger, proof or signature does not hold
    NOTHING_READ = "nothing-read"
    NO_DIFFERENCE_SEEN = "no-difference-seen"  # names and sizes only


_DAMAGE = frozenset({FileOutcome.ALTERED, FileOutcome.MISSING, FileOutcome.UNLISTED})
_ADVERSE = frozenset({BagOutcome.DAMAGED, BagOutcome.MISSING, BagOutcome.UNKNOWN})
_READ = frozenset({BagOutcome.INTACT, BagOutcome.DAMAGED})


def bag_outcome(files: Iterable[FileOutcome]) -> BagOutcome:
    """The outcome of a bag from those of its files: damage that was seen outweighs what could not be seen."""
    seen = set(files)
    if seen & _DAMAGE:
        return BagOutcome.DAMAGED
    return BagOutcome.UNREADABLE if FileOutcome.UNREADABLE in seen else BagOutcome.INTACT


def run_outcome(
    bags: Iterable[BagOutcome], *, held: int, quick: bool = False, errors: bool = False, evidence: bool = True
) -> RunOutcome:
    """The outcome of a run from those of its bags.

    `held` is how many bags the ledger holds, `quick` a look at names and sizes, `errors` whether anything
    beside the bags was found wrong, `evidence` whether ledger, proofs and signatures hold.
    """
    seen = set(bags)
    if not evidence:
        return RunOutcome.EVIDENCE_BROKEN
    if errors or seen & _ADVERSE:
        return RunOutcome.DAMAGED
    if BagOutcome.UNREADABLE in seen:
        return RunOutcome.INCONCLUSIVE
    if held and not seen & _READ:
        return RunOutcome.NOTHING_READ
    return RunOutcome.NO_DIFFERENCE_SEEN if quick else RunOutcome.INTACT
