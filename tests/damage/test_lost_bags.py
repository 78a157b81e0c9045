"""A bag that is lost, and what is done to its archive until it comes back: nothing stays in the way."""

import shutil
from pathlib import Path

import pytest

from tests.changes import Changing


def lose(changing: Changing, source: str, to: Path) -> Path:
    """Takes a bag away and makes the catalog anew without it; where it has to go again."""
    place = changing.bag(source)
    shutil.move(place, to)
    changing("catalog", "rebuild", code=1)
    return place


@pytest.fixture
def twice(changing: Changing, tmp_path: Path) -> Changing:
    """The document `Box 3` was lost, taken in again under its reference, and the lost bag found."""
    place = lose(changing, "c.txt", tmp_path / "lost")
    again = tmp_path / "again"
    again.mkdir()
    (again / "c.txt").write_bytes(b"three")
    (again / "metadata.csv").write_text("filename,reference,dc.title\nc.txt,Box 3,The third\n")
    changing("ingest", str(again), "--no-identify")
    shutil.move(tmp_path / "lost", place)
    return changing


def test_a_lost_bag_comes_back_though_its_reference_was_given_again(twice: Changing, tmp_path: Path) -> None:
    twice("catalog", "rebuild")
    twice.require_whole()
    (tmp_path / "more.txt").write_bytes(b"more")
    twice("ingest", str(tmp_path / "more.txt"), "--describe-later", "--no-identify")
    twice.require_whole()


def test_a_reference_of_two_documents_is_never_taken_for_one_of_them(twice: Changing, tmp_path: Path) -> None:
    twice("catalog", "rebuild")
    bags = [one["id"] for one in twice("list")["documents"] if one["reference"] == "Box 3"]
    assert len(bags) == 2
    table = tmp_path / "table.csv"
    table.write_text("reference,dc.title\nBox 3,Another\n")
    refused = twice("describe", "--metadata", str(table), code=4)["refused"]
    assert [one["code"] for each in refused for one in each["findings"]] == ["HELD-SEVERAL"]
    for command in (["show"], ["withdraw", "--reason", "twice"], ["audit"]):
        assert "type" in twice(command[0], "Box 3", *command[1:], code=2)["remedy"]
    twice("withdraw", bags[1], "--reason", "taken in twice")
    twice.require_whole()
