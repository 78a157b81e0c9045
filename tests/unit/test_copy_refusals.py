"""`archive copy` writes to no folder, disk or copy that is not the one it is meant for."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.core.copies import parse_marker
from archive.services.audit.evidence import judge_ledger
from archive.services.copies import run
from tests.archives import overwrite
from tests.builders import damage
from tests.changes import Changing
from tests.copying import FORMS, codes, copy, files_of


def test_a_folder_in_the_archive_or_around_it_is_refused(changing: Changing) -> None:
    for folder in (changing.root, changing.root / "bags", changing.root / "new", changing.root.parent):
        assert copy(changing, folder, code=2)["kind"] == "error"


def test_a_link_into_the_archive_is_seen_through(changing: Changing, disk: Path) -> None:
    disk.symlink_to(changing.root / "bags")
    assert copy(changing, disk, code=2)["kind"] == "error"


def test_a_folder_with_other_things_is_refused_and_not_touched(changing: Changing, disk: Path) -> None:
    disk.mkdir()
    (disk / "holiday.jpg").write_bytes(b"x")
    copy(changing, disk, code=6)
    assert os.listdir(disk) == ["holiday.jpg"]


def test_what_a_disk_has_of_its_own_is_no_other_thing(changing: Changing, disk: Path) -> None:
    for name in ("lost+found", "System Volume Information"):
        (disk / name).mkdir(parents=True)
    assert copy(changing, disk)["outcome"] == "complete"


def test_another_archives_copy_is_refused(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    marker = disk / "copy.json"
    document = json.loads(marker.read_text()) | {"archive": "urn:uuid:other"}
    marker.write_text(json.dumps(document))
    before = files_of(disk)
    copy(changing, disk, code=6)
    assert files_of(disk) == before


def test_an_archive_is_no_copy(changing: Changing, disk: Path) -> None:
    shutil.copytree(changing.root, disk)
    assert "is an archive" in copy(changing, disk, code=6)["message"]


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_that_lost_its_marker_is_the_same_copy_with_a_new_one(
    changing: Changing, disk: Path, form: str
) -> None:
    first = copy(changing, disk, "--as", form)
    (disk / "copy.json").unlink()
    changing.made.ingest({"d.txt": b"four"}, name="later")
    report = copy(changing, disk)
    assert (report["place"], report["counts"]["written"]) == (first["place"], 1)
    assert parse_marker((disk / "copy.json").read_bytes()).id == first["place"]["id"]
    assert len(changing.made.opened.settings.copies) == 1
    assert files_of(disk) == files_of(changing.root)


def test_a_copy_without_its_marker_is_not_taken_for_another_one_that_was_kept_at_its_path(
    changing: Changing, disk: Path
) -> None:
    red, blue = disk.with_name("red"), disk.with_name("blue")
    for each in (red, blue):
        copy(changing, each, "--name", each.name)
        each.rename(disk)
        copy(changing, disk)
        disk.rename(each)
    blue.rename(disk)
    (disk / "copy.json").unlink()
    before = files_of(disk)
    assert "“red”, “blue”" in copy(changing, disk, code=6)["message"]
    assert files_of(disk) == before
    settings = changing.root / "archive.toml"
    settings.write_text(settings.read_text().replace(f'path = "{disk}"', 'path = ""', 1))
    assert copy(changing, disk)["place"]["name"] == "blue"


def test_another_archive_at_the_place_of_a_copy_is_refused_and_not_touched(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    (disk / "copy.json").unlink()
    text = (disk / "archive.toml").read_text()
    other = text.replace(changing.made.opened.settings.archive_id, "88e551e0-43fb-40ec-9d96-26a954bdaad5")
    overwrite(disk / "archive.toml", other.encode())
    before = files_of(disk)
    assert "is an archive" in copy(changing, disk, code=6)["message"]
    assert files_of(disk) == before


def test_a_disk_that_is_not_mounted_is_not_taken_for_an_empty_one(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    disk.rename(disk.with_name("elsewhere"))
    assert "mount" in copy(changing, disk, code=6)["remedy"]
    disk.mkdir()
    assert "mount" in copy(changing, disk, code=6)["remedy"]
    assert os.listdir(disk) == []


def test_a_disk_pulled_while_the_ledger_is_read_leaves_its_mount_point_alone(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)

    def pulled(*arguments: Any, **options: Any) -> Any:
        disk.parent.rename(disk.parent.with_name("pulled"))
        disk.parent.mkdir()
        return judge_ledger(*arguments, **options)

    monkeypatch.setattr(run, "judge_ledger", pulled)
    report = copy(changing, disk, code=3)
    assert "was taken away" in report["message"]
    assert os.listdir(disk.parent) == []


def test_a_copy_that_moved_is_known_by_its_id(changing: Changing, disk: Path) -> None:
    first = copy(changing, disk, "--name", "red disk")
    disk.rename(disk.with_name("elsewhere"))
    report = copy(changing, disk.with_name("elsewhere"))
    assert report["place"] == first["place"] | {"path": str(disk.with_name("elsewhere"))}
    assert len(changing.made.opened.settings.copies) == 1


def test_a_copy_ahead_of_the_archive_is_not_touched_and_exit_5(
    changing: Changing, disk: Path, tmp_path: Path
) -> None:
    shutil.copytree(changing.root, tmp_path / "older")
    copy(changing, disk)
    changing.made.ingest({"d.txt": b"four"}, name="later")
    copy(changing, disk)
    before = files_of(disk)
    shutil.rmtree(changing.root)
    shutil.copytree(tmp_path / "older", changing.root)
    error = copy(changing, disk, code=5)
    assert "ahead of the archive" in error["message"]
    assert files_of(disk) == before


def test_a_longer_copy_that_does_not_begin_with_the_archive_is_of_another_history_and_not_ahead(
    changing: Changing, disk: Path
) -> None:
    older = disk.with_name("older")
    copy(changing, disk)
    copy(changing, older)
    for number in range(3):
        changing.made.ingest({f"{number}.txt": b"%d" % number}, name=f"later{number}")
        copy(changing, disk)
    before = files_of(disk)
    shutil.rmtree(changing.root)
    changing("restore", str(older), "--to", str(changing.root), code=1)
    changing("key", "replace", "--behind", "--reason", "the disk failed")
    error = copy(changing, disk, code=5)
    assert "two histories" in error["message"]
    assert "repair" not in error["remedy"]
    assert files_of(disk) == before


def test_a_copy_of_another_history_is_not_touched_and_exit_5(
    changing: Changing, disk: Path, tmp_path: Path
) -> None:
    older, keys = tmp_path / "older", tmp_path / "keys"
    shutil.copytree(changing.root, older)
    shutil.copytree(os.environ["ARCHIVE_KEY_DIR"], keys)
    copy(changing, disk)
    before = files_of(disk)
    shutil.rmtree(changing.root)
    shutil.copytree(older, changing.root)
    shutil.rmtree(os.environ["ARCHIVE_KEY_DIR"])
    shutil.copytree(keys, os.environ["ARCHIVE_KEY_DIR"])
    for number in range(3):
        changing.made.ingest({f"{number}.txt": b"%d" % number}, name=f"other{number}")
    assert "two histories" in copy(changing, disk, code=5)["message"]
    assert files_of(disk) == before


def test_an_archive_whose_ledger_does_not_hold_is_not_copied(changing: Changing, disk: Path) -> None:
    bundle = next((changing.root / "ledger/tile/entries").rglob("0*/*"))
    bundle.chmod(0o644)
    damage(bundle, "flip")
    assert copy(changing, disk, code=5)["findings"]
    assert not disk.exists()


def test_a_form_is_settled_by_the_first_run(changing: Changing, disk: Path) -> None:
    copy(changing, disk, "--as", "tar")
    assert copy(changing, disk, "--as", "folder", code=2)["kind"] == "error"
    assert copy(changing, disk, "--as", "tar")["outcome"] == "complete"


def test_two_copies_at_once_into_one_folder_are_refused(changing: Changing, disk: Path) -> None:
    from archive.storage.disk.folder_lock import lock_folder, unlock_folder

    copy(changing, disk)
    held = lock_folder(str(disk))
    try:
        copy(changing, disk, code=6)
    finally:
        unlock_folder(held)


def test_a_known_copy_that_is_away_is_a_conflict_with_its_mount_point_and_without(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    disk.rename(disk.with_name("aside"))
    assert "was here" in copy(changing, disk, code=6)["message"]
    disk.parent.rename(disk.parent.with_name("unplugged"))
    assert "was here" in copy(changing, disk, code=6)["message"]


def test_a_folder_above_the_copys_own_has_to_be_there(changing: Changing, disk: Path) -> None:
    assert "mounted" in copy(changing, disk.parent / "no" / "copy", code=2)["remedy"]


def test_a_link_planted_in_a_copy_is_not_written_through(
    changing: Changing, disk: Path, tmp_path: Path
) -> None:
    copy(changing, disk)
    outside = tmp_path / "outside"
    shutil.move(disk / "bags", outside)
    (disk / "bags").symlink_to(outside)
    before = sorted(outside.rglob("*"))
    changing.made.ingest({"d.txt": b"four"}, name="later")
    report = copy(changing, disk, code=3)
    assert codes(report) == ["COPY-INTERRUPTED"]
    assert sorted(outside.rglob("*")) == before
