"""`archive catalog verify` finds what was edited in index, list of holdings and page for finders."""

import contextlib
import sqlite3

import pytest

from tests.archives import overwrite
from tests.changes import Changing


def edit(changing: Changing, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(changing.root / "catalog.sqlite")) as index, index:
        index.execute(statement)


def lived(changing: Changing) -> None:
    """Everything that writes to the index has done so."""
    changing("audit")
    changing("describe", changing.reference("a.txt"), "--set", "title=New")
    changing("withdraw", changing.reference("b.txt"), "--reason", "asked back")
    changing("audit", "--sample", "1", "--seed", "dice")


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
    path = changing.bag("a.txt") / "metadata/revisions/0002/dublin-core.json"
    overwrite(path, path.read_bytes() + b" ")
    assert changing("catalog", "verify")["findings"] == []
    edit(changing, "UPDATE documents SET bytes = bytes + 1 WHERE state = 'held'")
    found = changing("catalog", "verify", code=1)["findings"]
    assert found[0]["code"] == "CATALOG-INDEX-ALTERED"
    assert "bytes: not what" in found[0]["message"]


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
