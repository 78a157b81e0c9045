"""Places, markers and bags of copies: what is written is what is read, and nothing else is taken for one."""

import json
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from archive.core.copies import CopyForm, CopyMarker, CopyPlace, parse_marker
from archive.core.errors import ArchiveError, ConfigurationError, ConflictError
from archive.core.ids import uuid7
from archive.storage import settings
from archive.storage.copies.bag import BagOfCopy
from archive.storage.copies.folder import CopyFolder, read_marker, write_marker
from archive.storage.copies.tar_reading import read_tar_bag, unpack_tar_bag
from archive.storage.copies.transfer import write_bag
from tests.builders import HeldBag, make_bag

ID = uuid7(0, b"0123456789")
PLACE = CopyPlace(id=ID, name="red disk", path="/media/é [x]", form=CopyForm.TAR, site='the "cellar"')
MARKER = CopyMarker(
    archive="urn:uuid:1",
    origin="o",
    id=ID,
    form=CopyForm.TAR,
    written_by="x",
    size=3,
    root="ab",
    finished=True,
)
SETTINGS = b"""# kept
[archive]
format = 1
id = "urn:uuid:1"
created = "2026"
[ledger]
origin = "o"
key = "k" # kept, too
"""


def test_a_place_is_read_as_it_was_written_and_the_rest_stays() -> None:
    written = settings.with_copy(SETTINGS, PLACE)
    assert settings.parse(written, "archive.toml").copies == (PLACE,)
    assert written.startswith(SETTINGS)


def test_a_place_seen_elsewhere_keeps_its_id_and_what_others_wrote_of_it() -> None:
    other = CopyPlace(id=uuid7(1, b"0123456789"), name="blue", path="/b")
    written = settings.with_copy(settings.with_copy(SETTINGS, other), PLACE)
    written = written.replace(b'name = "red disk"', b'name = "red disk" # Ana has it\nshelf = 3')
    moved = CopyPlace(id=ID, name="red disk", path="/mnt", form=CopyForm.TAR, site='the "cellar"')
    again = settings.with_copy(written, moved)
    assert settings.parse(again, "archive.toml").copies == (other, moved)
    assert b"# Ana has it" in again
    assert b"shelf = 3" in again
    assert settings.with_copy(again, moved) == again


@pytest.mark.parametrize(
    "text",
    [
        "copies = 3",
        "copies = [1]",
        "[[copies]]\nid = 3",
        "[[copies]]\nname = 'x'",
        "[[copies]]\nid = 'x'",
        f"[[copies]]\nid = '{ID}'\nform = 'zip'",
        f"[[copies]]\nid = '{ID}'\n[[copies]]\nid = '{ID}'",
    ],
)
def test_a_place_that_is_none_is_named(text: str) -> None:
    head, rest = SETTINGS.split(b"[archive]")
    top = text.startswith("copies")
    data = head + text.encode() + b"\n[archive]" + rest if top else SETTINGS + text.encode()
    with pytest.raises(ConfigurationError, match="copies"):
        settings.parse(data, "archive.toml")


def test_a_marker_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_marker(tmp_path, MARKER)
    assert read_marker(tmp_path) == MARKER
    assert "salt" not in (tmp_path / "copy.json").read_text()


def test_a_marker_keeps_what_a_newer_program_added() -> None:
    document = json.loads(MARKER.to_bytes()) | {"weather": "fine"}
    assert json.loads(parse_marker(json.dumps(document).encode()).to_bytes())["weather"] == "fine"


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "x"},
        {"id": "x"},
        {"id": 3},
        {"form": "zip"},
        {"ledger": {"size": -1, "root": ""}},
        {"ledger": {"size": True, "root": ""}},
        {"ledger": {"size": 1, "root": "xy"}},
        {"ledger": 3},
        {"later": float("nan")},
        {"later": "\ud800"},
    ],
)
def test_a_marker_that_is_none_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        parse_marker(json.dumps(json.loads(MARKER.to_bytes()) | change).encode())


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"[" * 100_000, b"{}", b'{"kind": "archive-copy"}'])
def test_bytes_that_are_no_marker_are_refused(data: bytes) -> None:
    with pytest.raises(ConfigurationError):
        parse_marker(data)


def test_a_marker_of_a_newer_program_is_refused_by_name() -> None:
    with pytest.raises(ConflictError, match="version 2"):
        parse_marker(json.dumps(json.loads(MARKER.to_bytes()) | {"version": 2}).encode())


