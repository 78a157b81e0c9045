"""`archive bag update` that was cut off: finished once by the next, and by nothing that is not its own."""

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
