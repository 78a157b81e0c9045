"""Where storage does not let a name be looked at, nothing is taken for absent, by audits or by writers."""

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.core.bagit.verdicts import BagVerdict
from archive.core.exit_codes import UNREADABLE
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.services.audit import evidence
from archive.services.evidence import verification
from archive.storage.bags import file_hashing
from archive.storage.bags.file_hashing import Root
from archive.storage.disk import one_file_system
from archive.storage.disk.kinds import file_at, folder_at, kind_of, link_at, may_be_there, something_at
from archive.storage.disk.one_file_system import mount_of
from archive.storage.layout import shard
from tests.changes import Changing
from tests.plain_bags import call, judged, new_bag
from tests.refusals import refuse_at

STRANGER = "01a205a4-7d15-7ee5-9bff-89d6c51f0000"


def withdrawn_in_part(changing: Changing, patch: pytest.MonkeyPatch) -> Path:
    """A withdrawal dies when it has committed; the folder of its intent."""
    bag, real = changing.bag("a.txt"), os.rename

    def dies(source: Any, target: Any, **options: Any) -> None:
        if not isinstance(source, int) and os.fsdecode(source) == str(bag):
            raise KeyboardInterrupt
        real(source, target, **options)

    with patch.context() as dying:
        dying.setattr(os, "rename", dies)
        changing("withdraw", changing.reference("a.txt"), "--reason", "asked back", code=130)
    (staged,) = (one for one in (changing.root / "staging").iterdir() if one.is_dir())
    return staged


