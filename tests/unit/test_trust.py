"""One sentence for each basis of trust, the same in every output."""

import pytest

from archive import schemas
from archive.core.ledger.trust import Trust, TrustBasis

_UNTIL = "2026-11-21T09:30:00.123Z"
_WITNESS = ("hill.example/witness",)


@pytest.mark.parametrize(
    ("trust", "statement"),
    [
        (Trust(basis=TrustBasis.NONE), "none: the evidence does not hold, or could not be read"),
        (Trust(basis=TrustBasis.SELF), "consistent with itself only"),
        (
            Trust(basis=TrustBasis.KEY, key_supplied=True),
            "consistent with itself only; signed by the key that you supplied",
        ),
        (
            Trust(basis=TrustBasis.CHECKPOINT, until=_UNTIL, size=1_234),
            "proven against the checkpoint of 2026-11-21 (1,234 entries) that you supplied",
        ),
        (
            Trust(basis=TrustBasis.CHECKPOINT, size=1),
            "proven against the checkpoint of 1 entry that you supplied",
        ),
        (
            Trust(basis=TrustBasis.WITNESS, until=_UNTIL, size=5, by=_WITNESS),
            "witnessed up to 2026-11-21 (5 entries) by hill.example/witness, unprotected since",
        ),
        (
            Trust(basis=TrustBasis.TIMESTAMP, until=_UNTIL, size=5),
            "time-stamped up to 2026-11-21 (5 entries), unprotected since",
        ),
    ],
)
def test_each_basis_has_its_sentence(trust: Trust, statement: str) -> None:
    assert trust.statement == statement


def test_the_closed_set_is_that_of_the_schema() -> None:
    known = schemas.load("values")["$defs"]["trust"]["properties"]["basis"]["enum"]
    assert known == [basis.value for basis in TrustBasis]
