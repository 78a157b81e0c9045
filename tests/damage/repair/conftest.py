"""An archive to be repaired, with a good copy beside it."""

import shutil
from pathlib import Path

import pytest

from tests.archives import MadeArchive
from tests.repairs import Repairing, make_repairable


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that `archive` copies."""
    folder = tmp_path_factory.mktemp("repairable")
    make_repairable(folder)
    return folder


@pytest.fixture
def archive(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repairing:
    """Five documents, intact: see `make_repairable`."""
    shutil.copytree(made, tmp_path / "scene", symlinks=True)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "scene/keys"))
    return Repairing(MadeArchive(tmp_path / "scene"), capsys)
