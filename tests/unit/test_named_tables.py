"""The table that `--metadata` names is no document, under whatever name it lies in a SOURCE."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.archives import MadeArchive, make_archive
from tests.submitted import ingest


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """A new archive."""
    return make_archive(tmp_path, monkeypatch)


@pytest.mark.parametrize("other_name", [os.symlink, os.link])
def test_a_table_that_lies_there_under_another_name_is_not_taken_in(
    archive: MadeArchive, tmp_path: Path, other_name: Callable[[Path, Path], None]
) -> None:
    (folder := tmp_path / "letters").mkdir()
    (folder / "a.txt").write_text("a")
    (folder / "list.csv").write_text("filename,title\na.txt,A\n")
    other_name(folder / "list.csv", tmp_path / "here.csv")

    told = ingest(archive, folder, metadata=str(tmp_path / "here.csv"))

    assert (told.code, told.ingested) == (0, ["a.txt"])


def test_a_file_of_its_size_is_a_document_as_ever(archive: MadeArchive, tmp_path: Path) -> None:
    (folder := tmp_path / "letters").mkdir()
    table = "filename,title\na.txt,A\n"
    (folder / "a.txt").write_text("a" * len(table))
    (tmp_path / "list.csv").write_text(table)

    assert ingest(archive, folder, metadata=str(tmp_path / "list.csv")).ingested == ["a.txt"]
