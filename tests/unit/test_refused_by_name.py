"""A file or folder that a command is given by name and that storage refuses: exit 3, nothing half made."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from archive.core.bagit.verdicts import BagVerdict
from tests.changes import Changing
from tests.plain_bags import judged, new_bag
from tests.refusals import refuse


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("profile.csv", ("profile", "compile", "PATH", "--to", "FOLDER/profile.json")),
        ("phrase", ("key", "passphrase", "--new-passphrase-file", "PATH")),
        ("table.csv", ("check", "FOLDER", "--metadata", "PATH")),
    ],
)
def test_a_file_that_is_refused_is_not_one_that_is_wrong(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: tuple[str, ...]
) -> None:
    path = tmp_path / name
    path.write_text("filename,title\n")
    for call in ("open", "stat"):
        refuse(monkeypatch, call, path)
    given = [word.replace("PATH", str(path)).replace("FOLDER", str(tmp_path)) for word in words]
    refused = changing(*given, code=3)
    assert "Input/output error" in refused["message"]
    assert refused["remedy"]


def test_a_folder_that_is_refused_is_not_called_absent(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new").mkdir()
    refuse(monkeypatch, "lstat", tmp_path / "new")
    refused = changing(
        "template", str(changing.made.folder / "source"), "--output", f"{tmp_path}/new/t.csv", code=3
    )
    assert "there is no folder" not in refused["message"]


def test_an_export_that_is_refused_its_folder_leaves_none(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def refusing(path: Any, *rest: Any, **options: Any) -> int:
        if isinstance(path, str) and path.endswith(".tmp"):
            raise OSError(errno.EIO, os.strerror(errno.EIO), path)
        return real(path, *rest, **options)

    monkeypatch.setattr(os, "open", refusing)
    changing("export", "--all", "--to", str(tmp_path / "out.zip"), code=3)
    assert list(tmp_path.iterdir()) == []


def test_no_table_says_that_nothing_was_checked_where_the_ledger_is_refused(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = max((changing.root / "ledger/tile/entries/000.p").iterdir(), key=lambda path: int(path.name))
    refuse(monkeypatch, "open", bundle)
    shown = changing.text("coverage", "--table", str(tmp_path / "t.csv"), code=3)
    assert "✓" not in shown
    assert not (tmp_path / "t.csv").exists()


def test_a_bag_whose_declaration_is_refused_breaks_no_rule_of_a_version_it_may_not_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = new_bag(tmp_path)
    (bag / "bag-info.txt").write_text("Contact-Name : Ana\n")
    for manifest in bag.glob("tagmanifest-*"):
        manifest.unlink()
    assert judged(bag).verdict is BagVerdict.INVALID
    refuse(monkeypatch, "open", Path("bagit.txt"))  # below the descriptor of its folder
    assert judged(bag).verdict is BagVerdict.UNVERIFIABLE
