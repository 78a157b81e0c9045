"""`archive bag DIR --to BAG`: what is written, what is refused, and that the source stays as it is."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.core.bagit.verdicts import BagVerdict
from tests.crash.checks import snapshot
from tests.plain_bags import TEXTS, accepted, call, folder, judged, tree

DATE = ("--bagging-date", "2026-11-21")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder to be bagged."""
    return folder(tmp_path / "source")


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """Where the bag is to lie."""
    return tmp_path / "bag"


def codes(report: object) -> list[str]:
    assert isinstance(report, dict)
    return [finding["code"] for finding in report["findings"]]


def nothing_written(bag: Path) -> bool:
    """True where there is neither the bag nor anything hidden beside it."""
    return not [name for name in os.listdir(bag.parent) if name not in {"source", "outside", "tags"}]


def test_a_bag_has_the_files_and_is_valid_for_two_judges(source: Path, bag: Path) -> None:
    before = snapshot(source)
    ended = call("bag", source, "--to", bag, "--algorithm", "sha512", "--algorithm", "MD5")
    assert (ended.code, ended.report["counts"]) == (0, {"files": 4, "bytes": 17, "left_out": 0})
    assert tree(bag / "data") == tree(source)
    assert judged(bag).verdict is BagVerdict.VALID
    assert accepted(bag)
    assert snapshot(source) == before
    assert sorted(os.listdir(bag.parent)) == ["bag", "source"]


def test_tags_come_in_order_and_then_those_that_are_computed(source: Path, bag: Path, tmp_path: Path) -> None:
    tags = tmp_path / "tags"
    tags.write_text("Contact-Name: Ana\nContact-Name: Ben\n")
    ended = call("bag", source, "--to", bag, *DATE, "--tag", "B: 2", "--tags", tags, "--tag", "A: é")
    assert ended.code == 0
    lines = (bag / "bag-info.txt").read_text().split("\n")
    assert lines[:5] == ["Contact-Name: Ana", "Contact-Name: Ben", "B: 2", "A: é", "Bagging-Date: 2026-11-21"]
    assert lines[6:] == ["Payload-Oxum: 17.4", "Bag-Size: 17 B", ""]


