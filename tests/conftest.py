"""Fixtures that more than one folder of tests uses."""

import os
from collections.abc import Generator
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With $ARCHIVE_NO_SKIPS a skipped test is a failure: there everything that tests need is installed."""
    report = yield
    if report.skipped and os.environ.get("ARCHIVE_NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"
    return report
