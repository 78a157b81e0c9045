"""`archive check --annotate`: what was wrong in a table is wrong in the one given back, until mended."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.formats.annotation import read_grid
from tests.sticks import make_stick

Printed = pytest.CaptureFixture[str]
SHIFTED = "filename,title,date\nd1.txt,Smith, Ada,1918\nd2.txt,x,1918\nd3.txt,y,1918\n"


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return make_stick(tmp_path)


@pytest.mark.parametrize("ending", [".ods", ".xlsx"])
def test_bytes_that_no_sheet_holds_are_an_error_in_the_table_given_back(
    ending: str, stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    table, out = tmp_path / "t.csv", tmp_path / f"given-back{ending}"
    rows = b"d1.txt,M\x81ller,Gr\xc3\xbc\xc3\x9fe\nd2.txt,C:\\xfc,x\nd3.txt,y,x\n"
    table.write_bytes(b"filename,title,description\n" + rows)
    first = report_of(capsys, str(stick), "--metadata", str(table), "--annotate", str(out))
    again = tmp_path / f"again{ending}"
    second = report_of(capsys, str(stick), "--metadata", str(out), "--annotate", str(again))
    third = report_of(capsys, str(stick), "--metadata", str(again))
    assert [(code, line, column) for code, line, column, _ in errors(first)] == [("DESC-ENCODING", 2, "B")]
    assert errors(first) == errors(second) == errors(third)


@pytest.mark.parametrize("ending", [".ods", ".xlsx"])
def test_bytes_in_a_heading_are_an_error_in_the_table_given_back(
    ending: str, stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    table, out = tmp_path / "t.csv", tmp_path / f"given-back{ending}"
    header = "filename,T\udcedtulo,title,réf\udce9\n".encode(errors="surrogateescape")
    table.write_bytes(header + "d1.txt,C:\\xfc,Grüße,été\nd2.txt,x,é,y\nd3.txt,x,y,z\n".encode())
    first = report_of(capsys, str(stick), "--metadata", str(table), "--annotate", str(out))
    again = tmp_path / f"again{ending}"
    second = report_of(capsys, str(stick), "--metadata", str(out), "--annotate", str(again))
    third = report_of(capsys, str(stick), "--metadata", str(again))
    expected = [("DESC-ENCODING", 1, "B"), ("DESC-ENCODING", 1, "D")]
    assert [(code, line, column) for code, line, column, _ in errors(first)] == expected
    assert errors(first) == errors(second) == errors(third)
    headings = read_grid(again.name, again.read_bytes()).headings
    assert headings == ["filename", "T\\xedtulo", "title", "réf\\xe9", "problem"]


def report_of(printed: Printed, *words: str) -> Any:
    run(["check", *words, "--format", "json"])
    return json.loads(printed.readouterr().out)


def errors(report: Any) -> list[tuple[str, int, str, str]]:
    found = [each for each in report["findings"] if each["severity"] == "error"]
    return sorted((e["code"], e["at"]["line"], e["at"]["column"], e["message"]) for e in found)


def annotated(printed: Printed, stick: Path, text: str, ending: str, *words: str) -> tuple[Any, Path]:
    """The report on a CSV, and the table given back."""
    table, out = stick.parent / "t.csv", stick.parent / f"given-back{ending}"
    table.write_text(text, encoding="utf-8", newline="")
    return report_of(printed, str(stick), "--metadata", str(table), "--annotate", str(out), *words), out


@pytest.mark.parametrize("ending", [".ods", ".xlsx"])
@pytest.mark.parametrize(
    "text",
    [
        SHIFTED,
        SHIFTED.replace("Ada,1918", "Ada,,1918,,"),
        SHIFTED.replace("date\n", "problem\n"),
        "List of 1950,,,,,,here\n" + SHIFTED,
    ],
)
def test_a_cell_beyond_the_header_is_an_error_in_the_table_given_back(
    text: str, ending: str, stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    first, out = annotated(capsys, stick, text, ending)
    again = tmp_path / f"again{ending}"
    second = report_of(capsys, str(stick), "--metadata", str(out), "--annotate", str(again))
    third = report_of(capsys, str(stick), "--metadata", str(again))
    assert [each[0] for each in errors(first)] == ["DESC-CSV-LONG-ROW"]
    assert errors(first) == errors(second) == errors(third)


def test_a_surplus_cell_that_was_mended_or_given_a_column_is_no_error(
    stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    for text in (
        "filename,title,date,,problem\nd1.txt,Smith,1918,,✗ DESC-CSV-LONG-ROW: x\nd2.txt,x,,,\nd3.txt,y,,,\n",
        "filename,title,date,Notes,problem\nd1.txt,Smith,1918,own,\nd2.txt,x,,,\nd3.txt,y,,,\n",
    ):
        table = tmp_path / "mended.csv"
        table.write_text(text, encoding="utf-8")
        assert errors(report_of(capsys, str(stick), "--metadata", str(table))) == []


def test_a_column_without_a_name_is_kept_by_its_letter_in_the_table_given_back(
    stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    text = "filename,,title,\nd1.txt,i,A,own\nd2.txt,,B,\nd3.txt,,C,\n"
    first, out = annotated(capsys, stick, text, ".ods")
    assert read_grid(out.name, out.read_bytes()).rows[1] == ["filename", "", "title", "D", "problem"]
    second = report_of(capsys, str(stick), "--metadata", str(out))
    assert errors(first) == errors(second) == []


UNTITLED = "filename,Notiz,date\nd1.txt,A,1918\nd2.txt,x,1918\n"


def lacking(report: Any) -> list[tuple[str, int]]:
    """What the profile asks for, and the line that lacks it."""
    return sorted(
        (each["message"], each["at"]["line"])
        for each in report["findings"]
        if each["code"].startswith("PROFILE")
    )


@pytest.mark.parametrize("text", [UNTITLED, "filename,title,date\nd1.txt,A,1918\nd2.txt,,\n"])
def test_a_row_that_was_described_is_no_draft_in_the_table_given_back(
    text: str, stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    profile = ("--profile", "dacs-minimum")
    first, out = annotated(capsys, stick, text, ".ods", *profile)
    again = tmp_path / "again.ods"
    second = report_of(capsys, str(stick), "--metadata", str(out), "--annotate", str(again), *profile)
    third = report_of(capsys, str(stick), "--metadata", str(again), *profile)
    assert lacking(first)
    assert lacking(first) == lacking(second) == lacking(third)
    for report in (second, third):  # the row that was added
        drafts = [each["at"]["line"] for each in report["findings"] if each["code"] == "DESC-DRAFT"]
        assert drafts == [4]
