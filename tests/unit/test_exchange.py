"""Two names exchanged in one step."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.storage.disk import exchange as module
from archive.storage.disk.exchange import exchange


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    """The descriptor of a folder with two folders in it, each with a file."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    descriptor = os.open(tmp_path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def test_each_has_the_others_place(tmp_path: Path, folder: int) -> None:
    if not exchange("old", "new", first_fd=folder, second_fd=folder):
        pytest.skip("this file system cannot exchange names")
    assert (tmp_path / "old/file").read_text() == "new"
    assert (tmp_path / "new/file").read_text() == "old"


def test_a_missing_name_raises_and_nothing_moves(tmp_path: Path, folder: int) -> None:
    with pytest.raises(FileNotFoundError):
        exchange("old", "missing", first_fd=folder, second_fd=folder)
    assert sorted(os.listdir(tmp_path)) == ["new", "old"]


def test_where_there_is_no_such_call_it_says_so(
    tmp_path: Path, folder: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_renameat2", lambda: None)
    assert exchange("old", "new", first_fd=folder, second_fd=folder) is False
    assert (tmp_path / "old/file").read_text() == "old"
