"""A link in the place of a shard, or of `bags/`: what lies behind it is not there, and has not changed."""

from pathlib import Path

import pytest

from archive.core.exit_codes import FINDINGS
from tests.changes import Changing
from tests.copying import FORMS, codes, copy
from tests.restoring import lose, restore


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Where the copy goes."""
    return tmp_path / "copy"


def _link(folder: Path, outside: Path) -> None:
    folder.rename(outside)
    folder.symlink_to(outside)


def test_a_bag_of_the_archive_behind_a_link_is_missing_for_a_copy(changing: Changing, disk: Path) -> None:
    _link(changing.bag("b.txt").parent, changing.root.with_name("outside"))
    report = copy(changing, disk, code=FINDINGS)
    assert "FIX-BAG-MISSING" in codes(report)
    assert "COPY-CHANGED" not in codes(report)
    assert not list(disk.rglob("b.txt"))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("level", ["shard", "bags"])
def test_a_bag_of_a_copy_behind_a_link_is_missing_for_a_restore(
    changing: Changing, disk: Path, tmp_path: Path, form: str, level: str
) -> None:
    copy(changing, disk, "--as", form)
    shard = disk / "bags" / changing.bag("b.txt").parent.name
    _link(shard if level == "shard" else shard.parent, tmp_path / "outside")
    lose(changing)
    report = restore(changing, disk, code=FINDINGS)
    assert "RESTORE-UNREAD" not in codes(report)
    assert not list(changing.root.rglob("data/b.txt"))
