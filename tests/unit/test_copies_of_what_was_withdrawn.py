"""What is not held any more, on copies and after a restore: set aside once, mended, and never back again."""

from pathlib import Path

import pytest

from archive.storage.layout import bag_path, quarantine_path
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import FORMS, codes, copy
from tests.restoring import lose, restore

TOLD = "said by the family's solicitor"


def _withdraw(changing: Changing, reference: str) -> None:
    changing("withdraw", reference, "--reason", "asked back")


def _dispose(changing: Changing, reference: str) -> None:
    changing("dispose", reference, "--authority", "the board", "--yes")


@pytest.mark.parametrize("form", FORMS)
def test_what_was_described_and_withdrawn_between_two_runs_lies_on_the_copy_once(
    changing: Changing, disk: Path, form: str
) -> None:
    copy(changing, disk, "--as", form)
    row, ending = changing.row("a.txt"), ".tar" if form == "tar" else ""
    changing("describe", row.reference, "--set", "dc.title=Another")
    _withdraw(changing, row.reference)
    report = copy(changing, disk)
    assert (report["counts"]["set_aside"], codes(report)) == (1, [])
    assert not (disk / (bag_path(row.bag) + ending)).exists()
    assert (disk / (quarantine_path(row.bag) + ending)).exists()
    assert codes(copy(changing, disk)) == []
    assert changing("audit", "--copy", str(disk))["outcome"] == "intact"


def test_of_a_withdrawn_bag_that_lies_on_the_copy_twice_the_damaged_one_in_quarantine_costs_nothing(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    row = changing.row("a.txt")
    _withdraw(changing, row.reference)
    copy(changing, disk)
    aside = disk / quarantine_path(row.bag)
    (disk / bag_path(row.bag)).parent.mkdir(exist_ok=True)
    aside.rename(disk / bag_path(row.bag))
    (aside / "data").mkdir(parents=True)
    (aside / "data" / "a.txt").write_bytes(b"not it")
    report = copy(changing, disk)
    assert codes(report) == ["COPY-TWICE"]
    assert (disk / bag_path(row.bag) / "data" / "a.txt").read_bytes() == b"one"


@pytest.mark.parametrize("form", FORMS)
def test_a_withdrawn_bag_that_an_audit_of_the_copy_found_damaged_is_written_anew(
    changing: Changing, disk: Path, form: str
) -> None:
    _withdraw(changing, changing.reference("a.txt"))
    copy(changing, disk, "--as", form)
    if form == "folder":
        (damaged,) = disk.glob("quarantine/withdrawn/*/*/data/a.txt")
        overwrite(damaged, b"two")
    else:
        (damaged,) = disk.glob("quarantine/withdrawn/*/*.tar")
        assert damaged.read_bytes().count(b"one\0") == 1
        overwrite(damaged, damaged.read_bytes().replace(b"one\0", b"two\0"))
    changing("audit", "--copy", str(disk), code=1)
    assert copy(changing, disk)["counts"]["written"] == 1
    assert changing("audit", "--copy", str(disk))["outcome"] == "intact"
    assert copy(changing, disk)["counts"]["written"] == 0


def test_a_note_of_what_was_disposed_of_does_not_come_back_from_an_older_copy(
    changing: Changing, disk: Path
) -> None:
    older, reference = disk.with_name("older"), changing.reference("a.txt")
    changing("describe", reference, "--set", "dc.title=Another", "--reason", TOLD)
    copy(changing, older)
    assert any(TOLD in note.read_text() for note in older.glob("notes/*/*.json"))
    _withdraw(changing, reference)
    _dispose(changing, reference)
    copy(changing, disk)
    lose(changing)
    assert codes(restore(changing, disk, older)) == []
    assert not any(TOLD in note.read_text() for note in changing.root.glob("notes/*/*.json"))
    changing.require_whole()


def test_a_disposal_names_the_copies_that_keep_what_it_destroys_also_one_that_is_away(
    changing: Changing, disk: Path
) -> None:
    behind = disk.with_name("behind")
    copy(changing, behind, "--name", "blue")
    changing.made.ingest({"d.txt": b"four"}, name="later")
    copy(changing, disk, "--name", "red")
    disk.rename(disk.with_name("in a drawer"))
    reference = changing.reference("d.txt")
    _withdraw(changing, reference)
    told = changing("dispose", reference, "--authority", "x", "--yes")["remains"]
    (named,) = [each for each in told if "the copy" in each]
    assert "“red” (away) keeps 1 document" in named
    assert f"archive copy --to {disk} --yes" in named
