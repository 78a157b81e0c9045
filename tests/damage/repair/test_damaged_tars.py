"""A repair from a copy whose tars have damaged headers: the bytes behind them are whole."""

from pathlib import Path

import pytest

from archive.storage.layout import bag_path
from tests.archives import overwrite
from tests.copying import copy, damage_header
from tests.repairs import Repairing


@pytest.mark.parametrize("member", ["", "data/b.txt", "metadata/dublin-core.json", "tagmanifest-sha512.txt"])
@pytest.mark.parametrize("named", ["the copy", "the tar"])
def test_good_bytes_are_taken_from_behind_a_damaged_header(
    archive: Repairing, tmp_path: Path, member: str, named: str
) -> None:
    disk = tmp_path / "tars"
    copy(archive, disk, "--as", "tar")
    bag = archive.row("b.txt").bag
    damage_header(disk, bag, member, 150)
    overwrite(archive.bag("b.txt") / "data/b.txt", b"bad")
    place = disk if named == "the copy" else disk / f"{bag_path(bag)}.tar"
    report = archive("repair", "--all", "--yes", "--from", str(place))
    assert [row["state"] for row in report["bags"]] == ["repaired"]
    archive.require_as_copy()


def test_a_missing_bag_comes_back_from_a_tar_with_many_damaged_headers(
    archive: Repairing, tmp_path: Path
) -> None:
    disk = tmp_path / "tars"
    copy(archive, disk, "--as", "tar")
    bag = archive.row("b.txt").bag
    for member in ("tagmanifest-sha512.txt", "manifest-sha512.txt", "data/b.txt", "bagit.txt"):
        damage_header(disk, bag, member, 130)
    (archive.bag("b.txt")).rename(tmp_path / "gone")
    report = archive("repair", "--all", "--yes", "--from", str(disk))
    assert [row["state"] for row in report["bags"]] == ["repaired"]
    archive.require_as_copy()
