"""Held files that somebody else can change: under another name, or while they are read."""

import os
from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagVerdict
from archive.core.limits.bags import MAX_SOURCE_DEPTH
from archive.core.outcomes import BagOutcome
from archive.storage.bags import bag_files, file_hashing
from tests.bags import bag_files as files_of
from tests.bags import judged, write_bag
from tests.builders import make_bag
from tests.changes import Changing
from tests.e2e.command import Command
from tests.held_bags import audit
from tests.hostile.submission import put, require_sound

LARGE = b"0123456789abcdef" * 160_000  # beyond what is read at once


def grow_at_each_read(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Appends a mebibyte to the file after each block that is read of it: its end is never reached."""
    path.chmod(0o644)
    read = os.readv

    def growing(descriptor: int, buffers: list[bytearray]) -> int:
        count = read(descriptor, buffers)
        if os.readlink(f"/proc/self/fd/{descriptor}") == str(path):
            with open(path, "ab") as stream:
                stream.write(bytes(1 << 20))
        return count

    monkeypatch.setattr(os, "readv", growing)


@pytest.mark.parametrize("content", [b"a letter\n", LARGE], ids=["small", "large"])
def test_a_held_file_with_another_name_is_told_and_intact(tmp_path: Path, content: bytes) -> None:
    bag = make_bag(tmp_path, {"letter.txt": content})
    os.link(bag.path / "data/letter.txt", tmp_path / "outside")
    result = audit(bag)
    assert (result.outcome, result.findings, result.linked) == (BagOutcome.INTACT, (), ("data/letter.txt",))


def test_an_audit_warns_of_hard_links_once_and_finds_what_was_changed_through_them(
    changing: Changing,
) -> None:
    [letter] = (changing.bag("a.txt") / "data").iterdir()
    other = changing.root.parent / "another name"
    os.link(letter, other)
    report = changing("audit")
    assert report["outcome"] == "intact"
    [finding] = [one for one in report["findings"] if one["severity"] == "warning"]
    assert finding["code"] == "FIX-HARD-LINK"
    assert finding["place"].endswith(f"data/{letter.name}")
    other.chmod(0o644)
    other.write_bytes(b"changed outside the bag\n")
    report = changing("audit", code=1)
    assert [one["code"] for one in report["bags"][0]["findings"]] == ["FIX-ALTERED"]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="/proc tells which file is read")
def test_a_held_file_that_grows_without_end_is_unreadable_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = make_bag(tmp_path, {"letter.txt": LARGE})
    grow_at_each_read(monkeypatch, bag.path / "data/letter.txt")
    result = audit(bag)
    assert result.outcome is BagOutcome.UNREADABLE
    [finding] = result.findings
    assert (finding.code, finding.place) == ("FIX-UNREADABLE", "data/letter.txt")
    assert (bag.path / "data/letter.txt").stat().st_size < 8 << 20


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="/proc tells which file is read")
def test_a_file_of_a_foreign_bag_that_grows_without_end_is_unverifiable_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = write_bag(tmp_path / "b", files_of({"data/a": LARGE}))
    grow_at_each_read(monkeypatch, bag / "data/a")
    report = judged(bag)
    assert report.verdict is BagVerdict.UNVERIFIABLE
    assert "BAG-FILE-UNREADABLE" in {finding.code for finding in report.findings}
    assert (bag / "data/a").stat().st_size < 8 << 20


@pytest.mark.parametrize("module", [bag_files, file_hashing])
def test_a_small_file_that_grew_between_its_size_and_its_bytes_is_never_intact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object
) -> None:
    really = os.fstat

    def before_it_grew(descriptor: int) -> os.stat_result:
        status = really(descriptor)
        if not os.readlink(f"/proc/self/fd/{descriptor}").endswith("/data/letter.txt"):
            return status
        return os.stat_result([*status[:6], 3, *status[7:]])

    if module is bag_files:
        bag = make_bag(tmp_path, {"letter.txt": b"abc"})
        (bag.path / "data/letter.txt").chmod(0o644)
        (bag.path / "data/letter.txt").write_bytes(b"abc and more")
        monkeypatch.setattr(os, "fstat", before_it_grew)
        assert audit(bag).outcome is BagOutcome.DAMAGED
    else:
        foreign = write_bag(tmp_path / "b", files_of({"data/letter.txt": b"abc"}))
        (foreign / "data/letter.txt").write_bytes(b"abc and more")
        monkeypatch.setattr(os, "fstat", before_it_grew)
        assert judged(foreign).verdict is not BagVerdict.VALID


def test_the_deepest_source_that_is_taken_audits_as_intact(archive: Command, tmp_path: Path) -> None:
    names = ["d"] * (MAX_SOURCE_DEPTH - 2)
    put(tmp_path / "source", "/".join(["document", *names, "leaf.txt"]))
    put(tmp_path / "source", "metadata.csv", b"filename,title\ndocument,Deep\n")
    archive("ingest", tmp_path / "source", "--no-identify")
    require_sound(archive, 1)
    archive("verify", next(archive.root.glob("bags/*/*")))
    archive("copy", "--to", tmp_path / "copy", "--as", "tar")


def test_a_source_that_is_one_folder_deeper_is_refused_by_name(archive: Command, tmp_path: Path) -> None:
    names = ["d"] * (MAX_SOURCE_DEPTH - 1)
    put(tmp_path / "source", "/".join(["document", *names, "leaf.txt"]))
    put(tmp_path / "source", "metadata.csv", b"filename,title\ndocument,Deep\n")
    done = archive("ingest", tmp_path / "source", "--no-identify", "--format", "json", code=4)
    assert "SRC-DEPTH" in done.out
    assert list(archive.root.glob("bags/*/*")) == []
