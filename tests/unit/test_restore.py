"""`archive restore`: a lost archive comes back from its copies, every document byte for byte."""

import shutil
import tarfile
from pathlib import Path

import pytest

from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.statement import Statement
from archive.services.restore import damaged
from archive.storage.disk.page_cache import drop_tree
from archive.storage.layout import bag_path
from archive.storage.ledger.statements import put_statement
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import FORMS, codes, copy
from tests.restoring import bag_on, kept, lose, restore


@pytest.mark.parametrize("form", FORMS)
def test_every_file_of_a_lost_archive_comes_back(changing: Changing, disk: Path, form: str) -> None:
    changing("withdraw", changing.reference("b.txt"), "--reason", "asked back")
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Now known")
    changing("audit")
    copy(changing, disk, "--as", form)
    held = lose(changing)
    report = restore(changing, disk)
    assert (report["key_at_hand"], report["findings"], report["documents"]) == ("ready", [], [])
    counts = report["counts"]
    assert (counts["held"], counts["whole"], counts["withdrawn"]) == (2, 2, 1)
    assert kept(changing.root) == held
    assert not (changing.root / ".unfinished-restore").exists()
    evidence = (path for top in ("ledger", "notes", "runs") for path in (changing.root / top).rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in evidence if path.is_file()} == {0o444}
    changing.require_whole()
    assert changing("audit")["recorded"] is True
    assert copy(changing, disk)["outcome"] == "complete"


@pytest.mark.parametrize("form", FORMS)
def test_the_record_of_a_repair_comes_back_and_of_what_it_set_aside_it_is_said_once(
    changing: Changing, disk: Path, form: str
) -> None:
    copy(changing, disk, "--as", form)
    bag = changing.bag("a.txt")
    overwrite(bag / "data/a.txt", b"altered")
    overwrite(bag / "bag-info.txt", b"altered")
    changing("repair", "--all", "--from", str(disk))
    copy(changing, disk)
    assert changing("audit", "--copy", str(disk))["findings"] == []
    copy(changing, disk)
    lose(changing)
    assert restore(changing, disk, code=0)["counts"]["whole"] == 3
    report = changing("audit", code=0)
    assert [(one["code"], one["severity"]) for one in report["findings"]] == [
        ("QUARANTINE-ALTERED", "warning")
    ]
    assert "2 in its record" in report["findings"][0]["message"]


@pytest.mark.parametrize("form", FORMS)
def test_the_archives_own_profiles_are_on_the_copy_and_come_back(
    changing: Changing, disk: Path, form: str
) -> None:
    house = changing.root / "profiles" / "house.csv"
    house.parent.mkdir()
    house.write_text("propertyID,mandatory\ndc:title,true\n")
    changing.configure('[description]\nprofile = "house"\n')
    copy(changing, disk, "--as", form)
    house.write_text("propertyID,mandatory\ndc:title,true\ndc:date,true\n")
    copy(changing, disk)
    held = lose(changing)
    assert "profiles/house.csv" in held
    assert restore(changing, disk)["findings"] == []
    assert kept(changing.root) == held
    assert house.stat().st_mode & 0o777 == 0o644
    assert changing("list", "--incomplete")["documents"]  # the profile in force is found again


def test_a_profile_that_is_a_link_is_not_followed_and_told(changing: Changing, disk: Path) -> None:
    folder = changing.root / "profiles"
    folder.mkdir()
    (folder / "house.csv").symlink_to(changing.root / "archive.toml")
    report = copy(changing, disk)
    assert report["outcome"] == "complete"
    assert [one["place"] for one in report["findings"] if one["code"] == "COPY-PROFILE"] == [
        "profiles/house.csv"
    ]
    (folder / "house.csv").unlink()
    folder.rename(changing.root.with_name("elsewhere"))
    folder.symlink_to(changing.root.with_name("elsewhere"))
    assert "COPY-PROFILE" in codes(copy(changing, disk))
    assert not (disk / "profiles").exists()


