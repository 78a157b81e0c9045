"""An unfinished repair planted in staging which nothing needs: what is as promised stays where it is."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.storage.bags.bag_restoration import NEW, RECORD
from tests.archives import overwrite
from tests.changes import Changing
from tests.planted_repairs import plant
from tests.refusals import refuse_named
from tests.repairs import files_of


def stage(planted: Path, path: str, data: bytes) -> None:
    """Good or bad bytes for a file of the bag."""
    target = next(planted.glob(f"*/{NEW}")) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)


def alter_record(planted: Path, **members: object) -> None:
    """Other members of the record."""
    path = next(planted.glob(f"*/{RECORD}"))
    path.write_text(json.dumps(json.loads(path.read_text()) | members))


def moves(path: str, outcome: str = "altered") -> list[dict[str, object]]:
    """The member `set_aside` that moves that path."""
    return [{"path": path, "outcome": outcome, "sha512": None, "bytes": None}]


def a_good_file_for_good_bytes(changing: Changing, planted: Path) -> None:
    stage(planted, "data/a.txt", b"one")


def a_good_file_for_others(changing: Changing, planted: Path) -> None:
    stage(planted, "data/a.txt", b"bad")
    alter_record(planted, set_aside=moves("data/a.txt", "unreadable"))


def a_good_file_for_nothing(changing: Changing, planted: Path) -> None:
    alter_record(planted, restored=[])


def a_file_behind_a_link(changing: Changing, planted: Path) -> None:
    elsewhere = changing.made.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.txt").write_bytes(b"bad")
    os.symlink(elsewhere, next(planted.glob(f"*/{NEW}")) / "data")


def the_folder_of_the_payload(changing: Changing, planted: Path) -> None:
    alter_record(planted, set_aside=moves("data", "unlisted"), restored=[])


def a_manifest(changing: Changing, planted: Path) -> None:
    alter_record(planted, set_aside=moves("manifest-sha512.txt"), restored=[])


def the_whole_bag_for_nothing(changing: Changing, planted: Path) -> None:
    alter_record(planted, whole=True, set_aside=moves("", "unlisted"), restored=[])


def the_whole_bag_for_the_same(changing: Changing, planted: Path) -> None:
    new = next(planted.glob(f"*/{NEW}"))
    shutil.rmtree(new)
    shutil.copytree(changing.bag("a.txt"), new)
    alter_record(planted, whole=True, set_aside=moves("", "unlisted"), restored=[])


@pytest.mark.parametrize(
    "make",
    [
        a_good_file_for_good_bytes,
        a_good_file_for_others,
        a_good_file_for_nothing,
        a_file_behind_a_link,
        the_folder_of_the_payload,
        a_manifest,
        the_whole_bag_for_nothing,
        the_whole_bag_for_the_same,
    ],
    ids=lambda make: make.__name__,
)
def test_what_is_as_promised_is_not_moved(changing: Changing, make: Callable[[Changing, Path], None]) -> None:
    planted = plant(changing, "data/a.txt")
    make(changing, planted)
    before = files_of(changing.root / "bags")
    size = changing.made.opened.checkpoint().size
    refused = changing("catalog", "rebuild", code=6)
    assert "an unfinished repair cannot be taken up" in refused["message"]
    assert "the ledger promises" in refused["message"]
    assert files_of(changing.root / "bags") == before
    assert changing.made.opened.checkpoint().size == size
    assert planted.exists()


def test_nothing_is_put_back_that_is_not_as_promised(changing: Changing) -> None:
    overwrite(changing.bag("a.txt") / "data/a.txt", b"worn")
    planted = plant(changing, "data/a.txt")
    stage(planted, "data/a.txt", b"forged")
    refused = changing("catalog", "rebuild", code=6)
    assert "what is staged for data/a.txt is not what the ledger promises" in refused["message"]
    assert (changing.bag("a.txt") / "data/a.txt").read_bytes() == b"worn"


def test_no_stranger_is_put_into_a_bag(changing: Changing) -> None:
    planted = plant(changing, "data/more.txt")
    stage(planted, "data/more.txt", b"slipped in")
    changing("catalog", "rebuild", code=6)
    shutil.rmtree(planted)
    changing.require_whole()


def test_what_could_not_be_read_then_and_can_be_now_gives_way_to_the_same_bytes(changing: Changing) -> None:
    planted = plant(changing, "data/a.txt")
    stage(planted, "data/a.txt", b"one")
    alter_record(planted, set_aside=moves("data/a.txt", "unreadable"))
    changing("catalog", "rebuild")
    assert not planted.exists()
    assert (changing.bag("a.txt") / "data/a.txt").read_bytes() == b"one"


def test_staged_bytes_that_storage_refuses_are_not_called_others(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwrite(changing.bag("a.txt") / "data/a.txt", b"worn")
    planted = plant(changing, "data/a.txt")
    stage(planted, "data/a.txt", b"one")
    with monkeypatch.context() as patch:
        refuse_named(patch, "a.txt")
        refused = changing("catalog", "rebuild", code=3)
    assert "what is staged for data/a.txt cannot be read: Input/output error" in refused["message"]
    changing("catalog", "rebuild")
    assert (changing.bag("a.txt") / "data/a.txt").read_bytes() == b"one"
