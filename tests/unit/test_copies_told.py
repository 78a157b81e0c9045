"""How many good copies there are, said where people look: in status, list, show, and after what was done."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from archive.cli.holdings.copies_text import copies_sentence
from archive.core.copies import CopyMarker
from archive.core.errors import StorageError
from archive.services.copies.standing import copies_steps, days_since, last_seen
from archive.services.surroundings import Surroundings
from archive.storage.copies.folder import write_marker
from tests.archives import overwrite
from tests.changes import Changing

DAY = 86_400_000


@pytest.fixture
def disk(changing: Changing, tmp_path: Path) -> Path:
    """A copy of the archive of three documents, called the red disk."""
    changing("copy", "--to", str(tmp_path / "red"), "--name", "red disk", "--jobs", "1")
    return tmp_path / "red"


@pytest.mark.parametrize(
    ("good", "said"),
    [
        ({}, "Nothing is held yet."),
        ({1: 1}, "The one document has only 1 good copy."),
        ({1: 17}, "All 17 documents have only 1 good copy."),
        ({3: 2000}, "All 2,000 documents have 3 good copies."),
        (
            {0: 1, 1: 2, 2: 9},
            "Of 12 documents 9 have 2 good copies, 2 have only 1 good copy, 1 has no good copy.",
        ),
    ],
)
def test_a_document_with_one_copy_is_said_to_have_one(good: dict[int, int], said: str) -> None:
    assert copies_sentence(good) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (1, "1 day ago"),
        (34, "34 days ago"),
        (-1, "today"),  # clocks of two machines differ
        (-300, "when a clock was ahead"),
    ],
)
def test_a_disk_that_is_away_was_seen_so_many_days_ago(days: int, said: str) -> None:
    now = 1_800_000_000_000
    assert last_seen("2027-01-15T08:00:00.000Z", now + days * DAY) == f"last seen {said}"
    assert last_seen("", now) == "never seen yet"
    assert days_since("nonsense", now) == 0


def test_a_run_whose_last_step_failed_is_not_said_to_be_complete(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pulled(root: Path, marker: CopyMarker) -> None:
        if marker.finished:
            raise StorageError("the disk is gone", remedy="see that it is there")
        write_marker(root, marker)

    monkeypatch.setattr("archive.services.copies.run.write_marker", pulled)
    told = changing.text("copy", "--to", str(disk), "--jobs", "1", code=3)
    assert "✓" not in told
    assert "did not come to its end" in told
    assert "COPY-INTERRUPTED" in told


def test_status_says_how_many_copies_and_how_each_stands(changing: Changing, disk: Path) -> None:
    report = changing("status")
    assert report["copies"] == [{"good": 2, "documents": 3}]
    assert report["counts"]["copies"] == 2
    (place,) = report["places"]
    assert (place["name"], place["at_hand"], place["lacking"], place["faults"]) == ("red disk", True, 0, 0)
    disk.rename(disk.with_name("away"))
    changing.made.ingest({"d.txt": b"four"}, name="later")
    report = changing("status")
    assert report["copies"] == [{"good": 1, "documents": 1}, {"good": 2, "documents": 3}]
    assert (report["places"][0]["at_hand"], report["places"][0]["lacking"]) == (False, 1)
    assert any(step.startswith("connect “red disk” (last seen today)") for step in report["next"])
    said = changing.text("status")
    assert "red disk" in said
    assert "away; last seen today; lacks 1 document" in said


def test_no_two_places_have_one_name(changing: Changing, tmp_path: Path) -> None:
    one, two, three = (tmp_path / name / "valley" for name in ("red", "blue", "green"))
    for place in (one, two, one):
        place.parent.mkdir(exist_ok=True)
        changing("copy", "--to", str(place), "--jobs", "1")
    assert [place["name"] for place in changing("status")["places"]] == ["valley", str(two)]
    three.parent.mkdir()
    refused = changing("copy", "--to", str(three), "--name", "valley", code=2)
    assert str(one) in refused["message"]
    assert not three.exists()
    changing("copy", "--to", str(one), "--name", "valley", "--jobs", "1")
    changing("copy", "--to", str(one), "--name", "red disk", "--jobs", "1")
    assert [place["name"] for place in changing("status")["places"]] == ["red disk", str(two)]


def test_without_a_copy_status_asks_for_one(changing: Changing) -> None:
    report = changing("status")
    assert report["copies"] == [{"good": 1, "documents": 3}]
    assert any("archive copy --to DIR" in step for step in report["next"])
    assert "All 3 documents have only 1 good copy." in changing.text("status")


def test_another_disk_in_the_copys_place_is_not_the_copy(changing: Changing, disk: Path) -> None:
    (disk / "copy.json").write_text((disk / "copy.json").read_text().replace('"id": "01', '"id": "02'))
    assert changing("status")["places"][0]["at_hand"] is False


def test_show_says_where_the_good_copies_are(changing: Changing, disk: Path) -> None:
    reference = changing.reference("a.txt")
    assert [one["name"] for one in changing("show", reference)["copies"]["places"]] == ["red disk"]
    assert "2: this archive, red disk" in changing.text("show", reference)
    overwrite(changing.bag("a.txt") / "data/a.txt", b"eno")
    changing("audit", code=1)
    report = changing("show", reference)
    assert report["copies"]["good"] == 1
    assert "only 1: red disk" in changing.text("show", reference)
    assert changing("status")["copies"] == [{"good": 1, "documents": 1}, {"good": 2, "documents": 2}]


def test_a_withdrawn_document_has_no_copies_to_count(changing: Changing, disk: Path) -> None:
    changing("withdraw", changing.reference("a.txt"), "--reason", "asked back")
    assert changing("status")["copies"] == [{"good": 2, "documents": 2}]
    assert changing("show", changing.row("a.txt").reference)["copies"] == {"good": 0, "places": []}


def test_status_says_that_a_copy_still_has_what_was_disposed_of(changing: Changing, disk: Path) -> None:
    reference = changing.reference("a.txt")
    changing("withdraw", reference, "--reason", "asked back")
    changing("dispose", reference, "--authority", "Board", "--yes")
    away = disk.with_name("away")
    for step in ("at hand, never brought up to date", "away", "at hand, and nobody said yes"):
        if step == "away":
            disk.rename(away)
        elif away.exists():
            away.rename(disk)
            changing("copy", "--to", str(disk), "--jobs", "1")
        report = changing("status")
        assert report["places"][0]["disposed"] == 1, step
        has = "had, when last complete," if step == "away" else "still has"
        assert f"{has} 1 document disposed of since" in changing.text("status")
        assert any("disposed of destroyed there" in each and "--yes" in each for each in report["next"]), step
    changing("catalog", "rebuild")
    assert changing("status")["places"][0]["disposed"] == 1
    changing("copy", "--to", str(disk), "--jobs", "1", "--yes")
    assert changing("status")["places"][0]["disposed"] == 0
    disk.rename(away)
    assert changing("status")["places"][0]["disposed"] == 0


def test_what_was_disposed_of_before_a_copy_had_it_is_not_said_to_be_there(
    changing: Changing, disk: Path
) -> None:
    changing.made.ingest({"d.txt": b"four"}, name="later")
    reference = changing.reference("d.txt")
    changing("withdraw", reference, "--reason", "asked back")
    changing("dispose", reference, "--authority", "Board", "--yes")
    assert changing("status")["places"][0]["disposed"] == 0
    disk.rename(disk.with_name("away"))
    assert changing("status")["places"][0]["disposed"] == 0


def test_list_finds_what_has_too_few_copies(changing: Changing, disk: Path) -> None:
    changing.made.ingest({"d.txt": b"four", "e.txt": b"five"}, name="later")
    found = changing("list", "--copies-below", "2")["documents"]
    assert [row["source"] for row in found] == ["d.txt", "e.txt"]
    assert len(changing("list", "--copies-below", "2", "--limit", "1")["documents"]) == 1
    assert len(changing("list", "--copies-below", "3")["documents"]) == 5
    assert changing("list", "--copies-below", "1")["documents"] == []


def test_a_place_taken_out_of_the_settings_counts_no_more(changing: Changing, disk: Path) -> None:
    settings = changing.root / "archive.toml"
    settings.write_text(settings.read_text().partition("[[copies]]")[0])
    report = changing("status")
    assert (report["copies"], report["places"]) == ([{"good": 1, "documents": 3}], [])


def test_a_copy_not_read_for_longer_than_promised_is_to_be_read_again(changing: Changing, disk: Path) -> None:
    from archive.services.catalog.index_reading import reading_index
    from archive.services.copies.standing import place_standings

    now = Surroundings().now()
    with reading_index(changing.made.opened) as reading:
        found = place_standings(changing.made.opened, reading.index)
    places = [replace(place, same_disk=()) for place in found]  # wherever these tests run
    assert copies_steps({2: 3}, places, 90, now + 89 * DAY) == []
    assert copies_steps({2: 3}, places, 90, now + 91 * DAY) == [f"read it again: archive audit --copy {disk}"]


def test_a_copy_on_the_disk_of_the_archive_is_said_to_be_there(changing: Changing) -> None:
    for name in ("red", "blue"):
        changing("copy", "--to", str(changing.root.with_name(name)), "--jobs", "1")
    report = changing("status")
    assert [place["same_disk"] for place in report["places"]] == [[None], [None, "red"]]
    assert "on the same disk as the archive and “red”" in changing.text("status")
    assert "keep a copy on another disk" in " ".join(report["next"])


def test_a_copy_that_was_put_back_to_an_older_state_counts_for_what_that_has(
    changing: Changing, disk: Path
) -> None:
    older = disk.with_name("as it was")
    shutil.copytree(disk, older)
    changing.made.ingest({"d.txt": b"four"}, name="later")
    changing("copy", "--to", str(disk), "--jobs", "1")
    marker, checkpoint = disk / "copy.json", disk / "ledger" / "checkpoint"
    for each in (marker, checkpoint):
        overwrite(each, (older / each.relative_to(disk)).read_bytes())
    for each in (disk / "ledger" / "checkpoints").iterdir():
        if not (older / "ledger" / "checkpoints" / each.name).exists():
            each.unlink()
    changing("audit", "--copy", str(disk), code=None)
    status = changing("status")
    assert status["copies"] == [{"good": 1, "documents": 1}, {"good": 2, "documents": 3}]
    assert status["places"][0]["lacking"] == 1
    assert [row["source"] for row in changing("list", "--copies-below", "2")["documents"]] == ["d.txt"]
    changing("catalog", "rebuild")
    assert changing("status")["copies"] == status["copies"]
    changing("copy", "--to", str(disk), "--jobs", "1")
    assert changing("status")["copies"] == [{"good": 2, "documents": 4}]
