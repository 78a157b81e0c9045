"""A link, folder or pipe where the archive has its list or its page: named, and all else is copied."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.changes import Changing
from tests.copying import codes, copy


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "kept").write_bytes(b"kept")


IN_PLACE: dict[str, Callable[[Path], None]] = {
    "link": lambda path: path.symlink_to("gone"),
    "folder": _folder,
    "pipe": os.mkfifo,
}


@pytest.mark.parametrize("kind", IN_PLACE)
@pytest.mark.parametrize("name", ["holdings.csv", "README.html", "catalog.json"])
def test_it_is_named_with_what_to_do_and_all_else_is_copied(
    changing: Changing, tmp_path: Path, name: str, kind: str
) -> None:
    disk = tmp_path / "copy"
    copy(changing, disk)
    kept = (disk / name).read_bytes()
    changing.made.ingest({"later.txt": b"later"}, name="later")
    (changing.root / name).unlink()
    IN_PLACE[kind](changing.root / name)
    report = copy(changing, disk, code=1)
    (told,) = (one for one in report["findings"] if one["code"] != "COPY-SAME-DISK")
    assert told["place"] == name
    assert "archive catalog rebuild" in told["remedy"]
    assert report["outcome"] == "incomplete"
    assert report["counts"]["present"] == report["counts"]["held"] == 4
    assert (disk / name).read_bytes() == kept
    if kind == "folder":
        (changing.root / name).rename(tmp_path / "away")
    changing("catalog", "rebuild")
    assert codes(copy(changing, disk)) == []
    assert (disk / name).read_bytes() == (changing.root / name).read_bytes()
