"""`archive restore`: a lost archive comes back from its copies, every document byte for byte."""

import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.checkpoint import Checkpoint
from archive.core.errors import StorageError
from archive.core.statement import Statement
from archive.services.copies.beside import Beside
from archive.services.restore import run as restoring
from archive.storage.layout import bag_path
from archive.storage.statements import put_statement
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import FORMS, codes, copy, files_of


def kept(root: Path) -> dict[str, bytes]:
    """Every file, but for the partial tiles that earlier checkpoints left beside the present ones."""
    return {path: data for path, data in files_of(root).items() if ".p/" not in path}


def lose(changing: Changing) -> dict[str, bytes]:
    """The archive's disk fails; what was on it."""
    held = kept(changing.root)
    changing.root.rename(changing.root.with_name("lost"))
    return held


def restore(changing: Changing, *copies: Path, code: int = 0, more: tuple[str, ...] = ()) -> Any:
    """The report of a restore to where the archive was."""
    return changing("restore", *map(str, copies), "--to", str(changing.root), "--jobs", "1", *more, code=code)


def bag_on(root: Path, bag: str) -> Path:
    """A bag on a copy, to be damaged: its folders may be written to."""
    folder = root / bag_path(bag)
    for each in (folder, folder / "data"):
        each.chmod(0o755)
    return folder


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


def test_without_the_key_everything_comes_back_and_can_be_audited(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    held = lose(changing)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(disk.parent / "no-keys"))
    assert restore(changing, disk)["key_at_hand"] == "away"
    assert kept(changing.root) == held
    assert changing("audit", "--read-only")["outcome"] == "intact"


def test_what_was_signed_after_the_copy_is_said_and_another_key_goes_on(
    changing: Changing, disk: Path
) -> None:
    copy(changing, disk)
    changing("audit")
    lose(changing)
    report = restore(changing, disk, code=1)
    assert report["key_at_hand"] == "ahead"
    assert report["ledger"]["signed_later"] - report["ledger"]["size"] == 2
    assert codes(report) == ["RESTORE-BEHIND"]
    told = changing("audit", code=3)["findings"]
    assert any("--behind" in one["remedy"] for one in told)
    lost = changing("key", "replace", "--lost", "--reason", "fire", code=2)
    assert "is not lost" in lost["message"]
    changing("key", "replace", "--behind", "--reason", "fire")
    assert changing("audit")["recorded"] is True
    assert "Lost: the entries" in changing.text("history")
    told = changing("ledger", "verify")["findings"]
    [replaced] = [one["message"] for one in told if one["code"] == "LEDGER-KEY-REPLACED"]
    assert "restored from fewer" in replaced
    assert "declared lost" not in replaced
    assert changing("status")["key_replaced"]["why"] == "behind"


def test_a_copy_that_a_lost_key_signed_is_of_another_history_and_is_not_touched(
    changing: Changing, disk: Path
) -> None:
    younger = disk.with_name("younger")
    copy(changing, disk)
    changing("key", "rotate")
    changing("describe", changing.reference("b.txt"), "--set", "dc.title=Now known")
    copy(changing, younger)
    lose(changing)
    restore(changing, disk, code=1)
    changing("key", "replace", "--behind", "--reason", "fire")
    while len(list((changing.root / "ledger/checkpoints").iterdir())) < 40:
        changing("audit")
    before = files_of(younger)
    told = copy(changing, younger, code=5)
    assert "two histories" in told["message"]
    assert files_of(younger) == before


