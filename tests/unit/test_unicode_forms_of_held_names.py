"""A name in another Unicode form than the one that is held: said at an ingest, understood by describe."""

import sys
import unicodedata
from pathlib import Path
from typing import Any

import bagit
import pytest

from tests.archives import make_archive
from tests.changes import Changing

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="there both forms are one name")
NAME = "café.txt"
NFC, NFD = unicodedata.normalize("NFC", NAME), unicodedata.normalize("NFD", NAME)


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    """An empty archive."""
    return Changing(make_archive(tmp_path, monkeypatch), capsys)


def brought(archive: Changing, day: str, name: str, *words: str, content: str = "x") -> Any:
    """The report of an ingest of one file of that name."""
    source = archive.made.folder / day
    source.mkdir()
    (source / name).write_text(content)
    return archive("ingest", str(source), "--describe-later", *words)


def other_forms(report: Any) -> list[str]:
    return [each["place"] for each in report["findings"] if each["code"] == "DUP-OTHER-FORM"]


@pytest.mark.parametrize(("held", "new"), [(NFC, NFD), (NFD, NFC)])
def test_what_is_held_under_another_form_of_its_name_is_said(archive: Changing, held: str, new: str) -> None:
    brought(archive, "one", held)
    report = brought(archive, "two", new)
    assert (report["counts"]["ingested"], other_forms(report)) == (1, [new])
    assert archive.row(held).reference in str(report["findings"])
    assert other_forms(brought(archive, "three", new)) == []


def test_other_bytes_and_another_accession_are_another_document(archive: Changing) -> None:
    brought(archive, "one", NFC)
    assert other_forms(brought(archive, "two", NFD, content="y")) == []
    assert other_forms(brought(archive, "three", NFD, "--accession", "2026-9")) == []


def test_a_bag_under_another_form_of_its_name_is_said(archive: Changing, tmp_path: Path) -> None:
    for day, name in (("one", NFC), ("two", NFD)):
        folder = tmp_path / day / name
        folder.mkdir(parents=True)
        (folder / "a").write_text("x")
        bagit.make_bag(str(folder))
        report = archive("ingest", str(folder), "--describe-later")
    assert other_forms(report) == [f"{NFD}/"]


@pytest.mark.parametrize(("held", "written"), [(NFC, NFD), (NFD, NFC)])
def test_describe_finds_a_document_by_another_form_of_its_path(
    archive: Changing, held: str, written: str
) -> None:
    brought(archive, "one", held)
    table = archive.made.folder / "t.csv"
    table.write_text(f"filename,title\n{written},The coffee house\n")
    report = archive("describe", "--metadata", str(table))
    assert [one["reference"] for one in report["changed"]] == [archive.row(held).reference]
    assert "PAIR-NORMALISED" in [one["code"] for one in report["findings"]]


def test_describe_takes_the_document_of_the_very_form_where_both_are_held(archive: Changing) -> None:
    for day, name in (("one", NFC), ("two", NFD)):
        brought(archive, day, name)
    table = archive.made.folder / "t.csv"
    table.write_text(f"filename,title\n{NFD},The coffee house\n")
    report = archive("describe", "--metadata", str(table))
    assert [one["reference"] for one in report["changed"]] == [archive.row(NFD).reference]
    assert "PAIR-NORMALISED" not in [one["code"] for one in report["findings"]]
