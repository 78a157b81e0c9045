"""Fixtures that more than one folder of tests uses."""

import os
import shutil
import signal
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.archives import MadeArchive
from tests.changes import Changing, make_changing
from tests.crash.scenes import in_memory
from tests.e2e.command import Command
from tests.waiting import make_locked

SEEDS = Path(__file__).parent.parent / "seeds"

# A machine with other work says nothing about the code. Hypothesis's own profile for CI, which it takes where
# $CI is set, knows that, and draws the same examples each time.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if "CI" not in os.environ:
    settings.load_profile("patient")


def pytest_configure() -> None:
    """Commands that tests start run as at a person's prompt, whatever started the tests.

    A shell's job in the background ignores interrupts, and so would what it starts; tests send some. Without
    the buffer that people have, the order of what is printed would be another.
    """
    os.environ.pop("PYTHONUNBUFFERED", None)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command over an archive that does not exist yet."""
    return Command(tmp_path / "archive", tmp_path / "keys")


@pytest.fixture
def archive(command: Command) -> Command:
    """The command over a new, empty archive."""
    return command.init()


@pytest.fixture(scope="session")
def three_held() -> Iterator[Path]:
    """A folder with the archive that `changing` copies."""
    with in_memory() as folder:
        make_changing(folder / "made")
        yield folder


@pytest.fixture(scope="session")
def locked_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with two documents and an encrypted key, which `tests.waiting.copy_of` copies."""
    folder = tmp_path_factory.mktemp("waiting")
    make_locked(folder)
    return folder


@pytest.fixture
def changing(
    three_held: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Changing]:
    """An archive of three documents, in memory: see `make_changing`."""
    # A new name each time: an audit keeps descriptors of the folders that it read.
    folder = Path(tempfile.mkdtemp(dir=three_held)) / "copy"
    shutil.copytree(three_held / "made", folder, symlinks=True)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(folder / "keys"))
    yield Changing(MadeArchive(folder), capsys)
    shutil.rmtree(folder.parent)


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
