"""What the tests of damage damage, and where."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ledgers import LedgerUnderTest, make_ledger


@pytest.fixture
def shard(tmp_path: Path) -> Path:
    """A folder of bags."""
    (tmp_path / "bags").mkdir()
    return tmp_path / "bags"


@pytest.fixture(scope="session")
def intact(tmp_path_factory: pytest.TempPathFactory) -> LedgerUnderTest:
    """The ledger that `ledger` copies."""
    return make_ledger(tmp_path_factory.mktemp("ledger"), [5, 600, 2])


@pytest.fixture
def ledger(intact: LedgerUnderTest, tmp_path: Path) -> LedgerUnderTest:
    """Entry 0, then commits of 5, 600 and 2 entries, so 608 in all.

    Two full bundles and a partial one, two tile levels, and the partial tiles of the checkpoint before.
    """
    shutil.copytree(intact.archive, tmp_path / "archive")
    for folder, _, names in os.walk(tmp_path / "archive"):
        for name in names:
            os.chmod(Path(folder, name), 0o644)
    # What the key signed last is a state, too: a test that appends must not be seen by the next.
    shutil.copytree(intact.key.folder, tmp_path / "key")
    return LedgerUnderTest(tmp_path / "archive", replace(intact.key, folder=str(tmp_path / "key")))
