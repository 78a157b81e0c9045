"""Tidying where storage refuses a look: what could not be looked at is said, and is not taken for clean."""

import errno
import os
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.outcomes import BagOutcome
from archive.services.repair import committing
from archive.services.tidy import bag_litter
from archive.storage.bags.bag_files import TAG_MANIFEST, read_bag
from tests.changes import Changing
from tests.planted import plant
from tests.refusals import refuse_at


@pytest.mark.parametrize("folder", ["bags", "runs"])
def test_a_folder_that_is_refused_is_not_one_without_litter(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (changing.root / folder / ".DS_Store").write_bytes(b"x")
    with monkeypatch.context() as refusing:
        for call in ("scandir", "listdir"):
            refuse_at(refusing, call, changing.root / folder)
        report = changing("tidy", "--yes", code=3)
        shown = changing.text("tidy", "--yes", code=3)
    assert (report["counts"]["left"], report["counts"]["unreadable"]) == (0, 1)
    (left,) = report["beside_left"]
    assert left["path"] in {folder, "catalog.json"}
    assert "Input/output" in left["why"]
    assert f"{left['path']}: " in shown
    assert changing("tidy", "--yes")["counts"]["found"] == 1
    changing.require_whole()


def test_litter_that_is_refused_is_left_unread(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    (changing.root / "bags/.DS_Store").write_bytes(b"x")
    refuse_at(monkeypatch, "lstat", changing.root / "bags/.DS_Store")
    report = changing("tidy", "--yes", code=3)
    assert [one["path"] for one in report["beside_left"]] == ["bags/.DS_Store"]


def test_a_manifest_that_is_refused_is_not_called_another_one(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(changing.bag("a.txt"), ".DS_Store")
    read, opened = read_bag, os.open

    def refusing(name: Any, *rest: Any, **options: Any) -> int:
        if name == TAG_MANIFEST:
            raise OSError(errno.EIO, "Input/output error")
        return opened(name, *rest, **options)

    def reading(*given: Any, **options: Any) -> Any:
        with monkeypatch.context() as refused:
            refused.setattr(os, "open", refusing)
            return read(*given, **options)

    monkeypatch.setattr(bag_litter, "read_bag", reading)
    report = changing("tidy", "--yes", code=3)
    assert [(one["path"], one["why"]) for one in report["bags"][0]["left"]] == [
        (".DS_Store", "the bag's manifest could not be read: nothing says what belongs to it")
    ]


@pytest.mark.parametrize("command", ["tidy", "repair"])
def test_a_bag_that_cannot_be_read_afterwards_is_not_damaged(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    plant(changing.bag("a.txt"), ".DS_Store")
    given = ["--all", "--reason", "a test"] if command == "repair" else []
    with monkeypatch.context() as refused:
        refused.setattr(committing, "verified", lambda *_, **__: BagOutcome.UNREADABLE)
        assert changing(command, *given, "--yes", code=3)["counts"]["unreadable"] == 1
    changing("audit")
    changing.require_whole()


def test_a_bag_that_is_not_in_its_place_is_not_one_without_litter(changing: Changing) -> None:
    shard = changing.bag("b.txt").parent
    shard.rename(changing.made.folder / "elsewhere")
    shard.symlink_to(changing.made.folder / "elsewhere")
    report = changing("tidy", "--dry-run", code=1)
    assert report["counts"]["missing"] >= 1
    assert "✓" not in changing.text("tidy", "--dry-run", code=1)


@pytest.mark.parametrize(
    ("kind", "why"), [("link", "is a link, and nothing is read through it"), ("file", "is no folder")]
)
def test_what_stands_in_the_way_of_quarantine_is_named_and_no_disk_is_blamed(
    changing: Changing, capsys: pytest.CaptureFixture[str], kind: str, why: str
) -> None:
    quarantine = changing.root / "quarantine"
    quarantine.rename(changing.root.parent / "moved")
    if kind == "link":
        quarantine.symlink_to(changing.root.parent / "moved")
    else:
        quarantine.write_bytes(b"x")
    report = changing("tidy", "--dry-run", code=3)
    (left,) = report["beside_left"]
    assert (left["path"], left["why"]) == ("quarantine", why)
    assert "in its place" in left["remedy"]
    assert f"    → {left['remedy']}\n" in changing.text("tidy", "--dry-run", code=3)
    assert run(["-C", str(changing.root), "tidy", "--dry-run"]) == 3
    told = capsys.readouterr().err
    assert "Next: do what the arrow says" in told
    assert "disk and its cable" not in told
    findings = changing("audit", "--read-only", code=None)["findings"]
    (found,) = [one for one in findings if one["code"] != "FIX-LINK"]
    assert (found["code"], found["message"]) == ("QUARANTINE-UNREADABLE", left["why"])