@pytest.mark.parametrize("look", [kind_of, something_at, link_at, folder_at, file_at])
def test_what_cannot_be_looked_at_is_not_absent(
    look: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not look(tmp_path / "none")
    assert not look(tmp_path / ("x" * 300))
    refuse_at(monkeypatch, "lstat", tmp_path / "refused")
    assert may_be_there(tmp_path / "refused")
    with pytest.raises(OSError, match="Input/output"):
        look(tmp_path / "refused")


def test_an_unknown_bag_that_cannot_be_looked_at_again_is_reported(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = changing.root / "bags" / shard(STRANGER) / STRANGER
    shutil.copytree(changing.bag("a.txt"), planted)
    refuse_at(monkeypatch, "lstat", planted)
    assert ("BAG-UNKNOWN", f"bags/{shard(STRANGER)}/{STRANGER}") in changing.audit(1)


def test_a_withdrawn_bag_that_is_back_and_cannot_be_looked_at_is_reported(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = changing.bag("a.txt")
    changing("withdraw", changing.reference("a.txt"), "--reason", "asked back")
    (aside,) = (changing.root / "quarantine/withdrawn").glob("*/*")
    shutil.copytree(aside, bag)
    refuse_at(monkeypatch, "lstat", bag)
    assert "BAG-WITHDRAWN" in {code for code, _ in changing.audit(1)}


@pytest.mark.parametrize("name", ["intent.json", "bags-000001.jsonl"])
def test_a_bag_on_its_way_is_no_damage_where_its_intent_cannot_be_read(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    staged = withdrawn_in_part(changing, monkeypatch)
    assert changing.audit() == []
    refuse_at(monkeypatch, "open", staged / name)
    found = changing.audit(UNREADABLE)
    assert ("FIX-UNREADABLE", "staging") in found
    assert not {"BAG-WITHDRAWN", "QUARANTINE-MISSING"} & {code for code, _ in found}


def test_a_link_to_bags_is_looked_for_though_another_folder_cannot_be(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_at(monkeypatch, "lstat", changing.root / "runs")
    report = changing("audit", "--read-only", code=UNREADABLE)
    assert report["counts"]["intact"] == 3
    assert ("FIX-UNREADABLE", "runs") in {(one["code"], one["place"]) for one in report["findings"]}


def test_no_disposal_says_done_while_a_note_stays(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = changing.reference("a.txt")
    changing("describe", reference, "--set", "title=New", "--reason", "a secret")
    (note,) = (path for path in (changing.root / "notes").rglob("*.json") if "a secret" in path.read_text())
    changing("withdraw", reference, "--reason", "asked back")
    dispose = ("dispose", reference, "--authority", "Board", "--yes")
    with monkeypatch.context() as patch:
        refuse_at(patch, "lstat", note)
        changing(*dispose, code=UNREADABLE)
    changing(*dispose)
    assert not note.exists()


@pytest.mark.parametrize("name", ["bag-info.txt", "tag-manifest-sha512.txt", "manifest-sha256.txt"])
def test_no_update_of_a_bag_loses_what_it_staged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    bag = new_bag(tmp_path)
    update = ("bag", "update", bag, "--add-algorithm", "sha256", "--set", "Contact-Name: Ana")
    with monkeypatch.context() as patch:
        refuse_at(patch, "lstat", bag / ".unfinished-update/new" / name, lasting=False)
        assert call(*update).code == UNREADABLE
    assert judged(bag).verdict is BagVerdict.VALID
    assert call(*update).code == 0
    assert judged(bag).verdict is BagVerdict.VALID
    assert "Contact-Name: Ana" in (bag / "bag-info.txt").read_text()
    assert (bag / "manifest-sha256.txt").exists()


@pytest.mark.parametrize("at", range(3))
def test_a_bag_whose_folder_is_listed_only_now_and_then_is_not_invalid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    bag = new_bag(tmp_path)
    real, of_top, seen = os.scandir, os.stat(bag), 0

    def refusing(folder: Any = ".") -> Any:
        nonlocal seen
        if os.path.samestat(os.stat(folder), of_top):
            seen += 1
            if seen - 1 == at:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    assert judged(bag).verdict is BagVerdict.UNVERIFIABLE


@pytest.mark.parametrize("words", [("repair", "--plan"), ("tidy", "--dry-run")])
def test_a_ledger_that_cannot_be_read_is_not_said_to_be_broken(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    for bundle in (changing.root / "ledger/tile/entries").rglob("*"):
        refuse_at(monkeypatch, "open", bundle)
    report = changing(*words, code=UNREADABLE)
    assert "could not be read in full" in report["message"]


def test_no_restore_says_that_a_ledger_is_broken_which_it_could_not_read(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = tmp_path / "copy"
    changing("copy", "--to", str(copied), "--name", "disk")
    real = verification.verify_ledger

    def unread(*given: Any, **named: Any) -> Any:
        return replace(real(*given, **named), outcome=LedgerOutcome.UNREADABLE)

    monkeypatch.setattr(evidence, "verify_ledger", unread)
    changing("restore", str(copied), "--to", str(tmp_path / "again"), code=UNREADABLE)


def test_a_file_of_the_archive_that_cannot_be_read_is_not_said_to_be_altered(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changing("copy", "--to", str(tmp_path / "copy"), "--name", "disk")
    run = next((changing.root / "runs").iterdir())
    refuse_at(monkeypatch, "open", run)
    repair = ("repair", "--ledger", "--from", str(tmp_path / "copy"))
    told = [(one["path"], one["outcome"]) for one in changing(*repair, "--plan", code=1)["own_files"]]
    assert told == [(f"runs/{run.name}", "unreadable")]
    shutil.rmtree(tmp_path / "copy" / "runs")
    changing(*repair, code=UNREADABLE)


def test_a_folder_that_says_nothing_when_it_is_closed_ends_no_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("a", "b", "c"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x").write_bytes(b"x")
    status, real = tmp_path.stat(), os.close

    def refusing(descriptor: int) -> None:
        real(descriptor)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    root = Root(str(tmp_path), status.st_dev, status.st_ino)
    folders = file_hashing._Folders(root)
    folders.open("a")
    monkeypatch.setattr(os, "close", refusing)
    for folder in ("b", "c", "a"):
        assert os.fstat(folders.open(folder)).st_ino == (tmp_path / folder).stat().st_ino
    folders.close()


@pytest.mark.parametrize("other", ["quarantine", "bags"])
def test_nothing_is_withdrawn_that_cannot_be_moved(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    (changing.root / "quarantine").mkdir(exist_ok=True)
    below, real = str(changing.root / other), os.stat

    def elsewhere(path: Any, **options: Any) -> os.stat_result:
        found = real(path, **options)
        if isinstance(path, int) or not os.fsdecode(path).startswith(below):
            return found
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:10]))

    withdraw = ("withdraw", changing.reference("a.txt"), "--reason", "asked back")
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", elsewhere)
        report = changing(*withdraw, code=UNREADABLE)
    assert "on two file systems" in report["message"]
    changing.require_whole()
    changing(*withdraw)


@pytest.mark.parametrize("unknown", [False, True])
def test_two_mounts_of_one_file_system_are_two_where_the_system_tells(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, unknown: bool
) -> None:
    (changing.root / "quarantine").mkdir(exist_ok=True)
    assert mount_of(changing.root) == mount_of(changing.root / "quarantine")

    def told(place: Path) -> int | None:
        return (None if unknown else 2) if place.name == "quarantine" else 1

    monkeypatch.setattr(one_file_system, "mount_of", told)
    withdraw = ("withdraw", changing.reference("a.txt"), "--reason", "asked back")
    report = changing(*withdraw, code=0 if unknown else UNREADABLE)
    assert unknown or "on two mounts" in report["message"]
    changing.require_whole()


def test_a_name_that_cannot_be_opened_tells_no_mount(tmp_path: Path) -> None:
    assert mount_of(tmp_path / "none") is None


def test_a_bag_that_cannot_be_read_is_not_said_to_be_other_than_the_ledger_knows(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refusing(path: Any, *rest: Any, **options: Any) -> int:
        if path == "tagmanifest-sha512.txt":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path, *rest, **options)

    monkeypatch.setattr(os, "open", refusing)
    report = changing("describe", changing.reference("a.txt"), "--set", "title=New", code=UNREADABLE)
    assert [found["code"] for one in report["refused"] for found in one["findings"]] == ["HELD-UNREADABLE"]


def test_a_new_description_that_could_not_be_read_for_the_index_is_in_it_later(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.services.catalog import bag_record

    with monkeypatch.context() as patch:
        patch.setattr(bag_record, "HeldBag", _unread)
        changing("describe", changing.reference("a.txt"), "--set", "title=Other")
    assert {one["code"] for one in changing("catalog", "verify")["findings"]} == {"CATALOG-BAG-DOUBTFUL"}
    changing("describe", changing.reference("c.txt"), "--set", "title=Third")
    assert changing.row("a.txt").title == "Other"
    changing.require_whole()


def _unread(*_: Any, **__: Any) -> Any:
    raise OSError(errno.EIO, os.strerror(errno.EIO))