@pytest.mark.parametrize("kind", ["link", "fifo", "large"])
def test_something_else_in_the_markers_place_is_no_marker(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "copy.json"
    match kind:
        case "link":
            (tmp_path / "elsewhere").write_bytes(MARKER.to_bytes())
            place.symlink_to(tmp_path / "elsewhere")
        case "fifo":
            os.mkfifo(place)
        case "large":
            place.write_bytes(b"x" * (1 << 20))
    with pytest.raises(ArchiveError):
        read_marker(tmp_path)


@pytest.fixture
def in_shard(tmp_path: Path) -> HeldBag:
    """A bag in its shard of a copy."""
    return make_bag(tmp_path / "bags" / ID[-2:], {"a.txt": b"one", "b/c.txt": b"x" * (3 << 20)}, name=ID)


def test_a_bag_of_a_copy_is_read_in_full_and_file_by_file(in_shard: HeldBag, tmp_path: Path) -> None:
    with CopyFolder(tmp_path) as copy:
        bag = BagOfCopy(copy, ID)
        found, fault, _ = bag.read(files=2, most_bytes=in_shard.expectation.most_bytes)
        assert fault is None
        assert set(found.files) == {
            path.relative_to(in_shard.path).as_posix() for path in in_shard.path.rglob("*") if path.is_file()
        }
        assert all(digest for digest, _ in found.files.values())
        assert b"".join(bag.blocks("data/b/c.txt")) == b"x" * (3 << 20)
        with pytest.raises(FileNotFoundError):
            list(bag.blocks("data/none"))
        assert list(copy.bags(CopyForm.FOLDER)) == [ID]


def test_no_link_on_the_way_to_a_bag_is_followed(in_shard: HeldBag, tmp_path: Path) -> None:
    shutil.move(str(tmp_path / "bags" / ID[-2:]), str(tmp_path / "elsewhere"))
    (tmp_path / "bags" / ID[-2:]).symlink_to(tmp_path / "elsewhere")
    with CopyFolder(tmp_path) as copy:
        read = BagOfCopy(copy, ID).read(files=2, most_bytes=in_shard.expectation.most_bytes)
        assert read.reading.trouble is not None
        assert list(copy.bags(CopyForm.FOLDER)) == []
        with pytest.raises((OSError, ArchiveError)):
            list(BagOfCopy(copy, ID).blocks("data/a.txt"))


@pytest.fixture
def overgrown(in_shard: HeldBag) -> HeldBag:
    """The same bag with a hole in the place of a text, larger than all that is recorded."""
    os.truncate(in_shard.path / "data/a.txt", 64 << 20)
    return in_shard


def test_a_bag_with_a_file_larger_than_all_that_is_recorded_is_not_written(
    overgrown: HeldBag, tmp_path: Path
) -> None:
    written = _copied(overgrown, tmp_path / "target", as_it_is=False)
    assert not list(written.rglob("*.txt"))


def test_a_bag_restored_as_it_is_lacks_the_file_larger_than_all_that_is_recorded(
    overgrown: HeldBag, tmp_path: Path
) -> None:
    written = _copied(overgrown, tmp_path / "target", as_it_is=True)
    names = {path.relative_to(overgrown.path) for path in overgrown.path.rglob("*") if path.is_file()}
    assert {path.relative_to(written) for path in written.rglob("*") if path.is_file()} == names - {
        Path("data/a.txt")
    }


def test_a_member_of_a_tar_larger_than_all_that_is_recorded_is_measured_and_not_read(
    in_shard: HeldBag, tmp_path: Path
) -> None:
    (in_shard.path / "data/a.txt").write_bytes(b"x" * (4 << 20))
    with tarfile.open(tmp_path / "bag.tar", "w", format=tarfile.PAX_FORMAT) as tar:
        tar.add(in_shard.path, ID)
    (tmp_path / "target").mkdir()
    promise = in_shard.expectation
    source, target = (os.open(path, os.O_RDONLY) for path in (tmp_path, tmp_path / "target"))
    try:
        read = read_tar_bag(source, "bag.tar", ID, files=2, most_bytes=promise.most_bytes)
        unpack_tar_bag(source, "bag.tar", target, ID, files=2, most_bytes=promise.most_bytes)
    finally:
        os.close(source)
        os.close(target)
    assert read.reading.files["data/a.txt"] == ("", 4 << 20)
    assert read.reading.files["data/b/c.txt"][0]
    names = {path.name for path in (tmp_path / "target").rglob("*.txt")}
    assert ("a.txt" in names, "c.txt" in names) == (False, True)


def _copied(bag: HeldBag, target: Path, *, as_it_is: bool) -> Path:
    target.mkdir()
    above, into = os.open(bag.path.parent, os.O_RDONLY), os.open(target, os.O_RDONLY)
    try:
        form, most_bytes = CopyForm.FOLDER, bag.expectation.most_bytes
        write_bag(above, ID, into, ID, form, files=2, most_bytes=most_bytes, as_it_is=as_it_is)
    finally:
        os.close(above)
        os.close(into)
    return target / ID
