"""`archive catalog verify` finds what was edited in index, list of holdings and page for finders."""

import shutil

import pytest

from archive.core.errors import StorageError
from archive.services.catalog import index_comparison
from tests.archives import overwrite
from tests.catalogs import codes, damage, edit, lived, unreadable
from tests.changes import Changing


def test_a_catalog_that_was_kept_up_differs_in_nothing(changing: Changing) -> None:
    lived(changing)
    assert changing("catalog", "verify")["findings"] == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE documents SET title = 'Forged' WHERE state = 'held'", "title: not what"),
        ("UPDATE documents SET last_checked = '2999-01-01T00:00:00.000Z'", "last_checked: not what"),
        ("UPDATE documents SET last_outcome = 'damaged' WHERE title = 'New'", "last_outcome: not what"),
        ("UPDATE documents SET payload_key = x'00'", "payload_key: not what"),
    ],
)
def test_a_row_that_was_edited_is_named(changing: Changing, statement: str, said: str) -> None:
    lived(changing)
    edit(changing, statement)
    found = changing("catalog", "verify", code=1)["findings"]
    assert {one["code"] for one in found} == {"CATALOG-INDEX-ALTERED"}
    assert all(said in one["message"] for one in found)


def test_what_only_the_bag_says_is_passed_over_where_a_bag_is_damaged(changing: Changing) -> None:
    lived(changing)
    damage(changing)
    assert codes(changing) == {"CATALOG-BAG-DOUBTFUL"}
    assert "but for 1 bag that could not be read" in changing.text("catalog", "verify")
    edit(changing, "UPDATE documents SET bytes = bytes + 1 WHERE state = 'held'")
    found = changing("catalog", "verify", code=1)["findings"]
    assert found[1]["code"] == "CATALOG-INDEX-ALTERED"
    assert "bytes: not what" in found[1]["message"]


def test_one_damaged_bag_hides_nothing_that_was_edited_of_another(changing: Changing) -> None:
    lived(changing)
    damage(changing)
    holdings = (changing.root / "holdings.csv").read_bytes()
    overwrite(changing.root / "holdings.csv", holdings + b" ")
    assert "CATALOG-DERIVED-ALTERED" in codes(changing, code=1)
    overwrite(changing.root / "holdings.csv", holdings)
    edit(changing, "UPDATE documents SET title = 'Forged' WHERE title != 'New' AND state = 'held'")
    assert "CATALOG-INDEX-ALTERED" in codes(changing, code=1)


@pytest.mark.parametrize("name", ["holdings.csv", "README.html"])
def test_a_derived_file_that_cannot_be_read_does_not_pass_for_a_good_one(
    changing: Changing, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable(monkeypatch, changing.root / name)
    report = changing("catalog", "verify", code=3)
    assert [(one["code"], one["place"]) for one in report["findings"]] == [("CATALOG-UNREADABLE", name)]
    assert "1 thing could not be looked at" in (said := changing.text("catalog", "verify", code=3))
    assert "not hold" not in said


def test_where_there_is_no_room_to_compare_nothing_is_called_good(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("no room for the index")

    monkeypatch.setattr(index_comparison, "bring_up_to_date", full)
    assert codes(changing, code=3) == {"CATALOG-UNREADABLE"}


@pytest.mark.parametrize(
    ("lost", "code", "finding"),
    [(True, 1, "AUDIT-RESULTS"), (False, 3, "AUDIT-RESULTS-UNREADABLE")],
    ids=["lost", "unreadable"],
)
def test_results_that_nobody_can_read_are_named_and_no_index_is_accused(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, *, lost: bool, code: int, finding: str
) -> None:
    lived(changing)
    run = min((changing.root / "audits").iterdir())
    if lost:
        shutil.rmtree(run)
    else:
        unreadable(monkeypatch, run)
    assert codes(changing, code=code) == {finding}
    edit(changing, "UPDATE documents SET title = 'Forged' WHERE state = 'held'")
    assert codes(changing, code=1) == {finding, "CATALOG-INDEX-ALTERED"}


@pytest.mark.parametrize(
    ("name", "code", "finding"),
    [("holdings.csv", 1, "CATALOG-DERIVED-ALTERED"), ("README.html", 0, "CATALOG-DERIVED-STALE")],
)
def test_a_derived_file_that_was_edited_is_named(
    changing: Changing, name: str, code: int, finding: str
) -> None:
    overwrite(changing.root / name, (changing.root / name).read_bytes().replace(b"000001", b"000007"))
    overwrite(changing.root / name, (changing.root / name).read_bytes() + b" ")
    report = changing("catalog", "verify", code=code)
    assert [(one["code"], one["place"]) for one in report["findings"]] == [(finding, name)]
