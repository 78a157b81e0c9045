"""`archive copy`: what is held is on the copy, byte for byte; nothing damaged takes a good one's place."""

import os
import shutil
from pathlib import Path

import pytest

from archive.core.copies import parse_marker
from archive.core.errors import StorageError
from archive.core.ledger.entries import parse_entry
from archive.services.copies.beside import Beside
from archive.storage.layout import bag_path, quarantine_path
from tests.archives import overwrite
from tests.builders import damage
from tests.changes import Changing
from tests.copying import FORMS, NOT_COPIED, codes, copy, files_of


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_holds_every_file_of_the_archive(changing: Changing, disk: Path, form: str) -> None:
    changing("withdraw", changing.reference("b.txt"), "--reason", "asked back")
    report = copy(changing, disk, "--as", form, "--medium", "USB disk", "--site", "Ana", "--provider", "P")
    assert (report["outcome"], report["recorded"]) == ("complete", True)
    assert report["place"]["medium"] == "USB disk"
    assert report["counts"]["written"] == 3
    assert report["copies"] == [{"good": 2, "documents": 2}]
    assert files_of(disk) == files_of(changing.root)
    assert set(os.listdir(disk)) - {"copy.json"} == set(os.listdir(changing.root)) - NOT_COPIED
    marker = parse_marker((disk / "copy.json").read_bytes())
    checkpoint = changing.made.opened.checkpoint()
    assert (marker.finished, marker.size, marker.root) == (True, checkpoint.size, checkpoint.root.hex())


def test_a_copy_on_the_archives_own_disk_is_told_so(changing: Changing, tmp_path: Path) -> None:
    report = copy(changing, changing.root.parent / "beside")
    assert [one["code"] for one in report["findings"]] == ["COPY-SAME-DISK"]


@pytest.mark.parametrize("form", FORMS)
def test_the_next_run_writes_only_what_is_missing_or_behind(
    changing: Changing, disk: Path, form: str
) -> None:
    copy(changing, disk, "--as", form)
    assert copy(changing, disk)["counts"]["written"] == 0
    changing.made.ingest({"d.txt": b"four"}, name="later")
    changing("describe", changing.reference("b.txt"), "--set", "dc.title=Now known")
    changing("withdraw", changing.reference("c.txt"), "--reason", "asked back")
    report = copy(changing, disk)
    counts = report["counts"]
    assert (counts["written"], counts["replaced"], counts["set_aside"]) == (2, 1, 1)
    assert files_of(disk) == files_of(changing.root)


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_of_a_bag_gives_the_same_bytes_again(changing: Changing, disk: Path, form: str) -> None:
    copy(changing, disk, "--as", form)
    copy(changing, disk.with_name("other"), "--as", form)
    for path in (disk / "bags").rglob("*"):
        if path.is_file():
            other = disk.with_name("other") / path.relative_to(disk)
            assert other.read_bytes() == path.read_bytes()


def test_a_damaged_bag_is_not_copied_and_the_rest_is(changing: Changing, disk: Path) -> None:
    payload = changing.bag("b.txt") / "data/b.txt"
    overwrite(payload, b"tow")
    report = copy(changing, disk, code=1)
    assert report["outcome"] == "incomplete"
    assert [row["reference"] for row in report["documents"]] == [changing.reference("b.txt")]
    assert "FIX-ALTERED" in codes(report)
    assert report["counts"]["present"] == 2
    assert report["copies"] == [{"good": 1, "documents": 1}, {"good": 2, "documents": 2}]
    assert not (disk / bag_path(changing.row("b.txt").bag)).exists()


@pytest.mark.parametrize("kind", ["flip", "delete", "link", "fifo", "truncate", "append", "folder"])
def test_a_damaged_bag_never_takes_the_place_of_a_good_one(changing: Changing, disk: Path, kind: str) -> None:
    copy(changing, disk)
    good = files_of(disk)
    bag = changing.bag("a.txt")
    for folder in (bag, bag / "data"):
        folder.chmod(0o755)
    (bag / "data/a.txt").chmod(0o644)
    damage(bag / "data/a.txt", kind)
    copy(changing, disk)
    now = files_of(disk)
    assert {path: data for path, data in now.items() if path.startswith("bags/")} == {
        path: data for path, data in good.items() if path.startswith("bags/")
    }


