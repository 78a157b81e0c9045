"""A tar with damaged headers still holds its files: their digests say which bytes they are."""

import contextlib
import io
import os
import tarfile
from collections.abc import Mapping
from hashlib import sha512
from pathlib import Path

import pytest

from archive.core.containers.tar_headers import BLOCK
from archive.core.limits import containers as limits
from archive.storage.bag_sources import tar_remnants
from archive.storage.bag_sources.container_file import ContainerFile
from archive.storage.copies.salvaged_tar import SalvagedTar
from archive.storage.copies.tar_writing import TarWriter
from archive.storage.layout import bag_path
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import codes, copy, damage_header, flipped
from tests.restoring import kept, lose, restore

BAG = "0190c42e-7f3b-7cc1-b2a4-8f1f6f0f4a11"
FILES = {
    "bagit.txt": b"BagIt-Version: 1.0\n",
    "data/empty": b"",
    "data/exact": bytes(range(256)) * 4,
    "data/zeros at the end": b"x\0\0\0",
    "data/" + "long/" * 30 + "name": b"named by an extended header",
    "manifest-sha512.txt": b"m" * 700,
}
EVERY = 1 << 30


def written(files: Mapping[str, bytes], bag: str = BAG) -> bytes:
    """The tar that a copy keeps of them."""
    reader, writer = os.pipe()
    with contextlib.closing(io.FileIO(reader)) as stream:
        tar = TarWriter(writer)
        tar.add_folder(bag, 0)
        for path, data in files.items():
            tar.add_file(f"{bag}/{path}", len(data), 1000, [data])
        tar.close()
        os.close(writer)
        return stream.readall()


def headers_of(tar: bytes) -> list[int]:
    """Where its headers are, extended ones too."""
    found, offset = [], 0
    while tar[offset : offset + BLOCK].strip(b"\0"):
        found.append(offset)
        size = int(tar[offset + 124 : offset + 135], 8)
        offset += BLOCK + size + -size % BLOCK
    return found


def lost(place: Path, tar: bytes, files: Mapping[str, bytes] = FILES) -> list[str]:
    """The files that are not found in it by their digests."""
    place.write_bytes(tar)
    with contextlib.closing(SalvagedTar(ContainerFile(str(place)))) as salvaged:
        return [
            path
            for path, data in files.items()
            if (found := salvaged.find(sha512(data).hexdigest(), EVERY)) is None
            or b"".join(salvaged.blocks(found)) != data
        ]


def test_whatever_byte_of_a_header_is_damaged_every_file_is_found(tmp_path: Path) -> None:
    tar = written(FILES)
    headers = headers_of(tar)
    assert len(headers) == 1 + len(FILES) + 1
    for header in headers:
        for at in (*range(0, 124, 9), *range(124, 166), *range(166, BLOCK, 9), 257, 265, 345):
            assert lost(tmp_path / "a.tar", flipped(tar, header + at)) == [], (header, at)


def test_a_header_that_is_gone_whole_costs_no_file(tmp_path: Path) -> None:
    tar = written(FILES)
    for header in headers_of(tar):
        for block in (bytes(BLOCK), b"\x5a" * BLOCK):
            assert lost(tmp_path / "a.tar", tar[:header] + block + tar[header + BLOCK :]) == [], header


@pytest.mark.parametrize("at", [0, 100, 130, 148, 156, 257, 400])
def test_damage_in_all_headers_costs_no_file(tmp_path: Path, at: int) -> None:
    tar = written(FILES)
    damaged = flipped(tar, *(header + at for header in headers_of(tar)[1:]))
    assert lost(tmp_path / "a.tar", damaged) == []


@pytest.mark.parametrize("at", [100, 130])
def test_a_tar_inside_is_not_taken_for_the_one_around_it(tmp_path: Path, at: int) -> None:
    inner = written({"data/inner": b"i" * 3000, "other": b"o"}, "0190c42e-7f3b-7cc1-b2a4-8f1f6f0f4a12")
    files = {"data/kept.tar": inner, "data/z": b"z"}
    tar = written(files)
    assert lost(tmp_path / "a.tar", flipped(tar, headers_of(tar)[1] + at), files) == []


def test_a_size_that_only_a_damaged_extended_header_says_costs_no_file(tmp_path: Path) -> None:
    large = tarfile.TarInfo(f"{BAG}/data/large")
    large.pax_headers = {"size": "3000"}  # as of 8 GiB and more
    content = b"large" * 600
    header = large.tobuf(tarfile.PAX_FORMAT) + content + bytes(-3000 % BLOCK)
    rest = written({"data/z": b"z"})
    tar = rest[:BLOCK] + header + rest[BLOCK:]
    files = {"data/large": content, "data/z": b"z"}
    for at in (3, 130, 150, 156):
        assert lost(tmp_path / "a.tar", flipped(tar, BLOCK + at), files) == [], at


