"""A withdrawn bag that is not in quarantine yet is read where it lies: it is kept until it is disposed of."""

import json
import os
import shutil
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.ids import is_uuid7
from archive.storage.layout import bag_path, quarantine_path
from tests.archives import overwrite
from tests.changes import Changing


def withdraw_and_die(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> str:
    """Withdraws a document in a run that is killed between its commit and the move; returns its bag."""
    bag = changing.row("a.txt").bag

    def killed(*arguments: object) -> None:
        raise SystemExit(137)

    with monkeypatch.context() as patch:
        patch.setattr("archive.services.changes.withdrawal.set_aside", killed)
        with pytest.raises(SystemExit):
            changing("withdraw", bag, "--reason", "x")
    assert is_uuid7(bag)
    return bag


def damage(bag: Path) -> None:
    path = next((bag / "data").iterdir())
    overwrite(path, path.read_bytes() + b"?")


def test_damage_before_its_move_is_found(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = withdraw_and_die(changing, monkeypatch)
    damage(changing.root / bag_path(bag))
    found = changing.audit(code=1)
    assert found == [("FIX-ALTERED", f"{bag_path(bag)}/data/a.txt")]
    assert "BAG-LEAVING" in {one["code"] for one in changing("audit", "--read-only", code=1)["findings"]}


def test_its_loss_before_its_move_is_found(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> None:
    bag = withdraw_and_die(changing, monkeypatch)
    changing.root.joinpath(bag_path(bag)).rename(changing.made.folder / "taken")
    assert changing.audit(code=1) == [("QUARANTINE-MISSING", quarantine_path(bag))]


def test_a_move_that_was_not_concluded_hides_no_damage(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = withdraw_and_die(changing, monkeypatch)
    aside = changing.root / quarantine_path(bag)
    aside.parent.mkdir(parents=True)
    os.rename(changing.root / bag_path(bag), aside)
    assert changing.audit() == []
    damage(aside)
    assert changing.audit(code=1) == [("FIX-ALTERED", f"{quarantine_path(bag)}/data/a.txt")]


def test_damage_of_one_that_was_moved_back_is_found_too(changing: Changing) -> None:
    bag = changing.row("a.txt").bag
    changing("withdraw", bag, "--reason", "x")
    aside, place = changing.root / quarantine_path(bag), changing.root / bag_path(bag)
    place.parent.mkdir(exist_ok=True)
    aside.chmod(0o755)
    shutil.move(aside, place)
    damage(place)
    found = changing.audit(code=1)
    assert ("FIX-ALTERED", f"{bag_path(bag)}/data/a.txt") in found
    assert {code for code, _ in found} == {"FIX-ALTERED", "BAG-WITHDRAWN", "QUARANTINE-MISSING"}


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_what_an_unfinished_copy_has_still_to_move_is_read(
    changing: Changing,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    form: str,
) -> None:
    """With the archive at hand, and by itself."""
    disk = tmp_path / "disk"
    changing("copy", "--to", str(disk), "--as", form)
    bag = changing.row("a.txt").bag
    changing("withdraw", bag, "--reason", "x")

    def killed(*arguments: object) -> None:
        raise SystemExit(137)

    with monkeypatch.context() as patch:
        patch.setattr("archive.services.copies.removal.CopyRemovals.set_aside", killed)
        with pytest.raises(SystemExit):
            changing("copy", "--to", str(disk))

    def errors(code: int) -> list[str]:
        told = []
        for way in (["-C", str(changing.root), "audit", "--copy", str(disk)], ["-C", str(disk), "audit"]):
            capsys.readouterr()
            assert run([*way, "--format", "json"]) == code
            found = json.loads(capsys.readouterr().out)["findings"]
            told.append([one["code"] for one in found if one["severity"] == "error"])
        assert told[0] == told[1]
        return told[0]

    assert errors(0) == []
    if form == "folder":
        damage(disk / bag_path(bag))
    else:
        overwrite(tar := disk / f"{bag_path(bag)}.tar", tar.read_bytes().replace(b"one", b"onE"))
    assert set(errors(1)) == {"FIX-ALTERED"}
