"""A run of `archive copy` that is cut off: what it found to be gone from the copy is counted no more."""

import shutil
from pathlib import Path

import pytest

from archive.core.errors import StorageError
from archive.services.copies.bags import CopiedBags
from archive.storage.layout import bag_path
from tests.changes import Changing
from tests.copying import FORMS, copy


def cut_off(changing: Changing, disk: Path, patch: pytest.MonkeyPatch) -> object:
    """The good copies, as a run tells them that could bring no bag."""

    def pulled(*_: object) -> None:
        raise StorageError("the disk is gone")

    with patch.context() as failing:
        failing.setattr(CopiedBags, "bring", pulled)
        return copy(changing, disk, code=3)["copies"]


def below_two(changing: Changing) -> list[str]:
    """The sources of the documents that have fewer than two good copies."""
    return [one["source"] for one in changing("list", "--copies-below", "2")["documents"]]


def place_of(changing: Changing, disk: Path, source: str, form: str) -> Path:
    """Where a bag lies on the copy."""
    return disk / (bag_path(changing.row(source).bag) + (".tar" if form == "tar" else ""))


@pytest.mark.parametrize("form", FORMS)
def test_a_bag_that_is_gone_from_the_copy_counts_no_more(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    copy(changing, disk, "--as", form)
    place_of(changing, disk, "b.txt", form).rename(disk.with_name("moved"))
    told = [{"good": 1, "documents": 1}, {"good": 2, "documents": 2}]
    assert cut_off(changing, disk, monkeypatch) == told
    assert below_two(changing) == ["b.txt"]
    assert changing("status")["places"][0]["faults"] == 1
    changing.made.rebuild()
    assert below_two(changing) == ["b.txt"]
    assert copy(changing, disk)["counts"]["written"] == 1
    assert below_two(changing) == []
    changing.require_whole()


def test_a_file_where_the_folder_of_bags_was_hides_no_loss(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    shard = place_of(changing, disk, "b.txt", "folder").parent
    shutil.rmtree(shard)
    shard.write_bytes(b"x\n")
    report = copy(changing, disk, code=3)
    assert {"good": 1, "documents": 3 - report["counts"]["present"]} in report["copies"]
    assert "b.txt" in below_two(changing)


def test_what_only_has_an_older_description_on_the_copy_is_good_there(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    changing("describe", changing.reference("b.txt"), "--set", "dc.title=Now known")
    changing.made.ingest({"d.txt": b"four"}, name="later")
    cut_off(changing, disk, monkeypatch)
    assert below_two(changing) == ["d.txt"]
    place = changing("status")["places"][0]
    assert (place["lacking"], place["faults"]) == (1, 0)


def test_a_withdrawn_bag_is_looked_for_in_both_its_places(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    changing("withdraw", changing.reference("a.txt"), "--reason", "asked back")
    cut_off(changing, disk, monkeypatch)
    report = copy(changing, disk)
    assert (report["counts"]["written"], report["counts"]["set_aside"]) == (0, 1)
    shutil.rmtree(disk / "quarantine/withdrawn")
    cut_off(changing, disk, monkeypatch)
    assert copy(changing, disk)["counts"]["written"] == 1
    assert changing("audit", "--copy", str(disk))["outcome"] == "intact"