def test_nothing_is_taken_through_a_link_in_the_place_of_a_copys_profiles(
    changing: Changing, disk: Path, tmp_path: Path
) -> None:
    copy(changing, disk)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.json").write_text("{}")
    (disk / "profiles").symlink_to(outside)
    lose(changing)
    restore(changing, disk)
    assert not (changing.root / "profiles").exists()


def test_the_records_of_repairs_of_a_disposed_document_are_destroyed_on_the_copy_too(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    overwrite(changing.bag("a.txt") / "data/a.txt", b"altered")
    changing("repair", "--all", "--from", str(disk))
    copy(changing, disk)
    assert list(disk.glob("quarantine/damaged/*/*/*/record.json"))
    reference = changing.reference("a.txt")
    changing("withdraw", reference, "--reason", "asked back")
    changing("dispose", reference, "--authority", "the board", "--yes")
    copy(changing, disk, "--yes")
    assert not list(disk.glob("quarantine/damaged/*/*"))


def test_a_document_is_taken_from_whichever_copy_has_it_whole(changing: Changing, disk: Path) -> None:
    other = disk.with_name("tars")
    copy(changing, disk)
    copy(changing, other, "--as", "tar")
    for name, root in (("a.txt", disk), ("b.txt", other)):
        bag = changing.row(name).bag
        if root == disk:
            overwrite(bag_on(root, bag) / f"data/{name}", b"damaged")
        else:
            tar = root / f"{bag_path(bag)}.tar"
            overwrite(tar, tar.read_bytes()[:1500])
    bundle = next((disk / "ledger/tile/entries").iterdir())
    shutil.rmtree(bundle) if bundle.is_dir() else bundle.unlink()
    held = lose(changing)
    report = restore(changing, disk, other)
    assert report["counts"]["whole"] == 3
    lately = {path for path in held if path.startswith(("bags/", "ledger/", "notes/", "runs/"))}
    now = kept(changing.root)
    assert {path: now.get(path) for path in lately} == {path: held[path] for path in lately}


@pytest.mark.parametrize("form", FORMS)
def test_what_no_copy_has_whole_comes_as_it_is_and_is_named(
    changing: Changing, disk: Path, form: str
) -> None:
    copy(changing, disk, "--as", form)
    bag, reference = changing.row("b.txt").bag, changing.reference("b.txt")
    if form == "folder":
        overwrite(bag_on(disk, bag) / "bag-info.txt", b"Contact-Name: nobody\n")
    else:
        tar = disk / f"{bag_path(bag)}.tar"
        overwrite(tar, tar.read_bytes().replace(b"Payload-Oxum", b"Payload-oxum"))
    lose(changing)
    report = restore(changing, disk, code=1)
    assert [row["reference"] for row in report["documents"]] == [reference]
    assert report["documents"][0]["outcome"] == "damaged"
    assert report["counts"] | {"damaged": 1, "whole": 2} == report["counts"]
    assert (changing.bag("b.txt") / "data/b.txt").read_bytes() == b"two"
    assert changing("audit", code=1)["counts"]["damaged"] == 1


def test_a_bag_that_is_on_no_copy_is_told_as_missing(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    bag = changing.row("b.txt").bag
    shutil.rmtree(bag_on(disk, bag))
    lose(changing)
    report = restore(changing, disk, code=1)
    assert [row["outcome"] for row in report["documents"]] == ["missing"]
    assert report["counts"]["missing"] == 1


def test_a_file_in_the_place_of_a_folder_of_bags_costs_only_the_bags_in_it(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    shard = (disk / bag_path(changing.row("b.txt").bag)).parent
    bags_in_it = len(list(shard.iterdir()))  # by chance more than the one
    shutil.rmtree(shard)
    shard.write_bytes(b"no folder")
    lose(changing)
    report = restore(changing, disk, code=1)
    assert [row["outcome"] for row in report["documents"]] == ["missing"] * bags_in_it


def test_a_tar_that_no_file_system_can_hold_does_not_keep_a_good_copy_from_giving_the_bag(
    changing: Changing, disk: Path
) -> None:
    other = disk.with_name("whole")
    copy(changing, disk, "--as", "tar")
    copy(changing, other)
    bag = changing.row("b.txt").bag
    place = disk / f"{bag_path(bag)}.tar"
    place.chmod(0o644)
    with tarfile.open(place, "w") as tar:
        for name in ("one", "one/below"):
            tar.addfile(tarfile.TarInfo(f"{bag}/{name}"))
    lose(changing)
    assert restore(changing, disk, other)["counts"]["whole"] == 3


def keep_statement(root: Path) -> Path:
    """Keeps a statement in the archive; its text."""
    statement = Statement(Checkpoint("some ledger", 1, bytes(32)), "Seen.").to_bytes()
    return root / put_statement(root, 1, statement, b"signature\n") / "statement.txt"


def test_a_mark_from_outside_comes_from_the_copy_that_has_it_as_it_was_kept(
    changing: Changing, disk: Path
) -> None:
    other = disk.with_name("whole")
    text = keep_statement(changing.root)
    copy(changing, disk)
    copy(changing, other)
    before = text.read_bytes()
    overwrite(disk / text.relative_to(changing.root), b"Y" + before[1:])
    lose(changing)
    assert restore(changing, disk, other)["findings"] == []
    assert text.read_bytes() == before


def test_a_damaged_mark_on_the_only_copy_is_named_and_all_else_comes_back(
    changing: Changing, disk: Path
) -> None:
    text = keep_statement(changing.root)
    copy(changing, disk)
    overwrite(disk / text.relative_to(changing.root), b"Y" + text.read_bytes()[1:])
    lose(changing)
    report = restore(changing, disk, code=1)
    place = text.parent.relative_to(changing.root).as_posix()
    assert [(one["code"], one["place"]) for one in report["findings"]] == [("RESTORE-LACKING", place)]
    assert report["counts"]["whole"] == 3
    changing.require_whole()


@pytest.mark.parametrize("kind", ["statements", "timestamps"])
def test_what_a_desktop_left_among_the_marks_is_told_and_breaks_nothing(
    changing: Changing, disk: Path, kind: str
) -> None:
    left = changing.root / "ledger" / kind / ".DS_Store"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"Bud1")
    verified = changing("ledger", "verify")
    assert verified["outcome"] == "proven"
    place = f"ledger/{kind}/.DS_Store"
    assert [(one["code"], one["place"]) for one in verified["findings"]] == [("LEDGER-UNKNOWN-FILE", place)]
    copy(changing, disk)
    lose(changing)
    assert restore(changing, disk)["findings"] == []


def test_archive_toml_comes_from_its_note_where_the_copys_is_altered(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    wanted = (changing.root / "archive.toml").read_bytes()
    overwrite(disk / "archive.toml", wanted.replace(b"Valley", b"Waldes"))
    lose(changing)
    assert restore(changing, disk)["findings"] == []
    assert (changing.root / "archive.toml").read_bytes() == wanted


@pytest.mark.parametrize("form", FORMS)
def test_a_bag_that_came_back_whole_is_whole_whatever_lay_beside_it_on_the_copy(
    changing: Changing, disk: Path, form: str
) -> None:
    copy(changing, disk, "--as", form)
    bag = changing.row("b.txt").bag
    if form == "folder":
        (bag_on(disk, bag) / "data" / "link").symlink_to(disk)
    else:
        tar = disk / f"{bag_path(bag)}.tar"
        overwrite(tar, tar.read_bytes() + b"behind" * 200)
    held = lose(changing)
    report = restore(changing, disk)
    assert report["documents"] == []
    assert report["counts"] | {"whole": 3, "damaged": 0, "written": 3} == report["counts"]
    assert kept(changing.root) == held
    changing.require_whole()


def test_a_bag_that_the_new_disk_does_not_give_back_as_it_was_written_is_not_whole(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    (bag_on(disk, changing.row("b.txt").bag) / "data" / "link").symlink_to(disk)
    lose(changing)

    def altering(folder: str) -> None:
        overwrite(Path(folder) / "data" / "b.txt", b"bad")
        drop_tree(folder)

    monkeypatch.setattr(damaged, "drop_tree", altering)
    report = restore(changing, disk, code=1)
    assert report["counts"] | {"whole": 2, "damaged": 1, "written": 2} == report["counts"]
