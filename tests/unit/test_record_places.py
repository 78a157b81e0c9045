"""Every finding of a file with several records leads to the one that it is of."""

import io

import pytest

from archive.core.finding_groups import FindingGroups
from archive.core.findings import At, Finding, error
from archive.formats.descriptions import read_descriptions


def found(name: str, text: str) -> list[Finding]:
    findings: list[Finding] = []
    for item in read_descriptions(name, io.BytesIO(text.encode())):
        findings += [item] if isinstance(item, Finding) else item.findings
    return [finding for finding in findings if finding.code != "DESC-READ-AS"]


def places(name: str, text: str) -> list[tuple[str, At]]:
    return [(finding.place, finding.at) for finding in found(name, text)]


FIRST = '{"filename": "a", "title": "A", "date": 1900}'
SECOND = '{"filename": "b", "title": "B", "date": 1901}'


def test_yaml_documents_are_told_apart_by_the_line_in_which_their_mappings_begin() -> None:
    text = "---\nfilename: a\ntitle: A\n---\n\nfilename: b\ntitle: B\nsubject: {a: b}\n"
    assert places("m.yaml", text) == [("m.yaml:6:subject", At("m.yaml", 8, None, "subject"))]


def test_yaml_document_that_stands_alone_is_named_by_its_file() -> None:
    text = "# mine\n---\nfilename: b\ntitle: B\nsubject: {a: b}\n"
    assert places("m.yaml", text) == [("m.yaml:subject", At("m.yaml", 5, None, "subject"))]


def test_yaml_key_that_stands_twice_is_named_with_its_record() -> None:
    text = "- filename: a\n  title: A\n- filename: b\n  title: B\n  title: C\n"
    assert places("m.yaml", text) == [("m.yaml:3:title", At("m.yaml", 5, None, "title"))]


def test_yaml_record_that_is_no_mapping_is_named_with_its_line() -> None:
    assert places("m.yaml", "- filename: a\n  title: A\n- some words\n") == [("m.yaml:3", At("m.yaml", 3))]
    assert places("m.yaml", "filename: a\ntitle: A\n---\nsome words\n") == [("m.yaml:4", At("m.yaml", 4))]


def test_yaml_records_of_one_line_are_told_apart_by_their_columns() -> None:
    text = (
        "[{filename: a, title: A, subject: {a: b}},\n {filename: b, title: B, subject: {a: b}}, {title: C}]\n"
    )
    assert places("m.yaml", text) == [
        ("m.yaml:1:subject", At("m.yaml", 1, None, "subject")),
        ("m.yaml:2:2:subject", At("m.yaml", 2, 2, "subject")),
        ("m.yaml:2:44", At("m.yaml", 2, 44)),
    ]


@pytest.mark.parametrize(
    ("name", "text", "first", "second"),
    [
        ("m.json", f"[{FIRST}, {SECOND}]", (1, 2), (1, 49)),
        ("m.json", f"\n[\n  {FIRST} , {SECOND} ]", (3, 3), (3, 51)),
        ("m.json", f"[{FIRST}\n,{SECOND}]", (1, None), (2, None)),
        ("m.json", f"[\n{FIRST},\n{SECOND}\n]\n", (2, None), (3, None)),
        ("m.json", f'{{"hits": [{FIRST},{SECOND}]}}', (1, 11), (1, 57)),
        ("m.json", f"{FIRST} {SECOND}", (1, 1), (1, 47)),
        ("m.jsonl", f"\n{FIRST}\t{SECOND}\n", (2, 1), (2, 47)),
        ("m.jsonl", f"{FIRST}\n{SECOND}\n", (1, None), (2, None)),
    ],
)
def test_json_records_of_one_line_are_told_apart_by_their_columns(
    name: str, text: str, first: tuple[int, int | None], second: tuple[int, int | None]
) -> None:
    assert places(name, text) == [
        (":".join(str(part) for part in (name, *at, "date") if part), At(name, *at, "date"))
        for at in (first, second)
    ]


def test_json_record_behind_one_of_several_lines_is_told_from_the_next() -> None:
    long = FIRST.replace(", ", ",\n")
    text = f"[{long}, {SECOND}, {SECOND}]"
    assert [place for place, _ in places("m.json", text)] == [
        "m.json:1:date",
        "m.json:3:16:date",
        "m.json:3:63:date",
    ]


def test_json_record_without_a_file_or_that_is_none_is_named_with_its_column() -> None:
    text = '[{"title": "A"}, {"title": "B"}, 7]'
    assert places("m.json", text) == [
        ("m.json:1:2", At("m.json", 1, 2)),
        ("m.json:1:18", At("m.json", 1, 18)),
        ("m.json:1:34", At("m.json", 1, 34)),
    ]


def test_column_of_a_line_is_no_column_of_a_group() -> None:
    groups = FindingGroups()
    for column in (2, 49):
        groups.add(error("DESC-VALUE-TYPE", "m.json:1", "is a number", at=At("m.json", 1, column, "date")))
    assert [(group.field, group.column, group.count) for group in groups] == [("date", "", 2)]
