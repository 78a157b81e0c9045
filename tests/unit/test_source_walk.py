"""Walking a SOURCE: the archive itself is met by what it is, wherever it is mounted."""

import os
from pathlib import Path

import pytest

from archive.core.errors import ArchiveError, ConfigurationError
from archive.storage.sources.source_walk import open_sources, walk


def test_the_archive_met_inside_a_source_is_wrong_use_whatever_its_path_was(tmp_path: Path) -> None:
    source, archive = tmp_path / "source", tmp_path / "archive"
    (source / "a").mkdir(parents=True)
    archive.mkdir()
    [opened] = open_sources([str(source)], str(archive))
    # As a second mount does it: the same folder under a path that nobody compared.
    archive.rename(source / "a" / "b")
    with pytest.raises(ConfigurationError, match="a/b: holds the archive itself"):
        list(walk(opened))


@pytest.mark.parametrize(
    "names", [["none"], ["a.txt/b"], ["pipe"], ["a.txt", "a.txt"], [".", "a.txt"], ["x" * 300]]
)
def test_a_source_that_is_refused_is_refused_with_a_remedy(tmp_path: Path, names: list[str]) -> None:
    (tmp_path / "a.txt").touch()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ArchiveError) as refused:
        open_sources([str(tmp_path / name) for name in names], None)
    assert refused.value.remedy
