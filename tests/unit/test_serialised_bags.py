"""Serialised bags as sources: every kind gives one bag, in bounded memory, and notices what changes."""

import bz2
import gzip
import hashlib
import lzma
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import cache
from pathlib import Path

import pytest

from archive.core.bagit.contents import EntryKind, one_by_one
from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit_judge import policy
from archive.core.containers.faults import NOT_LOOKED
from archive.core.digests import Algorithm
from archive.core.finding_codes import FINDING_CODES
from archive.core.finding_codes.serialised_bags import REFUSALS
from archive.core.findings import Severity
from archive.core.obstacles import Obstacle
from archive.storage.bag_sources import content_digests, tar, zstd_frames
from archive.storage.bag_sources.opening import RefusedContainer, open_serialised_bag
from archive.storage.bag_sources.serialised import SerialisedBag
from tests.containers import (
    bag_files,
    bag_tar,
    honest_tar,
    honest_zip,
    in_folder,
    look,
    tar_member,
    tar_of,
)

BIG = os.urandom(5000) * 1000
FILES = in_folder(
    bag_files({"letter.txt": b"Dear Sir,\n", "one.raw": BIG, "two.raw": BIG[:-1], "empty": b""})
)


def zstd(content: bytes) -> bytes:
    """The bytes as the command zstd compresses them."""
    pytest.importorskip("zstandard", reason="needs the module zstandard")
    command = shutil.which("zstd")
    if command is None:
        pytest.skip("needs zstd")
    return subprocess.run([command, "-q", "-c"], input=content, capture_output=True, check=True).stdout


KINDS: dict[str, tuple[Callable[[dict[str, bytes]], bytes], str]] = {
    "tar": (honest_tar, "application/tar"),
    "tar.gz": (lambda files: gzip.compress(honest_tar(files), 1), "application/gzip"),
    "tar.bz2": (lambda files: bz2.compress(honest_tar(files), 1), "application/x-bzip2"),
    "tar.xz": (lambda files: lzma.compress(honest_tar(files), preset=0), "application/x-xz"),
    "tar.zst": (lambda files: zstd(honest_tar(files)), "application/zstd"),
    "zip": (honest_zip, "application/zip"),
}


@cache
def packed(ending: str) -> bytes:
    """FILES in one kind of container."""
    return KINDS[ending][0](FILES)


def opened(path: Path) -> SerialisedBag:
    bag = open_serialised_bag(str(path), label=path.name)
    assert not isinstance(bag, RefusedContainer), bag.findings
    return bag


@pytest.mark.parametrize("ending", KINDS)
def test_every_kind_gives_the_same_bag(tmp_path: Path, ending: str) -> None:
    media_type = KINDS[ending][1]
    path = tmp_path / f"bag.{ending}"
    path.write_bytes(packed(ending))
    seen = look(path)
    assert seen.codes == []
    files = {entry.path: entry.size for entry in seen.entries if entry.kind is EntryKind.FILE}
    assert files == {name.removeprefix("bag/"): len(content) for name, content in FILES.items()}
    assert {entry.path for entry in seen.entries if entry.kind is EntryKind.FOLDER} == {"data"}
    for each in seen.digests:
        content = FILES.get(f"bag/{each.path}")
        if content is not None:
            assert each.digests == (
                hashlib.sha512(content).digest(),
                hashlib.new("md5", content, usedforsecurity=False).digest(),
            )
    tags = {name.removeprefix("bag/"): content for name, content in FILES.items() if "/data/" not in name}
    assert dict(seen.tag_files) == tags
    with closing(opened(path)) as bag:
        assert bag.serialization == media_type


@pytest.mark.parametrize("ending", KINDS)
def test_what_is_asked_for_and_is_no_file_is_answered_with_its_obstacle(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"bag.{ending}"
    path.write_bytes(packed(ending))
    wanted = [("data/none", (Algorithm.SHA512,)), ("data", (Algorithm.SHA512,)), ("data/letter.txt", ())]
    with closing(opened(path)) as bag:
        answers = {
            each.path: (each.obstacle, each.size, each.digests) for each in one_by_one(bag.digests(wanted))
        }
    assert answers == {
        "data/none": (Obstacle.MISSING, -1, ()),
        "data": (Obstacle.SPECIAL, -1, ()),
        "data/letter.txt": (None, 10, ()),
    }


def test_a_tag_file_that_is_too_large_to_be_kept_is_read_in_a_pass_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tar, "KEPT_TAG_BYTES", 60)  # bagit.txt fits
    path = tmp_path / "bag.tar.gz"
    path.write_bytes(packed("tar.gz"))
    assert dict(look(path).tag_files)["manifest-sha512.txt"] == FILES["bag/manifest-sha512.txt"]


@pytest.mark.parametrize("keep", [0, 300])
def test_a_container_that_is_cut_off_before_that_pass_gives_every_tag_file_with_its_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: int
) -> None:
    monkeypatch.setattr(tar, "KEPT_TAG_BYTES", 0)
    path = tmp_path / "bag.tar.gz"
    path.write_bytes(packed("tar.gz"))
    with closing(opened(path)) as bag:
        os.truncate(path, keep)
        told = []
        for name, blocks in bag.read_tag_files(lambda _: True):
            with suppress(OSError):
                assert b"".join(blocks) == FILES[f"bag/{name}"]
            told.append(name)
    assert sorted(told) == sorted(
        name.removeprefix("bag/") for name in FILES if not name.startswith("bag/data/")
    )


