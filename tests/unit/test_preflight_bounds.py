"""A table that belongs to other documents: what is told of it is bounded, and all of it is counted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.findings import error, note, warning
from archive.services.ingest import preflight
from archive.storage.plan import Plan, findings
from tests.archives import make_archive

Printed = pytest.CaptureFixture[str]
ROWS = 40


@pytest.fixture(autouse=True)
def low_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "PREFLIGHT_FINDINGS", 5)


@pytest.fixture
def plan() -> Iterator[Plan]:
    with Plan() as made:
        yield made


def _strange(folder: Path, *, first: str = "") -> tuple[Path, Path]:
    source = folder / "stick"
    source.mkdir()
    (source / "here.txt").write_text("here")
    table = folder / "t.csv"
    rows = [f"nowhere-{number}.txt,T,32/13/1918" for number in range(ROWS)]
    table.write_text("\n".join(["filename,title,date", *([first] if first else []), *rows]) + "\n")
    return source, table


def _report(capsys: Printed, *words: str, code: int) -> Any:
    capsys.readouterr()
    assert run(["--format", "json", *words]) == code
    return json.loads(capsys.readouterr().out)


def test_findings_of_a_code_are_told_up_to_the_bound_and_counted_beyond_it(
    tmp_path: Path, capsys: Printed
) -> None:
    source, table = _strange(tmp_path)
    report = _report(capsys, "check", str(source), "--metadata", str(table), code=1)
    codes = [finding["code"] for finding in report["findings"]]
    assert codes.count("PAIR-NO-DOCUMENT") == 5
    assert report["counts"]["errors"] == ROWS + 1  # here.txt is undescribed
    assert report["counts"]["warnings"] == ROWS
    groups = {group["code"]: (group["count"], group["rows"]) for group in report["groups"]}
    assert groups["PAIR-NO-DOCUMENT"] == (ROWS, [[2, ROWS + 1]])


def test_what_is_only_counted_is_said(tmp_path: Path, capsys: Printed) -> None:
    source, table = _strange(tmp_path)
    report = _report(capsys, "check", str(source), "--metadata", str(table), code=1)
    more = [finding for finding in report["findings"] if finding["code"] == "SRC-FINDINGS-MORE"]
    assert {finding["message"].partition(" are")[0] for finding in more} == {
        f"{ROWS - 5} more findings PAIR-NO-DOCUMENT",
        f"{ROWS - 5} more findings DESC-DATE-NOT-EDTF",
    }


def test_an_ingest_says_how_many_findings_are_only_counted(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, table = _strange(tmp_path)
    made = make_archive(tmp_path / "made", monkeypatch)
    assert run(["-C", str(made.root), "ingest", str(source), "--metadata", str(table)]) == 4
    printed = capsys.readouterr().out
    assert f"{2 * (ROWS - 5)} findings are only counted" in printed
    assert f"Nothing was ingested: {ROWS + 1} errors" in printed


def test_a_correction_is_told_beyond_the_bound(plan: Plan) -> None:
    for number in range(ROWS):
        plan.add_finding(warning("DESC-DATE-NOT-EDTF", f"t:{number}", "m", corrected="1918"))
    assert len(list(plan.all_findings())) == ROWS
    assert plan.corrected_findings() == ROWS


def test_every_refused_document_keeps_why(plan: Plan) -> None:
    for number in range(ROWS):
        for message in ("first", "second"):
            plan.add_finding(error("PAIR-TWICE", "t", message), f"{number:02d}.txt")
    refused = dict(plan.rejected())
    assert len(refused) == plan.count_rejected() == ROWS
    assert [finding["message"] for finding in refused["39.txt"]] == ["first"]


def test_an_error_that_is_only_counted_weighs_in_the_verdict(plan: Plan) -> None:
    for number in range(ROWS):
        plan.add_finding(note("PAIR-NORMALISED", f"t:{number}", "m"))
    plan.add_finding(error("PAIR-NORMALISED", "t", "an error beyond the bound of its code"))
    assert plan.error_codes() == {"PAIR-NORMALISED"}
    assert plan.errors() == 1


def test_a_table_of_which_nothing_is_there_is_not_read_to_its_end(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "STRANGE_ROWS", 10)
    source, table = _strange(tmp_path)
    report = _report(capsys, "check", str(source), "--metadata", str(table), code=1)
    [stopped] = [each for each in report["findings"] if each["code"] == "PAIR-STRANGE-TABLE"]
    assert stopped["at"]["line"] == 11
    assert report["counts"]["warnings"] == 10


def test_one_row_that_fits_and_the_table_is_read_to_its_end(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "STRANGE_ROWS", 10)
    source, table = _strange(tmp_path, first="here.txt,Here,1918")
    report = _report(capsys, "check", str(source), "--metadata", str(table), code=1)
    assert "PAIR-STRANGE-TABLE" not in {each["code"] for each in report["findings"]}
    assert report["counts"]["warnings"] == ROWS


def test_many_names_that_are_nowhere_do_not_hide_one_that_is(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.services.ingest.matching.MISSED_BEFORE_ONE_LOOK", 3)
    source, table = _strange(tmp_path)
    (source / "in").mkdir()
    (source / "in" / "a.txt").write_text("a")
    (source / "e\u0301.txt").write_text("nfd")
    with table.open("a") as out:
        out.write("objects\\here.txt,Here,1918\nin,Folder,1918\n\u00e9.txt,E,1918\n")
    report = _report(capsys, "check", str(source), "--metadata", str(table), code=1)
    assert report["counts"]["documents"] == 3
