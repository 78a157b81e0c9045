"""A title in a value is the value's: it never takes the place of the title of what is described."""

import io
import json
from typing import Any

import pytest

from archive.core.findings import Severity
from archive.formats.descriptions import DescribedRow, read_descriptions, read_sidecar

PART = {"title": "Series A"}


def rows(text: str, name: str = "m.json") -> list[DescribedRow]:
    items = read_descriptions(name, io.BytesIO(text.encode()))
    return [each for each in items if isinstance(each, DescribedRow)]


@pytest.mark.parametrize("key", ["isPartOf", "dcterms:isPartOf", "relation", "source", "publisher"])
def test_a_title_in_a_value_is_that_of_the_value(key: str) -> None:
    record = {"filename": "b.txt", "creator": "Doe", key: PART}
    (row,) = rows(json.dumps([record]))
    term = key.rpartition(":")[2]
    assert {name: row.description.first(name) for name in row.description.terms} == {
        "creator": "Doe",
        term: "Series A",
    }
    assert row.paths == ("b.txt",)


def test_so_it_is_in_yaml_and_in_a_sidecar() -> None:
    text = "filename: b.txt\ncreator: Doe\nisPartOf:\n  title: Series A\n"
    for row in (*rows(text, "m.yaml"), read_sidecar("b.txt.dc.yaml", text.encode())):
        assert isinstance(row, DescribedRow)
        assert set(row.description.terms) == {"creator", "isPartOf"}


def test_a_list_of_values_with_titles_is_no_list_of_records() -> None:
    (row,) = rows(json.dumps({"filename": "b.txt", "creator": "Doe", "isPartOf": [PART, PART]}))
    assert set(row.description.terms) == {"creator", "isPartOf"}
    assert len(row.description.terms["isPartOf"]) == 2


@pytest.mark.parametrize(
    "document",
    [
        {"metadata": {"title": "T", "isPartOf": PART}, "created": "1999"},
        {"id": 7, "type": "item", "identifier": "7", "metadata": {"title": "T", "creator": "Doe"}},
    ],
)
def test_a_wrapper_may_have_names_dates_and_types_of_its_own(document: dict[str, Any]) -> None:
    (row,) = rows(json.dumps(document))
    assert row.description.title == "T"
    assert [each.code for each in row.findings if each.severity is Severity.ERROR] == []
