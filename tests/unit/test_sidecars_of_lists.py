"""A sidecar whose one record stands in a list, as other systems answer, describes its document."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.core.findings import Finding, Severity, note
from archive.formats.descriptions import DescribedRow, read_sidecar, reading
from tests.checking import checked, filled
from tests.conformance.bag_cases.bag import build, good

RECORD = {"title": "Secret letter", "filename": "letter.txt"}
WRAPPED = json.dumps({"access": "restricted", "docs": [RECORD]})
YAML = "access: restricted\ndocs:\n  - title: Secret letter\n    filename: letter.txt\n"


@pytest.mark.parametrize(("name", "text"), [("letter.txt.dc.json", WRAPPED), ("letter.txt.dc.yaml", YAML)])
def test_the_one_record_of_a_list_inside_is_read_and_said(name: str, text: str) -> None:
    row = read_sidecar(name, text.encode())
    assert isinstance(row, DescribedRow)
    assert (row.description.title, str(row.description.access)) == ("Secret letter", "restricted")
    assert [each.code for each in row.findings] == ["DESC-READ-AS"]


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_its_document_is_brought(tmp_path: Path, form: str) -> None:
    stick = filled(tmp_path / "stick", "letter.txt")
    (stick / f"letter.txt.dc.{form}").write_text(WRAPPED if form == "json" else YAML)
    told = checked(stick)
    assert told.titles == {"letter.txt": "Secret letter"}
    assert [each["code"] for each in told.findings] == ["DESC-READ-AS"]


def test_its_bag_is_brought(tmp_path: Path) -> None:
    build(good(), tmp_path / "transfer")
    (tmp_path / "transfer.dc.json").write_text(json.dumps({"docs": [{**RECORD, "filename": "transfer/"}]}))
    assert checked(tmp_path / "transfer").titles == {"transfer/": "Secret letter"}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"docs": [RECORD, RECORD]}, "DESC-SEVERAL"),
        ({"docs": [{"title": "T"}]}, "DESC-NO-FILE"),
        ({"docs": [RECORD, 7]}, "DESC-NOT-AN-OBJECT"),
    ],
)
def test_a_list_that_holds_anything_else_is_refused(document: Any, code: str) -> None:
    found = read_sidecar("letter.txt.dc.json", json.dumps(document).encode())
    assert isinstance(found, list)
    assert code in [each.code for each in found if each.severity is Severity.ERROR]


def test_a_reader_that_gives_neither_a_record_nor_an_error_is_answered_with_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def silent(name: str, *_: object, **__: object) -> Iterator[Finding]:
        yield note("DESC-READ-AS", name, "read as nothing")

    monkeypatch.setattr(reading, "read_json", silent)
    found = read_sidecar("a.dc.json", b"[]")
    assert isinstance(found, list)
    assert [(each.code, each.severity) for each in found][1:] == [("DESC-EMPTY", Severity.ERROR)]