def test_a_cut_off_tar_gives_what_is_before(tmp_path: Path) -> None:
    tar = written(FILES)
    damaged = flipped(tar, headers_of(tar)[1] + 100)
    assert lost(tmp_path / "a.tar", damaged[: headers_of(tar)[-1] + BLOCK + 9]) == ["manifest-sha512.txt"]


def test_no_more_is_read_than_what_is_looked_for_can_have(tmp_path: Path) -> None:
    place = tmp_path / "a.tar"
    place.write_bytes(written(FILES))
    digest = sha512(FILES["data/exact"]).hexdigest()
    with contextlib.closing(SalvagedTar(ContainerFile(str(place)))) as salvaged:
        assert salvaged.find(digest, 1023) is None
        assert salvaged.find(digest, 1024) is not None


def test_the_work_on_a_tar_full_of_damaged_headers_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "a.tar"
    tar = written(FILES)
    place.write_bytes(tar[:BLOCK] + flipped(tar[BLOCK : 2 * BLOCK], 148) * 400 + bytes(2 * BLOCK))

    def found() -> list[tar_remnants.Remnant]:
        with contextlib.closing(ContainerFile(str(place))) as file:
            return list(tar_remnants.remnants(file))

    most = limits.SALVAGED_PASSES * place.stat().st_size
    assert len(found()) >= 400
    assert sum(one.least for one in found()) <= most
    monkeypatch.setattr(tar_remnants, "SALVAGED_HEADERS", 3)
    assert len(found()) <= 9


# -- the commands --------------------------------------------------------------------------------------------


MEMBERS = ("", "data/b.txt", "metadata/dublin-core.json", "tagmanifest-sha512.txt")


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("at", [3, 130, 150])
def test_a_document_behind_a_damaged_header_comes_back_whole(
    changing: Changing, disk: Path, member: str, at: int
) -> None:
    copy(changing, disk, "--as", "tar")
    damage_header(disk, changing.row("b.txt").bag, member, at)
    held = lose(changing)
    assert restore(changing, disk)["counts"]["whole"] == 3
    now = kept(changing.root)
    assert {path: now.get(path) for path in held if "bags/" in path} == {
        path: data for path, data in held.items() if "bags/" in path
    }
    assert changing("audit")["counts"]["damaged"] == 0


@pytest.mark.parametrize("member", MEMBERS)
def test_nothing_behind_a_damaged_header_is_called_missing(
    changing: Changing, disk: Path, member: str
) -> None:
    copy(changing, disk, "--as", "tar")
    bag = changing.row("b.txt").bag
    damage_header(disk, bag, member, 130)
    report = changing("audit", "--copy", str(disk), "--jobs", "1", code=1)
    (row,) = report["bags"]
    assert (row["outcome"], row["findings"][0]["code"]) == ("damaged", "SER-HEADER-DAMAGED")
    assert not {"FIX-MISSING", "FIX-SIZE"} & {one["code"] for one in row["findings"]}


def test_what_a_cut_off_tar_lacks_is_missing(changing: Changing, disk: Path) -> None:
    copy(changing, disk, "--as", "tar")
    place = disk / f"{bag_path(changing.row('b.txt').bag)}.tar"
    tar = place.read_bytes()
    overwrite(place, tar[: headers_of(tar)[-1]])
    report = changing("audit", "--copy", str(disk), "--jobs", "1", code=1)
    assert codes(report)[:2] == ["SER-TRUNCATED", "FIX-MISSING"]


def test_of_a_damaged_tar_comes_what_is_left_as_it_is(changing: Changing, disk: Path) -> None:
    copy(changing, disk, "--as", "tar")
    bag = changing.row("b.txt").bag
    damage_header(disk, bag, "data/b.txt", 130)
    damage_header(disk, bag, "bag-info.txt", 100)
    place = disk / f"{bag_path(bag)}.tar"
    overwrite(place, place.read_bytes().replace(b"Payload-Oxum", b"Payload-oxum"))
    lose(changing)
    report = restore(changing, disk, code=1)
    assert codes(report) == ["FIX-ALTERED"]
    assert (changing.bag("b.txt") / "data/b.txt").read_bytes() == b"two"
    assert b"Payload-oxum" in (changing.bag("b.txt") / "bag-info.txt").read_bytes()
