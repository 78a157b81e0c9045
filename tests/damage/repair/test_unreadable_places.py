"""A place that refuses to be read stops no repair: the next is asked, and what it may have is not lost."""

import errno
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archive.core.exit_codes import FINDINGS, UNREADABLE
from archive.services.repair import run
from tests.damage.repair.own_files import newest, repair
from tests.refusals import refuse
from tests.repairs import Repairing, altered

LEVELS = ("bags", "shard", "bag", "data", "file")


def refuse_below(patch: pytest.MonkeyPatch, top: Path) -> None:
    """Storage lets nobody look at a path or at anything below it."""
    for call in ("open", "stat", "lstat", "listdir", "scandir"):
        really = getattr(os, call)

        def refusing(path: Any, *rest: Any, really: Any = really, **options: Any) -> Any:
            folder = options.get("dir_fd")
            if not isinstance(path, int):
                above = os.readlink(f"/proc/self/fd/{folder}") if folder is not None else ""
                whole = os.path.join(above, os.fsdecode(path))
                if whole == str(top) or whole.startswith(f"{top}/"):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
            return really(path, *rest, **options)

        patch.setattr(os, call, refusing)


def _refused(copy: Path, bag: Path, level: str) -> Path:
    shard = copy / "bags" / bag.parent.name
    places = (copy / "bags", shard, shard / bag.name, shard / bag.name / "data")
    return (*places, places[-1] / "b.txt")[LEVELS.index(level)]


