"""`archive bag update` that was cut off: finished once by the next, and by nothing that is not its own."""

import hashlib
import json
from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagVerdict
from archive.storage.bags.tag_file_changes import FOLDER
from tests.crash.checks import snapshot
from tests.plain_bags import call, judged, new_bag, require_valid


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """A bag of ours: see `new_bag`."""
    return new_bag(tmp_path)


def test_what_was_staged_and_not_committed_is_removed(bag: Path) -> None:
    (bag / FOLDER / "new").mkdir(parents=True)
    (bag / FOLDER / "new/bag-info.txt").write_text("half")
    ended = call("bag", "update", bag, "--set", "Note: two")
    assert (ended.code, ended.report["finished"]) == (0, [])
    require_valid(bag)


@pytest.mark.parametrize(
    "path", ["notes.txt", "notes/one.txt", "new/notes.txt", "new/bagit.txt/one.txt", "journal.json/one.txt"]
)
def test_what_no_update_leaves_is_never_removed(bag: Path, path: str) -> None:
    """A bag may come from anywhere, and hold a folder of that name."""
    target = bag / FOLDER / path
    target.parent.mkdir(parents=True)
    target.write_text("mine")
    before = snapshot(bag)
    assert call("bag", "update", bag, "--set", "Note: two").code == 6
    assert snapshot(bag) == before


def _interrupt(bag: Path, monkeypatch: pytest.MonkeyPatch, *asked: str) -> None:
    """An update that dies once it is committed, before the first file is changed."""
    with monkeypatch.context() as patch:
        patch.setattr(
            "archive.storage.bags.tag_file_changes.TagFileChanges._carry_out",
            lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")),
        )
        assert call("bag", "update", bag, *asked).code == 3
    assert (bag / FOLDER / "journal.json").exists()


