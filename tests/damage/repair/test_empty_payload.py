"""A document without files has its folder data/ again after a repair, whatever became of it."""

import shutil
from pathlib import Path

import pytest

from tests.archives import ingest_empty
from tests.repairs import Repairing, loosen


@pytest.fixture
def bag(archive: Repairing) -> Path:
    """The bag of a document without files, which the copy has as well; it may be written into."""
    bag = ingest_empty(archive.made)
    shutil.rmtree(archive.copy)
    shutil.copytree(archive.root, archive.copy, symlinks=True)
    loosen(bag)
    return bag


def damage(bag: Path, kind: str) -> None:
    data = bag / "data"
    if kind == "bag":
        shutil.rmtree(bag)
    elif kind == "more":
        (data / "more").write_bytes(b"x")
    else:
        data.rmdir()
    if kind == "file":
        data.write_bytes(b"x")
    elif kind == "link":
        data.symlink_to(bag / "metadata")
    elif kind == "with others":
        (bag / "bagit.txt").unlink()


@pytest.mark.parametrize("kind", ["gone", "file", "link", "more", "with others", "bag"])
def test_the_folder_is_there_again(archive: Repairing, bag: Path, kind: str) -> None:
    damage(bag, kind)
    assert archive.damage()
    (row,) = archive("repair", "--all", "--plan", "--from", str(archive.copy), code=1)["bags"]
    assert (row["state"], row["payload_folder"]) == ("repairable", kind not in {"more", "bag"})
    (row,) = archive("repair", "--all", "--from", str(archive.copy))["bags"]
    assert row["state"] == "repaired"
    archive.require_as_copy()


def test_nothing_has_to_be_at_hand_for_it(archive: Repairing, bag: Path) -> None:
    damage(bag, "gone")
    archive("audit", code=1)
    report = archive("repair")
    assert (report["counts"]["repaired"], report["sources"]) == (1, ["quarantine"])
    archive.require_as_copy()
    archive("audit")
    (told,) = [one["text"] for one in archive("history")["events"] if "epaired" in one["text"]]
    assert told == "Repaired: the empty folder data/ made again; read in full since: intact"
    assert archive("repair", "--all")["bags"] == []
