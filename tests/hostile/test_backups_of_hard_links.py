"""A backup made of hard links (`cp -al`, rsnapshot): no command writes into the files that it shares."""

import os
import shutil
from pathlib import Path

import pytest

from tests.changes import Changing
from tests.copying import FORMS, copy
from tests.plain_bags import call, new_bag

WRITERS = [
    ("ingest", "more.txt", "--describe-later"),
    ("describe", "A", "--set", "dc.title=Other"),
    ("withdraw", "A", "--reason", "duplicate"),
    ("audit",),
    ("audit", "--acknowledge", "nothing"),
    ("catalog", "rebuild"),
    ("copy", "--to", "disk"),
    ("tidy",),
    ("schedule", "--promise"),
    ("key", "rotate"),
    ("ledger", "checkpoint", "--out", "checkpoint.txt"),
]


def _linked(folder: Path, backup: Path) -> dict[Path, tuple[bytes, int]]:
    """Makes the backup; content and time of change of each file in it."""
    for path in sorted(folder.rglob("*")):
        there = backup / path.relative_to(folder)
        if path.is_dir():
            there.mkdir(parents=True)
        else:
            there.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, there)
    return _state(backup)


def _state(folder: Path) -> dict[Path, tuple[bytes, int]]:
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("command", WRITERS, ids=" ".join)
def test_no_command_changes_a_backup_of_hard_links(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("more.txt").write_text("more\n")
    words = [changing.reference("a.txt") if word == "A" else word for word in command]
    backup = changing.root.parent / "backup"  # links do not leave the file system of the archive
    before = _linked(changing.root, backup)
    changing(*words)
    assert _state(backup) == before
    shutil.rmtree(backup)  # an audit warns of held bytes that have two names
    changing.require_whole()


@pytest.mark.parametrize("form", FORMS)
def test_bringing_a_copy_up_to_date_changes_no_backup_of_it(
    changing: Changing, tmp_path: Path, form: str
) -> None:
    disk = tmp_path / "disk"
    copy(changing, disk, "--as", form)
    before = _linked(disk, tmp_path / "backup")
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Other")
    assert copy(changing, disk)["outcome"] == "complete"
    assert _state(tmp_path / "backup") == before


def test_an_update_of_a_bag_changes_no_backup_of_it(tmp_path: Path) -> None:
    bag = new_bag(tmp_path)
    before = _linked(bag, tmp_path / "backup")
    assert call("bag", "update", bag, "--add-algorithm", "sha256", "--set", "Note: two").code == 0
    assert _state(tmp_path / "backup") == before