@pytest.mark.parametrize("ending", KINDS)
def test_a_container_that_changes_while_it_is_read_is_noticed(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"bag.{ending}"
    path.write_bytes(packed(ending))
    with closing(opened(path)) as bag:
        with path.open("r+b") as file:
            file.seek(100)
            file.write(b"changed")
        os.utime(path, ns=(1, 1))
        list(bag.digests([("data/one.raw", (Algorithm.SHA512,))]))
        assert "SER-CHANGED" in [finding.code for finding in bag.findings()]


@pytest.mark.parametrize("ending", KINDS)
def test_a_container_that_shrinks_while_it_is_read_raises_nothing(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"bag.{ending}"
    path.write_bytes(packed(ending))
    names = [name.removeprefix("bag/") for name in FILES]
    with closing(opened(path)) as bag:
        os.truncate(path, 3000)
        answers = list(one_by_one(bag.digests([(name, (Algorithm.SHA512,)) for name in names])))
        assert sorted(each.path for each in answers) == sorted(names)
        assert "SER-CHANGED" in [finding.code for finding in bag.findings()]
        for each in answers:
            if each.path == "data/two.raw":
                assert each.digests != (hashlib.sha512(BIG[:-1]).digest(),)


def test_a_read_that_storage_refuses_leaves_files_unreadable_not_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bag.tar"
    path.write_bytes(packed("tar"))
    with closing(opened(path)) as bag:

        def refused(*_: object) -> bytes:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(os, "pread", refused)
        answers = list(
            bag.digests([("data/one.raw", (Algorithm.SHA512,)), ("data/two.raw", (Algorithm.MD5,))])
        )
        findings = list(bag.findings())
    assert {each.obstacle for each in answers} == {Obstacle.UNREADABLE}
    assert "Input/output error" in answers[0].reason
    assert findings == []


def test_a_file_that_cannot_be_opened_is_unverifiable(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("none", "pipe", "."):
        seen = look(tmp_path / name)
        assert (seen.verdict, seen.errors) == (BagVerdict.UNVERIFIABLE, ["SER-UNREADABLE"])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "an empty file"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(600), "a 7z archive"),
        (b"Rar!\x1a\x07\x00", "a RAR archive"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"Dear Sir,\n" * 100, "a file of another kind"),
    ],
)
def test_what_is_no_container_is_named(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes(content)
    seen = look(path)
    assert (seen.verdict, seen.errors) == (BagVerdict.UNVERIFIABLE, ["SER-KIND"])
    assert seen.findings[0].found == kind


def test_the_kind_is_told_by_the_bytes_and_not_by_the_name(tmp_path: Path) -> None:
    path = tmp_path / "bag.zip"
    path.write_bytes(gzip.compress(bag_tar()))
    assert look(path).verdict is BagVerdict.VALID


def test_without_a_module_for_zstd_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.version_info >= (3, 14):
        pytest.skip("Python itself expands zstd")

    def absent(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(zstd_frames, "import_module", absent)
    path = tmp_path / "bag.tar.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(20))
    seen = look(path)
    assert (seen.verdict, seen.errors) == (BagVerdict.UNVERIFIABLE, ["SER-COMPRESSION-ABSENT"])
    assert "document-archive[zstd]" in FINDING_CODES["SER-COMPRESSION-ABSENT"].remedy


def test_damaged_and_cut_zstd_data_is_told_apart(tmp_path: Path) -> None:
    whole = zstd(bag_tar())
    path = tmp_path / "bag.tar.zst"
    path.write_bytes(whole[:-5])
    assert look(path).errors == ["SER-TRUNCATED"]
    path.write_bytes(whole[:-2] + b"??")  # the frame's own checksum
    assert look(path).errors == ["SER-COMPRESSED-DAMAGED"]
    path.write_bytes(whole + b"more")
    assert look(path).errors == ["SER-AFTER-END"]
    path.write_bytes(b"\x50\x2a\x4d\x18\x03\0\0\0abc" + whole)  # a skippable frame first
    assert look(path).errors == []


def test_blocks_are_hashed_in_their_order_on_several_threads() -> None:
    blocks = [bytes((number,)) * 300_000 for number in range(20)]
    algorithms = (Algorithm.SHA512, Algorithm.MD5, Algorithm.SHA256)
    whole = b"".join(blocks)
    size, digests = content_digests.content_digests(iter(blocks), algorithms, len(whole))
    assert size == len(whole)
    assert digests == tuple(hashlib.new(each.value, whole).digest() for each in algorithms)


def test_what_reading_raises_comes_through_the_threads() -> None:
    def blocks() -> Iterator[bytes]:
        yield bytes(1000)
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        content_digests.content_digests(blocks(), (Algorithm.SHA512,), content_digests.LARGE)


def test_the_same_member_of_a_compressed_tar_is_found_again_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "bag.tar.gz"
    more = tar_member("bag/data/after", b"after")
    path.write_bytes(gzip.compress(tar_of(FILES, tar_member("bag/data/folder/", kind=b"5"), more)))
    digests = {each.path: each.digests for each in look(path).digests}
    assert digests["data/after"][0] == hashlib.sha512(b"after").digest()


def test_codes_that_say_could_not_look_are_errors_of_serialised_bags_and_unverifiable() -> None:
    assert NOT_LOOKED <= REFUSALS
    assert NOT_LOOKED <= policy.UNVERIFIABLE
    assert all(FINDING_CODES[code].severity is Severity.ERROR for code in NOT_LOOKED)


def test_what_was_not_judged_cannot_be_tolerated() -> None:
    assert policy.intolerable("SER-MEMBER-CRC") is not None
    assert policy.intolerable("SER-ROOTS") is None