def test_manifests_are_in_the_order_of_the_paths_bytes(
    source: Path, bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.services.bagging.copying.BATCH_FILES", 1)
    call("bag", source, "--to", bag, "--jobs", "1")
    paths = [line.split("  ")[1] for line in (bag / "manifest-sha512.txt").read_text().splitlines()]
    assert paths == sorted(f"data/{name}" for name in TEXTS)


def test_the_same_date_gives_the_same_bytes(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("bag", source, "--to", tmp_path / "one", "--bagging-date", "1970-01-02")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    call("bag", source, "--to", tmp_path / "two", "--jobs", "2")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_more_files_than_a_batch_come_in_order_from_two_processes(
    bag: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archive.services.bagging.copying.BATCH_FILES", 7)
    files = {f"{number % 5}/{number}.txt": f"{number}".encode() for number in range(60)}
    many = folder(tmp_path / "source", files)
    assert call("bag", many, "--to", bag, "--jobs", "2").code == 0
    assert tree(bag / "data") == tree(many)
    assert judged(bag).verdict is BagVerdict.VALID


def test_dates_of_files_are_kept(source: Path, bag: Path) -> None:
    os.utime(source / "a.txt", ns=(5, 1_000_000_007))
    call("bag", source, "--to", bag)
    assert (bag / "data/a.txt").stat().st_mtime_ns == 1_000_000_007


def test_a_target_that_exists_is_a_conflict(source: Path, bag: Path) -> None:
    bag.mkdir()
    assert call("bag", source, "--to", bag).code == 6
    assert os.listdir(bag) == []


@pytest.mark.parametrize("target", ["source/bag", "source", "source/letters/../bag", "."])
def test_a_bag_in_its_source_or_round_it_is_wrong_use(source: Path, target: str) -> None:
    before = snapshot(source.parent)
    assert call("bag", source, "--to", source.parent / target).code == 2
    assert snapshot(source.parent) == before


def test_a_link_does_not_hide_that_the_bag_would_lie_in_its_source(source: Path) -> None:
    (source.parent / "outside").symlink_to(source / "letters")
    assert call("bag", source, "--to", source.parent / "outside/bag").code == 2


def test_no_bag_is_made_in_an_archive(source: Path, bag: Path) -> None:
    (bag.parent / "archive.toml").touch()
    ended = call("bag", source, "--to", bag)
    assert (ended.code, "lies in the archive" in ended.report["message"]) == (2, True)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(path))


ODD: dict[str, tuple[Callable[[Path], None], str, int]] = {
    "a link": (lambda path: path.symlink_to("a.txt"), "SRC-LINK", 4),
    "a dangling link": (lambda path: path.symlink_to("nowhere"), "SRC-LINK", 4),
    "a linked folder": (lambda path: path.symlink_to("/etc"), "SRC-LINK", 4),
    "a pipe": (os.mkfifo, "SRC-SPECIAL", 4),
    "a socket": (_socket, "SRC-SPECIAL", 4),
}


@pytest.mark.parametrize("name", ODD)
def test_what_cannot_be_bagged_is_named_before_anything_is_written(
    source: Path, bag: Path, name: str
) -> None:
    make, code, exit_code = ODD[name]
    make(source / "odd")
    ended = call("bag", source, "--to", bag)
    assert (ended.code, codes(ended.report)) == (exit_code, [code])
    assert nothing_written(bag)


def test_a_file_that_may_not_be_read_is_named_before_anything_is_written(
    source: Path, bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda name, *_, **__: name != "a.txt")
    ended = call("bag", source, "--to", bag)
    assert (ended.code, codes(ended.report)) == (3, ["SRC-UNREADABLE"])
    assert nothing_written(bag)


def test_a_file_that_cannot_be_read_after_all_leaves_nothing(
    source: Path, bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refusing(path: str, *arguments: Any, **options: Any) -> int:
        if path == "a.txt":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refusing)
    ended = call("bag", source, "--to", bag, "--jobs", "1")
    assert (ended.code, codes(ended.report)) == (3, ["SRC-UNREADABLE"])
    assert nothing_written(bag)


def test_everything_that_cannot_be_bagged_is_named_at_once(source: Path, bag: Path) -> None:
    os.mkfifo(source / "pipe")
    (source / "link").symlink_to("a.txt")
    (source / os.fsdecode(b"caf\xe9")).touch()
    ended = call("bag", source, "--to", bag)
    assert sorted(codes(ended.report)) == ["SRC-LINK", "SRC-NAME", "SRC-SPECIAL"]
    assert nothing_written(bag)


def test_what_is_excluded_is_not_looked_into(source: Path, bag: Path) -> None:
    (source / "skipped").mkdir()
    os.mkfifo(source / "skipped/pipe")
    ended = call("bag", source, "--to", bag, "--exclude", "skipped", "--exclude", "*.txt")
    assert (ended.code, tree(bag / "data")) == (0, {"z": b"\0" * 9})
    assert ended.report["counts"]["left_out"] == 4


def test_system_files_are_bagged_and_named(source: Path, bag: Path) -> None:
    (source / ".DS_Store").touch()
    ended = call("bag", source, "--to", bag)
    assert codes(ended.report) == ["SRC-SYSTEM-FILE"]
    assert (bag / "data/.DS_Store").exists()


def test_an_empty_folder_is_warned_of(source: Path, bag: Path) -> None:
    (source / "empty/inner").mkdir(parents=True)
    ended = call("bag", source, "--to", bag)
    assert [(one["code"], one["place"]) for one in ended.report["findings"]] == [
        ("SRC-EMPTY-FOLDER", "empty/inner")
    ]
    assert not (bag / "data/empty").exists()


def test_an_empty_folder_is_kept_where_that_is_asked_for(source: Path, bag: Path) -> None:
    (source / "empty").mkdir()
    ended = call("bag", source, "--to", bag, "--keep-empty-folders")
    assert (codes(ended.report), (bag / "data/empty/.keep").read_bytes()) == ([], b"")
    assert judged(bag).verdict is BagVerdict.VALID


def test_a_folder_with_nothing_in_it_is_a_valid_bag_with_a_warning(bag: Path, tmp_path: Path) -> None:
    ended = call("bag", folder(tmp_path / "source", {}), "--to", bag)
    assert (ended.code, codes(ended.report)) == (0, ["SRC-EMPTY"])
    assert judged(bag).verdict is BagVerdict.VALID


def test_names_that_some_system_changes_are_warned_of_and_kept(bag: Path, tmp_path: Path) -> None:
    files = {
        "Readme": b"1",
        "README": b"2",
        "a:b": b"3",
        "e\u0301": b"4",
        "%0A": b"5",
        " x ": b"6",
        "l\nf": b"7",
    }
    source = folder(tmp_path / "source", files)
    ended = call("bag", source, "--to", bag)
    assert ended.code == 0
    assert set(codes(ended.report)) == {"BAG-NAME-CASE", "BAG-NAME-UNPORTABLE"}
    assert tree(bag / "data") == tree(source)
    assert judged(bag).verdict is BagVerdict.VALID


def test_a_bag_is_bagged_as_it_is_with_a_warning(source: Path, bag: Path) -> None:
    call("bag", source, "--to", bag)
    ended = call("bag", bag, "--to", bag.parent / "outer")
    assert codes(ended.report)[0] == "SRC-BAG"
    assert tree(bag.parent / "outer/data") == tree(bag)
    assert judged(bag.parent / "outer").verdict is BagVerdict.VALID


def test_a_dry_run_writes_nothing(source: Path, bag: Path) -> None:
    ended = call("bag", source, "--to", bag, "--dry-run")
    assert (ended.code, ended.report["counts"]["files"]) == (0, 4)
    assert nothing_written(bag)


def test_what_a_dead_run_left_is_removed_and_said(source: Path, bag: Path) -> None:
    (bag.parent / ".bag.unfinished-bag/bag/data").mkdir(parents=True)
    ended = call("bag", source, "--to", bag)
    assert codes(ended.report) == ["BAGGING-LEFTOVER"]
    assert sorted(os.listdir(bag.parent)) == ["bag", "source"]


def test_a_folder_that_only_has_the_name_of_a_leftover_is_not_removed(source: Path, bag: Path) -> None:
    mine = bag.parent / ".bag.unfinished-bag/mine"
    mine.mkdir(parents=True)
    assert call("bag", source, "--to", bag).code == 6
    assert mine.exists()


def test_a_bag_that_another_command_is_making_is_a_conflict(source: Path, bag: Path) -> None:
    from archive.storage.bags.unfinished_bag import UnfinishedBag

    with UnfinishedBag(bag):
        assert call("bag", source, "--to", bag).code == 6
    assert nothing_written(bag)


def test_a_source_that_changes_while_it_is_read_makes_no_bag(
    source: Path, bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.read

    def growing(descriptor: int, count: int) -> bytes:
        data = real(descriptor, count)
        if data.startswith(b"one"):
            with open(source / "a.txt", "ab") as stream:
                stream.write(b"more")
        return data

    monkeypatch.setattr(os, "read", growing)
    ended = call("bag", source, "--to", bag, "--jobs", "1")
    assert ended.code == 4
    assert codes(ended.report) == ["SRC-CHANGED"]
    assert nothing_written(bag)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--tag", "no colon"],
        ["--tag", "Payload-Oxum: 1.1"],
        ["--tag", "bagging-DATE: 2026-01-01"],
        ["--tag", "A:"],
        ["--tag", "A\n: x"],
        ["--tag", "A: \x1b[31m"],
        ["--algorithm", "crc32"],
        ["--algorithm", "shake128"],
        ["--bagging-date", "20261121"],
        ["--bagging-date", "2026-02-30"],
        ["--tags", "nowhere"],
        ["--jobs", "0"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_answered_before_anything_is_written(
    source: Path, bag: Path, arguments: list[str]
) -> None:
    assert call("bag", source, "--to", bag, *arguments).code == 2
    assert nothing_written(bag)


@pytest.mark.parametrize("text", ["Payload-Oxum: 1.1\n", "no colon\n", "A: \xff", " continued\n"])
def test_a_file_of_tags_that_is_none_is_wrong_use(source: Path, bag: Path, text: str) -> None:
    (bag.parent / "tags").write_bytes(text.encode("latin-1"))
    assert call("bag", source, "--to", bag, "--tags", bag.parent / "tags").code == 2
    assert nothing_written(bag)


def test_a_date_of_the_environment_that_is_none_is_wrong_use(
    source: Path, bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "tomorrow")
    assert call("bag", source, "--to", bag).code == 2


def test_a_folder_that_is_called_like_the_command_is_given_as_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path / "update")
    monkeypatch.chdir(tmp_path)
    assert call("bag", "./update", "--to", "update-bag").code == 0
    assert call("bag", "--to", "other", "./update").code == 0
    assert call("bag", "update").code == 2


def test_folders_far_too_deep_for_one_path_are_bagged(bag: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    here = os.open(source, os.O_RDONLY)
    for _ in range(24):
        os.mkdir("d" * 200, dir_fd=here)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("deep.txt", os.O_WRONLY | os.O_CREAT, dir_fd=here))
    os.close(here)
    ended = call("bag", source, "--to", bag)
    assert (ended.code, ended.report["counts"]["files"]) == (0, 1)
    assert judged(bag).verdict is BagVerdict.VALID
