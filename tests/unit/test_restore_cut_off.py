"""`archive restore` that cannot begin, or ends early: no archive is there, and the same command goes on."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import codes, copy, files_of
from tests.restoring import bag_on, cut_off, kept, lose, restore


def test_a_restore_that_was_cut_off_leaves_no_archive_and_goes_on(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    held = lose(changing)
    cut_off(changing, disk, monkeypatch)
    assert not (changing.root / "archive.toml").exists()
    assert restore(changing, disk)["counts"]["written"] == 0
    assert kept(changing.root) == held


@pytest.mark.parametrize("younger_first", [True, False])
def test_a_restore_that_was_cut_off_goes_on_with_another_copy_in_the_youngest_state_that_it_saw(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, younger_first: bool
) -> None:
    older = disk.with_name("older")
    copy(changing, older)
    changing("describe", changing.reference("b.txt"), "--set", "dc.title=Read since")
    copy(changing, disk)
    held = lose(changing)
    first, second = (disk, older) if younger_first else (older, disk)
    cut_off(changing, first, monkeypatch)
    shutil.rmtree(changing.root / "runs")  # of what it had brought something is gone again
    report = restore(changing, second)
    assert (codes(report), report["key_at_hand"]) == ([], "ready")
    assert changing.row("b.txt").title == "Read since"
    last = changing.root / "ledger" / "checkpoint"
    assert last.read_bytes() == held["ledger/checkpoint"]
    assert not (changing.root / ".unfinished-copy").exists()


@pytest.mark.parametrize("kind", ["archive", "other", "in the copy", "file"])
def test_a_folder_with_other_things_is_not_made_an_archive(changing: Changing, disk: Path, kind: str) -> None:
    copy(changing, disk)
    target = changing.root
    if kind == "other":
        target = disk.with_name("other")
        target.mkdir()
        (target / "letter.txt").write_text("dear")
    elif kind == "in the copy":
        target = disk / "new"
    elif kind == "file":
        target = disk.with_name("file")
        target.write_text("x")
    before = files_of(disk)
    code = 2 if kind in {"in the copy", "file"} else 6
    assert changing("restore", str(disk), "--to", str(target), code=code)["kind"] == "error"
    assert files_of(disk) == before


def test_a_restore_given_again_behind_its_end_says_how_to_tell_whether_it_is_whole(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    lose(changing)
    restore(changing, disk)
    told = changing("restore", str(disk), "--to", str(changing.root), code=6)
    assert told["message"] == f"{changing.root}: is an archive already"
    assert f"archive -C {changing.root} audit" in told["remedy"]


def test_what_cannot_be_read_is_not_taken_for_lost(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    held = lose(changing)
    place = next((disk / "notes").rglob("*.json"))
    real = os.open

    def failing(path: Any, *more: Any, **options: Any) -> int:
        if str(path) == str(place):
            raise OSError(5, "Input/output error")
        return real(path, *more, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", failing)
        report = restore(changing, disk, code=3)
        assert [one["code"] for one in report["findings"]] == ["RESTORE-UNREAD"]
        assert not (changing.root / "archive.toml").exists()
    restore(changing, disk)
    assert kept(changing.root) == held


def test_a_bag_that_was_brought_as_it_was_is_taken_from_a_better_copy_when_the_run_goes_on(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    other = disk.with_name("other")
    copy(changing, other)
    overwrite(bag_on(other, changing.row("a.txt").bag) / "data/a.txt", b"damaged")
    held = lose(changing)
    cut_off(changing, other, monkeypatch)
    assert restore(changing, other, disk)["counts"]["whole"] == 3
    assert kept(changing.root) == held
