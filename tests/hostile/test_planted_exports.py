"""Something vast planted in the place of a held file: no copy for use is made of it, nor of a part of it."""

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.changes import Changing

VAST = 1 << 40  # bytes of a hole
WRITTEN = 1 << 24  # more than any file that these commands have to write


def plant_hole(path: Path) -> None:
    """A file that has next to nothing on the disk, and a terabyte for whoever reads it."""
    path.chmod(0o644)
    with open(path, "ab") as stream:
        stream.truncate(VAST)


@contextmanager
def small_files() -> Iterator[None]:
    """No file grows beyond a bound meanwhile: a hole that is copied all the same fills no disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize(
    ("form", "name"), [("files", "data/a.txt"), ("bag", "data/a.txt"), ("bag", "metadata/premis.xml")]
)
def test_an_export_copies_no_file_that_is_larger_than_it_was(
    changing: Changing, tmp_path: Path, form: str, name: str
) -> None:
    plant_hole(changing.bag("a.txt") / name)
    reference = changing.reference("a.txt")
    with small_files():
        report = changing("export", reference, "--as", form, "--to", str(tmp_path / "out"), code=1)
    (refused,) = report["refused"]
    assert refused["finding"]["code"] == "EXPORT-DAMAGED"
    assert "larger than" in refused["finding"]["message"]
    assert os.listdir(tmp_path) == []


def test_nothing_is_opened_that_is_larger_than_it_was(changing: Changing, tmp_path: Path) -> None:
    plant_hole(changing.bag("a.txt") / "data/a.txt")
    with small_files():
        refused = changing("open", changing.reference("a.txt"), "--to", str(tmp_path / "out"), code=1)
    assert "larger than" in str(refused)
    assert list(tmp_path.rglob("*.*")) == []
