"""A bag that is lost, and what is done to its archive until it comes back: nothing stays in the way."""

import json
import shutil
from pathlib import Path

import pytest

from archive.schemas import explain
from archive.services.ingest import job
from archive.services.ingest.publish import Commit, Publisher
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
    twice("list", "--table", str(tmp_path / "all.csv"))
    report = twice("describe", "--metadata", str(tmp_path / "all.csv"))
    assert (report["counts"]["unchanged"], report["counts"]["changed"]) == (4, 0)
    twice("withdraw", bags[1], "--reason", "taken in twice")
    twice.require_whole()


@pytest.mark.parametrize("lost", ["the bag", "its manifest", "its description"])
def test_a_run_that_died_is_closed_though_one_of_its_bags_is_lost(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"letter {number}")
    commits = []

    def dies_at_the_third(publisher: Publisher, *, closing: bool) -> Commit:
        commits.append(closing)
        if len(commits) == 3:
            raise KeyboardInterrupt
        return commit(publisher, closing=closing)

    commit = Publisher.commit
    with monkeypatch.context() as patch:
        patch.setattr(job, "BATCH_DOCUMENTS", 1)
        patch.setattr(job, "GROUP_DOCUMENTS", 1)
        patch.setattr(Publisher, "commit", dies_at_the_third)
        words = ["ingest", str(folder), "--describe-later", "--on-error", "continue", "--no-identify"]
        changing(*words, "--jobs", "1", code=130)
    bag = changing.bag("1.txt")
    names = {"its manifest": "manifest-sha512.txt", "its description": "metadata/dublin-core.json"}
    shutil.move(bag / names[lost] if lost in names else bag, tmp_path / "lost")
    changing("ingest", str(folder), "--describe-later", "--no-identify")
    (manifest,) = [
        read
        for path in (changing.root / "runs").iterdir()
        if (read := json.loads(path.read_bytes()))["outcome"] == "interrupted"
    ]
    assert explain("run-manifest", manifest) == []
    assert manifest["counts"]["bags"] == 2
    verified = changing("catalog", "verify", code=None)["findings"]
    assert {each["code"] for each in verified} <= {"CATALOG-BAG-DOUBTFUL"}
    found = {code for code, _ in changing.audit(code=1)}
    assert not {code for code in found if code.startswith("CATALOG")}


def test_a_lost_document_goes_on_to_await_its_description(changing: Changing, tmp_path: Path) -> None:
    lose(changing, "b.txt", tmp_path / "lost")
    assert [code for code, _ in changing.audit(code=1)] == ["FIX-BAG-MISSING"]
    lost = next(one for one in changing("list", "--undescribed")["documents"])
    changing("withdraw", lost["id"], "--reason", "lost")
    changing("catalog", "rebuild", code=1)
    verified = changing("catalog", "verify")["findings"]
    assert [each["code"] for each in verified] == ["CATALOG-BAG-DOUBTFUL"]
    changing("dispose", lost["id"], "--authority", "the board", "--yes")
    changing.require_whole()


def test_a_lost_document_that_was_described_awaits_nothing(changing: Changing, tmp_path: Path) -> None:
    changing("describe", changing.reference("b.txt"), "--set", "dc.title=A card", "--reason", "read")
    place = lose(changing, "b.txt", tmp_path / "lost")
    assert changing("list", "--undescribed")["documents"] == []
    assert [code for code, _ in changing.audit(code=1)] == ["FIX-BAG-MISSING"]
    shutil.move(tmp_path / "lost", place)
    changing("catalog", "rebuild")
    changing.require_whole()
