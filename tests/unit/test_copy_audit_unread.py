"""What storage does not give of a copy is no damage of it."""

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.exit_codes import UNREADABLE
from tests import refusals
from tests.changes import Changing
from tests.copying import copy, files_of


def refuse(patch: pytest.MonkeyPatch, path: Path) -> None:
    """Storage does not give that file."""
    real = os.open

    def refusing(name: Any, *arguments: Any, **options: Any) -> int:
        if name == str(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)
        return real(name, *arguments, **options)

    patch.setattr(os, "open", refusing)


def found(changing: Changing, disk: Path, code: int) -> list[tuple[str, str]]:
    """(code, place) of all that is no note in an audit of the copy."""
    report = changing("audit", "--copy", str(disk), "--read-only", "--jobs", "1", code=code)
    assert report["counts"]["intact"] == 3
    return [(one["code"], one["place"]) for one in report["findings"] if one["severity"] != "note"]


@pytest.mark.parametrize("name", ["archive.toml", "README.html", "holdings.csv"])
def test_a_file_of_a_copy_that_storage_refuses_is_neither_damaged_nor_another(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    copy(changing, disk)
    refuse(monkeypatch, disk / name)
    assert found(changing, disk, UNREADABLE) == [("COPY-UNREADABLE", name)]


def test_the_settings_of_a_copy_alone_that_storage_refuses_are_no_wrong_use(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    changing.root.rename(changing.root.with_name("away"))
    monkeypatch.chdir(disk.parent)
    refuse(monkeypatch, disk / "archive.toml")
    assert run(["audit", "--copy", str(disk), "--read-only", "--jobs", "1"]) == UNREADABLE


def test_a_marker_that_storage_refuses_is_named_and_the_copy_is_read(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    refuse(monkeypatch, disk / "copy.json")
    assert found(changing, disk, UNREADABLE) == [("COPY-UNREADABLE", "copy.json")]


def test_a_copy_that_lost_its_marker_says_why_nothing_is_recorded(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    shutil.copytree(disk, disk.parent / "elsewhere")
    for place, told in ((disk, [("COPY-MARKER", "copy.json")]), (disk.parent / "elsewhere", [])):
        (place / "copy.json").unlink()
        assert found(changing, place, 0) == told


@pytest.mark.parametrize("name", ["README.html", "holdings.csv"])
def test_a_copy_alone_that_lost_its_list_or_page_says_so(changing: Changing, disk: Path, name: str) -> None:
    copy(changing, disk)
    (disk / name).unlink()
    changing.root.rename(changing.root.with_name("away"))
    report = changing("-C", str(disk), "audit", "--read-only", "--jobs", "1")
    assert [(one["code"], one["place"]) for one in report["findings"]] == [("COPY-DERIVED", name)]


@pytest.mark.parametrize("said", ["", "9"], ids=["as it was", "a larger size"])
def test_a_folder_of_the_copys_ledger_that_storage_refuses_is_no_fault_of_the_archives(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    copy(changing, disk)
    marker = disk / "copy.json"
    marker.write_text(marker.read_text().replace('"size": ', f'"size": {said}'))
    refused, before = disk / "ledger/checkpoints", files_of(disk)
    for call in ("listdir", "scandir"):
        refusals.refuse(monkeypatch, call, refused)
    report = changing("audit", "--copy", str(disk), "--read-only", "--jobs", "1", code=UNREADABLE)
    assert report["copy"] == "a copy, up to date"
    assert report["trust"]["basis"] == "self"
    told = [one for one in report["findings"] if one["severity"] == "error"]
    assert {one["code"] for one in told} == {"LEDGER-UNREADABLE"}
    assert not [one for one in told if str(changing.root) in one["place"]]
    assert str(refused) in copy(changing, disk, code=UNREADABLE)["message"]
    monkeypatch.undo()
    assert files_of(disk) == before
