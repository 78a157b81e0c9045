"""What was disposed of and lies on a copy in the form that this copy does not have: destroyed there, too."""

import os
import tarfile
from pathlib import Path

import pytest

from archive.core.copies import CopyForm
from archive.storage.copies.names import bag_place
from archive.storage.layout import quarantine_path
from tests.changes import Changing
from tests.copying import FORMS, codes, copy


def _put(changing: Changing, place: Path, bag: str) -> None:
    """The withdrawn bag of the archive, in the form that the place's name says."""
    place.parent.mkdir(parents=True, exist_ok=True)
    source = changing.root / quarantine_path(bag)
    if place.suffix == ".tar":
        with tarfile.open(place, "w") as tar:
            tar.add(source, bag)
    else:
        (place / "data").mkdir(parents=True)
        (place / "data" / "a.txt").write_bytes(b"one")


def _in_the_other_form(changing: Changing, disk: Path, form: str, *, withdrawn: bool) -> Path:
    """A copy in one form, and a bag on it in the other, which was disposed of since; its place."""
    copy(changing, disk, "--as", form)
    bag = changing.row("a.txt").bag
    changing("withdraw", bag, "--reason", "asked back")
    (other,) = {*CopyForm} - {CopyForm(form)}
    place = disk / bag_place(bag, other, withdrawn=withdrawn)
    _put(changing, place, bag)
    changing("dispose", bag, "--authority", "the board", "--yes")
    return place


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("withdrawn", [False, True])
def test_it_is_destroyed_with_the_other_one(
    changing: Changing, disk: Path, form: str, withdrawn: bool
) -> None:
    place = _in_the_other_form(changing, disk, form, withdrawn=withdrawn)
    report = copy(changing, disk, "--yes")
    assert (report["counts"]["destroyed"], codes(report)) == (1, [])
    assert not os.path.lexists(place)
    assert changing("status")["places"][0]["disposed"] == 0


@pytest.mark.parametrize("form", FORMS)
def test_alone_it_is_told_until_somebody_says_yes(changing: Changing, disk: Path, form: str) -> None:
    place = _in_the_other_form(changing, disk, form, withdrawn=False)
    kept = disk.with_name("kept")
    place.rename(kept)
    copy(changing, disk, "--yes")
    kept.rename(place)
    assert copy(changing, disk, "--dry-run")["counts"]["kept_disposed"] == 1
    assert codes(copy(changing, disk)) == ["COPY-DISPOSED"]
    assert os.path.lexists(place)
    report = copy(changing, disk, "--yes")
    assert (report["counts"]["destroyed"], codes(report)) == (1, [])
    assert not os.path.lexists(place)
    assert changing("status")["places"][0]["disposed"] == 0


def test_a_link_in_its_place_is_named(changing: Changing, disk: Path) -> None:
    place = _in_the_other_form(changing, disk, "folder", withdrawn=False)
    kept = disk.with_name("kept.tar")
    place.rename(kept)
    place.symlink_to(kept)
    report = copy(changing, disk, "--yes", code=1)
    assert codes(report) == ["COPY-LINK"]
    assert kept.exists()
