"""`archive copy`: what is held is on the copy, byte for byte; nothing damaged takes a good one's place."""

import json
import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from archive.core.copies import parse_marker
from archive.core.entries import parse_entry
from archive.services.audit.evidence import judge_ledger
from archive.services.copies import run
from archive.storage.layout import bag_path, quarantine_path
from tests.archives import overwrite
from tests.builders import damage
from tests.changes import Changing

FORMS = ("folder", "tar")
NOT_COPIED = {"catalog.sqlite", "staging", "copy.json"}


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Where the copy goes."""
    return tmp_path / "disk" / "copy"


@pytest.fixture(autouse=True)
def _mounted(disk: Path) -> None:
    disk.parent.mkdir()


def copy(archive: Changing, disk: Path, *more: str, code: int = 0) -> Any:
    """The report of `archive copy`."""
    return archive("copy", "--to", str(disk), "--jobs", "1", *more, code=code)


def files_of(root: Path) -> dict[str, bytes]:
    """Every file that a copy should have, by path; a bag in a tar is told by its members."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.split("/")[0] in NOT_COPIED or not path.is_file():
            continue
        if path.suffix == ".tar":
            with tarfile.open(path) as tar:
                for member in tar.getmembers():
                    if stream := tar.extractfile(member):
                        found[f"{name.rpartition('/')[0]}/{member.name}"] = stream.read()
        else:
            found[name] = path.read_bytes()
    return found


def codes(report: Any) -> list[str]:
    """The codes of what was found, documents' findings too."""
    inner = [one for row in report.get("documents", report.get("bags", [])) for one in row["findings"]]
    told = [one["code"] for one in inner + report["findings"]]
    return [code for code in told if code != "COPY-SAME-DISK"]  # the test's disk is one


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


def test_a_document_missing_in_the_archive_is_named_and_exit_1(changing: Changing, disk: Path) -> None:
    shutil.move(changing.bag("a.txt"), changing.root.parent / "gone")
    assert codes(copy(changing, disk, code=1)) == ["FIX-BAG-MISSING"]


@pytest.mark.parametrize(
    ("path", "code"),
    [("notes", "COPY-SOURCE"), ("runs", "CATALOG-RUN-ALTERED"), ("catalog.json", "CATALOG-ALTERED")],
)
def test_what_lies_beside_the_bags_is_not_overwritten_by_damage(
    changing: Changing, disk: Path, path: str, code: str
) -> None:
    copy(changing, disk)
    source = changing.root / path
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
    from archive.services.catalog.index_state import reading_index

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


def test_a_folder_in_the_archive_or_around_it_is_refused(changing: Changing) -> None:
    for folder in (changing.root, changing.root / "bags", changing.root / "new", changing.root.parent):
        assert copy(changing, folder, code=2)["kind"] == "error"


def test_a_link_into_the_archive_is_seen_through(changing: Changing, disk: Path) -> None:
    disk.symlink_to(changing.root / "bags")
    assert copy(changing, disk, code=2)["kind"] == "error"


def test_a_folder_with_other_things_is_refused_and_not_touched(changing: Changing, disk: Path) -> None:
    disk.mkdir()
    (disk / "holiday.jpg").write_bytes(b"x")
    copy(changing, disk, code=6)
    assert os.listdir(disk) == ["holiday.jpg"]


def test_what_a_disk_has_of_its_own_is_no_other_thing(changing: Changing, disk: Path) -> None:
    for name in ("lost+found", "System Volume Information"):
        (disk / name).mkdir(parents=True)
    assert copy(changing, disk)["outcome"] == "complete"


