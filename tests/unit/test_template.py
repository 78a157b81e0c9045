"""Templates: what is filled in is a fact, what is guessed is suggested, and a draft is a draft."""

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.tables.read_sheet import ReadRow
from archive.core.tables.template import DESCRIBING, FILENAME, HELD, SUGGESTED
from archive.core.text import printable
from archive.formats.descriptions.columns import Kind, classify
from archive.formats.spreadsheet import read_ods
from archive.services.catalog.index_reading import reading_index
from tests.archives import MadeArchive, make_archive, overwrite
from tests.refusals import refuse_named

Printed = pytest.CaptureFixture[str]
LETTER = (
    "A letter home\n\nLondon, 12 May 1918\n\nDear Sir, we have received the parcel that you sent to us,"
    " and it was not broken at all.\n"
)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A stick with a letter, a page of nothing, and a document with a description of its own."""
    root = tmp_path / "stick"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "letter.txt").write_text(LETTER, encoding="utf-8")
    (root / "=cmd.txt").write_bytes(b"")
    (root / "known.txt").write_bytes(b"known")
    (root / "known.txt.dc.json").write_bytes(b'{"title": "Known"}')
    return root


def report_of(printed: Printed, *words: str, code: int = 0) -> Any:
    """The JSON report of a command."""
    assert run([*words, "--format", "json"]) == code
    return json.loads(printed.readouterr().out)


def rows_of(path: Path) -> list[list[str]]:
    """The rows of a template in CSV."""
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_facts_are_filled_in_and_guesses_stand_beside(stick: Path, capsys: Printed) -> None:
    report = report_of(capsys, "template", str(stick))
    rows = {row["document"]["filename"]: row for row in report["rows"]}
    assert set(rows) == {"sub/letter.txt", "=cmd.txt"}
    letter = rows["sub/letter.txt"]
    assert letter["filled"]["extent"] == f"{len(LETTER.split())} words; {len(LETTER)} bytes"
    assert set(letter["filled"]) <= {"extent", "format"}
    suggested = {field: each["value"] for field, each in letter["suggested"].items()}
    assert suggested["title"] == "A letter home"
    assert suggested["date"] == "1918-05-12"
    assert suggested["language"] == "en"
    assert suggested["type"] == "Text"
    assert "guess" in letter["suggested"]["language"]["why"]


@pytest.mark.parametrize("ending", [".csv", ".ods", ".xlsx"])
def test_an_unfilled_template_is_a_draft_that_says_what_is_missing(
    ending: str, stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    table = tmp_path / f"t{ending}"
    assert run(["-q", "template", str(stick), "--output", str(table)]) == 0
    capsys.readouterr()
    report = report_of(capsys, "check", str(stick), "--metadata", str(table))
    drafts = [found for found in report["findings"] if found["code"] == "DESC-DRAFT"]
    assert [draft["at"]["line"] for draft in drafts] == [3, 4]
    assert all("title, creator, date, language" in draft["message"] for draft in drafts)
    assert report["counts"]["awaiting"] == 2
    assert (report["counts"]["errors"], report["counts"]["documents"]) == (0, 3)


def test_nothing_that_is_suggested_flows_into_a_description(
    stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    made = make_archive(tmp_path / "a", monkeypatch)
    table = tmp_path / "t.csv"
    assert run(["-q", "template", str(stick), "--output", str(table)]) == 0
    assert run(["-q", "-C", str(made.root), "ingest", str(stick), "--metadata", str(table)]) == 0
    with reading_index(made.opened) as reading:
        rows = {row.source: row for row in reading.index.list()}
    assert (rows["sub/letter.txt"].title, rows["sub/letter.txt"].awaiting) == ("[letter.txt]", True)
    assert rows["sub/letter.txt"].date in {None, ""}
    capsys.readouterr()
    document = report_of(capsys, "-C", str(made.root), "show", rows["sub/letter.txt"].reference)
    assert "A letter home" not in json.dumps(document["description"])


def test_suggestions_are_taken_only_where_somebody_says_so(
    stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    table, plain, taken = (tmp_path / name for name in ("t.csv", "plain.csv", "taken.csv"))
    assert run(["-q", "template", str(stick), "--output", str(table)]) == 0
    check = ["-q", "check", str(stick), "--metadata", str(table)]
    assert run([*check, "--fix", str(plain)]) == 0
    assert plain.read_bytes() == table.read_bytes()
    assert run([*check, "--fix", str(taken), "--accept-suggestions"]) == 0
    header, _, *rows = rows_of(taken)
    letter = dict(zip(header, next(row for row in rows if row[0] == "sub/letter.txt"), strict=True))
    assert (letter["title"], letter["date"], letter["language"]) == ("A letter home", "1918-05-12", "en")


def test_a_value_that_somebody_has_written_is_not_replaced_by_a_suggestion(
    stick: Path, tmp_path: Path
) -> None:
    table, taken = tmp_path / "t.csv", tmp_path / "taken.csv"
    assert run(["-q", "template", str(stick), "--output", str(table)]) == 0
    data = table.read_text(encoding="utf-8-sig").replace("sub/letter.txt,,", "sub/letter.txt,Mine,")
    table.write_text(data, encoding="utf-8", newline="")
    check = ["-q", "check", str(stick), "--metadata", str(table), "--fix", str(taken), "--accept-suggestions"]
    assert run(check) == 0
    assert [row[1] for row in rows_of(taken) if row[0] == "sub/letter.txt"] == ["Mine"]


def test_a_name_that_looks_like_a_formula_is_found_again(
    stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    table = tmp_path / "t.csv"
    assert run(["-q", "template", str(stick), "--output", str(table)]) == 0
    assert "'=cmd.txt" in table.read_text(encoding="utf-8-sig")
    capsys.readouterr()
    report = report_of(capsys, "check", str(stick), "--metadata", str(table))
    assert not [found for found in report["findings"] if found["code"].startswith("PAIR-")]


def test_a_name_that_is_not_utf8_is_said_and_not_in_the_table(stick: Path, capsys: Printed) -> None:
    (stick / "caf\udce9.txt").write_bytes(b"x")
    report = report_of(capsys, "template", str(stick))
    assert [left["document"]["text"] for left in report["left_out"]] == ["caf\\xe9.txt"]
    assert report["counts"] == {"documents": 2, "left_out": 1}


def test_links_and_pipes_are_said_and_not_in_the_table(stick: Path, capsys: Printed) -> None:
    (stick / "sub" / "link.txt").symlink_to("letter.txt")
    os.mkfifo(stick / "pipe")
    (stick / "album").mkdir()
    (stick / "album" / "1.txt").write_bytes(b"1")
    (stick / "metadata.csv").write_text("filename,title\nalbum,A folder that is one document\n")
    report = report_of(capsys, "template", str(stick))
    assert [left["document"] for left in report["left_out"]] == ["pipe", "sub/link.txt"]
    assert report["counts"] == {"documents": 2, "left_out": 2}
    assert run(["template", str(stick)]) == 0
    assert "! sub/link.txt is not in the table: a link" in capsys.readouterr().err


@pytest.mark.parametrize("ending", ["csv", "ods", "xlsx"])
@pytest.mark.parametrize(
    "name", ["a||b.txt", " a", "\t", "x\ny", "#help: z", "a || b", "'=q", "_x0041_", "objects"]
)
def test_a_name_in_a_template_is_read_back_or_said_not_to_be_in_it(
    stick: Path, tmp_path: Path, capsys: Printed, name: str, ending: str
) -> None:
    (stick / name).write_bytes(b"x")
    table = tmp_path / f"t.{ending}"
    report = report_of(capsys, "template", str(stick), "--output", str(table))
    left = [one["document"] for one in report["left_out"]]
    run(["check", str(stick), "--metadata", str(table), "--format", "json"])
    found = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["severity"] == "error"]
    assert [(one["code"], one["place"]) for one in found] == [("PAIR-UNDESCRIBED", each) for each in left]


@pytest.mark.parametrize("ending", ["csv", "ods", "xlsx"])
def test_names_that_differ_by_white_space_alone_are_two_files(
    tmp_path: Path, capsys: Printed, ending: str
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for name in ("lead", " lead", "\tlead", "lead "):
        (stick / name).write_text(name)
    table = tmp_path / f"t.{ending}"
    report_of(capsys, "template", str(stick), "--output", str(table))
    report = report_of(capsys, "check", str(stick), "--metadata", str(table))
    assert report["counts"]["documents"] == 4
    codes = {one["code"] for one in report["findings"]}
    assert not {code for code in codes if code.startswith("PAIR-") or code == "DESC-ROW-REPEATED"}


def test_rows_that_mean_one_file_with_and_without_white_space_are_both_refused(
    tmp_path: Path, capsys: Printed
) -> None:
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "lead").write_text("1")
    table = tmp_path / "t.csv"
    table.write_text("filename,dc.title\nlead,A\nlead ,B\n")
    report = report_of(capsys, "check", str(tmp_path / "stick"), "--metadata", str(table), code=1)
    found = [(one["code"], one["place"]) for one in report["findings"] if one["severity"] == "error"]
    assert found == [("PAIR-TWICE", "t.csv:2"), ("PAIR-TWICE", "t.csv:3")]


@pytest.mark.parametrize("char", ["\u2028", "\x85", "\v", "\f"])
def test_a_name_on_a_terminal_begins_no_line_of_its_own(
    stick: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch, char: str
) -> None:
    (stick / f"a{char}b.txt").write_bytes(b"x")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert run(["template", str(stick)]) == 0
    said = capsys.readouterr().out.split("\n")
    assert not [line for line in said if line.startswith("b.txt")]
    assert [line for line in said if line.startswith(f"a{printable(char)}b.txt,")]


def test_a_template_is_never_written_over_a_file_or_into_what_is_only_read(
    stick: Path, tmp_path: Path, capsys: Printed
) -> None:
    there = tmp_path / "there.ods"
    there.write_bytes(b"mine")
    assert run(["template", str(stick), "--output", str(there)]) == 6
    assert there.read_bytes() == b"mine"
    before = sorted(stick.rglob("*"))
    assert run(["template", str(stick), "--output", str(stick / "metadata.ods")]) == 2
    assert run(["template", str(stick), "--output", str(tmp_path / "t.doc")]) == 2
    assert run(["template"]) == 2
    assert run(["template", "--held", str(stick)]) == 2
    assert sorted(stick.rglob("*")) == before
    capsys.readouterr()


def test_the_header_and_the_help_are_frozen_and_lists_are_offered(stick: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.ods"
    assert run(["-q", "template", str(stick), "--output", str(table)]) == 0
    with table.open("rb") as stream:
        events = list(read_ods(stream, lambda *_: True))
    assert [row.number for row in events if isinstance(row, ReadRow)] == [1, 2, 3, 4]
    import zipfile

    with zipfile.ZipFile(table) as package:
        content = package.read("content.xml").decode()
        settings = package.read("settings.xml").decode()
    assert "StillImage" in content
    assert "restricted" in content
    assert '"VerticalSplitPosition" config:type="int">2<' in settings


def test_every_column_of_a_template_is_understood() -> None:
    columns = (FILENAME, *HELD, *DESCRIBING)
    own = {"id", "revision", "access"}
    for column in columns:
        if not column.suggests and column.heading not in own:
            assert classify(column.heading).kind in {Kind.PATH, Kind.REFERENCE, Kind.TERM}, column.heading
    describing = {column.heading for column in DESCRIBING}
    assert {column.suggests for column in DESCRIBING if column.suggests} <= {*describing, "why"}
    assert SUGGESTED == "suggested: "


@pytest.fixture
def awaiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """An archive with a letter that awaits its description."""
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"letter.txt": LETTER.encode(), "scan.bin": b"\x00\x01"})
    return made


def test_what_is_held_and_awaits_description_is_described_from_a_template(
    awaiting: MadeArchive, tmp_path: Path, capsys: Printed
) -> None:
    table, filled = tmp_path / "held.csv", tmp_path / "filled.csv"
    assert run(["-q", "-C", str(awaiting.root), "template", "--held", "--output", str(table)]) == 0
    header, _, *rows = rows_of(table)
    assert header[:4] == ["reference", "id", "revision", "filename"]
    assert [row[3] for row in rows] == ["letter.txt", "scan.bin"]
    rows[0][header.index("title")] = rows[0][header.index("suggested: title")]
    with filled.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, rows_of(table)[1], rows[0]])
    capsys.readouterr()
    described = ["-C", str(awaiting.root), "describe", "--metadata", str(filled), "--yes"]
    assert run(["-q", *described]) == 0, capsys.readouterr().out
    with reading_index(awaiting.opened) as reading:
        titles = {row.source: (row.title, row.awaiting) for row in reading.index.list()}
    assert titles["letter.txt"] == ("A letter home", False)
    assert titles["scan.bin"] == ("[scan.bin]", True)


@pytest.mark.parametrize("how", ["altered", "refused"])
def test_held_documents_that_are_not_in_the_table_are_said_by_exit_code_and_finding(
    awaiting: MadeArchive, capsys: Printed, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    with reading_index(awaiting.opened) as reading:
        bags = [awaiting.opened.layout.bag(row.bag) for row in reading.index.list()]
    if how == "altered":
        for bag in bags:
            overwrite(bag / "tagmanifest-sha512.txt", b"nothing\n")
    else:
        refuse_named(monkeypatch, "tagmanifest-sha512.txt")
    code = 1 if how == "altered" else 3
    report = report_of(capsys, "-C", str(awaiting.root), "template", "--held", code=code)
    assert [left["document"] for left in report["left_out"]] == [bag.name for bag in bags]
    found, _ = report["findings"]
    assert found["code"] == ("CATALOG-BAG-DOUBTFUL" if how == "altered" else "CATALOG-BAG-UNREADABLE")
    assert report["counts"] == {"documents": 0, "left_out": 2}
    assert run(["-C", str(awaiting.root), "template", "--held"]) == code
    assert f"{found['code']}  {found['place']}: is not in the table" in capsys.readouterr().err


def test_a_template_of_what_is_held_says_where_the_index_is_of_no_use(
    awaiting: MadeArchive, capsys: Printed
) -> None:
    os.unlink(awaiting.root / "catalog.sqlite")
    report = report_of(capsys, "-C", str(awaiting.root), "template", "--held")
    assert [one["code"] for one in report["findings"]] == ["CATALOG-INDEX"]