@pytest.mark.parametrize("level", LEVELS)
def test_a_copy_that_refuses_to_be_read_does_not_keep_the_next_from_being_asked(
    archive: Repairing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    second = tmp_path / "second"
    shutil.copytree(archive.copy, second, symlinks=True)
    bag = altered(archive)
    refuse_below(monkeypatch, _refused(archive.copy, bag, level))
    report = archive("repair", "--all", "--from", str(archive.copy), "--from", str(second), "--jobs", "1")
    assert (report["counts"]["repaired"], report["findings"]) == (1, [])
    assert report["bags"][0]["restore"][0]["place"] == str(second)


@pytest.mark.parametrize("level", LEVELS)
def test_what_may_lie_where_storage_refuses_is_lacking_for_that_reason_and_the_place_is_named(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    bag = altered(archive)
    refuse_below(monkeypatch, _refused(archive.copy, bag, level))
    asked = ("repair", "--all", "--from", str(archive.copy), "--jobs", "1")
    for more in (("--plan",), ("--yes",)):
        report = archive(*asked, *more, code=UNREADABLE)
        (found,) = report["findings"]
        assert (found["code"], found["severity"]) == ("REPAIR-PLACE-UNREADABLE", "error")
        assert found["place"].startswith(f"{archive.copy}/bags/")
        assert "Permission denied" in found["message"]
        assert report["bags"][0]["refused"] == ["data/b.txt"]
    said = archive.text(*asked, "--yes", code=UNREADABLE)
    assert "REPAIR-PLACE-UNREADABLE" in said
    assert "nothing at hand has its digest" not in said


def test_places_beyond_the_bound_are_not_kept_and_each_bag_says_all_the_same_what_was_refused(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered(archive)
    refuse_below(monkeypatch, archive.copy / "bags")
    monkeypatch.setattr(run, "REFUSED_PLACES", 0)
    report = archive("repair", "--all", "--from", str(archive.copy), "--jobs", "1", "--plan", code=UNREADABLE)
    assert report["findings"] == []
    assert report["bags"][0]["refused"] == ["data/b.txt"]


def test_a_tar_that_refuses_to_be_read_is_named(
    archive: Repairing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag, good = altered(archive), archive.good("b.txt")
    shard = tmp_path / "place" / "bags" / bag.parent.name
    shard.mkdir(parents=True)
    tar = shard / f"{bag.name}.tar"
    subprocess.run(["tar", "--format=ustar", "-cf", tar, "-C", good.parent, good.name], check=True)
    refuse_below(monkeypatch, tar)
    asked = ("repair", "--all", "--from", str(tmp_path / "place"), "--jobs", "1")
    report = archive(*asked, code=UNREADABLE)
    assert {one["code"] for one in report["findings"]} == {"REPAIR-PLACE-UNREADABLE"}


def test_damage_that_no_place_has_is_damage_whatever_another_place_refuses(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, gone = altered(archive), altered(archive, "a.txt")
    shutil.rmtree(archive.good("a.txt"), ignore_errors=True)
    assert gone.exists()
    refuse_below(monkeypatch, _refused(archive.copy, refused, "file"))
    report = archive("repair", "--all", "--from", str(archive.copy), "--jobs", "1", code=FINDINGS)
    assert report["counts"]["lacking"] == 2
    assert len(report["findings"]) == 1


@pytest.mark.parametrize("place", ["inner", "inner/brought.txt", ""])
def test_an_original_that_refuses_to_be_read_is_named_and_may_be_what_is_lacking(
    archive: Repairing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    altered(archive)
    originals = tmp_path / "originals"
    (originals / "inner").mkdir(parents=True)
    (originals / "inner" / "brought.txt").write_bytes(b"two")
    (originals / "other.txt").write_bytes(b"another text that is longer")
    asked = ("repair", "--all", "--from", str(originals), "--jobs", "1")
    with monkeypatch.context() as patch:
        refuse_below(patch, originals / place if place else originals / "other.txt")
        if not place:  # too large to be what is looked for: it holds nothing up
            report = archive(*asked, "--plan", code=FINDINGS)
            assert report["bags"][0]["restore"][0]["place"] == str(originals)
            return
        report = archive(*asked, code=UNREADABLE)
        (found,) = report["findings"]
        assert (found["code"], report["bags"][0]["refused"]) == ("REPAIR-PLACE-UNREADABLE", ["data/b.txt"])
        assert found["place"] == str(originals / place)
    assert archive(*asked)["counts"]["repaired"] == 1


def test_of_a_bag_in_a_shard_that_cannot_be_read_nothing_is_said_to_come_from_anywhere(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_below(monkeypatch, archive.bag("b.txt").parent)
    asked = ("repair", "--all", "--from", str(archive.copy), "--jobs", "1", "--yes")
    said = archive.text(*asked, code=UNREADABLE)
    assert "could not be read; that is not known to be damage" in said
    assert "the whole bag" not in said


def test_a_folder_of_originals_that_is_opened_and_not_listed_is_named_too(
    archive: Repairing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered(archive)
    inner = tmp_path / "originals/inner"
    inner.mkdir(parents=True)
    (inner / "brought.txt").write_bytes(b"two")
    asked = ("repair", "--all", "--from", str(inner.parent), "--jobs", "1")
    with monkeypatch.context() as patch:
        refuse(patch, "scandir", inner)
        (found,) = archive(*asked, "--plan", code=UNREADABLE)["findings"]
        assert (found["code"], found["place"]) == ("REPAIR-PLACE-UNREADABLE", str(inner))
        assert os.strerror(errno.EIO) in found["message"]
    assert archive(*asked)["counts"]["repaired"] == 1


def test_a_file_of_a_bag_that_is_brought_is_named_once(
    archive: Repairing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    altered(archive)
    brought = tmp_path / "brought"
    shutil.copytree(archive.good("b.txt"), brought)
    refuse_below(monkeypatch, brought / "data/b.txt")
    report = archive("repair", "--all", "--from", str(brought), "--jobs", "1", "--plan", code=UNREADABLE)
    (found,) = report["findings"]
    assert found["place"] == str(brought / "data/b.txt")


@pytest.mark.parametrize("refused", ["file", "folder"])
@pytest.mark.parametrize("pattern", ["runs/*.json", "audits/*/results-1.json", "audits/*/*.gz"])
def test_a_copy_that_refuses_what_the_ledger_vouches_for_may_have_it(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch, pattern: str, refused: str
) -> None:
    archive("audit")
    shutil.rmtree(archive.copy)
    shutil.copytree(archive.root, archive.copy, symlinks=True)
    lost = newest(archive.root, pattern)
    path = str(lost.relative_to(archive.root))
    lost.unlink()
    with monkeypatch.context() as patch:
        refuse_below(patch, archive.copy / path if refused == "file" else (archive.copy / path).parent)
        for more in ((), ("--plan",)):
            report: Any = repair(archive, *more, code=UNREADABLE)
            codes = {(one["code"], one["place"]) for one in report["findings"]}
            assert ("REPAIR-PLACE-UNREADABLE", f"{archive.copy}/{path}") in codes
            assert report["own_files"][0]["place"] is None
    repair(archive)
    archive.require_whole()


def test_a_folder_of_notes_that_cannot_be_read_keeps_nothing_else_from_being_put_back(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = newest(archive.root, "runs/*.json")
    before = path.read_bytes()
    note, *_ = sorted((archive.root / "notes").rglob("*.json"))
    place = f"notes/{note.parent.name}"
    path.unlink()
    with monkeypatch.context() as patch:
        refuse_below(patch, note.parent)
        plan: Any = repair(archive, "--plan", code=1)
        assert [row["path"] for row in plan["own_files"]] == [str(path.relative_to(archive.root))]
        report: Any = repair(archive, code=UNREADABLE)
    found = report["findings"]
    assert {(one["code"], one["place"][: len(place)]) for one in found} == {("NOTE-UNREADABLE", place)}
    assert path.read_bytes() == before
    repair(archive)
    archive.require_whole()