def test_the_same_command_finishes_an_interrupted_update_and_does_it_once(
    bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _interrupt(bag, monkeypatch, "--add", "Note: two")
    assert judged(bag).verdict is BagVerdict.VALID
    ended = call("bag", "update", bag, "--add", "Note: two")
    assert (ended.code, {one["file"] for one in ended.report["finished"]}) == (
        0,
        {"bag-info.txt", "tagmanifest-sha512.txt"},
    )
    assert (bag / "bag-info.txt").read_text().count("Note: two") == 1
    require_valid(bag)


def test_another_update_finishes_the_interrupted_one_first(
    bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _interrupt(bag, monkeypatch, "--add", "Note: two")
    assert call("bag", "update", bag, "--add-algorithm", "md5").code == 0
    assert "Note: two" in (bag / "bag-info.txt").read_text()
    assert (bag / "manifest-md5.txt").exists()
    require_valid(bag)


def test_an_update_of_nothing_only_finishes_the_interrupted_one(
    bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _interrupt(bag, monkeypatch, "--add", "Note: two")
    assert call("bag", "update", bag).code == 0
    require_valid(bag)


def test_a_dry_run_does_not_finish_an_interrupted_update(bag: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _interrupt(bag, monkeypatch, "--add", "Note: two")
    before = snapshot(bag)
    assert call("bag", "update", bag, "--add-algorithm", "md5", "--dry-run").code == 6
    assert snapshot(bag) == before


@pytest.mark.parametrize("name", ["bag-info.txt", f"{FOLDER}/new/bag-info.txt", f"{FOLDER}/journal.json"])
def test_an_interrupted_update_whose_files_were_changed_touches_nothing(
    bag: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    _interrupt(bag, monkeypatch, "--add", "Note: two")
    (bag / name).unlink()
    (bag / name).write_text("{}")
    before = snapshot(bag)
    assert call("bag", "update", bag).code == 6
    assert snapshot(bag) == before


@pytest.mark.parametrize(
    "name", ["../outside.txt", "data/a.txt", "/etc/passwd", "..", "manifest-/../../x.txt"]
)
def test_a_journal_from_elsewhere_cannot_reach_outside_of_the_tag_files(bag: Path, name: str) -> None:
    outside = bag.parent / "outside.txt"
    outside.write_text("mine")
    for inner in ("new", "old"):
        (bag / FOLDER / inner).mkdir(parents=True)
    row = f'{{"name": "{name}", "before": null, "after": null}}'
    (bag / FOLDER / "journal.json").write_text(f'{{"version": 1, "request": {{}}, "changes": [{row}]}}')
    before = snapshot(bag.parent)
    assert call("bag", "update", bag).code == 6
    assert snapshot(bag.parent) == before


@pytest.mark.parametrize(
    "journal",
    [
        "[" * 100_000,
        '{"version": 1, "request": {}, "changes": [{"name": "bag-info.txt", "before": [], "after": null}]}',
        '{"version": 1, "request": {}, "changes": [{"name": "bag-info.txt", "before": null, "after": 1}]}',
    ],
    ids=["deep", "a list for a digest", "a number for a digest"],
)
def test_a_journal_that_is_none_is_a_conflict(bag: Path, journal: str) -> None:
    for inner in ("new", "old"):
        (bag / FOLDER / inner).mkdir(parents=True)
    (bag / FOLDER / "journal.json").write_text(journal)
    before = snapshot(bag)
    assert call("bag", "update", bag).code == 6
    assert snapshot(bag) == before


def _planted(bag: Path, *changes: tuple[str, str | None, str | None]) -> None:
    """A journal that no run of ours made, with folders that hold nothing."""
    for inner in ("new", "old"):
        (bag / FOLDER / inner).mkdir(parents=True)
    rows = [dict(zip(("name", "before", "after"), change, strict=True)) for change in changes]
    document = {"kind": "bag-update-journal", "version": 1, "request": None, "changes": rows}
    (bag / FOLDER / "journal.json").write_text(json.dumps(document))


def _sha512(path: Path) -> str:
    return hashlib.sha512(path.read_bytes()).hexdigest()


def test_a_journal_from_elsewhere_removes_nothing_that_is_not_kept(bag: Path) -> None:
    _planted(bag, ("bag-info.txt", _sha512(bag / "bag-info.txt"), None))
    before = snapshot(bag)
    ended = call("bag", "update", bag)
    assert (ended.code, "old/bag-info.txt" in ended.report["message"]) == (6, True)
    assert snapshot(bag) == before


def test_nor_what_is_kept_otherwise(bag: Path) -> None:
    _planted(bag, ("bag-info.txt", _sha512(bag / "bag-info.txt"), None))
    (bag / FOLDER / "old/bag-info.txt").write_text("other")
    before = snapshot(bag)
    assert call("bag", "update", bag).code == 6
    assert snapshot(bag) == before


@pytest.mark.parametrize("label", ["\ud800", "x" * 5_000, "x" * 243, "\u00e9" * 122])
def test_a_journal_that_names_what_no_disk_can_hold_is_a_conflict(bag: Path, label: str) -> None:
    _planted(bag, (f"manifest-{label}.txt", None, None))
    before = snapshot(bag)
    ended = call("bag", "update", bag)
    assert (ended.code, "is not a journal" in ended.report["message"]) == (6, True)
    assert snapshot(bag) == before


def test_no_journal_removes_the_declaration(bag: Path) -> None:
    _planted(bag, ("bagit.txt", _sha512(bag / "bagit.txt"), None))
    (bag / FOLDER / "old/bagit.txt").write_bytes((bag / "bagit.txt").read_bytes())
    before = snapshot(bag)
    assert call("bag", "update", bag).code == 6
    assert snapshot(bag) == before


def test_a_journal_that_names_a_file_twice_is_a_conflict(bag: Path) -> None:
    one = ("bag-info.txt", _sha512(bag / "bag-info.txt"), _sha512(bag / "bag-info.txt"))
    _planted(bag, one, one)
    before = snapshot(bag)
    assert call("bag", "update", bag).code == 6
    assert snapshot(bag) == before


def test_an_update_that_fails_behind_a_finished_one_says_what_changed(
    bag: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _interrupt(bag, monkeypatch, "--add", "Note: two")
    (bag / "data/a.txt").write_bytes(b"other")
    ended = call("bag", "update", bag, "--set", "Note: three")
    assert ended.code == 1
    assert "an update that had been interrupted was finished before" in ended.report["message"]
    assert ended.report["remedy"].startswith("nothing more was changed")
    told = {(one["code"], one["place"]) for one in ended.report["findings"]}
    assert told == {
        ("BAGGING-FINISHED", "bag-info.txt"),
        ("BAGGING-FINISHED", "tagmanifest-sha512.txt"),
        ("BAG-FILE-ALTERED", "data/a.txt"),
        ("BAG-OXUM-WRONG", "bag-info.txt"),
    }
    assert "Note: two" in (bag / "bag-info.txt").read_text()
    again = call("bag", "update", bag, "--set", "Note: three")
    assert (again.code, again.report["remedy"].startswith("nothing was changed")) == (1, True)


@pytest.mark.parametrize("inner", ["", "new", "old"])
def test_links_in_the_place_of_our_folders_are_not_followed(bag: Path, inner: str) -> None:
    outside = bag.parent / "outside"
    outside.mkdir()
    (outside / "mine").write_text("mine")
    if inner:
        (bag / FOLDER).mkdir()
        (bag / FOLDER / inner).symlink_to(outside)
    else:
        (bag / FOLDER).symlink_to(outside)
    assert call("bag", "update", bag, "--set", "Note: two").code == 6
    assert (outside / "mine").read_text() == "mine"


def test_a_bag_at_which_another_command_is_at_work_is_a_conflict(bag: Path) -> None:
    from archive.storage.disk.folder_lock import lock_folder, unlock_folder

    lock = lock_folder(str(bag))
    try:
        assert call("bag", "update", bag, "--set", "Note: two").code == 6
    finally:
        unlock_folder(lock)
