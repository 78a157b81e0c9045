"""Fixtures that more than one folder of tests uses."""

from pathlib import Path

import pytest

from tests.e2e.command import Command

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command over an archive that does not exist yet."""
    return Command(tmp_path / "archive", tmp_path / "keys")


@pytest.fixture
def archive(command: Command) -> Command:
    """The command over a new, empty archive."""
    return command.init()
