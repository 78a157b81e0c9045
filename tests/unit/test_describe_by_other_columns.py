"""A table for what is held need not speak Dublin Core: access or a column of one's own is enough."""

import json

import pytest

from tests.changes import Changing


def describe(changing: Changing, header: str, row: str, code: int = 0) -> dict[str, object]:
    path = changing.made.folder / "few.csv"
    path.write_text(f"{header}\n{row}\n")
    report: dict[str, object] = changing("describe", "--metadata", str(path), code=code)
    return report


def stored(changing: Changing) -> dict[str, object]:
    path = changing.bag("c.txt") / "metadata/revisions/0002/dublin-core.json"
    told: dict[str, object] = json.loads(path.read_text())
    return told


@pytest.mark.parametrize("key", ["reference", "id", "filename"])
def test_access_alone_is_described_by_whatever_names_the_document(changing: Changing, key: str) -> None:
    row = changing.row("c.txt")
    named = {"reference": row.reference, "id": row.bag, "filename": row.source}[key]
    report = describe(changing, f"{key},access", f"{named},restricted")
    assert "DESC-NO-TERMS" not in json.dumps(report)
    assert (stored(changing)["access"], stored(changing)["title"]) == ("restricted", ["The third"])
    changing.require_whole()


def test_a_column_of_ones_own_alone_is_described(changing: Changing) -> None:
    describe(changing, "reference,Shelf", f"{changing.reference('c.txt')},4 b")
    assert stored(changing)["other"] == {"Shelf": ["4 b"]}


@pytest.mark.parametrize(
    "header",
    ["reference,", "reference,problem", "reference,Titel", "reference,dc.titel", "id,revision", "Shelf,x"],
)
def test_a_table_that_says_nothing_of_what_it_names_is_refused(changing: Changing, header: str) -> None:
    report = describe(changing, header, f"{changing.reference('c.txt')},1", code=4)
    assert "DESC-NO-TERMS" in json.dumps(report)
