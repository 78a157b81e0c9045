"""What a process may do is bounded: the command says so with a remedy, and the same command completes."""

import errno
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.cli.frame import run
from tests.archives import MadeArchive, make_archive


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    return make_archive(tmp_path, monkeypatch)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """One document of a megabyte."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"0123456789" * 100_000)
    return folder


def _ingest(made: MadeArchive, source: Path) -> int:
    words = ["ingest", str(source), "--describe-later", "--no-identify", "--jobs", "1"]
    return run(["-q", "-C", str(made.root), *words])


@contextmanager
def _files_of(size: int) -> Iterator[None]:
    """No file may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(("size", "said"), [(500_000, "File too large"), (4096, "temporary database")])
def test_where_files_may_not_be_so_large_an_ingest_says_what_to_do(
    made: MadeArchive, source: Path, capsys: pytest.CaptureFixture[str], size: int, said: str
) -> None:
    with _files_of(size):
        assert _ingest(made, source) == 3
    error = capsys.readouterr().err
    assert said in error
    assert "→" in error
    assert list(made.root.glob("bags/*/*")) == []
    assert _ingest(made, source) == 0


@pytest.mark.parametrize("mask", [0o077, 0o777])
def test_the_files_of_a_bag_have_the_same_modes_whoever_makes_it(
    made: MadeArchive, source: Path, mask: int
) -> None:
    before = os.umask(mask)
    try:
        assert _ingest(made, source) == 0
    finally:
        assert os.umask(before) == mask
    [bag] = made.root.glob("bags/*/*")
    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in (bag, *bag.rglob("*"))}
    assert modes == {True: 0o555, False: 0o444}


def test_a_source_that_cannot_be_listed_is_named_and_not_to_be_left_out(
    made: MadeArchive, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr("archive.storage.sources.source_walk.os.scandir", refuse)
    assert _ingest(made, source) == 3
    told = "".join(capsys.readouterr())
    assert "✗ .: cannot be read: Too many open files" in told
    assert "--exclude" not in told
