"""`archive restore`: what the ledger of a copy and the keys at hand say of one another; what is refused."""

import os
import shutil
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.errors import StorageError
from archive.services.copies.beside import Beside
from tests.changes import Changing
from tests.copying import codes, copy, files_of
from tests.restoring import kept, lose, restore


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


def without_keys(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive is lost, and what comes back comes back on a machine that knows none of its keys."""
    lose(changing)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(changing.root.with_name("no-keys")))


def size_on(copied: Path) -> int:
    """How many entries the ledger of a copy has."""
    return int((copied / "ledger/checkpoint").read_text().split("\n")[1])


@pytest.mark.parametrize("audits", [0, 1, 6])
def test_a_key_from_before_a_rotation_brings_back_what_was_signed_after_it(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, audits: int
) -> None:
    old = changing.made.opened.settings.key
    changing("key", "rotate")
    for _ in range(audits):
        changing("audit")
    copy(changing, disk)
    size = size_on(disk)
    without_keys(changing, monkeypatch)
    report = restore(changing, disk, more=("--key", old))
    assert (report["ledger"]["size"], report["counts"]["whole"]) == (size, 3)
    assert codes(report) == []
    assert changing("audit", "--read-only")["outcome"] == "intact"


def test_the_keys_are_followed_through_entries_that_only_the_copies_together_have(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = changing.made.opened.settings.key
    changing("key", "rotate")
    changing("audit")
    copy(changing, disk)
    size = size_on(disk)
    other = disk.with_name("other")
    shutil.copytree(disk, other)
    (disk / f"ledger/tile/entries/000.p/{size}").unlink()
    (other / "ledger/checkpoint").unlink()
    without_keys(changing, monkeypatch)
    report = restore(changing, disk, other, more=("--key", old))
    assert (report["ledger"]["size"], codes(report)) == (size, [])


@pytest.mark.parametrize("audits", [1, 6])
def test_what_a_key_signed_that_the_known_one_does_not_lead_to_is_told_as_not_proven(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, audits: int
) -> None:
    opened = changing.made.opened
    old, size = opened.settings.key, opened.checkpoint().size
    shutil.rmtree(os.environ["ARCHIVE_KEY_DIR"])
    changing("key", "replace", "--lost", "--reason", "fire")
    for _ in range(audits):
        changing("audit")
    copy(changing, disk)
    later = size_on(disk)
    without_keys(changing, monkeypatch)
    report = restore(changing, disk, code=1, more=("--key", old))
    assert report["ledger"]["size"] == size
    assert codes(report) == ["RESTORE-BEHIND"]
    assert f"{later:,} entries" in report["findings"][0]["message"]
    shutil.rmtree(changing.root)
    assert codes(restore(changing, disk)) == []


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