def test_a_damaged_description_to_come_leaves_the_older_bag_on_the_copy(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    changing("describe", changing.reference("b.txt"), "--set", "dc.title=Now known")
    overwrite(changing.bag("b.txt") / "data/b.txt", b"tow")
    report = copy(changing, disk, code=1)
    assert report["counts"]["failed"] == 1
    assert (disk / bag_path(changing.row("b.txt").bag) / "data/b.txt").read_bytes() == b"two"


def test_a_run_cut_off_behind_the_ledger_does_not_hide_what_it_could_not_bring(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    changing("describe", changing.reference("b.txt"), "--set", "dc.title=Now known")
    overwrite(changing.bag("b.txt") / "data/b.txt", b"tow")

    def fail(*_: object) -> None:
        raise StorageError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Beside, "bring_derived", fail)
        assert copy(changing, disk, code=1)["outcome"] == "interrupted"
    # By the ledger that the copy has by now; unrecorded, so that the run below knows nothing of it.
    audited = changing("audit", "--copy", str(disk), "--read-only", code=1)["counts"]
    assert (audited["intact"], audited["damaged"]) == (2, 1)
    report = copy(changing, disk, code=1)
    assert (report["outcome"], report["counts"]["failed"]) == ("incomplete", 1)
    assert report["copies"] == [{"good": 1, "documents": 1}, {"good": 2, "documents": 2}]


@pytest.mark.parametrize("kind", ["file", "link"])
@pytest.mark.parametrize("form", FORMS)
def test_what_only_has_the_name_of_a_bag_is_no_bag_of_the_copy(
    changing: Changing, disk: Path, form: str, kind: str
) -> None:
    copy(changing, disk, "--as", form)
    good = files_of(disk)
    place = disk / (bag_path(changing.row("b.txt").bag) + (".tar" if form == "tar" else ""))
    place.rename(disk.with_name("moved"))
    if kind == "link":
        place.symlink_to(disk.with_name("moved"))
    elif form == "tar":
        place.mkdir()
    else:
        place.write_bytes(b"")
    assert copy(changing, disk)["counts"]["written"] == 1
    now = files_of(disk)
    assert {path: now.get(path) for path in good if path.startswith("bags/")} == {
        path: data for path, data in good.items() if path.startswith("bags/")
    }


def test_a_document_missing_in_the_archive_is_named_and_exit_1(changing: Changing, disk: Path) -> None:
    shutil.move(changing.bag("a.txt"), changing.root.parent / "gone")
    assert codes(copy(changing, disk, code=1)) == ["FIX-BAG-MISSING"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("notes", "COPY-SOURCE"),
        ("audits/*/plan.json", "COPY-SOURCE"),
        ("runs", "CATALOG-RUN-ALTERED"),
        ("catalog.json", "CATALOG-ALTERED"),
    ],
)
def test_what_lies_beside_the_bags_is_not_overwritten_by_damage(
    changing: Changing, disk: Path, path: str, code: str
) -> None:
    if path.startswith("audits"):
        changing("audit")
    copy(changing, disk)
    source = next(changing.root.glob(path))
    victim = source if source.is_file() else next(one for one in source.rglob("*") if one.is_file())
    before = (disk / victim.relative_to(changing.root)).read_bytes()
    overwrite(victim, before[:-3] + b"x\n")
    assert code in codes(copy(changing, disk, code=1))
    assert (disk / victim.relative_to(changing.root)).read_bytes() == before


@pytest.mark.parametrize(
    "name", ["ledger/checkpoint", "ledger/tile/0/000.p/12", "README.html", "archive.toml"]
)
def test_damage_beside_the_bags_of_a_copy_is_mended_by_the_next_run(
    changing: Changing, disk: Path, name: str
) -> None:
    copy(changing, disk)
    victim = disk / name
    if not victim.exists():
        victim = max((disk / "ledger/tile/0/000.p").iterdir(), key=lambda path: int(path.name))
    victim.chmod(0o644)
    damage(victim, "flip")
    report = copy(changing, disk)
    assert ("COPY-LEDGER" in codes(report)) == (name == "ledger/checkpoint")
    assert files_of(disk) == files_of(changing.root)


