"""A ledger whose entries are not those that were signed: no catalog is held against it, or made of it."""

import pytest

from tests.changes import Changing
from tests.entries import alter


@pytest.fixture
def altered(changing: Changing) -> Changing:
    """An archive whose ledger does not say any more that a document was withdrawn."""
    changing("withdraw", changing.reference("b.txt"), "--reason", "asked back")
    alter(changing, "withdrawal")
    return changing


def test_the_good_catalog_is_not_accused(altered: Changing) -> None:
    refused = altered("catalog", "verify", code=5)
    assert "not those that were signed" in refused["message"]
    assert "ledger verify" in refused["remedy"]


def test_no_catalog_is_made_of_it(altered: Changing) -> None:
    before = (altered.root / "catalog.json").read_bytes()
    altered("catalog", "rebuild", code=5)
    assert (altered.root / "catalog.json").read_bytes() == before


def test_no_writer_makes_an_index_of_it(altered: Changing) -> None:
    reference = altered.reference("a.txt")
    (altered.root / "catalog.sqlite").unlink()
    altered("describe", reference, "--set", "dc.title=Other", code=5)
    assert not (altered.root / "catalog.sqlite").exists()
    assert altered("audit", code=5)["recorded"] is False
