"""`archive restore` and documents that are not held any more: what is wrong with them is not passed over."""

import shutil
from pathlib import Path

import pytest

from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy
from tests.refusals import refuse
from tests.restoring import cut_off, kept, lose, restore

TOLD = "said by the family's solicitor"


@pytest.mark.parametrize("kind", ["gone", "altered"])
def test_a_withdrawn_document_that_no_copy_has_whole_is_damage(
    changing: Changing, disk: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = changing.reference("a.txt")
    changing("withdraw", reference, "--reason", "asked back")
    copy(changing, disk)
    (aside,) = (disk / "quarantine/withdrawn").glob("*/*")
    if kind == "gone":
        shutil.rmtree(aside)
    else:
        overwrite(aside / "data/a.txt", b"two")
    lose(changing)
    report = restore(changing, disk, code=1)
    assert [row["reference"] for row in report["documents"]] == [reference]
    assert not any(one["place"].startswith("bags/") for one in report["documents"][0]["findings"])
    assert report["counts"] | {"held": 2, "whole": 2, "withdrawn": 1} == report["counts"]
    remedies = [one["remedy"] for one in report["documents"][0]["findings"] if one["severity"] == "error"]
    assert remedies
    assert all("archive repair is about held documents" in one for one in remedies)
    changing("audit", "--read-only", code=1)
    shutil.rmtree(changing.root)
    text = changing.text("restore", str(disk), "--to", str(changing.root), "--jobs", "1", code=1)
    assert "✗ The archive is back" in text
    assert "repair --all" not in text + capsys.readouterr().err


def _changed_since(changing: Changing, disk: Path) -> Path:
    """A copy of a state in which `a.txt` was disposed of and `b.txt` withdrawn; `disk` is older."""
    house = changing.root / "profiles/house.csv"
    house.parent.mkdir()
    house.write_text("propertyID,mandatory\ndc:title,true\n")
    first, second = changing.reference("a.txt"), changing.reference("b.txt")
    changing("describe", first, "--set", "dc.title=Another", "--reason", TOLD)
    for name in ("a.txt", "b.txt"):
        copy(changing, disk)
        overwrite(changing.bag(name) / "bag-info.txt", b"altered")
        changing("repair", "--all", "--from", str(disk))
    copy(changing, disk)
    house.write_text("propertyID,mandatory\ndc:date,true\n")
    changing("withdraw", first, second, "--reason", "asked back")
    changing("dispose", first, "--authority", "the board", "--yes")
    copy(changing, disk.with_name("newer"))
    return disk.with_name("newer")


@pytest.mark.parametrize("ended", ["at a file that cannot be read", "when all bags were there"])
@pytest.mark.parametrize("newer_first", [True, False])
def test_a_restore_that_goes_on_with_a_newer_copy_brings_back_nothing_that_is_not_held_any_more(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, ended: str, newer_first: bool
) -> None:
    newer = _changed_since(changing, disk)
    held = lose(changing)
    if ended == "when all bags were there":
        cut_off(changing, disk, monkeypatch)
    else:
        with monkeypatch.context() as patch:
            refuse(patch, "open", Path("c.txt"))
            restore(changing, disk, code=3)
    assert any(TOLD in note.read_text() for note in changing.root.glob("notes/*/*.json"))
    assert len(list(changing.root.glob("bags/*/*"))) >= 2
    report = restore(changing, *((newer, disk) if newer_first else (disk, newer)))
    assert report["counts"] | {"held": 1, "whole": 1, "withdrawn": 1} == report["counts"]
    aside = {path for path in held if path.startswith("quarantine/damaged") and "record.json" not in path}
    now = kept(changing.root)
    assert sorted(now) == sorted(held.keys() - aside)
    assert [path for path in now if now[path] != held[path]] == []
    assert not any(TOLD in note.read_text() for note in changing.root.glob("notes/*/*.json"))
    assert len(list(changing.root.glob("quarantine/damaged/*/*"))) == 1
    assert {code for code, _ in changing.audit()} == {
        "QUARANTINE-ALTERED"
    }  # no copy has what repairs set aside


def test_a_restore_that_goes_on_with_an_older_copy_keeps_the_profile_of_the_newer_one(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = _changed_since(changing, disk)
    held = lose(changing)
    cut_off(changing, newer, monkeypatch)
    restore(changing, disk)
    assert kept(changing.root)["profiles/house.csv"] == held["profiles/house.csv"]
