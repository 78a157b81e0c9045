"""A row for what --exclude leaves out is no mistake: lists of digests and sidecars honour it, too."""

from pathlib import Path
from typing import Any

import pytest

from tests.archives import make_archive
from tests.changes import Changing


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    """An archive, and a submission of two files and a folder."""
    (tmp_path / "ex/sub").mkdir(parents=True)
    for name in ("1.txt", "2.tif", "sub/3.txt"):
        (tmp_path / "ex" / name).write_text(name)
    return Changing(make_archive(tmp_path, monkeypatch), capsys)


def brought(archive: Changing, names: list[str], *words: str, code: int) -> Any:
    """The report of an ingest with a row for each name."""
    rows = "".join(f"{name},Of {name}\n" for name in names)
    (archive.made.folder / "ex/metadata.csv").write_text(f"filename,dc.title\n{rows}", encoding="utf-8")
    return archive("ingest", str(archive.made.folder / "ex"), *words, code=code)


def codes(report: Any) -> list[str]:
    found = [*report["findings"], *(one for each in report["rejected"] for one in each["findings"])]
    return [one["code"] for one in found if one["code"].startswith("PAIR-")]


@pytest.mark.parametrize(
    ("row", "pattern"), [("2.tif", "*.tif"), ("ex/2.tif", "2.tif"), ("sub", "sub"), ("sub/3.txt", "sub")]
)
def test_it_is_a_note(archive: Changing, row: str, pattern: str) -> None:
    others = [name for name in ("2.tif", "sub/3.txt") if pattern not in (name, name[:3], "*" + name[1:])]
    report = brought(archive, ["1.txt", row, *others], "--exclude", pattern, code=0)
    assert codes(report) == ["PAIR-EXCLUDED"]
    assert len(report["ingested"]) == 1 + len(others)


def test_what_is_not_there_for_another_reason_is_an_error(archive: Changing) -> None:
    report = brought(archive, ["1.txt", "gone.txt", "sub/3.txt"], "--exclude", "*.tif", code=4)
    assert codes(report) == ["PAIR-NO-DOCUMENT"]


def test_a_document_of_several_files_is_kept_whole_or_not_at_all(archive: Changing) -> None:
    report = brought(archive, ["1.txt||2.tif", "sub/3.txt"], "--exclude", "*.tif", code=4)
    assert "PAIR-NO-DOCUMENT" in codes(report)
