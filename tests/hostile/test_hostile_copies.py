"""A copy that somebody prepared: nothing outside it is touched, nothing hangs, every trick is found."""

import io
import os
import shutil
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.storage.layout import bag_path
from tests.changes import Changing
from tests.crash.checks import snapshot

SECONDS = 10  # a hang is a failure


@pytest.fixture(params=["folder", "tar"])
def disk(changing: Changing, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of the archive of three documents."""
    changing("copy", "--to", str(tmp_path / "copy"), "--as", request.param, "--jobs", "1")
    return tmp_path / "copy"


@pytest.fixture
def tars(changing: Changing, tmp_path: Path) -> Path:
    """One as tars."""
    changing("copy", "--to", str(tmp_path / "copy"), "--as", "tar", "--jobs", "1")
    return tmp_path / "copy"


def within(call: Callable[[], Any]) -> Any:
    """What the call gives, in time."""
    began = time.monotonic()
    result = call()
    assert time.monotonic() - began < SECONDS
    return result


def looked(archive: Changing, disk: Path) -> Any:
    """An audit of the copy, whatever it ends with: it answers, and never with a defect."""
    report = within(lambda: archive("audit", "--copy", str(disk), "--read-only", "--jobs", "1", code=None))
    assert report.get("exit_code") != 70, report
    return report


def put(path: Path, kind: str, outside: Path) -> None:
    """Something else in the place of a file or folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    if kind == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to(outside)


@pytest.mark.parametrize("kind", ["fifo", "link"])
@pytest.mark.parametrize(
    "name",
    [
        "copy.json",
        "archive.toml",
        "ledger",
        "ledger/checkpoint",
        "bags",
        "notes",
        "runs",
        "audits",
        "catalog.json",
    ],
)
def test_what_stands_in_the_place_of_a_part_is_never_opened(
    changing: Changing, disk: Path, tmp_path: Path, name: str, kind: str
) -> None:
    outside = tmp_path / "outside"
    if (disk / name).is_dir():
        shutil.copytree(disk / name, outside)
    else:
        shutil.copy(disk / name, outside)
    put(disk / name, kind, outside)
    before = snapshot(outside) if outside.is_dir() else outside.read_bytes()
    report = looked(changing, disk)
    told = [*report.get("bags", []), *report["findings"]]
    assert told or report["kind"] == "error"
    within(lambda: changing("copy", "--to", str(disk), "--jobs", "1", code=None))
    assert (snapshot(outside) if outside.is_dir() else outside.read_bytes()) == before


@pytest.mark.parametrize(
    "members",
    [
        [("../../evil", b"x")],
        [("/etc/evil", b"x")],
        [("{bag}/../evil", b"x")],
        [("{bag}/data/a.txt", b"one"), ("{bag}/data/a.txt", b"two")],
        [("{bag}\x00/evil", b"x")],
        [("", b"x")],
    ],
)
def test_a_tar_that_leaves_its_bag_is_damage_and_nothing_is_written(
    changing: Changing, tars: Path, members: list[tuple[str, bytes]]
) -> None:
    bag = changing.row("a.txt").bag
    place = (tars / bag_path(bag)).with_suffix(".tar")
    place.unlink()
    with tarfile.open(place, "w") as tar:
        for name, content in members:
            member = tarfile.TarInfo(name.replace("{bag}", bag))
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    before = snapshot(tars.parent)
    report = looked(changing, tars)
    assert [one["outcome"] for one in report["bags"]] == ["damaged"]
    assert snapshot(tars.parent) == before


@pytest.mark.parametrize("kind", ["symlink", "hard link", "device", "fifo"])
def test_a_member_that_is_no_file_is_damage(changing: Changing, tars: Path, kind: str) -> None:
    bag = changing.row("a.txt").bag
    place = (tars / bag_path(bag)).with_suffix(".tar")
    content = place.read_bytes()
    place.unlink()
    with tarfile.open(place, "w") as tar, tarfile.open(fileobj=io.BytesIO(content)) as old:
        for member in old.getmembers():
            if member.name.endswith("data/a.txt"):
                types = {"symlink": b"2", "hard link": b"1", "device": b"3", "fifo": b"6"}
                member.type, member.linkname, member.size = types[kind], "/etc/passwd", 0
            tar.addfile(member, old.extractfile(member) if member.isreg() else None)
    report = looked(changing, tars)
    assert [one["outcome"] for one in report["bags"]] == ["damaged"]


def test_a_tar_of_a_hundred_thousand_members_is_given_up_on(changing: Changing, tars: Path) -> None:
    bag = changing.row("a.txt").bag
    place = (tars / bag_path(bag)).with_suffix(".tar")
    place.unlink()
    header = tarfile.TarInfo(f"{bag}/data/x")
    with open(place, "wb") as stream:
        for number in range(100_000):
            header.name = f"{bag}/data/{number}"
            stream.write(header.tobuf())
        stream.write(bytes(1024))
    report = looked(changing, tars)
    assert [one["outcome"] for one in report["bags"]] == ["damaged"]
    assert len(report["bags"][0]["findings"]) < 2000


def test_a_tar_that_claims_a_terabyte_is_not_waited_for(changing: Changing, tars: Path) -> None:
    bag = changing.row("a.txt").bag
    place = (tars / bag_path(bag)).with_suffix(".tar")
    place.unlink()
    header = tarfile.TarInfo(f"{bag}/data/a.txt")
    header.size = 1 << 40
    place.write_bytes(header.tobuf())
    report = looked(changing, tars)
    assert [one["outcome"] for one in report["bags"]] == ["damaged"]


def test_a_bag_that_is_a_link_on_a_copy_is_replaced_without_following_it(
    changing: Changing, tmp_path: Path
) -> None:
    disk, outside = tmp_path / "copy", tmp_path / "outside"
    changing("copy", "--to", str(disk), "--jobs", "1")
    place = disk / bag_path(changing.row("a.txt").bag)
    shutil.move(place, outside)
    place.symlink_to(outside)
    changing("audit", "--copy", str(disk), "--jobs", "1", code=1)
    before = snapshot(outside)
    changing("copy", "--to", str(disk), "--jobs", "1")
    assert not place.is_symlink()
    assert snapshot(outside) == before
    assert changing("audit", "--copy", str(disk), "--jobs", "1")["outcome"] == "intact"


def test_names_of_a_place_cannot_forge_a_line(changing: Changing, tmp_path: Path) -> None:
    disk = tmp_path / "copy \x1b[31m\u202e name"
    changing("copy", "--to", str(disk), "--jobs", "1")
    for command in (["status"], ["show", changing.reference("a.txt")], ["audit", "--copy", str(disk)]):
        said = changing.text(*command)
        assert "\x1b[31m" not in said
        assert "\u202e" not in said
