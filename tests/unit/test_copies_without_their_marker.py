"""A copy that lost its `copy.json` is there all the same: for status, repairs, disposals and the next run."""

import json
import shutil
from pathlib import Path

from archive.core.copies import parse_marker
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy
from tests.crash.checks import snapshot


def test_status_says_what_writes_it_again(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    (disk / "copy.json").unlink()
    status = changing("status")
    assert status["places"][0]["at_hand"] is True
    assert any("copy.json" in step and f"archive copy --to {disk}" in step for step in status["next"])
    assert "at hand; copy.json is lost" in changing.text("status")
    copy(changing, disk)
    assert parse_marker((disk / "copy.json").read_bytes(), "copy.json").finished
    assert not any("copy.json" in step for step in changing("status")["next"])


def test_a_repair_takes_good_bytes_from_it(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    (disk / "copy.json").unlink()
    overwrite(changing.bag("a.txt") / "data/a.txt", b"eno")
    changing("audit", code=1)
    changing("repair", "--all", "--yes")
    changing.require_whole()


def test_a_disposal_looks_at_what_lies_on_it(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    (disk / "copy.json").unlink()
    bag = changing.row("a.txt").bag
    changing("withdraw", bag, "--reason", "asked back")
    told = changing("dispose", bag, "--authority", "the board", "--yes")["remains"]
    assert "(at hand) keeps 1 document" in " ".join(told)


def test_a_marker_of_another_archive_is_another_copy(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    marker = json.loads((disk / "copy.json").read_bytes())
    marker["archive"] = "0" * 8 + marker["archive"][8:]
    overwrite(disk / "copy.json", json.dumps(marker).encode())
    assert changing("status")["places"][0]["at_hand"] is False


def test_a_folder_that_names_no_archive_is_not_it(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    (disk / "copy.json").unlink()
    (disk / "archive.toml").unlink()
    assert changing("status")["places"][0]["at_hand"] is False


def test_an_archive_at_the_path_of_a_copy_is_not_it(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    (disk / "copy.json").unlink()
    shutil.copyfile(changing.root / "catalog.sqlite", disk / "catalog.sqlite")
    assert changing("status")["places"][0]["at_hand"] is False


def test_an_archive_that_was_restored_where_a_copy_was_is_not_written_over(
    changing: Changing, disk: Path, tmp_path: Path
) -> None:
    copy(changing, disk)
    kept = tmp_path / "kept"
    disk.rename(kept)
    changing("restore", str(kept), "--to", str(disk))
    before = snapshot(disk)
    copy(changing, disk, code=6)
    assert snapshot(disk) == before
