"""A `copy.json` that is laid into the archive itself puts no check off: nothing vouches for it."""

import json
import shutil
from pathlib import Path

import pytest

from archive.cli.frame import run
from tests.archives import overwrite
from tests.changes import Changing


@pytest.fixture
def planted(changing: Changing, tmp_path: Path) -> Changing:
    """An archive with a repaired bag and a copy, whose marker lies in the archive, too."""
    (payload,) = (changing.bag("a.txt") / "data").iterdir()
    good = tmp_path / "good.txt"
    shutil.copyfile(payload, good)
    overwrite(payload, b"x")
    changing("repair", changing.row("a.txt").bag, "--from", str(good), "--yes")
    changing("copy", "--to", str(tmp_path / "disk"), "--jobs", "1")
    shutil.copyfile(tmp_path / "disk" / "copy.json", changing.root / "copy.json")
    return changing


def _forget(changing: Changing) -> None:
    (changing.root / "catalog.sqlite").unlink()


@pytest.mark.parametrize("index", ["with its index", "without"])
@pytest.mark.parametrize("marker", ["of a copy at hand", "of a copy that nobody knows"])
def test_an_archive_that_bears_the_marker_of_a_copy_is_audited_as_the_archive(
    planted: Changing, marker: str, index: str
) -> None:
    shutil.rmtree(planted.root / "quarantine/damaged")
    path = planted.root / "copy.json"
    if marker == "of a copy that nobody knows":
        document = json.loads(path.read_text())
        path.write_text(json.dumps({**document, "id": "01a204ce-0000-7000-8000-000000000001"}))
    if index == "without":
        _forget(planted)
    report = planted("audit", "--read-only", code=1)
    assert {"QUARANTINE-RECORD", "COPY-MARKER"} <= {one["code"] for one in report["findings"]}
    assert report["copy"] is None


def test_what_cannot_be_recorded_for_a_planted_marker_does_not_end_with_0(planted: Changing) -> None:
    report = planted("audit", code=3)
    assert (report["recorded"], report["copy"]) == (False, None)
    assert "COPY-MARKER" in {one["code"] for one in report["findings"]}
    (planted.root / "copy.json").unlink()
    assert planted("audit")["findings"] == []


@pytest.mark.parametrize(
    "words", [("tidy", "--yes"), ("withdraw", "LETTER", "--reason", "x", "--yes")], ids=" ".join
)
@pytest.mark.parametrize("kind", ["of a copy", "damaged", "a folder"])
def test_no_writer_takes_the_archive_for_a_copy_of_itself(
    planted: Changing, kind: str, words: tuple[str, ...]
) -> None:
    path = planted.root / "copy.json"
    if kind == "damaged":
        path.write_bytes(b"{")
    elif kind == "a folder":
        path.unlink()
        path.mkdir()
    letter = planted.row("a.txt").bag
    refused = planted(*(letter if word == "LETTER" else word for word in words), code=2)
    assert "this is the archive, or a copy of a copy" in refused["message"]
    (found,) = [one for one in planted("audit", "--read-only")["findings"] if one["code"] == "COPY-MARKER"]
    assert refused["remedy"] == found["remedy"]
    assert "restore" not in refused["remedy"]


def test_an_audit_that_is_not_recorded_for_a_planted_marker_says_once_what_to_do(planted: Changing) -> None:
    shown = planted.text("audit", code=3)
    assert "is a copy of an archive" not in shown
    assert shown.count("this is the archive, or a copy of a copy") == 1
    assert shown.count("find out who put it there") == 1


def test_status_says_why_nothing_can_be_written(
    planted: Changing, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = planted("status")["findings"]
    assert (found["code"], found["severity"]) == ("COPY-MARKER", "warning")
    assert "nothing is written here while it lies there" in found["remedy"]
    assert run(["-C", str(planted.root), "status"]) == 0
    assert capsys.readouterr().err.count("COPY-MARKER") == 1


def test_status_accuses_no_copy_of_its_marker(planted: Changing, tmp_path: Path) -> None:
    told = planted("-C", str(tmp_path / "disk"), "status")["findings"]
    assert "COPY-MARKER" not in {one["code"] for one in told}


def test_nothing_is_written_to_a_copy_at_another_place(planted: Changing, tmp_path: Path) -> None:
    (tmp_path / "disk").rename(tmp_path / "elsewhere")
    refused = planted("-C", str(tmp_path / "elsewhere"), "tidy", "--yes", code=2)
    assert "is a copy of an archive (copy.json)" in refused["message"]


def test_a_copy_at_another_place_is_still_audited_by_itself(planted: Changing, tmp_path: Path) -> None:
    (tmp_path / "disk").rename(tmp_path / "elsewhere")
    assert run(["-C", str(tmp_path / "elsewhere"), "audit"]) == 0


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_a_copy_of_a_copy_is_not_called_damaged(changing: Changing, tmp_path: Path, form: str) -> None:
    """One of folders passes for the archive and says why it does; one of tars can be no archive."""
    changing("copy", "--to", str(tmp_path / "disk"), "--as", form, "--jobs", "1")
    shutil.copytree(tmp_path / "disk", tmp_path / "second")
    report = changing("-C", str(tmp_path / "second"), "audit", "--read-only")
    assert (report["outcome"], report["counts"]["intact"]) == ("intact", 3)
    assert (report["copy"] is None) is (form == "folder")
