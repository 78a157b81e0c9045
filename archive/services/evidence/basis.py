"""On whose word the verdict about a ledger rests: of all the marks that hold, the one that covers most."""

from dataclasses import dataclass

from archive.core.errors import ArchiveError
from archive.core.ledger.entries import parse_entry
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.core.ledger.note import VerifierKey
from archive.core.ledger.trust import Trust, TrustBasis
from archive.services.evidence.cosigned import WitnessedState
from archive.services.evidence.signed_statements import StatedState
from archive.services.evidence.stamps import StampedState
from archive.services.opened import OpenedArchive


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What holds: how many entries supplied checkpoints prove, and the best of each kind of mark."""

    proven: int | None
    witnessed: WitnessedState | None
    stamped: StampedState | None
    stated: StatedState | None


def basis_of(
    archive: OpenedArchive,
    outcome: LedgerOutcome,
    marks: Marks,
    verifier: VerifierKey,
    supplied: VerifierKey | None,
) -> Trust:
    """The mark that covers most, where the ledger is proven; else none.

    Of those that cover as much it is the first in this order: a witness, a supplied checkpoint, a time-stamp,
    a statement.
    """
    key, brought = str(verifier), supplied is not None
    if outcome is not LedgerOutcome.PROVEN:
        return Trust(basis=TrustBasis.NONE, key=key, key_supplied=brought)
    found: list[tuple[TrustBasis, int, str | None, tuple[str, ...]]] = []
    if (witnessed := marks.witnessed) is not None:
        found.append((TrustBasis.WITNESS, witnessed.size, witnessed.time, witnessed.by))
    if marks.proven is not None:
        found.append((TrustBasis.CHECKPOINT, marks.proven, time_of_last(archive, marks.proven), ()))
    if (stamped := marks.stamped) is not None:
        found.append((TrustBasis.TIMESTAMP, stamped.size, stamped.time, _names(stamped.by)))
    if (stated := marks.stated) is not None:
        found.append((TrustBasis.STATEMENT, stated.size, time_of_last(archive, stated.size), stated.by))
    if not found:
        basis = TrustBasis.KEY if brought else TrustBasis.SELF
        return Trust(basis=basis, key=key, key_supplied=brought)
    basis, size, until, by = max(found, key=lambda each: each[1])  # the first of those that are largest
    return Trust(basis=basis, until=until, size=size, by=by, key=key, key_supplied=brought)


def _names(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()


def time_of_last(archive: OpenedArchive, size: int) -> str | None:
    """The time of the last of the first `size` entries; None where it cannot be read."""
    try:
        return parse_entry(archive.ledger.entry(size - 1)).time if size else None
    except ArchiveError:
        return None
