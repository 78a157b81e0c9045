"""Good bytes are found in every kind of place, and a hostile one does no harm."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from hashlib import sha512
from pathlib import Path

import pytest

from archive.storage.shelves import files
from tests.archives import overwrite
from tests.repairs import Repairing, altered, files_of, loosen, set_aside


@pytest.mark.parametrize(
    "kind", ["file", "folder of files", "with bags/", "bag", "tar", "tar.gz", "copy in tars"]
)
def test_good_bytes_are_found_in_every_kind_of_place(archive: Repairing, kind: str, tmp_path: Path) -> None:
    bag = altered(archive)
    good = archive.good("b.txt")
    place = tmp_path / "place"
    match kind:
        case "file":
            place.write_bytes(b"two")
        case "folder of files" | "with bags/":
            (place / ("bags" if kind == "with bags/" else "nothing")).mkdir(parents=True)
            (place / "deep").mkdir(parents=True)
            (place / "deep/any name").write_bytes(b"two")
            (place / "other").write_bytes(b"three")
        case "bag":
            shutil.copytree(good, place)
        case "tar" | "tar.gz":
            flags = "-czf" if kind == "tar.gz" else "-cf"
            subprocess.run(["tar", flags, place, "-C", good.parent, good.name], check=True)
        case _:
            shard = place / "bags" / bag.parent.name
            shard.mkdir(parents=True)
            subprocess.run(
                ["tar", "--format=ustar", "-cf", shard / f"{bag.name}.tar", "-C", good.parent, good.name],
                check=True,
            )
    report = archive("repair", "--all", "--from", str(place))
    assert report["counts"]["repaired"] == 1
    assert report["bags"][0]["restore"][0]["place"] == str(place)
    archive.require_as_copy()


def test_what_was_set_aside_is_looked_through_too(archive: Repairing) -> None:
    bag = archive.bag("b.txt")
    shutil.copytree(bag, archive.made.folder / "aside")
    overwrite(bag / "data/b.txt", b"bad")
    archive("repair", "--all", "--from", str(archive.copy))
    (kept,) = set_aside(archive)
    overwrite(kept, b"two")
    overwrite(bag / "data/b.txt", b"bad again")
    report = archive("repair", "--all")
    assert report["bags"][0]["restore"][0]["place"] == "quarantine"
    assert (bag / "data/b.txt").read_bytes() == b"two"


def test_archive_and_copies_damaged_each_elsewhere_give_every_document_back(
    archive: Repairing, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    shutil.copytree(archive.copy, second, symlinks=True)
    pristine = files_of(archive.copy / "bags")
    for source in ("a.txt", "b.txt", "pages/", "large.bin"):
        bag = archive.bag(source)
        loosen(bag)
        for path in (bag / "data").rglob("*.*"):
            overwrite(path, b"archive")
    shutil.rmtree(archive.good("a.txt"), ignore_errors=True)
    overwrite(archive.good("pages/") / "data/p1.txt", b"first copy")
    overwrite(second / archive.bag("pages/").relative_to(archive.root) / "data/p2.txt", b"second copy")
    overwrite(archive.good("b.txt") / "tagmanifest-sha512.txt", b"first copy")
    overwrite(second / archive.bag("b.txt").relative_to(archive.root) / "manifest-sha512.txt", b"second")
    report = archive("repair", "--all", "--from", str(archive.copy), "--from", str(second))
    assert report["counts"]["repaired"] == 4
    assert files_of(archive.root / "bags") == pristine
    archive.require_whole()


def test_links_pipes_and_devices_in_a_place_are_passed_over(archive: Repairing, tmp_path: Path) -> None:
    altered(archive)
    place = tmp_path / "place"
    place.mkdir()
    os.mkfifo(place / "fifo")
    (place / "link").symlink_to(archive.good("b.txt") / "data/b.txt")
    (place / "zero").symlink_to("/dev/zero")
    (place / "loop").symlink_to(place)
    assert archive("repair", "--all", "--from", str(place), code=1)["counts"]["lacking"] == 1


def test_a_pipe_in_the_place_of_a_good_file_is_not_waited_for(archive: Repairing) -> None:
    altered(archive)
    good = archive.good("b.txt")
    loosen(good)
    (good / "data/b.txt").unlink()
    os.mkfifo(good / "data/b.txt")
    assert archive("repair", "--all", "--from", str(archive.copy), code=1)["counts"]["lacking"] == 1


def test_a_bag_of_the_copy_that_is_a_link_is_not_followed(archive: Repairing, tmp_path: Path) -> None:
    altered(archive)
    good = archive.good("b.txt")
    good.chmod(0o755)
    good.rename(tmp_path / "moved")
    good.symlink_to(tmp_path / "moved")
    assert archive("repair", "--all", "--from", str(archive.copy), code=1)["counts"]["lacking"] == 1


@pytest.mark.parametrize("kind", ["fifo", "nothing", "itself"])
def test_a_place_that_can_hold_nothing_is_refused(archive: Repairing, tmp_path: Path, kind: str) -> None:
    place = str(tmp_path / "place")
    if kind == "fifo":
        os.mkfifo(place)
    elif kind == "itself":
        place = str(archive.root)
    archive("repair", "--all", "--from", place, code=2)


def test_a_bomb_in_a_place_ends_soon(archive: Repairing, tmp_path: Path) -> None:
    import gzip

    altered(archive)
    place = tmp_path / "bomb.tar.gz"
    place.write_bytes(gzip.compress(bytes(1 << 28)))
    assert archive("repair", "--all", "--from", str(place), code=1)["counts"]["lacking"] == 1


def test_of_plain_files_none_is_read_that_is_larger_than_what_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {"small": b"two", "same": b"2" * 9, "large": b"2" * 10}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    read: list[str] = []
    blocks = files._blocks

    def noted(path: str) -> Iterator[bytes]:
        read.append(os.path.basename(path))
        return blocks(path)

    monkeypatch.setattr(files, "_blocks", noted)
    shelf = files.FilesShelf(tmp_path, "here")
    assert _sources(shelf, contents["same"], 9) == ["same"]
    assert sorted(read) == ["same", "small"]
    assert _sources(shelf, contents["large"], 10) == ["large"]
    assert _sources(shelf, contents["small"], 3) == ["small"]
    assert sorted(read) == ["large", "same", "small"]


def _sources(shelf: files.FilesShelf, content: bytes, most: int) -> list[str]:
    offers = shelf.offers("", "data/a", sha512(content).hexdigest(), most)
    return [os.path.basename(offer.source) for offer in offers]


@pytest.fixture
def hole(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Makes a file a hole of 8 TiB: whoever reads that does not come back within the test's half minute."""

    def make(path: Path) -> None:
        overwrite(path, b"")
        os.truncate(path, 8 << 40)

    before = signal.signal(signal.SIGALRM, lambda *_: pytest.fail("reads a hole"))
    signal.alarm(30)
    yield make
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.stat().st_size == 8 << 40:
            overwrite(path, b"")


@pytest.mark.parametrize("kind", ["file", "copy"])
def test_a_hole_offered_for_a_damaged_file_is_not_read_to_its_end(
    archive: Repairing, kind: str, tmp_path: Path, hole: Callable[[Path], None]
) -> None:
    altered(archive)
    place = archive.copy
    if kind == "copy":
        hole(archive.good("b.txt") / "data/b.txt")
    else:
        place = tmp_path / "original"
        place.touch()
        hole(place)
    report = archive("repair", "--all", "--from", str(place), code=None)
    assert report["counts"]["repaired"] == 0


@pytest.mark.parametrize(
    "name", ["data/b.txt", "bag-info.txt", "manifest-sha512.txt", "tagmanifest-sha512.txt"]
)
def test_a_hole_in_the_place_of_a_held_file_is_repaired_without_being_read(
    archive: Repairing, name: str, hole: Callable[[Path], None]
) -> None:
    hole(archive.bag("b.txt") / name)
    report = archive("repair", "--all", "--from", str(archive.copy))
    assert report["counts"]["repaired"] == 1
    archive.require_as_copy()