def test_what_was_disposed_of_is_destroyed_on_the_copy_only_where_somebody_says_so(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    row = changing.row("a.txt")
    changing("withdraw", row.reference, "--reason", "secret reason")
    copy(changing, disk)
    assert (disk / quarantine_path(row.bag)).exists()
    changing("dispose", row.reference, "--authority", "Board", "--yes")
    report = copy(changing, disk)
    assert codes(report) == ["COPY-DISPOSED"]
    assert report["counts"]["kept_disposed"] == 1
    assert (disk / quarantine_path(row.bag)).exists()
    report = copy(changing, disk, "--yes")
    assert (codes(report), report["counts"]["destroyed"]) == ([], 1)
    assert files_of(disk) == files_of(changing.root)
    assert b"Zanzibar" not in b"".join(
        data for path, data in files_of(disk).items() if not path.startswith("runs/")
    )


def test_the_place_and_the_copy_are_in_the_ledger_and_never_look_like_an_audit(
    changing: Changing, disk: Path
) -> None:
    before = changing.made.opened.checkpoint().size
    report = copy(changing, disk, "--name", "red disk")
    archive = changing.made.opened
    added = [parse_entry(raw) for raw in archive.ledger.entries(before)]
    assert [entry.type for entry in added] == ["settings changed", "copy started", "copied"]
    assert added[-1].get("copy") == report["place"]["id"] == archive.settings.copies[0].id
    assert archive.settings.copies[0].name == "red disk"
    assert changing("status")["last_audit"] is None
    assert changing.row("a.txt").last_checked == ""
    assert "Copied to" in changing.text("history")
    changing.require_whole()


def test_a_rebuilt_catalog_knows_the_copies_equally(changing: Changing, disk: Path) -> None:
    overwrite(changing.bag("b.txt") / "data/b.txt", b"tow")
    copy(changing, disk, code=1)
    from archive.services.catalog.index_reading import reading_index

    def known() -> object:
        with reading_index(changing.made.opened) as reading:
            index = reading.index
            return index.copies(), list(index.copy_faults()), index.good_copies([index.copies()[0].id])

    before = known()
    changing.made.rebuild()
    assert known() == before


def test_a_dry_run_writes_nothing_anywhere(changing: Changing, disk: Path) -> None:
    report = copy(changing, disk, "--dry-run")
    assert (report["counts"]["planned"], report["bytes_to_write"]) == (3, 11)
    assert not disk.exists()
    copy(changing, disk)
    changing.made.ingest({"d.txt": b"four"}, name="later")
    mine, theirs = files_of(changing.root), files_of(disk)
    assert copy(changing, disk, "--dry-run")["counts"]["planned"] == 1
    assert (files_of(changing.root), files_of(disk)) == (mine, theirs)


def test_a_copy_becomes_the_archive_where_that_is_lost(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    held = files_of(changing.root)
    shutil.rmtree(changing.root)
    shutil.copytree(disk, changing.root)
    (changing.root / "copy.json").unlink()
    changing("catalog", "rebuild")
    assert {path: data for path, data in files_of(changing.root).items() if path in held} == held
    assert changing("audit")["recorded"] is True
    changing.require_whole()
    assert copy(changing, disk)["outcome"] == "complete"


# -- what is refused ---------------------------------------------------------------------------------------


def test_a_list_of_results_under_another_name_lies_on_the_copy_once(changing: Changing, disk: Path) -> None:
    run = changing("audit")["run"]
    copy(changing, disk)
    folder = changing.root / "audits" / run
    (folder / "results-1.json").rename(folder / "results-2.json")
    copy(changing, disk)
    assert len(list((disk / "audits" / run).glob("results-*.json"))) == 1
    assert changing("audit", "--copy", str(disk), "--read-only")["outcome"] == "intact"
    copy(changing, disk.with_name("another"))
    assert changing("audit", "--copy", str(disk.with_name("another")), "--read-only")["outcome"] == "intact"
