"""Numbers of JSON that are none, or that no program holds: named where they stand, and kept as nothing."""

import io

import pytest

from archive.core.findings import Finding
from archive.formats.descriptions import DescribedRow, read_descriptions, read_sidecar


def read(text: str, name: str = "m.json") -> list[DescribedRow]:
    items = read_descriptions(name, io.BytesIO(text.encode()))
    return [each for each in items if isinstance(each, DescribedRow)]


def said(row: DescribedRow) -> list[tuple[str, str, int | None, str | None]]:
    return [(each.code, each.place, each.at.line, each.at.field) for each in row.findings]


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 400])
@pytest.mark.parametrize("value", ["{}", "[{}]", '["a", [{}]]', '{{"in": {}}}'])
def test_it_is_said_with_its_line_and_its_member(number: str, value: str) -> None:
    (row,) = read('{"title": "T",\n\n"y": ' + value.format(number) + "}")
    ((code, place, line, field),) = said(row)
    member = "in" if "in" in value else "y"
    assert (code, place, line, field) == ("DESC-NUMBER", f"m.json:{member}", 3, member)
    assert "0" not in str(row.description.other)


def test_a_term_that_is_no_number_is_told_once() -> None:
    (row,) = read('{"title": "T",\n"date": NaN, "creator": ["A", 1e999]}')
    assert said(row) == [
        ("DESC-NUMBER", "m.json:date", 2, "date"),
        ("DESC-NUMBER", "m.json:creator", 2, "creator"),
    ]
    assert set(row.description.terms) == {"title", "creator"}


def test_it_is_said_of_its_record_alone() -> None:
    text = '[{"filename": "a", "title": "A"},\n{"filename": "b", "title": "B",\n"y": NaN}]'
    first, second = read(text)
    assert (said(first), said(second)) == ([], [("DESC-NUMBER", "m.json:2:y", 3, "y")])
    first, second = read(f'{{"n": 1e999, "docs": {text}}}')
    assert (said(first), [each[0] for each in said(second)]) == ([], ["DESC-NUMBER"])
    second = read('{"filename": "a", "title": "A"}\n{"filename": "b", "title": "B", "y": NaN}', "m.jsonl")[1]
    assert said(second) == [("DESC-NUMBER", "m.jsonl:2:y", 2, "y")]


def test_round_a_list_it_is_said_of_the_file() -> None:
    items = read_descriptions(
        "m.json", io.BytesIO(b'{"n":\n1e999, "docs": [{"filename": "a", "title": "A"}]}')
    )
    found = [each for each in items if isinstance(each, Finding) and each.code == "DESC-NUMBER"]
    assert [(each.place, each.at.line, each.at.field) for each in found] == [("m.json:n", 1, "n")]


def test_a_document_that_is_a_number_is_no_object() -> None:
    found = read_sidecar("a.dc.json", b"[NaN]")
    assert isinstance(found, list)
    assert [each.code for each in found] == ["DESC-NOT-AN-OBJECT"]
