"""A copy whose file system exchanges no names: killed between two renames it loses no bag by that."""

import os
from pathlib import Path
from typing import Any

import pytest

from archive.core.copies import CopyForm
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.names import QUARANTINE, WORK, bag_place
from archive.storage.copies.replaced import end_replacing
from archive.storage.disk import exchange
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import FORMS, copy


@pytest.fixture(autouse=True)
def no_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file system here knows RENAME_EXCHANGE."""
    monkeypatch.setattr(exchange, "_renameat2", lambda: None)


def die_between(changing: Changing, place: Path, disk: Path, patch: pytest.MonkeyPatch) -> None:
    """The next run ends when the bag has gone from its place, and what was made is not in it yet."""
    real, steps = os.rename, iter((False, True))

    def dies(source: Any, target: Any, **options: Any) -> None:
        if target == place.name and next(steps):
            raise KeyboardInterrupt
        real(source, target, **options)

    with patch.context() as dying:
        dying.setattr(os, "rename", dies)
        copy(changing, disk, code=130)
    assert not place.exists()


@pytest.mark.parametrize("form", FORMS)
def test_a_bag_that_the_archive_has_no_more_is_on_the_copy_still(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    copy(changing, disk, "--as", form)
    changing("describe", changing.reference("b.txt"), "--set", "dc.title=Now known")
    place = disk / bag_place(changing.row("b.txt").bag, CopyForm(form))
    die_between(changing, place, disk, monkeypatch)
    overwrite(changing.bag("b.txt") / "data/b.txt", b"tow")
    copy(changing, disk)
    assert place.exists()
    assert changing("audit", "--copy", str(disk))["outcome"] == "intact"
    changing("repair", changing.reference("b.txt"), "--from", str(disk), "--yes")
    changing.require_whole()


@pytest.mark.parametrize("form", FORMS)
def test_a_bag_is_replaced_in_two_steps(changing: Changing, disk: Path, form: str) -> None:
    copy(changing, disk, "--as", form)
    changing("describe", changing.reference("b.txt"), "--set", "dc.title=Now known")
    report = copy(changing, disk)
    assert (report["counts"]["written"], report["counts"]["replaced"]) == (1, 1)
    assert not (disk / WORK).exists()
    assert changing("audit", "--copy", str(disk))["outcome"] == "intact"


@pytest.mark.parametrize("above", ["bags", QUARANTINE])
def test_what_was_set_aside_comes_back_where_nothing_was_made(tmp_path: Path, above: str) -> None:
    aside = tmp_path / WORK / "replaced" / above / "ab" / "bag"
    aside.mkdir(parents=True)
    with CopyFolder(tmp_path) as folder:
        end_replacing(folder)
        end_replacing(folder)
    assert (tmp_path / above / "ab/bag").is_dir()
    assert not aside.exists()


def test_what_is_in_its_place_stays(tmp_path: Path) -> None:
    for place in (tmp_path / WORK / "replaced/bags/ab/bag/old", tmp_path / "bags/ab/bag/new"):
        place.mkdir(parents=True)
    with CopyFolder(tmp_path) as folder:
        end_replacing(folder)
    assert os.listdir(tmp_path / "bags/ab/bag") == ["new"]
