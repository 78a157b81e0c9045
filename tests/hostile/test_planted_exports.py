"""Copies for use of documents in whose bags somebody put what no honest one has."""

import hashlib
import json
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.core.exit_codes import CONFLICT
from archive.services.catalog.bag_record import tag_files
from archive.services.holdings import payload
from archive.storage.bags.held_bag import MANIFEST
from tests.archives import overwrite
from tests.changes import Changing

VAST = 1 << 40  # bytes of a hole
WRITTEN = 1 << 24  # more than any file that these commands have to write


def plant_hole(path: Path) -> None:
    """A file that has next to nothing on the disk, and a terabyte for whoever reads it."""
    path.chmod(0o644)
    with open(path, "ab") as stream:
        stream.truncate(VAST)


@contextmanager
def small_files() -> Iterator[None]:
    """No file grows beyond a bound meanwhile: a hole that is copied all the same fills no disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize(
    ("form", "name"), [("files", "data/a.txt"), ("bag", "data/a.txt"), ("bag", "metadata/premis.xml")]
)
def test_an_export_copies_no_file_that_is_larger_than_it_was(
    changing: Changing, tmp_path: Path, form: str, name: str
) -> None:
    plant_hole(changing.bag("a.txt") / name)
    reference = changing.reference("a.txt")
    with small_files():
        report = changing("export", reference, "--as", form, "--to", str(tmp_path / "out"), code=1)
    (refused,) = report["refused"]
    assert refused["finding"]["code"] == "EXPORT-DAMAGED"
    assert "larger than" in refused["finding"]["message"]
    assert os.listdir(tmp_path) == []


def test_nothing_is_opened_that_is_larger_than_it_was(changing: Changing, tmp_path: Path) -> None:
    plant_hole(changing.bag("a.txt") / "data/a.txt")
    with small_files():
        refused = changing("open", changing.reference("a.txt"), "--to", str(tmp_path / "out"), code=1)
    assert "larger than" in str(refused)
    assert list(tmp_path.rglob("*.*")) == []


@pytest.mark.parametrize("command", ["export", "open"])
@pytest.mark.parametrize("name", ["\ud800", "letters/\udfff/a.txt"])
def test_a_name_with_half_a_character_gives_way_to_the_stored_one(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str
) -> None:
    names = json.dumps({"names": {"data/a.txt": name}}).encode()
    monkeypatch.setattr(payload, "tag_files", lambda *asked: {**tag_files(*asked), payload.NAMES: ""})
    monkeypatch.setattr(payload, "listed_bytes", lambda *_: names)
    changing(command, changing.reference("a.txt"), "--to", str(tmp_path / "out"))
    (copied,) = tmp_path.rglob("a.txt")
    assert copied.read_bytes() == b"one"


@pytest.mark.parametrize(
    "words",
    [
        ("open",),
        ("export", "--as", "files"),
        ("export", "--as", "mets"),
        ("export", "--as", "ro-crate"),
        ("export", "--as-received"),
        ("export", "--as", "bag"),
    ],
)
def test_no_copy_has_a_name_that_a_manifest_was_given_later(
    changing: Changing, tmp_path: Path, words: tuple[str, ...]
) -> None:
    bag, forged = changing.bag("a.txt"), "data/payment order 2026.html"
    (bag / "data/a.txt").rename(bag / forged)
    overwrite(bag / MANIFEST, (bag / MANIFEST).read_bytes().replace(b"data/a.txt", forged.encode()))
    refused = changing(*words, changing.reference("a.txt"), "--to", str(tmp_path / "out"), code=1)
    assert f"{MANIFEST} is not the one that its tag manifest knows" in str(refused)
    assert list(tmp_path.rglob("*.*")) == []
    receipt = tmp_path / "receipt.html"
    changing("receipt", changing.reference("a.txt"), "--to", str(receipt))
    assert "payment order" not in receipt.read_text()


@pytest.mark.parametrize("command", ["export", "open"])
def test_no_file_is_taken_for_the_rest_of_a_copy_that_was_cut_off(
    changing: Changing, tmp_path: Path, command: str
) -> None:
    document, out = tmp_path / "source/box", tmp_path / "out"
    document.mkdir(parents=True)
    rest = f".{hashlib.sha512(b'two').hexdigest()[-8:]}.part"
    (document / rest).write_bytes(b"one")
    (document / "b.txt").write_bytes(b"two")
    (document.parent / "metadata.csv").write_bytes(b"filename,reference,dc.title\nbox,Box 9,The ninth\n")
    changing("ingest", str(document.parent), "--no-identify")
    changing(command, "Box 9", "--to", str(out))
    for name, data in ((rest, b"one"), ("b.txt", b"two")):
        assert [path.read_bytes() for path in out.rglob(name)] == [data]


def test_nothing_of_others_goes_where_a_copy_is_opened(changing: Changing, tmp_path: Path) -> None:
    own = tmp_path / f".{hashlib.sha512(b'one').hexdigest()[-8:]}.part"
    own.write_bytes(b"somebody's")
    changing("open", changing.reference("a.txt"), "--to", str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == [own.name, "a.txt"]
    assert own.read_bytes() == b"somebody's"


def test_a_copy_is_opened_through_no_link_in_the_folder_named(changing: Changing, tmp_path: Path) -> None:
    document, out, elsewhere = tmp_path / "source/box", tmp_path / "out", tmp_path / "elsewhere"
    for folder in (document / "letters/early", out, elsewhere):
        folder.mkdir(parents=True)
    (document / "letters/early/one.txt").write_bytes(b"one")
    (document / "a.txt").write_bytes(b"first")
    (document.parent / "metadata.csv").write_bytes(b"filename,reference,dc.title\nbox,Box 9,The ninth\n")
    changing("ingest", str(document.parent), "--no-identify")
    (out / "letters").symlink_to(elsewhere)
    refused = changing("open", "Box 9", "--to", str(out), code=CONFLICT)
    assert refused["message"] == f"{out / 'letters'}: is a link, and nothing is written through it"
    assert (list(elsewhere.iterdir()), os.listdir(out)) == ([], ["letters"])
