"""A dry run foretells what the ingest does, and says what it did not look at."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.schemas import explain
from tests.archives import MadeArchive, make_archive

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """An empty archive, and a submission of which one file is described."""
    made = make_archive(tmp_path, monkeypatch)
    (made.folder / "s").mkdir()
    for name in ("a.txt", "b.txt"):
        (made.folder / "s" / name).write_text(name)
    (made.folder / "s/a.txt.dc.json").write_text('{"title": "A"}')
    return made


def told(archive: MadeArchive, printed: Printed, *words: str, code: int = 0) -> tuple[Any, str]:
    """The report of an ingest of the submission, and what it prints for people."""
    printed.readouterr()
    given = ["-C", str(archive.root), "ingest", str(archive.folder / "s"), *words]
    assert run([*given, "--format", "json"]) == code
    report = json.loads(printed.readouterr().out)
    assert explain("ingest-report", report) == []
    assert run(given) == code
    return report, printed.readouterr().out


@pytest.mark.parametrize("read", [(), ("--read",)])
def test_where_one_error_stops_it_all_nothing_would_be_ingested(
    archive: MadeArchive, capsys: Printed, read: tuple[str, ...]
) -> None:
    real, _ = told(archive, capsys, code=4)
    report, said = told(archive, capsys, "--dry-run", *read, code=4)
    assert (report["ingested"], report["counts"]) == (real["ingested"], real["counts"])
    assert "Nothing would be ingested: 1 error; 1 document in order, " in said
    assert "a.txt" not in said


def test_what_an_error_does_not_stop_would_be_ingested(archive: MadeArchive, capsys: Printed) -> None:
    report, said = told(archive, capsys, "--dry-run", "--on-error", "continue", code=4)
    assert report["counts"]["ingested"] == 1
    assert "1 document would be ingested, 1 refused." in said


def test_without_reading_nothing_is_said_of_what_is_held(archive: MadeArchive, capsys: Printed) -> None:
    words = ("--describe-later", "--dry-run")
    unread, said = told(archive, capsys, *words)
    assert "held already was not looked at: --read does" in said
    assert "0 held already" not in said
    assert unread["compared"] is False
    assert told(archive, capsys, *words, "--read")[0]["compared"] is True
    assert (
        "2 documents would be ingested, 0 held already, 0 refused."
        in told(archive, capsys, *words, "--read")[1]
    )


@pytest.mark.parametrize("read", [(), ("--read",)])
def test_the_size_of_each_document_is_that_of_its_payload(
    archive: MadeArchive, capsys: Printed, read: tuple[str, ...]
) -> None:
    (archive.folder / "s/b.txt").write_text("of another size")
    foretold, _ = told(archive, capsys, "--describe-later", "--dry-run", *read)
    sizes = {one["source"]: one["bytes"] for one in foretold["ingested"]}
    assert sizes == {"a.txt": 5, "b.txt": 15}
