"""Bags that are folders: what is read, in which process, and what is never opened."""

import os
from pathlib import Path

import pytest

from archive.core.bagit.contents import Entry, EntryKind, FileDigests, one_by_one
from archive.core.digests import Algorithm
from archive.core.obstacles import Obstacle
from archive.services.verify.lanes import ProcessLanes
from archive.storage.bag_sources import folder
from archive.storage.bag_sources.folder import FolderSource
from archive.storage.bags import file_hashing, read_ahead
from tests.bags import hexadecimal

SHA256, MD5 = Algorithm.SHA256, Algorithm.MD5


@pytest.fixture
def source(tmp_path: Path) -> FolderSource:
    """A folder with a file at the top and one below."""
    (tmp_path / "data" / "inner").mkdir(parents=True)
    (tmp_path / "data" / "a").write_bytes(b"a")
    (tmp_path / "data" / "inner" / "b").write_bytes(b"b")
    return FolderSource(str(tmp_path), ProcessLanes(1))


def digest_of(source: FolderSource, path: str, *algorithms: Algorithm) -> FileDigests:
    [found] = one_by_one(source.digests([(path, algorithms or (SHA256,))]))
    return found


def test_every_name_is_an_entry_once(source: FolderSource, tmp_path: Path) -> None:
    (tmp_path / "data" / "link").symlink_to("a")
    (tmp_path / "data" / "linked").symlink_to("inner")
    os.mkfifo(tmp_path / "pipe")
    assert sorted(source.entries()) == [
        Entry("data", EntryKind.FOLDER),
        Entry("data/a", EntryKind.FILE),
        Entry("data/inner", EntryKind.FOLDER),
        Entry("data/inner/b", EntryKind.FILE),
        Entry("data/link", EntryKind.LINK),
        Entry("data/linked", EntryKind.LINK),
        Entry("pipe", EntryKind.SPECIAL),
    ]


def test_all_digests_of_a_file_come_from_one_reading(source: FolderSource) -> None:
    found = digest_of(source, "data/a", SHA256, MD5)
    assert (found.size, found.obstacle) == (1, None)
    assert [one.hex() for one in found.digests] == [hexadecimal(SHA256, b"a"), hexadecimal(MD5, b"a")]


def test_without_algorithms_a_file_is_measured_and_not_read(
    source: FolderSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "read")
    [found] = one_by_one(source.digests([("data/a", ())]))
    assert (found.size, found.digests) == (1, ())


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 20])
def test_files_of_any_size_are_hashed_in_full(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "f").write_bytes(content)
    found = digest_of(FolderSource(str(tmp_path), ProcessLanes(1)), "f")
    assert (found.size, found.digests[0].hex()) == (size, hexadecimal(SHA256, content))


@pytest.mark.parametrize(
    ("path", "obstacle"),
    [
        ("data/none", Obstacle.MISSING),
        ("data/link", Obstacle.LINK),
        ("data/inner", Obstacle.SPECIAL),
        ("data/pipe", Obstacle.SPECIAL),
        ("data/linked/b", Obstacle.SPECIAL),  # ENOTDIR: O_DIRECTORY | O_NOFOLLOW on a link
        ("none/a", Obstacle.MISSING),
        ("data/a/b", Obstacle.SPECIAL),
    ],
)
def test_what_is_no_regular_file_is_an_obstacle(
    source: FolderSource, tmp_path: Path, path: str, obstacle: Obstacle
) -> None:
    (tmp_path / "data" / "link").symlink_to("a")
    (tmp_path / "data" / "linked").symlink_to("inner")
    os.mkfifo(tmp_path / "data" / "pipe")
    found = digest_of(source, path)
    assert (found.obstacle, found.size, found.digests) == (obstacle, -1, ())


def test_a_folder_that_failed_to_open_does_not_spoil_the_next_file(source: FolderSource) -> None:
    wanted = [(path, (SHA256,)) for path in ("data/inner/b", "data/none/x", "data/inner/b", "data/a")]
    assert [found.obstacle for found in one_by_one(source.digests(wanted))] == [
        None,
        Obstacle.MISSING,
        None,
        None,
    ]


@pytest.mark.parametrize("at_once", [0, 1 << 20])
def test_a_file_that_grows_while_it_is_read_is_unreadable(
    source: FolderSource, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at_once: int
) -> None:
    real = os.fstat

    def growing(descriptor: int) -> os.stat_result:
        status = real(descriptor)
        if status.st_size < 50:
            with (tmp_path / "data" / "a").open("ab") as file:
                file.write(b"more")
        return status

    monkeypatch.setattr(file_hashing, "AT_ONCE", at_once)
    monkeypatch.setattr(os, "fstat", growing)
    found = digest_of(source, "data/a")
    assert found.obstacle is Obstacle.UNREADABLE
    assert "changed" in found.reason


def test_another_folder_in_the_bags_place_is_not_read(source: FolderSource, tmp_path: Path) -> None:
    os.rename(tmp_path / "data", tmp_path.parent / f"{tmp_path.name}-data")
    os.rename(tmp_path, tmp_path.parent / f"{tmp_path.name}-old")
    (tmp_path / "data").mkdir(parents=True)
    (tmp_path / "data" / "a").write_bytes(b"other")
    found = digest_of(source, "data/a")
    assert (found.obstacle, found.digests) == (Obstacle.UNREADABLE, ())


def test_what_storage_refuses_is_unreadable(source: FolderSource, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refusing(path: str, flags: int, *rest: int, dir_fd: int | None = None) -> int:
        if path in {"a", "inner"}:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *rest, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refusing)
    assert digest_of(source, "data/a").obstacle is Obstacle.UNREADABLE
    unreadable = [entry for entry in source.entries() if entry.kind is EntryKind.UNREADABLE]
    assert [(entry.path, entry.reason) for entry in unreadable] == [("data/inner", "Permission denied")]


def test_deep_folders_end_in_a_value_and_leave_no_descriptor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "MAX_DEPTH", 20)
    (tmp_path / "/".join(["d"] * 40)).mkdir(parents=True)
    source = FolderSource(str(tmp_path), ProcessLanes(1))
    before = len(os.listdir("/proc/self/fd"))
    last = list(source.entries())[-1]
    assert last.kind is EntryKind.UNREADABLE
    assert "deep" in last.reason
    assert len(os.listdir("/proc/self/fd")) == before


def test_tag_files_are_those_at_the_top_that_are_wanted(source: FolderSource, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"b" * (3 << 20))
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "c.txt").symlink_to("a.txt")
    os.mkfifo(tmp_path / "d.txt")
    found = {name: list(blocks) for name, blocks in source.read_tag_files(lambda name: name.endswith(".txt"))}
    assert set(found) == {"a.txt", "b.txt"}
    assert [len(block) for block in found["b.txt"]] == [1 << 20] * 3


def test_files_come_from_cold_storage_after_they_were_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(100):
        (tmp_path / f"{number:03}").write_bytes(b"x")
    counter = iter(range(10**6))
    monkeypatch.setattr(file_hashing, "_blocks_read", lambda: next(counter))
    asked: list[str] = []
    monkeypatch.setattr(read_ahead, "ask_for_file", lambda _, name: asked.append(name))
    source = FolderSource(str(tmp_path), ProcessLanes(1))
    found = list(one_by_one(source.digests([(f"{number:03}", (SHA256,)) for number in range(100)])))
    assert [one.obstacle for one in found] == [None] * 100
    assert asked == [f"{number:03}" for number in range(1, 100)]