def test_of_two_archives_restored_apart_neither_writes_over_a_copy_of_the_other(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = disk.with_name("theirs")
    copy(changing, disk)
    lose(changing)
    keys = Path(os.environ["ARCHIVE_KEY_DIR"])
    for own in ("one", "two"):
        monkeypatch.setenv("ARCHIVE_KEY_DIR", str(keys.with_name(own)))
        restore(changing, disk)
        changing("key", "replace", "--lost", "--reason", "fire")
        changing("describe", changing.reference("b.txt"), "--set", f"dc.title=Known by {own}")
        if own == "one":
            copy(changing, theirs)
            shutil.rmtree(changing.root)
    for _ in range(4):
        changing("audit")
    before = files_of(theirs)
    assert "two histories" in copy(changing, theirs, code=5)["message"]
    assert files_of(theirs) == before


def test_a_key_that_is_not_behind_is_not_replaced_as_such(changing: Changing) -> None:
    refused = changing("key", "replace", "--behind", "--reason", "why not", code=2)
    assert "nothing" in refused["message"]
    assert changing("key", "replace", "--behind", "--lost", "--reason", "x", code=2)["kind"] == "error"


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
    bag = changing.row("b.txt").bag
    shutil.rmtree(bag_on(disk, bag))
    shard = (disk / bag_path(bag)).parent
    shard.rmdir()
    shard.write_bytes(b"no folder")
    lose(changing)
    report = restore(changing, disk, code=1)
    assert [row["outcome"] for row in report["documents"]] == ["missing"]


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


def test_the_copy_of_a_run_cut_off_behind_a_rotation_gives_the_state_that_the_new_key_signed(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    changing("key", "rotate")
    for _ in range(3):
        changing("audit")

    def fail(*_: object) -> None:
        raise StorageError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Beside, "bring_derived", fail)
        copy(changing, disk, code=3)
    size = int(max(os.listdir(disk / "ledger/checkpoints"), key=int))
    lose(changing)
    report = restore(changing, disk, code=1)
    assert (report["ledger"]["size"], report["counts"]["whole"]) == (size, 3)
    assert codes(report) == ["RESTORE-BEHIND"]


def test_archive_toml_comes_from_its_note_where_the_copys_is_altered(changing: Changing, disk: Path) -> None:
    copy(changing, disk)
    wanted = (changing.root / "archive.toml").read_bytes()
    overwrite(disk / "archive.toml", wanted.replace(b"Valley", b"Waldes"))
    lose(changing)
    assert restore(changing, disk)["findings"] == []
    assert (changing.root / "archive.toml").read_bytes() == wanted


def test_a_restore_that_was_cut_off_leaves_no_archive_and_goes_on(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    held = lose(changing)

    def fail(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "rebuild", fail)
        assert run(["restore", str(disk), "--to", str(changing.root), "--jobs", "1"]) == 130
    assert not (changing.root / "archive.toml").exists()
    assert restore(changing, disk)["counts"]["written"] == 0
    assert kept(changing.root) == held


def test_copies_of_two_histories_are_refused_and_nothing_is_written(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    before = changing.root.with_name("before")
    shutil.copytree(changing.root, before)
    keys = Path(os.environ["ARCHIVE_KEY_DIR"])
    shutil.copytree(keys, keys.with_name("keys-before"))
    changing("audit")
    copy(changing, disk)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(keys.with_name("keys-before")))
    other = disk.with_name("other")
    assert run(["-q", "-C", str(before), "audit"]) == 0
    assert run(["-q", "-C", str(before), "audit"]) == 0
    assert run(["-q", "-C", str(before), "copy", "--to", str(other)]) == 0
    lose(changing)
    report = restore(changing, disk, other, code=5)
    assert "two histories" in report["message"]
    assert not changing.root.exists()


def test_a_checkpoint_kept_elsewhere_tells_what_no_copy_has(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    changing("audit")
    note = disk.with_name("kept")
    changing("ledger", "checkpoint", "--out", str(note))
    lose(changing)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(disk.parent / "no-keys"))
    report = restore(changing, disk, code=1, more=("--trust", str(note)))
    assert codes(report) == ["RESTORE-BEHIND"]


@pytest.mark.parametrize("kind", ["archive", "other", "in the copy", "file"])
def test_a_folder_with_other_things_is_not_made_an_archive(changing: Changing, disk: Path, kind: str) -> None:
    copy(changing, disk)
    target = changing.root
    if kind == "other":
        target = disk.with_name("other")
        target.mkdir()
        (target / "letter.txt").write_text("dear")
    elif kind == "in the copy":
        target = disk / "new"
    elif kind == "file":
        target = disk.with_name("file")
        target.write_text("x")
    before = files_of(disk)
    code = 2 if kind in {"in the copy", "file"} else 6
    assert changing("restore", str(disk), "--to", str(target), code=code)["kind"] == "error"
    assert files_of(disk) == before


def test_what_cannot_be_read_is_not_taken_for_lost(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    held = lose(changing)
    place = next((disk / "notes").rglob("*.json"))
    real = os.open

    def failing(path: Any, *more: Any, **options: Any) -> int:
        if str(path) == str(place):
            raise OSError(5, "Input/output error")
        return real(path, *more, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", failing)
        report = restore(changing, disk, code=3)
        assert [one["code"] for one in report["findings"]] == ["RESTORE-UNREAD"]
        assert not (changing.root / "archive.toml").exists()
    restore(changing, disk)
    assert kept(changing.root) == held


def test_a_bag_that_was_brought_as_it_was_is_taken_from_a_better_copy_when_the_run_goes_on(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    other = disk.with_name("other")
    copy(changing, other)
    overwrite(bag_on(other, changing.row("a.txt").bag) / "data/a.txt", b"damaged")
    held = lose(changing)

    def fail(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "rebuild", fail)
        assert run(["restore", str(other), "--to", str(changing.root), "--jobs", "1"]) == 130
    assert restore(changing, other, disk)["counts"]["whole"] == 3
    assert kept(changing.root) == held
