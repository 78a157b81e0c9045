"""A person's spreadsheet with sixty kinds of mistakes: each is named, in its cell, with what would mend it.

Every case is a good table with one mistake in it.
"""

import csv
import io
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from archive.cli.frame import run

FILES = ("letter.txt", "Sub/minutes 1918.txt", "café.txt", "photo.jpg")
HEADER = ("filename", "title", "creator", "date", "language", "type", "sha256")
GOOD = (
    ("letter.txt", "A letter", "Ana", "1918-11-11", "en", "Text", ""),
    ("Sub/minutes 1918.txt", "Minutes", "", "1918~", "de", "Text", ""),
    ("café.txt", "Café", "", "1918/1920", "fr", "Text", ""),
    ("photo.jpg", "A photo", "", "192X", "", "StillImage", ""),
)


class Mistake(NamedTuple):
    """What is wrong; the cell that has it (row 2 is the first below the header); what is expected."""

    what: str
    row: int
    column: int
    text: str
    code: str
    corrected: str | None = None


CELLS = [
    # dates
    Mistake("a date in words", 2, 3, "11 November 1918", "DESC-DATE-NOT-EDTF", "1918-11-11"),
    Mistake("an American date in words", 2, 3, "November 11, 1918", "DESC-DATE-NOT-EDTF", "1918-11-11"),
    Mistake("circa", 2, 3, "c. 1920", "DESC-DATE-NOT-EDTF", "1920~"),
    Mistake("circa in another way", 2, 3, "about 1920", "DESC-DATE-NOT-EDTF", "1920~"),
    Mistake("a decade", 2, 3, "1920s", "DESC-DATE-NOT-EDTF", "192X"),
    Mistake("a century", 2, 3, "19th century", "DESC-DATE-NOT-EDTF", "18XX"),
    Mistake("a span", 2, 3, "between 1918 and 1920", "DESC-DATE-NOT-EDTF", "1918/1920"),
    Mistake("a span with a dash", 2, 3, "1918–1920", "DESC-DATE-NOT-EDTF", "1918/1920"),
    Mistake("a supplied date", 2, 3, "[1918?]", "DESC-DATE-NOT-EDTF", "1918?"),
    Mistake("day or month first", 2, 3, "04/05/1918", "DESC-DATE-NOT-EDTF"),
    Mistake("only one order is possible", 2, 3, "25/12/1918", "DESC-DATE-NOT-EDTF", "1918-12-25"),
    Mistake("dots", 2, 3, "25.12.1918", "DESC-DATE-NOT-EDTF", "1918-12-25"),
    Mistake("two digits of a year", 2, 3, "25/12/18", "DESC-DATE-NOT-EDTF"),
    Mistake("no date", 2, 3, "n.d.", "DESC-DATE-NOT-EDTF"),
    Mistake("a day that never was", 2, 3, "1918-02-30", "DESC-DATE-NOT-EDTF"),
    Mistake("a month that never was", 2, 3, "1918-13-32", "DESC-DATE-NOT-EDTF"),
    Mistake("zeros", 2, 3, "1918-00-00", "DESC-DATE-NOT-EDTF", "1918"),
    Mistake("a word", 2, 3, "tomorrow", "DESC-DATE-NOT-EDTF"),
    Mistake("a month and a year in French", 2, 3, "novembre 1918", "DESC-DATE-NOT-EDTF", "1918-11"),
    Mistake("a date with a time and no zone", 2, 3, "1918-11-11 10:30", "DESC-DATE-NOT-EDTF", "1918-11-11"),
    Mistake("before a year", 2, 3, "before 1920", "DESC-DATE-NOT-EDTF", "../1920"),
    Mistake("the draft of EDTF", 2, 3, "191u", "DESC-DATE-NOT-EDTF", "191X"),
    # languages
    Mistake("a language in words", 2, 4, "English", "DESC-LANGUAGE-UNKNOWN", "en"),
    Mistake("a language in its own words", 2, 4, "Deutsch", "DESC-LANGUAGE-UNKNOWN", "de"),
    Mistake("three letters", 2, 4, "eng", "DESC-LANGUAGE-NOT-CANONICAL", "en"),
    Mistake("three letters of a library", 2, 4, "fre", "DESC-LANGUAGE-NOT-CANONICAL", "fr"),
    Mistake("an underscore", 2, 4, "en_US", "DESC-LANGUAGE-UNKNOWN", "en-US"),
    Mistake("a retired code", 2, 4, "iw", "DESC-LANGUAGE-NOT-CANONICAL", "he"),
    Mistake("no language", 2, 4, "xqz", "DESC-LANGUAGE-UNKNOWN"),
    Mistake("a region that is none", 2, 4, "en-UK", "DESC-LANGUAGE-UNKNOWN", "en-GB"),
    # types
    Mistake("a type in small letters", 2, 5, "text", "DESC-TYPE-NOT-CANONICAL", "Text"),
    Mistake("a type with a blank", 2, 5, "Still Image", "DESC-TYPE-NOT-CANONICAL", "StillImage"),
    Mistake("a type of one's own", 2, 5, "Letter", "DESC-TYPE-NOT-DCMI"),
    # names of files
    Mistake("a file that is not there", 2, 0, "nowhere.txt", "PAIR-NO-DOCUMENT"),
    Mistake("no file", 2, 0, "", "DESC-NO-FILE"),
    Mistake("a file of another row", 2, 0, "photo.jpg", "PAIR-TWICE"),
    Mistake("capitals", 2, 0, "LETTER.TXT", "PAIR-NO-DOCUMENT", "letter.txt"),
    Mistake("a path of Windows", 2, 0, "D:\\stick\\letter.txt", "PAIR-NO-DOCUMENT", "letter.txt"),
    Mistake("without the ending", 2, 0, "letter", "PAIR-NO-DOCUMENT", "letter.txt"),
    # what was damaged on its way
    Mistake("a lost character", 2, 1, "Caf\ufffd", "DESC-DAMAGED-TEXT"),
    Mistake("a control character", 2, 1, "A\x07letter", "DESC-CONTROL-CHARACTER"),
    Mistake("a Windows control character", 2, 1, "A \x93letter\x94", "DESC-CONTROL-CHARACTER"),
    # checksums
    Mistake("a checksum that is none", 2, 6, "tomorrow", "DESC-DIGEST-MALFORMED"),
    Mistake("half a checksum", 2, 6, "9f86d081", "DESC-DIGEST-MALFORMED"),
    # nothing there
    Mistake("no title", 2, 1, "", "DESC-TITLE-SUPPLIED"),
    Mistake("blanks for a title", 2, 1, "   ", "DESC-TITLE-SUPPLIED"),
]


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A donor's stick with four files."""
    root = tmp_path_factory.mktemp("stick")
    for name in FILES:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(name.encode())
    return root


