"""What a profile asks for is said of the cell that is to be filled in or changed."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.tables.sheet import Cell, Sheet
from archive.formats.spreadsheet import write_xlsx

ROWS = [
    ["filename", "title", "subject", "shelf", "Subject", "language", "access"],
    ["a.txt", "A", "one||two", "", "three", "en", ""],
    ["b.txt", "", "", "9", "one", "", "open"],
]
# As an overlay and as a DC TAP table: subjects from a list, a language, and one column of their own.
TAP = (
    "propertyID,mandatory,repeatable,valueConstraint,valueConstraintType\n"
    "dcterms:subject,true,true,one two,picklist\n"
    "dcterms:language,true,true,,\n"
    "dcterms:extent,true,true,,\n"
)
OVERLAY = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "allOf": [{"$ref": "urn:document-archive:schema:dublin-core:1"}],
    "required": ["subject", "language", "extent"],
    "properties": {"subject": {"items": {"enum": ["one", "two"]}}},
}


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    root = tmp_path / "stick"
    root.mkdir()
    for name in ("a.txt", "b.txt"):
        (root / name).write_text(name)
    return root


def found(stick: Path, table: Path, profile: Path, printed: pytest.CaptureFixture[str]) -> list[Any]:
    """(code, place, column, field) of what the profile says."""
    words = ["check", str(stick), "--metadata", str(table), "--profile", str(profile), "--format", "json"]
    assert run(words) == 1
    report = json.loads(printed.readouterr().out)
    return sorted(
        (each["place"], each["at"].get("column"), each["at"]["field"])
        for each in report["findings"]
        if each["code"].startswith("PROFILE-")
    )


@pytest.fixture(params=["tap", "overlay"])
def profile(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "tap":
        path = tmp_path / "local.csv"
        path.write_text(TAP)
    else:
        path = tmp_path / "local.json"
        path.write_text(json.dumps(OVERLAY))
    return path


def test_each_finding_names_the_cell_of_a_csv(
    stick: Path, profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "t.csv"
    text = io.StringIO(newline="")
    csv.writer(text).writerows(ROWS)
    table.write_text(text.getvalue())
    assert found(stick, table, profile, capsys) == [
        ("t.csv:2:dc.subject[3]", "E", "dc.subject[3]"),
        ("t.csv:2:dcterms.extent", None, "dcterms.extent"),
        ("t.csv:3:dc.language", "F", "dc.language"),
        ("t.csv:3:dcterms.extent", None, "dcterms.extent"),
    ]


def test_each_finding_names_the_cell_of_a_spreadsheet_as_the_program_does(
    stick: Path, profile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "t.xlsx"
    with table.open("wb") as out:
        write_xlsx(Sheet(name="S", rows=[[Cell(text) for text in row] for row in ROWS]), out)
    assert found(stick, table, profile, capsys) == [
        ("t.xlsx:S!2:dcterms.extent", None, "dcterms.extent"),
        ("t.xlsx:S!3:dcterms.extent", None, "dcterms.extent"),
        ("t.xlsx:S!E2", "E", "dc.subject[3]"),
        ("t.xlsx:S!F3", "F", "dc.language"),
    ]
