"""A row whose name is only spelt otherwise: certain to mean a file unless another row has that one."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from tests.sticks import make_stick

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return make_stick(tmp_path)


def table_of(folder: Path, *names: str) -> Path:
    path = folder / "m.csv"
    with path.open("w", newline="") as out:
        rows = [[name, f"title {number}"] for number, name in enumerate(names)]
        csv.writer(out).writerows([["filename", "title"], *rows])
    return path


def report_of(printed: Printed, *words: object) -> Any:
    run(["check", *map(str, words), "--format", "json"])
    return json.loads(printed.readouterr().out)


def missing(report: Any) -> list[tuple[str, str | None, str]]:
    """What is found of each name that is nowhere: the name, its correction, what to do."""
    found = [each for each in report["findings"] if each["code"] == "PAIR-NO-DOCUMENT"]
    return [(each["found"], each.get("corrected"), each["remedy"]) for each in found]


TAKEN = "did you mean d1.txt? it has another description"
SEVERAL = "did you mean d1.txt? more than one row may"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["D1.txt", "d2.txt", "d3.txt"], [("D1.txt", "d1.txt", "did you mean d1.txt?")]),
        (["D1.txt", "d1.txt", "d2.txt", "d3.txt"], [("D1.txt", None, TAKEN)]),
        (["d1.txt", "D1.txt", "d2.txt", "d3.txt"], [("D1.txt", None, TAKEN)]),
        (["D1.txt", "D1.TXT", "d2.txt"], [("D1.txt", None, SEVERAL), ("D1.TXT", None, SEVERAL)]),
        (["D1.txt||d2.txt", "d1.txt", "d3.txt"], [("D1.txt", None, TAKEN)]),
        (
            ["D1.txt||D2.txt", "d3.txt"],
            [("D1.txt", "d1.txt", "did you mean d1.txt?"), ("D2.txt", "d2.txt", "did you mean d2.txt?")],
        ),
    ],
)
def test_a_name_that_another_row_has_is_no_certain_correction(
    names: list[str], expected: list[tuple[str, str | None, str]], stick: Path, capsys: Printed
) -> None:
    table, mended = table_of(stick.parent, *names), stick.parent / "mended.csv"
    report = report_of(capsys, stick, "--metadata", table, "--fix", mended)
    assert missing(report) == expected
    codes = {each["code"] for each in report_of(capsys, stick, "--metadata", mended)["findings"]}
    assert not codes & {"PAIR-TWICE", "DESC-ROW-REPEATED"}


def test_a_sidecar_keeps_a_row_from_being_corrected_to_its_file(stick: Path, capsys: Printed) -> None:
    (stick / "d1.txt.dc.json").write_text('{"title": "A"}')
    table = table_of(stick.parent, "D1.txt", "d2.txt", "d3.txt")
    assert missing(report_of(capsys, stick, "--metadata", table)) == [("D1.txt", None, TAKEN)]


def test_a_row_for_a_folder_does_not(stick: Path, capsys: Printed) -> None:
    table = table_of(stick.parent, "./", "D1.txt")
    assert missing(report_of(capsys, stick, "--metadata", table)) == [
        ("D1.txt", "d1.txt", "did you mean d1.txt?")
    ]


def test_a_row_added_by_annotating_is_not_corrected_into_twice(stick: Path, capsys: Printed) -> None:
    table, given = table_of(stick.parent, "D1.txt", "d2.txt", "d3.txt"), stick.parent / "an.ods"
    report_of(capsys, stick, "--metadata", table, "--annotate", given)
    mended = stick.parent / "mended.ods"
    report = report_of(capsys, stick, "--metadata", given, "--fix", mended)
    assert missing(report) == [("D1.txt", None, TAKEN)]
    again = report_of(capsys, stick, "--metadata", mended)
    assert missing(again) == missing(report)
    assert "PAIR-TWICE" not in {each["code"] for each in again["findings"]}
