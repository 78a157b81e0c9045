"""`archive init` in a folder that somebody else uses: whatever its files are called, they stay."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.exit_codes import CONFLICT, DONE

HEX = "0123456789abcdef"


@pytest.fixture(autouse=True)
def keys_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test makes a key where the user's lie."""
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))


def _file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"mine")


def _link_to_a_folder(path: Path) -> None:
    (path.parent.parent / "elsewhere").mkdir()
    path.symlink_to(path.parent.parent / "elsewhere")


@pytest.mark.parametrize("make", [_file, _link_to_a_folder])
@pytest.mark.parametrize(
    "name",
    [
        "notes",
        "notes/of a meeting.txt",
        "notes/ab/of a meeting.txt",
        "ledger",
        "ledger/2024.ods",
        "ledger/checkpoints/3",
        "staging/draft.txt",
        "README.html",
        "catalog.json",
        "holdings.csv",
        ".archive.toml.old",
    ],
)
def test_files_with_names_of_an_archive_are_kept(
    tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    root = tmp_path / "used"
    (root / name).parent.mkdir(parents=True)
    make(root / name)
    before = sorted(root.rglob("*"))
    assert run(["init", str(root), "--name", "Used"]) == CONFLICT
    assert sorted(root.rglob("*")) == before
    assert os.path.lexists(root / name)


def test_what_an_unfinished_init_left_gives_way(tmp_path: Path) -> None:
    root = tmp_path / "begun"
    assert run(["init", str(root), "--name", "Begun"]) == DONE
    (root / "archive.toml").rename(root / f".archive.toml.{HEX}.tmp")
    (root / "ledger/checkpoint").rename(root / "ledger/checkpoint.new")
    (root / "notes/.DS_Store").write_bytes(b"litter")
    assert run(["init", str(root), "--name", "Begun"]) == DONE
    assert run(["-C", str(root), "audit"]) == DONE
    assert not list(root.glob(".archive.toml*"))
