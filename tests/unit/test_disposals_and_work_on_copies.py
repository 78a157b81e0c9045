"""What a run of `archive copy` that was killed left in its work folder, told by disposals and status."""

import os
import shutil
from pathlib import Path

import pytest

from archive.storage.copies.names import WORK
from archive.storage.layout import bag_path
from tests.changes import Changing
from tests.copying import FORMS, copy
from tests.refusals import refuse


def _left_in_work(disk: Path, bag: str, form: str, folder: str) -> Path:
    """The bag's bytes moved from their place to where a run that was killed had left them."""
    place = disk / (bag_path(bag) + (".tar" if form == "tar" else ""))
    left = disk / WORK / folder / place.name
    left.parent.mkdir(parents=True)
    return place.rename(left)


def _disposed(changing: Changing, bag: str) -> list[str]:
    """What is said of copies by the disposal of a document."""
    changing("withdraw", bag, "--reason", "asked back")
    told = changing("dispose", bag, "--authority", "the board", "--yes")["remains"]
    return [each for each in told if "the copy" in each]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("folder", ["000002", "replaced/000001", "doomed/bags"])
def test_a_copy_at_hand_is_named_for_what_lies_in_its_work_folder(
    changing: Changing, disk: Path, form: str, folder: str
) -> None:
    copy(changing, disk, "--as", form)
    bag = changing.row("a.txt").bag
    left = _left_in_work(disk, bag, form, folder)
    (named,) = _disposed(changing, bag)
    assert "(at hand) keeps 1 document: archive copy --to" in named
    status = changing("status")
    assert status["places"][0]["disposed"] == 1
    assert any(f"archive copy --to {disk} --yes" in step for step in status["next"])
    copy(changing, disk, "--yes")
    assert not os.path.lexists(left)
    assert changing("status")["places"][0]["disposed"] == 0


def test_what_others_left_in_the_work_folder_counts_for_nothing(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    bag, other = changing.row("a.txt").bag, changing.row("b.txt").bag
    shutil.rmtree(disk / bag_path(bag))
    _left_in_work(disk, other, "folder", "000001")
    (disk / WORK / "files").mkdir()
    (disk / WORK / "files" / "00000000").write_bytes(b"a note")
    assert _disposed(changing, bag) == []
    assert changing("status")["places"][0]["disposed"] == 0


def test_no_link_in_place_of_the_work_folder_is_followed(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    bag = changing.row("a.txt").bag
    elsewhere = disk.with_name("elsewhere") / "000001"
    elsewhere.mkdir(parents=True)
    (disk / bag_path(bag)).rename(elsewhere / bag)
    (disk / WORK).symlink_to(elsewhere.parent)
    assert _disposed(changing, bag) == []


def test_a_work_folder_that_cannot_be_listed_may_hold_it(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    bag = changing.row("a.txt").bag
    shutil.rmtree(disk / bag_path(bag))
    (disk / WORK).mkdir()
    refuse(monkeypatch, "scandir", disk / WORK)
    (named,) = _disposed(changing, bag)
    assert "(at hand) keeps 1 document" in named
    assert changing("status")["places"][0]["disposed"] == 1
