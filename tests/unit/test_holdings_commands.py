"""The commands over the holdings: one JSON document each, nothing raw on a terminal, published exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.services.catalog.index_reading import reading_index
from tests.archives import MadeArchive, described, make_archive, overwrite

HOSTILE = "\x1b[31mred\u202etxt\x07"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """One described letter, and one whose title and name try to move the cursor."""
    archive = make_archive(tmp_path, monkeypatch)
    archive.ingest(
        {
            "a.txt": b"one",
            "a.txt.dc.json": described("Letter one", creator="Ana"),
            "b.txt": b"two",
            "b.txt.dc.json": described(HOSTILE, subject="line\nforged: yes"),
            f"c{HOSTILE}.txt": b"three",
        }
    )
    return archive


def as_json(made: MadeArchive, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert run(["-C", str(made.root), *arguments, "--format", "json"]) == code
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["list"], "list-report"),
        (["list", "--undescribed", "--limit", "1"], "list-report"),
        (["list", "--accession", "none"], "list-report"),
        (["show", "2026-000001"], "document"),
        (["search", "letter"], "search-report"),
        (["search", '")(*'], "search-report"),
        (["open", "2026-000001", "--to", "OUT"], "open-report"),
        (["status"], "status"),
        (["catalog", "verify"], "catalog-report"),
        (["catalog", "rebuild"], "catalog-report"),
        (["catalog", "export", "--to", "OUT"], "catalog-report"),
        (["catalog", "export"], "catalog"),
    ],
)
def test_each_command_gives_exactly_one_json_document(
    made: MadeArchive, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], kind: str
) -> None:
    first = year_of_first(made)
    filled = [
        str(tmp_path / "out") if text == "OUT" else text.replace("2026-000001", first) for text in arguments
    ]
    assert as_json(made, capsys, *filled)["kind"] == kind


def year_of_first(made: MadeArchive) -> str:
    """The reference of the first document: its year is that of the clock."""
    with reading_index(made.opened) as reading:
        return next(reading.index.list()).reference


@pytest.mark.parametrize(
    "arguments", [["list"], ["search", "txt"], ["show", "ALL"], ["status"], ["open", "ALL"]]
)
def test_nothing_that_moves_a_cursor_reaches_the_terminal(
    made: MadeArchive, capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str]
) -> None:
    with reading_index(made.opened) as reading:
        references = [row.reference for row in reading.index.list()]
    for number, reference in enumerate(references if "ALL" in arguments else references[:1]):
        filled = [reference if text == "ALL" else text for text in arguments]
        if arguments[0] == "open":
            filled += ["--to", str(tmp_path / f"out{number}")]
        assert run(["-C", str(made.root), *filled]) == 0
    printed = capsys.readouterr()
    text = (printed.out + printed.err).replace("\n", "")
    assert text
    assert not [char for char in text if not char.isprintable()]


def test_a_list_of_an_empty_archive_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    assert run(["-C", str(made.root), "list"]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "archive ingest" in printed.err


def test_an_id_that_matches_nothing_is_exit_2(made: MadeArchive, capsys: pytest.CaptureFixture[str]) -> None:
    assert as_json(made, capsys, "show", "nothing", code=2)["kind"] == "error"


def test_show_says_whose_twin_a_document_is(made: MadeArchive, capsys: pytest.CaptureFixture[str]) -> None:
    made.ingest({"again.txt": b"one"}, name="second")
    first = year_of_first(made)
    with reading_index(made.opened) as reading:
        last = list(reading.index.list())[-1].reference
    assert as_json(made, capsys, "show", last)["twins"] == [first]
    assert as_json(made, capsys, "show", first)["twins"] == [last]
    assert run(["-C", str(made.root), "show", last]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines() if "same bytes" in line] == [
        ["same", "bytes", "as", first]
    ]


def test_a_document_without_a_twin_says_nothing_of_twins(
    made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    first = year_of_first(made)
    assert as_json(made, capsys, "show", first)["twins"] == []
    assert run(["-C", str(made.root), "show", first]) == 0
    assert "same bytes" not in capsys.readouterr().out


def test_a_damaged_document_is_exit_1_and_no_copy(
    made: MadeArchive, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first = year_of_first(made)
    (data,) = (made.bag(first) / "data").iterdir()
    overwrite(data, b"xxx")
    document = as_json(made, capsys, "open", first, "--to", str(tmp_path / "out"), code=1)
    assert [finding["code"] for finding in document["findings"]] == ["FIX-ALTERED"]


def test_an_altered_catalog_is_exit_1_and_a_stale_index_exit_0(
    made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    (made.root / "catalog.sqlite").unlink()
    assert as_json(made, capsys, "catalog", "verify")["counts"] == {"errors": 0, "findings": 1}
    (made.root / "catalog.json").write_bytes(b"{}")
    assert as_json(made, capsys, "catalog", "verify", code=1)["counts"]["errors"] == 1


def test_an_export_is_the_catalog_byte_for_byte(
    made: MadeArchive, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    as_json(made, capsys, "catalog", "export", "--to", str(tmp_path / "out.json"))
    assert (tmp_path / "out.json").read_bytes() == (made.root / "catalog.json").read_bytes()
