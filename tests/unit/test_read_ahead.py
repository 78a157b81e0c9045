"""Reading ahead asks for files and never judges, follows or reports."""

import os
from pathlib import Path

import pytest

from archive.services.audit.chunk import Chunk, audit_chunk
from archive.storage.bags.read_ahead import ask_for_bag
from tests.builders import make_bag

BAG = "01a1fc2b-5ac3-7e51-885c-fe791cf78810"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that storage was asked for."""
    names: list[str] = []

    def advise(descriptor: int, offset: int, length: int, advice: int) -> None:
        assert (offset, length, advice) == (0, 0, os.POSIX_FADV_WILLNEED)
        names.append(os.path.basename(os.readlink(f"/proc/self/fd/{descriptor}")))

    monkeypatch.setattr(os, "posix_fadvise", advise)
    return names


def test_every_file_of_a_bag_is_asked_for(tmp_path: Path, asked: list[str]) -> None:
    bag = make_bag(tmp_path, {"a.txt": b"a", "deep/b.txt": b"b"})
    shard = os.open(tmp_path, os.O_RDONLY)
    ask_for_bag(shard, bag.path.name)
    os.close(shard)
    assert sorted(asked) == sorted(path.name for path in bag.path.rglob("*") if path.is_file())


def test_links_pipes_and_what_is_not_there_are_left_alone(tmp_path: Path, asked: list[str]) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_bytes(b"s")
    bag = tmp_path / "bag"
    bag.mkdir()
    os.mkfifo(bag / "pipe")
    (bag / "link").symlink_to(outside / "secret.txt")
    (bag / "folder").symlink_to(outside)
    shard = os.open(tmp_path, os.O_RDONLY)
    before = len(os.listdir("/proc/self/fd"))
    ask_for_bag(shard, "bag")
    ask_for_bag(shard, "nothing")
    ask_for_bag(shard, "outside/secret.txt")
    assert len(os.listdir("/proc/self/fd")) == before
    os.close(shard)
    assert asked == []


def test_a_cold_chunk_is_judged_as_a_warm_one(tmp_path: Path) -> None:
    shard = tmp_path / BAG[-2:]
    shard.mkdir()
    held = make_bag(shard, name=BAG)
    expectation = held.expectation
    warm = audit_chunk(Chunk(str(tmp_path), (expectation,), quick=False))
    cold = audit_chunk(Chunk(str(tmp_path), (expectation,), quick=False, cold=True))
    assert warm.intact == 1
    assert cold._replace(cold=False) == warm._replace(cold=False)


def test_of_many_archives_the_folders_of_the_last_one_stay_open(tmp_path: Path) -> None:
    counts = []
    for number in range(4):
        shard = tmp_path / str(number) / BAG[-2:]
        shard.mkdir(parents=True)
        held = make_bag(shard, name=BAG)
        assert audit_chunk(Chunk(str(shard.parent), (held.expectation,), quick=False)).intact == 1
        counts.append(len(os.listdir("/proc/self/fd")))
    assert counts[1:] == counts[:-1]


def test_an_archive_made_anew_in_the_same_place_is_the_one_that_is_read(tmp_path: Path) -> None:
    bags = tmp_path / "bags"
    for kept in ("first", "second"):
        shard = bags / BAG[-2:]
        shard.mkdir(parents=True)
        held = make_bag(shard, name=BAG)
        assert audit_chunk(Chunk(str(bags), (held.expectation,), quick=False)).intact == 1
        held.path.rename(tmp_path / kept)  # nothing is to be read any more where it lay
        bags.rename(tmp_path / f"bags of the {kept}")
