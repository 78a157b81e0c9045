"""`archive check`: what an ingest would say, said without one; and the files that it writes when asked."""

import csv
import io
import json
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.finding_groups import FindingGroup, FindingGroups, row_ranges
from archive.core.findings import At, Finding, error, warning
from archive.core.limits.output import GROUP_REMEDIES
from archive.formats.annotation import read_grid
from tests.archives import make_archive

Printed = pytest.CaptureFixture[str]
HEADER = ["filename", "title", "date", "language"]
ROWS = [
    HEADER,
    ["a.txt", "A", "c. 1920", "eng"],
    [],
    ["b.txt", "", "04/05/1918", "en"],
    ["nowhere.txt", "C", "1918", "en"],
]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """Three files, one of which no row describes, and what a desktop left."""
    root = tmp_path / "stick"
    root.mkdir()
    for name in ("a.txt", "b.txt", "left.txt"):
        (root / name).write_bytes(name.encode())
    (root / ".DS_Store").write_bytes(b"x")
    return root


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table with a row of each kind of trouble, and a blank row."""
    path = tmp_path / "t.csv"
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(ROWS)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def report_of(printed: Printed, *words: str, code: int = 1) -> Any:
    """The JSON report of a check."""
    assert run(["check", *words, "--format", "json"]) == code
    return json.loads(printed.readouterr().out)


# -- what is found -----------------------------------------------------------------------------------------


def test_a_check_finds_what_an_ingest_finds(
    stick: Path, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    made = make_archive(tmp_path / "a", monkeypatch)
    capsys.readouterr()
    where = ["-C", str(made.root)]
    assert run([*where, "ingest", str(stick), "--metadata", str(table), "--dry-run", "--format", "json"]) == 4
    ingest = json.loads(capsys.readouterr().out)
    said = [*ingest["findings"], *(found for each in ingest["rejected"] for found in each["findings"])]
    checked = report_of(capsys, *where, str(stick), "--metadata", str(table))
    key = json.dumps
    assert sorted(map(key, checked["findings"])) == sorted(map(key, said))


def test_no_archive_is_needed(
    stick: Path, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ARCHIVE_DIR", raising=False)
    assert report_of(capsys, str(stick), "--metadata", str(table))["archive"] is None


def test_an_archive_that_is_named_and_is_none_is_an_error(stick: Path, tmp_path: Path) -> None:
    assert run(["-C", str(tmp_path), "check", str(stick)]) == 2


def test_what_is_held_already_is_said_and_a_twin_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"the same", "gone.txt": b"another"})
    source = tmp_path / "source"
    (source / "copy.txt").write_bytes(b"another")
    (source / "gone.txt").unlink()
    (source / "twin.txt").write_bytes(b"the same")
    words = ["-C", str(made.root), str(source), "--describe-later", "--read"]
    report = report_of(capsys, *words, code=0)
    assert [each["source"] for each in report["held"]] == ["a.txt"]
    twins = {each["place"]: each["message"] for each in report["findings"] if each["code"] == "DUP-TWIN"}
    assert twins["twin.txt"] == "the same bytes as a.txt"
    assert "which is held" in twins["copy.txt"]


def test_a_file_that_cannot_be_read_is_not_called_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    from archive.storage.sources.source_files import SourceFiles

    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(b"same")
    opened = SourceFiles.open

    def refused(self: SourceFiles, root: int, path: str) -> Any:
        if path == "b.txt":
            raise PermissionError(13, "Permission denied")
        return opened(self, root, path)

    monkeypatch.setattr(SourceFiles, "open", refused)
    words = [str(tmp_path), "--describe-later", "--read", "--jobs", "1"]
    report = report_of(capsys, *words, code=3)
    assert [each["code"] for each in report["findings"]] == ["SRC-UNREADABLE"]


def test_text_names_the_cell_the_value_and_what_to_write(stick: Path, table: Path, capsys: Printed) -> None:
    assert run(["check", str(stick), "--metadata", str(table)]) == 1
    printed = capsys.readouterr().out
    assert "t.csv:2:date (row 2, column C): “c. 1920”" in printed
    assert "“c. 1920” → 1920~" in printed
    assert "Not ready: 2 documents" in printed


@pytest.mark.parametrize("command", ["check", "ingest"])
@pytest.mark.parametrize(("table", "code"), [("", "DESC-EMPTY"), ("filename,title\n\0,A\n", "DESC-PATH")])
def test_what_is_wrong_is_told_a_program_with_what_to_do(
    stick: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Printed,
    command: str,
    table: str,
    code: str,
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    (tmp_path / "t.csv").write_text(table)
    run(
        ["-C", str(made.root), command, str(stick), "--metadata", str(tmp_path / "t.csv"), "--format", "json"]
    )
    report = json.loads(capsys.readouterr().out)
    groups = [one for group in report.get("groups", ()) for one in group["examples"]]
    refused = [one for each in report.get("rejected", ()) for one in each["findings"]]
    told = [one for one in (*report["findings"], *groups, *refused) if one["severity"] != "note"]
    assert code in {one["code"] for one in told}
    assert not [one for one in told if not one.get("remedy")]


# -- groups ------------------------------------------------------------------------------------------------


def grouped(found: Iterable[Finding]) -> list[FindingGroup]:
    groups = FindingGroups()
    for finding in found:
        groups.add(finding)
    return list(groups)


def _found(row: int, **more: Any) -> Finding:
    at = At(file="t", line=row, column="C", field="date")
    return warning("DESC-DATE-NOT-EDTF", f"t:{row}", "m", at=at, **more)


def test_findings_that_ask_for_one_thing_are_one_group() -> None:
    groups = grouped([_found(row, remedy="say which") for row in (2, 3, 4, 7)])
    assert [(group.count, group.rows) for group in groups] == [(4, [(2, 4), (7, 7)])]
    assert row_ranges(groups[0].rows, 5) == "2–4, 7"


def test_findings_with_a_certain_value_are_another_group_than_those_with_a_question() -> None:
    groups = grouped([_found(2, remedy="say which"), _found(3, corrected="1918", remedy="write 1918")])
    assert [(group.count, group.corrected, group.remedy) for group in groups] == [
        (1, 0, "say which"),
        (1, 1, ""),
    ]


def test_errors_come_first() -> None:
    last = error("PAIR-UNDESCRIBED", "a", "m")
    assert [group.severity for group in grouped([_found(2), last])] == ["error", "warning"]


def test_remedies_that_differ_from_file_to_file_do_not_make_a_group_each() -> None:
    groups = grouped([_found(row, remedy=f"see {row}") for row in range(2, 1000)])
    assert len(groups) == GROUP_REMEDIES + 1
    assert sum(group.count for group in groups) == 998


# -- annotated ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".ods", ".xlsx"])
def test_an_annotated_table_has_every_cell_where_it_was_and_the_problem_beside(
    ending: str, stick: Path, table: Path, tmp_path: Path, capsys: Printed
) -> None:
    out = tmp_path / f"out{ending}"
    report = report_of(capsys, str(stick), "--metadata", str(table), "--annotate", str(out))
    grid = read_grid(out.name, out.read_bytes())
    for number, row in enumerate(ROWS, 1):
        cells = grid.rows.get(number, [])
        assert cells[: len(row)] == row
    problems = {number: cells[4] for number, cells in grid.rows.items() if len(cells) > 4}
    assert problems[1] == "problem"
    assert "✗ PAIR-NO-DOCUMENT" in problems[5]
    assert "write 1920~" in problems[2]
    assert "--date-order dmy" in problems[4]
    assert 3 not in grid.rows
    assert grid.rows[6][0] == "left.txt"
    assert "✗ PAIR-UNDESCRIBED" in grid.rows[6][4]
    assert report["annotated"]["findings"] >= 5


def test_the_wrong_cells_are_marked_and_have_a_comment(stick: Path, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.ods"
    run(["-q", "check", str(stick), "--metadata", str(table), "--annotate", str(out)])
    with zipfile.ZipFile(out) as package:
        content = package.read("content.xml").decode()
    cell = content[: content.index("c. 1920</text:p></table:table-cell>")].rpartition("<table:table-cell")[2]
    assert 'table:style-name="warning"' in cell
    assert "<office:annotation>" in cell


def test_what_was_annotated_reads_as_the_table_that_it_was(
    stick: Path, table: Path, tmp_path: Path, capsys: Printed
) -> None:
    out, again = tmp_path / "out.ods", tmp_path / "again.ods"
    first = report_of(capsys, str(stick), "--metadata", str(table), "--annotate", str(out))
    second = report_of(capsys, str(stick), "--metadata", str(out), "--annotate", str(again))

    def told(report: Any) -> list[tuple[str, int, str]]:
        cells = [each for each in report["findings"] if "column" in each.get("at", {})]
        rows = [(each["code"], each["at"]["line"], each["at"]["column"]) for each in cells]
        return sorted(row for row in rows if row[1] < 6)

    assert told(first) == told(second)
    assert read_grid(again.name, again.read_bytes()).rows[1] == [*HEADER, "problem"]


def test_what_a_check_wrote_is_no_part_of_a_description(
    stick: Path, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    made = make_archive(tmp_path / "a", monkeypatch)
    out = tmp_path / "out.ods"
    run(["-q", "check", str(stick), "--metadata", str(table), "--annotate", str(out)])
    words = ["ingest", str(stick), "--metadata", str(out), "--on-error", "continue"]
    run(["-q", "-C", str(made.root), *words])
    stored = [path.read_text() for path in made.root.glob("bags/*/*/metadata/dublin-core.json")]
    assert len(stored) == 3
    assert not any("problem" in text for text in stored)


def test_a_depositors_own_column_of_that_name_is_kept(
    stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_archive(tmp_path / "a", monkeypatch)
    table = tmp_path / "own.csv"
    table.write_text("filename,title,problem\na.txt,A,torn at the fold\n", encoding="utf-8")
    out = tmp_path / "out.ods"
    words = [str(stick), "--metadata", str(table), "--describe-later"]
    assert run(["-q", "check", *words, "--annotate", str(out)]) == 0
    assert read_grid(out.name, out.read_bytes()).rows[1] == ["filename", "title", "problem", "problem"]
    assert run(["-q", "-C", str(made.root), "ingest", *words]) == 0
    stored = [path.read_text() for path in made.root.glob("bags/*/*/metadata/dublin-core.json")]
    assert sum("torn at the fold" in text for text in stored) == 1


# -- survey ------------------------------------------------------------------------------------------------


def test_a_survey_counts_what_was_brought(stick: Path, tmp_path: Path, capsys: Printed) -> None:
    (stick / "twin.txt").write_bytes(b"a.txt")
    (stick / "empty").write_bytes(b"")
    (stick / "aux.txt").write_bytes(b"12")
    os.utime(stick / "a.txt", (0, 0))
    page = tmp_path / "s.html"
    survey = report_of(capsys, str(stick), "--report", str(page))["survey"]
    assert (survey["files"], survey["twins"]["groups"], survey["twins"]["bytes"]) == (6, 1, 5)
    assert survey["sizes"]["empty"] == 1
    assert survey["years"]["1970"] == 1
    assert [each["path"] for each in survey["awkward_names"]] == ["aux.txt"]
    assert survey["left_out"] == {"left by a desktop program": 1}
    assert sum(row["files"] for row in survey["formats"]) == 6


def test_a_survey_is_one_page_that_fetches_and_runs_nothing(tmp_path: Path, capsys: Printed) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for name in ("<script>alert(1)<script>.txt", "a\nb.txt", "caf\udce9.txt", "\u202egpj.exe"):
        (stick / name).write_bytes(os.fsencode(name))
    page = tmp_path / "s.html"
    assert run(["-q", "check", str(stick), "--describe-later", "--report", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "\u202e" not in text
    assert "a\\x0ab.txt" in text
    assert "default-src &#39;none&#39;" in text
    assert "http://" not in text.replace("http://www.w3.org", "")


# -- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--fix", "THERE.csv"], 6),
        (["--annotate", "THERE.ods"], 6),
        (["--report", "THERE.html"], 6),
        (["--fix", "STICK/new.csv"], 2),
        (["--annotate", "STICK/new.ods"], 2),
        (["--fix", "new.ods"], 2),
        (["--annotate", "new.csv"], 2),
        (["--report", "new.txt"], 2),
        (["--fix", "no/folder/new.csv"], 2),
        (["--accept", "DESC-DRAFT"], 2),
        (["--fix", "new.csv", "--accept", "NOTHING-OF-OURS"], 2),
        (["--fix", "new.csv", "--report", "new.csv"], 2),
    ],
)
def test_what_cannot_be_written_is_refused_and_nothing_is(
    words: list[str], code: int, stick: Path, table: Path, tmp_path: Path, capsys: Printed
) -> None:
    for ending in ("csv", "ods", "html"):
        (tmp_path / f"THERE.{ending}").write_bytes(b"mine")
    before = sorted(tmp_path.rglob("*"))
    placed = [
        word if word.startswith("--") or word.isupper() else str(tmp_path / word.replace("STICK", "stick"))
        for word in words
    ]
    assert run(["check", str(stick), "--metadata", str(table), *placed]) == code
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "THERE.csv").read_bytes() == b"mine"
    capsys.readouterr()


def test_a_table_to_mend_is_wanted_where_one_is_to_be_mended(stick: Path, tmp_path: Path) -> None:
    assert run(["-q", "check", str(stick), "--fix", str(tmp_path / "new.csv")]) == 2
    assert not (tmp_path / "new.csv").exists()


def test_only_accepted_corrections_are_made(
    stick: Path, table: Path, tmp_path: Path, capsys: Printed
) -> None:
    out = tmp_path / "new.csv"
    words = ["--fix", str(out), "--accept", "DESC-LANGUAGE-NOT-CANONICAL"]
    fixed = report_of(capsys, str(stick), "--metadata", str(table), *words)["fixed"]
    assert [(each["row"], each["column"], each["corrected"]) for each in fixed["made"]] == [(2, "D", "en")]
    assert out.read_bytes() == table.read_bytes().replace(b";eng", b";en")


def test_corrections_are_offered_first_where_all_else_is_well(
    stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("filename,title,date\na.txt,A,c. 1920\n")
    run(["check", str(stick / "a.txt"), "--metadata", str(table)])
    told = capsys.readouterr()
    assert "Ready" in told.out
    assert "--fix mended.csv makes 1 certain correction; archive ingest" in told.err


def test_no_corrections_are_offered_for_what_they_cannot_be_written_into(
    stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    record = tmp_path / "r.xml"
    record.write_text("<dc><title>A</title><date>c. 1920</date></dc>")
    assert run(["check", str(stick / "a.txt"), "--metadata", str(record)]) == 0
    assert "--fix" not in capsys.readouterr().err
