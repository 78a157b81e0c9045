"""What storage does not give of a copy is no damage of it."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.exit_codes import UNREADABLE
from tests.changes import Changing
from tests.copying import copy


def refuse(patch: pytest.MonkeyPatch, path: Path) -> None:
    """Storage does not give that file."""
    real = os.open

    def refusing(name: Any, *arguments: Any, **options: Any) -> int:
        if name == str(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)
        return real(name, *arguments, **options)

    patch.setattr(os, "open", refusing)


def found(changing: Changing, disk: Path, code: int) -> list[tuple[str, str]]:
    """(code, place) of all that is no note in an audit of the copy."""
    report = changing("audit", "--copy", str(disk), "--read-only", "--jobs", "1", code=code)
    assert report["counts"]["intact"] == 3
    return [(one["code"], one["place"]) for one in report["findings"] if one["severity"] != "note"]


@pytest.mark.parametrize("name", ["archive.toml", "README.html", "holdings.csv"])
def test_a_file_of_a_copy_that_storage_refuses_is_neither_damaged_nor_another(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    copy(changing, disk)
    refuse(monkeypatch, disk / name)
    assert found(changing, disk, UNREADABLE) == [("COPY-UNREADABLE", name)]


def test_the_settings_of_a_copy_alone_that_storage_refuses_are_no_wrong_use(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(changing, disk)
    changing.root.rename(changing.root.with_name("away"))
    monkeypatch.chdir(disk.parent)
    refuse(monkeypatch, disk / "archive.toml")
    assert run(["audit", "--copy", str(disk), "--read-only", "--jobs", "1"]) == UNREADABLE