def test_another_archives_copy_is_refused(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    marker = disk / "copy.json"
    document = json.loads(marker.read_text()) | {"archive": "urn:uuid:other"}
    marker.write_text(json.dumps(document))
    before = files_of(disk)
    copy(changing, disk, code=6)
    assert files_of(disk) == before


def test_an_archive_is_no_copy(changing: Changing, disk: Path) -> None:
    shutil.copytree(changing.root, disk)
    assert "is an archive" in copy(changing, disk, code=6)["message"]


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_that_lost_its_marker_is_the_same_copy_with_a_new_one(
    changing: Changing, disk: Path, form: str
) -> None:
    first = copy(changing, disk, "--as", form)
    (disk / "copy.json").unlink()
    changing.made.ingest({"d.txt": b"four"}, name="later")
    report = copy(changing, disk)
    assert (report["place"], report["counts"]["written"]) == (first["place"], 1)
    assert parse_marker((disk / "copy.json").read_bytes()).id == first["place"]["id"]
    assert len(changing.made.opened.settings.copies) == 1
    assert files_of(disk) == files_of(changing.root)


def test_another_archive_at_the_place_of_a_copy_is_refused_and_not_touched(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    (disk / "copy.json").unlink()
    text = (disk / "archive.toml").read_text()
    other = text.replace(changing.made.opened.settings.archive_id, "88e551e0-43fb-40ec-9d96-26a954bdaad5")
    overwrite(disk / "archive.toml", other.encode())
    before = files_of(disk)
    assert "is an archive" in copy(changing, disk, code=6)["message"]
    assert files_of(disk) == before


def test_a_disk_that_is_not_mounted_is_not_taken_for_an_empty_one(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    disk.rename(disk.with_name("elsewhere"))
    assert "mount" in copy(changing, disk, code=6)["remedy"]
    disk.mkdir()
    assert "mount" in copy(changing, disk, code=6)["remedy"]
    assert os.listdir(disk) == []


def test_a_disk_pulled_while_the_ledger_is_read_leaves_its_mount_point_alone(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)

    def pulled(*arguments: Any, **options: Any) -> Any:
        disk.parent.rename(disk.parent.with_name("pulled"))
        disk.parent.mkdir()
        return judge_ledger(*arguments, **options)

    monkeypatch.setattr(run, "judge_ledger", pulled)
    report = copy(changing, disk, code=3)
    assert "was taken away" in report["message"]
    assert os.listdir(disk.parent) == []


def test_a_copy_that_moved_is_known_by_its_id(changing: Changing, disk: Path) -> None:
    first = copy(changing, disk, "--name", "red disk")
    disk.rename(disk.with_name("elsewhere"))
    report = copy(changing, disk.with_name("elsewhere"))
    assert report["place"] == first["place"] | {"path": str(disk.with_name("elsewhere"))}
    assert len(changing.made.opened.settings.copies) == 1


def test_a_copy_ahead_of_the_archive_is_not_touched_and_exit_5(
    changing: Changing, disk: Path, tmp_path: Path
) -> None:
    shutil.copytree(changing.root, tmp_path / "older")
    copy(changing, disk)
    changing.made.ingest({"d.txt": b"four"}, name="later")
    copy(changing, disk)
    before = files_of(disk)
    shutil.rmtree(changing.root)
    shutil.copytree(tmp_path / "older", changing.root)
    error = copy(changing, disk, code=5)
    assert "ahead of the archive" in error["message"]
    assert files_of(disk) == before


def test_a_copy_of_another_history_is_not_touched_and_exit_5(
    changing: Changing, disk: Path, tmp_path: Path
) -> None:
    older, keys = tmp_path / "older", tmp_path / "keys"
    shutil.copytree(changing.root, older)
    shutil.copytree(os.environ["ARCHIVE_KEY_DIR"], keys)
    copy(changing, disk)
    before = files_of(disk)
    shutil.rmtree(changing.root)
    shutil.copytree(older, changing.root)
    shutil.rmtree(os.environ["ARCHIVE_KEY_DIR"])
    shutil.copytree(keys, os.environ["ARCHIVE_KEY_DIR"])
    for number in range(3):
        changing.made.ingest({f"{number}.txt": b"%d" % number}, name=f"other{number}")
    assert "two histories" in copy(changing, disk, code=5)["message"]
    assert files_of(disk) == before


def test_an_archive_whose_ledger_does_not_hold_is_not_copied(changing: Changing, disk: Path) -> None:
    bundle = next((changing.root / "ledger/tile/entries").rglob("0*/*"))
    bundle.chmod(0o644)
    damage(bundle, "flip")
    assert copy(changing, disk, code=5)["findings"]
    assert not disk.exists()


def test_a_form_is_settled_by_the_first_run(changing: Changing, disk: Path) -> None:
    copy(changing, disk, "--as", "tar")
    assert copy(changing, disk, "--as", "folder", code=2)["kind"] == "error"
    assert copy(changing, disk, "--as", "tar")["outcome"] == "complete"


def test_two_copies_at_once_into_one_folder_are_refused(changing: Changing, disk: Path) -> None:
    from archive.storage.folder_lock import lock_folder, unlock_folder

    copy(changing, disk)
    held = lock_folder(str(disk))
    try:
        copy(changing, disk, code=6)
    finally:
        unlock_folder(held)


def test_a_folder_above_the_copys_own_has_to_be_there(changing: Changing, disk: Path) -> None:
    assert "mounted" in copy(changing, disk.parent / "no" / "copy", code=2)["remedy"]


def test_a_link_planted_in_a_copy_is_not_written_through(
    changing: Changing, disk: Path, tmp_path: Path
) -> None:
    copy(changing, disk)
    outside = tmp_path / "outside"
    shutil.move(disk / "bags", outside)
    (disk / "bags").symlink_to(outside)
    before = sorted(outside.rglob("*"))
    changing.made.ingest({"d.txt": b"four"}, name="later")
    report = copy(changing, disk, code=3)
    assert codes(report) == ["COPY-INTERRUPTED"]
    assert sorted(outside.rglob("*")) == before
