"""What does not fit where the archive lies is refused before anything of it is written."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.limits.archives import ROOM_OF_A_BAG
from archive.core.submission import Role, SourceFile
from archive.services.ingest import room
from archive.storage.plan import DescribedFile, Plan
from tests.archives import MadeArchive, make_archive

Printed = pytest.CaptureFixture[str]
TERABYTE = 1 << 40
MEGABYTE = 1 << 20


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    return make_archive(tmp_path / "made", monkeypatch)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A small file, and one of 15 TiB that takes no block."""
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "a.txt").write_text("small")
    with (folder / "holes.img").open("wb") as stream:
        stream.truncate(15 * TERABYTE)
    return folder


def _report(capsys: Printed, made: MadeArchive, *words: str, code: int) -> Any:
    capsys.readouterr()
    assert run(["-C", str(made.root), "--format", "json", *words]) == code
    return json.loads(capsys.readouterr().out)


def _lacking(report: Any) -> list[Any]:
    return [finding for finding in report["findings"] if finding["code"] == "SRC-NO-ROOM"]


@pytest.mark.parametrize("on_error", ["stop", "continue"])
def test_an_ingest_without_room_writes_nothing_and_names_the_first_file_beyond(
    on_error: str, made: MadeArchive, stick: Path, capsys: Printed
) -> None:
    words = ("ingest", str(stick), "--describe-later", "--on-error", on_error)
    report = _report(capsys, made, *words, code=3)
    [lacking] = _lacking(report)
    assert lacking["place"] == "holes.img"
    assert "15.0 TiB" in lacking["message"]
    assert (report["run"], report["ingested"], report["rejected"]) == (None, [], [])
    assert [name for name in os.listdir(made.root / "staging") if name != ".lock"] == []


@pytest.mark.parametrize("words", [("check",), ("ingest", "--dry-run"), ("ingest", "--dry-run", "--read")])
def test_what_writes_nothing_says_it_too(
    words: tuple[str, ...], made: MadeArchive, stick: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick / "holes.img").unlink()
    monkeypatch.setattr(room, "room_at", lambda _: 1000)
    report = _report(capsys, made, *words, str(stick), "--describe-later", code=3)
    assert [each["place"] for each in _lacking(report)] == ["a.txt"]


def test_an_ingest_with_just_the_room_goes_on(
    made: MadeArchive, stick: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick / "holes.img").unlink()
    monkeypatch.setattr(room, "room_at", lambda _: MEGABYTE + ROOM_OF_A_BAG + len("small"))
    assert _report(capsys, made, "ingest", str(stick), "--describe-later", code=0)["counts"]["ingested"] == 1


def test_one_byte_less_and_nothing_is_written(
    made: MadeArchive, stick: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick / "holes.img").unlink()
    monkeypatch.setattr(room, "room_at", lambda _: MEGABYTE + ROOM_OF_A_BAG + len("small") - 1)
    _report(capsys, made, "ingest", str(stick), "--describe-later", code=3)


@pytest.mark.parametrize("words", [("check",), ("ingest",), ("ingest", "--dry-run")])
def test_what_is_held_already_needs_no_room(
    words: tuple[str, ...], made: MadeArchive, stick: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick / "holes.img").unlink()
    _report(capsys, made, "ingest", str(stick), "--describe-later", code=0)
    monkeypatch.setattr(room, "room_at", lambda _: 0)
    report = _report(capsys, made, *words, str(stick), "--describe-later", code=0)
    assert _lacking(report) == []


@pytest.mark.parametrize("answer", [None, OSError(38, "not implemented")])
def test_a_file_system_that_does_not_tell_stops_nothing(
    answer: object, made: MadeArchive, stick: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(_: str) -> None:
        if answer is not None:
            raise OSError(38, "not implemented")

    (stick / "holes.img").unlink()
    monkeypatch.setattr(room, "room_at", ask)
    assert _report(capsys, made, "ingest", str(stick), "--describe-later", code=0)["counts"]["ingested"] == 1


def test_sizes_that_are_more_than_any_number_of_a_database_are_added_up() -> None:
    with Plan() as plan:
        plan.add_files(SourceFile(0, name, 1 << 62, Role.DOCUMENT) for name in "abc")
        for file in list(plan.files_with_role(Role.DOCUMENT)):
            plan.add_described([DescribedFile(file, b"{}", "t", "p")])
        assert plan.size_of("planned") == (3, 3 << 62)


def test_a_bag_takes_more_than_is_asked_for_beside_its_payload(made: MadeArchive) -> None:
    made.ingest({"a": b""})
    [bag] = (made.root / "bags").glob("*/*")
    assert sum(path.stat().st_size for path in bag.rglob("*") if path.is_file()) > ROOM_OF_A_BAG
