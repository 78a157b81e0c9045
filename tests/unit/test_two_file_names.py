"""Names of files at two levels of one record in JSON or YAML: a record never names another file unsaid."""

import io
import json
from typing import Any

import pytest

from archive.core.findings import Severity
from archive.formats.descriptions import DescribedRow, read_descriptions, read_sidecar


def read(document: Any, name: str = "m.json") -> DescribedRow:
    """The one row of a document; YAML reads JSON that is written like this."""
    data = json.dumps(document, indent=1).encode()
    row = read_sidecar(name, data) if ".dc." in name else next(read_descriptions(name, io.BytesIO(data)))
    assert isinstance(row, DescribedRow)
    return row


def errors(row: DescribedRow) -> list[tuple[str, str | None, int | None]]:
    return [(each.code, each.found, each.at.line) for each in row.findings if each.severity is Severity.ERROR]


@pytest.mark.parametrize("name", ["m.json", "m.yaml", "a.txt.dc.json", "a.txt.dc.yaml"])
def test_two_different_names_are_an_error(name: str) -> None:
    row = read({"filename": "a.txt", "metadata": {"title": "T", "filename": "b.txt"}}, name)
    assert errors(row) == [("DESC-PATH", "a.txt; b.txt", 5 if "yaml" in name else 2)]


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ({"filename": "a.txt"}, {"file": "b.txt"}),
        ({"file": ["a.txt", "c.txt"]}, {"filename": "a.txt"}),
        ({"filename": "a.txt"}, {"filename": ["a.txt", "b.txt"]}),
        ({"files": ["a.txt", "b.txt"]}, {"files": ["b.txt", "c.txt"]}),
    ],
)
def test_however_they_are_called_and_however_many(outer: dict[str, Any], inner: dict[str, Any]) -> None:
    (found,) = errors(read({**outer, "metadata": {"title": "T", **inner}}))
    assert found[0] == "DESC-PATH"


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ({"filename": "a.txt"}, {"filename": "a.txt"}),
        ({"filename": "a.txt"}, {"file": " ./a.txt "}),
        ({"filename": ["a.txt"]}, {"filename": "a.txt"}),
        ({"filename": "a.txt"}, {"filename": ""}),
        ({"filename": " "}, {"filename": "a.txt"}),
        ({"filename": "a.txt"}, {"filename": None}),
        ({}, {"filename": "a.txt"}),
        ({"filename": "a.txt"}, {}),
    ],
)
def test_one_name_at_two_levels_is_none_too_many(outer: dict[str, Any], inner: dict[str, Any]) -> None:
    row = read({**outer, "metadata": {"title": "T", **inner}})
    assert errors(row) == []
    assert [path.strip(" ./") for path in row.paths] == ["a.txt"]


def test_names_at_three_levels_and_in_a_set() -> None:
    row = read({"filename": "a.txt", "x": {"file": "a.txt", "metadata": {"title": "T", "path": "b.txt"}}})
    assert [found[0] for found in errors(row)] == ["DESC-PATH"]
    row = read([{"filename": "a.txt", "metadata": {"title": "T", "filename": "b.txt"}}])
    assert errors(row) == [("DESC-PATH", "a.txt; b.txt", 3)]
