"""What is not held any more, on copies and after a restore: set aside once, mended, and never back again."""

import shutil
from pathlib import Path

import pytest

from archive.core.errors import StorageError
from archive.services.copies.beside import Beside
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


def _noted_and_damaged(changing: Changing) -> Path:
    """A document about which a note says a secret, and whose payload no run can copy; its bag."""
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Another", "--reason", TOLD)
    bag = changing.bag("a.txt")
    overwrite(bag / "data/a.txt", b"eno")
    return bag


def _notes_on(disk: Path) -> list[Path]:
    return [note for note in disk.glob("notes/*/*.json") if TOLD in note.read_text()]


@pytest.mark.parametrize("place", ["at hand", "away"])
def test_notes_of_what_was_disposed_of_go_from_a_copy_that_never_had_its_bag(
    changing: Changing, disk: Path, place: str
) -> None:
    bag = _noted_and_damaged(changing)
    copy(changing, disk, code=1)
    assert _notes_on(disk)
    assert not list(disk.rglob(bag.name))
    _withdraw(changing, bag.name)
    if place == "away":
        disk.rename(disk.with_name("in a drawer"))
    told = changing("dispose", bag.name, "--authority", "x", "--yes")["remains"]
    if place == "away":
        disk.with_name("in a drawer").rename(disk)
    (named,) = [each for each in told if "the copy" in each]
    assert f"({place}) keeps notes about 1 document: archive copy --to" in named
    assert codes(copy(changing, disk)) == ["COPY-DISPOSED"]
    assert "COPY-DISPOSED" in codes(changing("audit", "--copy", str(disk)))
    assert copy(changing, disk, "--dry-run")["counts"]["kept_disposed"] == 1
    report = copy(changing, disk, "--yes")
    assert (report["counts"]["destroyed"], codes(report)) == (1, [])
    assert not _notes_on(disk)
    assert "COPY-DISPOSED" not in codes(changing("audit", "--copy", str(disk)))


@pytest.mark.parametrize("form", FORMS)
def test_records_of_repairs_of_what_was_disposed_of_go_from_a_copy_that_lost_its_bag(
    changing: Changing, disk: Path, form: str
) -> None:
    copy(changing, disk, "--as", form)
    bag = changing.bag("a.txt")
    overwrite(bag / "data/a.txt", b"eno")
    changing("audit", code=1)
    changing("repair", "--from", str(disk), "--yes")
    copy(changing, disk)
    assert list(disk.glob(f"quarantine/damaged/*/{bag.name}/*/record.json"))
    for path in disk.glob(f"bags/*/{bag.name}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    _withdraw(changing, bag.name)
    told = changing("dispose", bag.name, "--authority", "x", "--yes")["remains"]
    assert "keeps 1 document" in " ".join(told)
    assert changing("status")["places"][0]["disposed"] == 1
    report = copy(changing, disk, "--yes")
    assert (report["counts"]["destroyed"], codes(report)) == (1, [])
    assert not list(disk.glob(f"quarantine/damaged/*/{bag.name}"))
    assert "COPY-DISPOSED" not in codes(changing("audit", "--copy", str(disk)))
    assert changing("status")["places"][0]["disposed"] == 0


def test_a_disposal_names_a_copy_at_hand_that_was_cut_off_after_its_bags(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise StorageError("no room for the ledger")

    with monkeypatch.context() as patch:
        patch.setattr(Beside, "bring_ledger", refused)
        copy(changing, disk, code=3)
    reference = changing.reference("a.txt")
    _withdraw(changing, reference)
    told = changing("dispose", reference, "--authority", "x", "--yes")["remains"]
    (named,) = [each for each in told if "the copy" in each]
    assert "(at hand) keeps 1 document" in named


@pytest.mark.parametrize("whole_before", [True, False])
def test_a_disposal_names_a_copy_that_is_away_and_was_cut_off(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, whole_before: bool
) -> None:
    def refused(*_: object) -> None:
        raise StorageError("no room for the ledger")

    if whole_before:
        copy(changing, disk)
    changing.made.ingest({"d.txt": b"four"}, name="later")
    with monkeypatch.context() as patch:
        patch.setattr(Beside, "bring_ledger", refused)
        copy(changing, disk, code=3)
    changing.made.ingest({"e.txt": b"five"}, name="after it")
    away = disk.rename(disk.with_name("in a drawer"))
    for name in ("d.txt", "e.txt"):
        reference = changing.reference(name)
        _withdraw(changing, reference)
        told = changing("dispose", reference, "--authority", "x", "--yes")["remains"]
        named = [each for each in told if "the copy" in each]
        if name == "d.txt":
            assert "(away) may keep 1 document, of a run that was cut off: archive copy --to" in named[0]
        else:
            assert named == []
    assert changing("status")["places"][0]["disposed"] == 1
    away.rename(disk)
    assert copy(changing, disk, "--yes")["counts"]["destroyed"] == 1
    disk.rename(away)
    assert changing("status")["places"][0]["disposed"] == 0
    changing.require_whole()


@pytest.mark.parametrize("form", ["folder", "tar"])
@pytest.mark.parametrize("is_set_aside", [False, True])
def test_a_copy_that_is_behind_a_disposal_is_told_what_it_still_has(
    changing: Changing, tmp_path: Path, form: str, is_set_aside: bool
) -> None:
    disk = tmp_path / "blue"
    bag = changing.row("b.txt").bag
    if not is_set_aside:
        copy(changing, disk, "--as", form)
    changing("withdraw", bag, "--reason", "asked back")
    if is_set_aside:
        copy(changing, disk, "--as", form)
    changing("dispose", bag, "--authority", "the board", "--yes")
    report = changing("audit", "--copy", str(disk))
    assert report["outcome"] == "intact"
    (found,) = [one for one in report["findings"] if one["code"] == "COPY-DISPOSED"]
    assert bag in found["place"]
    assert (disk / found["place"]).exists()
    assert found["place"].startswith("quarantine/" if is_set_aside else "bags/")
    copy(changing, disk, "--yes")
    assert "COPY-DISPOSED" not in codes(changing("audit", "--copy", str(disk)))


@pytest.mark.parametrize("form", FORMS)
def test_a_withdrawn_bag_that_the_archive_lost_is_told_by_one_name(
    changing: Changing, disk: Path, form: str
) -> None:
    bag = changing.row("b.txt").bag
    _withdraw(changing, bag)
    copy(changing, disk, "--as", form)
    place = quarantine_path(bag) + (".tar" if form == "tar" else "")
    (disk / place).unlink() if form == "tar" else shutil.rmtree(disk / place)
    (found,) = changing("audit", "--copy", str(disk), "--read-only", code=1)["findings"]
    assert (found["code"], found["place"]) == ("QUARANTINE-MISSING", place)
    assert found["remedy"].startswith("archive copy --to")
    shutil.rmtree(changing.root / quarantine_path(bag))
    assert changing.audit(code=1) == [("QUARANTINE-MISSING", quarantine_path(bag))]
    (found,) = changing("audit", "--copy", str(disk), "--read-only", code=1)["findings"]
    assert found["code"] == "QUARANTINE-MISSING"
    assert "by hand" in found["remedy"]
    assert "archive copy" not in found["remedy"]
    (failed,) = copy(changing, disk, code=1)["documents"]
    assert [(one["code"], one["place"]) for one in failed["findings"]] == [
        ("QUARANTINE-MISSING", quarantine_path(bag))
    ]
