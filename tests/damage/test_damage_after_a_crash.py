"""Bags of a command that was killed, damaged before anybody came to finish it: that stops no writer."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.schemas import explain
from archive.services.changes.publication import Publication
from tests.changes import Changing
from tests.interrupted import die_at_commit


def _put(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def _file_for(bag: Path) -> None:
    shutil.rmtree(bag)
    bag.write_bytes(b"x")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


HAPPENED: dict[str, Callable[[Path], None]] = {
    "gone": shutil.rmtree,
    "payload gone": lambda bag: (bag / "data/1.txt").unlink(),
    "manifest altered": lambda bag: _put(bag / "manifest-sha512.txt", b"0" * 128 + b"  data/1.txt\n"),
    "manifest a pipe": lambda bag: _pipe(bag / "manifest-sha512.txt"),
    "tag manifest gone": lambda bag: (bag / "tagmanifest-sha512.txt").unlink(),
    "record altered": lambda bag: _put(bag / "metadata/premis.xml", b"<"),
    "bag a file": _file_for,
}


@pytest.fixture
def killed(changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bag of 1.txt: its ingest was killed after the first of its commits."""
    source = tmp_path / "letters"
    source.mkdir()
    for number in (1, 2):
        (source / f"{number}.txt").write_text(f"letter {number}")
    before = set(changing.root.glob("bags/*/*"))
    with monkeypatch.context() as patch:
        die_at_commit(patch, 2)
        words = ("--describe-later", "--on-error", "continue", "--no-identify", "--jobs", "1")
        changing("ingest", str(source), *words, code=130)
    (bag,) = [bag for bag in set(changing.root.glob("bags/*/*")) - before if (bag / "data/1.txt").is_file()]
    for folder, _, _ in os.walk(bag):
        os.chmod(folder, 0o755)
    return bag


@pytest.mark.parametrize("what", HAPPENED)
def test_the_next_writer_closes_the_run_whatever_became_of_its_bags(
    changing: Changing, killed: Path, what: str
) -> None:
    HAPPENED[what](killed)
    changing("catalog", "rebuild", code=None)  # it says where a bag cannot be described
    newest = max(changing.root.glob("runs/*.json"))
    manifest = json.loads(newest.read_bytes())
    assert explain("run-manifest", manifest) == []
    (row,) = manifest["bags"]
    assert (row["id"], row["files"], manifest["outcome"]) == (killed.name, 1, "interrupted")
    assert {one["sha512"] for one in row["payload"]} <= {hashlib.sha512(b"letter 1").hexdigest()}
    assert all(code.startswith("FIX-") for code, _ in changing.audit(code=1))  # of the bag, and nothing else


@pytest.mark.parametrize("what", ["gone", "altered", "a pipe", "folder gone"])
def test_a_description_that_was_killed_stops_no_writer_where_its_bag_was_damaged_since(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    bag = changing.bag("a.txt")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Publication, "_entries", dies)
        changing("describe", changing.reference("a.txt"), "--set", "dc.title=Another", code=130)
    for folder, _, _ in os.walk(bag):
        os.chmod(folder, 0o755)
    revision = bag / "metadata/revisions/0002"
    kept = revision / "previous-tag-manifest.txt"
    if what == "altered":
        _put(kept, b"x\n")
    elif what == "a pipe":
        _pipe(kept)
    elif what == "gone":
        kept.unlink()
    else:
        shutil.rmtree(revision)
    changing("catalog", "rebuild", code=None)
    assert list((changing.root / "staging").glob("*/intent.json")) == []
    assert all(code.startswith("FIX-") for code, _ in changing.audit(code=1))