def table(rows: Sequence[tuple[str, ...]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """The rows as a spreadsheet program writes them."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


def checked(
    stick: Path, folder: Path, data: bytes, capsys: pytest.CaptureFixture[str], *more: str
) -> dict[str, Any]:
    """The report of a check of that table."""
    path = folder / "table.csv"
    path.write_bytes(data)
    run(["check", str(stick), "--metadata", str(path), "--jobs", "1", "--format", "json", *more])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def with_cell(mistake: Mistake) -> list[tuple[str, ...]]:
    """The good table with the mistake in it."""
    rows: list[tuple[str, ...]] = [HEADER, *GOOD]
    cells = list(rows[mistake.row - 1])
    cells[mistake.column] = mistake.text
    rows[mistake.row - 1] = tuple(cells)
    return rows


def test_a_good_table_gives_no_error_and_no_warning(
    stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = checked(stick, tmp_path, table([HEADER, *GOOD]), capsys)["counts"]
    assert (counts["documents"], counts["errors"], counts["warnings"]) == (4, 0, 0)


@pytest.mark.parametrize("mistake", CELLS, ids=lambda mistake: mistake.what)
def test_a_mistake_in_a_cell_is_named_in_its_row_and_mended_where_that_is_certain(
    mistake: Mistake, stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = checked(stick, tmp_path, table(with_cell(mistake)), capsys)
    found = [one for one in report["findings"] if one["code"] == mistake.code]
    rows = [mistake.row, 5] if mistake.code == "PAIR-TWICE" else [mistake.row]  # it is said of both rows
    assert [one["at"]["line"] for one in found] == rows, report["findings"]
    assert found[0].get("corrected") == mistake.corrected
    if mistake.code.startswith("DESC-") and mistake.code != "DESC-TITLE-SUPPLIED":
        assert found[0]["at"]["column"] == "ABCDEFG"[mistake.column]


@pytest.mark.parametrize("mistake", [one for one in CELLS if one.corrected], ids=lambda mistake: mistake.what)
def test_a_certain_correction_written_makes_the_table_good(
    mistake: Mistake, stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fixed = tmp_path / "fixed.csv"
    report = checked(stick, tmp_path, table(with_cell(mistake)), capsys, "--fix", str(fixed))
    assert [each["corrected"] for each in report["fixed"]["made"]] == [mistake.corrected]
    written = list(csv.reader(io.StringIO(fixed.read_text(encoding="utf-8"), newline="")))
    assert written == [list(row) for row in with_cell(mistake._replace(text=mistake.corrected or ""))]
    counts = checked(stick, tmp_path, fixed.read_bytes(), capsys)["counts"]
    assert (counts["errors"], counts["warnings"]) == (0, 0)


TABLES = [
    ("semicolons", table([HEADER, *GOOD], delimiter=";"), 0),
    ("tabs", table([HEADER, *GOOD], delimiter="\t"), 0),
    ("Windows-1252", table([HEADER, *GOOD], encoding="cp1252"), 0),
    ("UTF-16", table([HEADER, *GOOD], encoding="utf-16"), 0),
    ("a byte order mark", table([HEADER, *GOOD], encoding="utf-8-sig"), 0),
    ("old Macintosh line ends", table([HEADER, *GOOD]).replace(b"\r\n", b"\r"), 0),
    ("blank rows between", table([HEADER, *GOOD[:2], ("",) * 7, *GOOD[2:]]), 0),
    ("a term misspelt", table([("filename", "dc.titel", *HEADER[2:]), *GOOD]), 0),
    ("no header", table(list(GOOD)), 1),
    ("an unclosed quotation mark", table([HEADER, *GOOD]).replace(b"A letter", b'"A letter'), 1),
    ("a quotation mark in the middle", table([HEADER, *GOOD]).replace(b"A letter", b'"A" letter'), 1),
    ("a separator that moved cells", table([HEADER, *GOOD]).replace(b"Ana", b"Ana, Ben, Cleo"), 1),
    ("a row missing", table([HEADER, *GOOD[1:]]), 1),
    ("an empty file", b"", 1),
    ("a header alone", table([HEADER]), 1),
    ("the reference twice", table([(*HEADER, "reference"), *((*row, "X-1") for row in GOOD)]), 1),
]


@pytest.mark.parametrize(("what", "data", "code"), TABLES, ids=[what for what, _, _ in TABLES])
def test_a_mistake_of_the_whole_table_is_an_error_or_said_and_read(
    what: str, data: bytes, code: int, stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = checked(stick, tmp_path, data, capsys)
    assert report["ready"] is (code == 0), report["findings"]
    if code == 0:
        assert report["counts"]["documents"] == 4


def test_sixty_kinds_of_mistakes_are_here() -> None:
    assert len(CELLS) + len(TABLES) >= 60


def test_nothing_is_written_to_the_stick(
    stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {
        path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in stick.rglob("*")
    }
    checked(stick, tmp_path, table(with_cell(CELLS[0])), capsys, "--report", str(tmp_path / "s.html"))
    after = {
        path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in stick.rglob("*")
    }
    assert before == after
    assert sorted(os.listdir(tmp_path)) == ["s.html", "table.csv"]


def test_like_mistakes_are_one_group_with_one_thing_to_do(
    stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [HEADER, *((row[0], row[1], row[2], "04/05/1918", *row[4:]) for row in GOOD)]
    groups = checked(stick, tmp_path, table(rows), capsys)["groups"]
    dates = [group for group in groups if group["code"] == "DESC-DATE-NOT-EDTF"]
    assert len(dates) == 1
    assert (dates[0]["count"], dates[0]["column"], dates[0]["rows"]) == (4, "D", [[2, 5]])
    assert "--date-order dmy" in dates[0]["remedy"]


def test_the_order_of_dates_settles_them_all(
    stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [HEADER, *((row[0], row[1], row[2], "04/05/1918", *row[4:]) for row in GOOD)]
    report = checked(stick, tmp_path, table(rows), capsys, "--date-order", "dmy")
    assert {one.get("corrected") for one in report["findings"] if one["code"] == "DESC-DATE-NOT-EDTF"} == {
        "1918-05-04"
    }
