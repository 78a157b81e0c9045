"""Fixtures that more than one module of these tests uses."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.services.catalog.index_reading import reading_index
from archive.storage.keys import files as key_files
from archive.storage.keys.passphrases import COMMAND_LINE
from tests.archives import MadeArchive, make_archive
from tests.command_outputs import NOT_UTF8
from tests.conftest import SEEDS
from tests.keepers import Keeper


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Where a copy goes: a folder to be, on a disk that is there."""
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk" / "copy"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """An archive with the seeds, a document whose name is not UTF-8, and one recorded audit."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("outputs"), patch)
        folder = made.folder / "more"
        folder.mkdir()
        (folder / NOT_UTF8).write_bytes(b"dear")
        (folder / "twin.txt").write_bytes(b"dear")
        (folder / "gone.txt").write_bytes(b"gone")
        for source in (SEEDS / "texts", folder):
            assert run(["-q", "-C", str(made.root), "ingest", str(source), "--describe-later"]) == 0
        with reading_index(made.opened) as reading:
            gone = next(row.reference for row in reading.index.list() if row.source == "gone.txt")
            twin = next(row.reference for row in reading.index.list() if row.source == "twin.txt")
        described = ["describe", twin, "--set", "dc.date=1918", "--reason", "read", "--agent", "Ben"]
        assert run(["-q", "-C", str(made.root), *described]) == 0
        assert run(["-q", "-C", str(made.root), "withdraw", gone, "--reason", "asked back"]) == 0
        assert run(["-q", "-C", str(made.root), "audit"]) == 0
        yield made


@pytest.fixture
def keeper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Keeper]:
    """A new archive with one document."""
    monkeypatch.delenv("ARCHIVE_KEY_PASSPHRASE", raising=False)
    monkeypatch.setattr(key_files, "_COST", 16)  # else each use takes a quarter of a second
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"one"})
    yield Keeper(made, capsys)
    COMMAND_LINE.file, COMMAND_LINE.ask = None, None


@pytest.fixture
def pack(made: MadeArchive, tmp_path: Path) -> Path:
    """A copy of the pack that the module's archive gave, to be spoiled."""
    shutil.copy(made.folder / "p.zip", tmp_path)
    return tmp_path / "p.zip"
