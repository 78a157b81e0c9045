"""What nobody recorded and lies in a bag all the same is named, and never followed, opened or waited for."""

import os
import signal
from pathlib import Path

import pytest

from archive.core.limits.bags import EXTRA_ENTRIES, HELD_TAG_FILE_BYTES
from archive.core.obstacles import Obstacle
from archive.core.outcomes import BagOutcome
from archive.storage.bags import bag_files
from tests.builders import MANIFEST, TAG_MANIFEST, damage, make_bag
from tests.held_bags import LETTER, SEVERAL, audit, named


def test_folders_planted_too_deep_to_follow_are_named(shard: Path) -> None:
    bag = make_bag(shard)
    (bag.path / "/".join(["deep"] * 250)).mkdir(parents=True)
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert [code for code, _ in named(result)] == ["FIX-UNLISTED"]


@pytest.mark.parametrize(
    "name", ["evil.txt", "metadata/evil.txt", "data/evil.txt", "tagmanifest-md5.txt", "data.txt"]
)
def test_a_file_that_no_manifest_lists_is_unlisted(shard: Path, name: str) -> None:
    bag = make_bag(shard)
    (bag.path / name).write_bytes(b"evil")
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert named(result) == [("FIX-UNLISTED", name)]


@pytest.mark.parametrize(
    "name", [".DS_Store", "data/Thumbs.db", "data/desktop.ini", "metadata/~$letter.docx", "data/._letter.txt"]
)
def test_desktop_litter_is_unlisted_and_named_as_what_it_is(shard: Path, name: str) -> None:
    bag = make_bag(shard)
    (bag.path / name).write_bytes(b"")
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert named(result) == [("FIX-LITTER", name)]
    assert result.findings[0].remedy


@pytest.mark.parametrize(("kind", "code"), [("link", "FIX-LINK"), ("fifo", "FIX-SPECIAL")])
@pytest.mark.parametrize("name", ["evil", "data/evil", "metadata/evil"])
def test_a_planted_link_or_pipe_is_named_and_not_opened(shard: Path, name: str, kind: str, code: str) -> None:
    bag = make_bag(shard)
    (bag.path / name).write_bytes(b"")
    damage(bag.path / name, kind)
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert named(result) == [(code, name)]


def test_a_pipe_that_takes_the_place_of_a_file_during_the_walk_does_not_hang(shard: Path) -> None:
    os.mkfifo(shard / "letter.txt")
    reading = bag_files.BagReading()
    descriptor = os.open(shard, os.O_RDONLY)
    before = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("hangs on a pipe"))
    signal.alarm(5)
    try:
        bag_files._read_files(reading, descriptor, ["letter.txt"], "", bag_files.AT_ONCE)
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        os.close(descriptor)
    assert reading.files == {}
    assert reading.odd["letter.txt"].obstacle is Obstacle.SPECIAL


@pytest.mark.parametrize("name", ["data/new", "new", "metadata/revisions"])
def test_an_empty_folder_is_noticed(shard: Path, name: str) -> None:
    bag = make_bag(shard)
    (bag.path / name).mkdir()
    assert named(audit(bag)) == [("FIX-UNLISTED", f"{name}/")]


def test_a_linked_folder_is_not_followed_and_what_it_hides_is_missing(shard: Path) -> None:
    bag = make_bag(shard)
    (bag.path / "data").rename(shard.parent / "elsewhere")
    (bag.path / "data").symlink_to(shard.parent / "elsewhere")
    assert sorted(named(audit(bag))) == [("FIX-LINK", "data"), ("FIX-MISSING", LETTER)]


def test_a_link_in_place_of_a_bag_is_not_followed(shard: Path) -> None:
    bag = make_bag(shard)
    bag.path.rename(shard.parent / "elsewhere")
    bag.path.symlink_to(shard.parent / "elsewhere")
    assert audit(bag).outcome is BagOutcome.MISSING


def test_a_huge_planted_file_is_named_and_not_read(shard: Path) -> None:
    bag = make_bag(shard)
    for name in ("data/huge", "huge"):
        with (bag.path / name).open("wb") as stream:
            stream.truncate(1 << 40)
    os.truncate(bag.path / LETTER, 1 << 40)
    result = audit(bag)
    assert named(result) == [
        ("FIX-UNLISTED", "data/huge"),
        ("FIX-SIZE", LETTER),
        ("FIX-UNLISTED", "huge"),
    ]


@pytest.mark.parametrize("name", ["bag-info.txt", "metadata/premis.xml", MANIFEST, TAG_MANIFEST])
def test_a_tag_file_larger_than_any_can_be_is_damage_and_not_read(shard: Path, name: str) -> None:
    bag = make_bag(shard, SEVERAL)
    os.truncate(bag.path / name, HELD_TAG_FILE_BYTES + 1)
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert result.bytes < 1 << 20
    finding = next(finding for finding in result.findings if finding.place == name)
    code = {TAG_MANIFEST: "FIX-TAGMANIFEST", MANIFEST: "FIX-MANIFEST"}.get(name, "FIX-SIZE")
    assert finding.code == code
    assert finding.found == f"{HELD_TAG_FILE_BYTES + 1} bytes"


def test_a_tag_file_of_a_depositor_may_have_any_size(shard: Path) -> None:
    bag = make_bag(shard, tags={"metadata/submission/notes.txt": b"\0" * 10})
    promise = bag.expectation
    assert promise.most_bytes("metadata/submission/notes.txt") > 1 << 60
    assert promise.most_bytes("metadata/submission.txt") == HELD_TAG_FILE_BYTES
    assert (promise.most_bytes(LETTER), audit(bag).findings) == (promise.bytes, ())


def test_a_huge_file_is_not_read_where_the_walk_ended_before_it(
    shard: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = make_bag(shard, SEVERAL)
    os.truncate(bag.path / "data/b/d.txt", 1 << 30)
    monkeypatch.setattr(bag_files, "EXTRA_ENTRIES", -3)
    result = audit(bag)
    assert ("FIX-SIZE", "data/b/d.txt") in named(result)
    assert result.bytes < 1 << 20


def test_far_too_many_files_are_counted_and_the_recorded_ones_still_judged(shard: Path) -> None:
    bag = make_bag(shard)
    for number in range(EXTRA_ENTRIES + 100):
        (bag.path / f"data/{number:05}").touch()
    result = audit(bag)
    assert result.outcome is BagOutcome.DAMAGED
    assert {code for code, _ in named(result)} == {"FIX-UNLISTED"}
    assert ("FIX-UNLISTED", "") in named(result)


@pytest.mark.parametrize("payload", [{"letter.txt": b"x"}, SEVERAL], ids=len)
@pytest.mark.parametrize("room", [-3, -2, 0, 2])
def test_recorded_files_that_an_early_end_of_the_walk_left_out_are_not_missing(
    shard: Path, monkeypatch: pytest.MonkeyPatch, payload: dict[str, bytes], room: int
) -> None:
    bag = make_bag(shard, payload)
    monkeypatch.setattr(bag_files, "EXTRA_ENTRIES", room)
    assert {code for code, _ in named(audit(bag))} == {"FIX-UNLISTED"}
    assert [path for _, path in named(audit(bag))] == [""]
