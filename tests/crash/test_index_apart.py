"""An ingest while a second process fills the index: struck at the real calls of that process, SQLite's."""

import signal
import tempfile
from pathlib import Path

import pytest

from tests.crash.checks import snapshot
from tests.crash.commands import Trials
from tests.crash.faults import KILLED, Fault
from tests.crash.scenes import Scene
from tests.crash.tracing import Step, inject, require_strace, spread, trace
from tests.crash.trials import Trial, spools

# The installed program, with a second process also for three documents.
_STARTED = """
from archive.cli.main import main
from archive.services.ingest import job
job.FILLED_APART = 1
main()
"""
PROGRAM = ("-c", _STARTED)
ERRORS = ("ENOSPC", "EIO", "EDQUOT", "EACCES")


@pytest.fixture(scope="module")
def apart(trials: Trials) -> Trial:
    """Ingest of three documents, the index filled apart."""
    return trials["ingest (three, index apart)"]


def _index(scene: Scene) -> list[Path]:
    return [scene.root / "catalog.sqlite", scene.root / "catalog.sqlite-journal"]


@pytest.fixture(scope="module")
def steps(apart: Trial) -> list[Step]:
    """Every call by which the second process changes the index."""
    require_strace()
    with tempfile.TemporaryDirectory(dir=apart.scene.workplace) as work:
        scene = apart.scene.copy(Path(work, "scene"))
        found = trace(scene, apart.command(scene), program=PROGRAM, only=_index(scene))
    filling = max((step.process for step in found), default=0)  # the driver was there first
    return [step for step in found if step.process == filling]


def strike(apart: Trial, step: Step, what: str) -> None:
    """The fault at that call of the second process, and of the driver that takes over; then what holds."""
    with tempfile.TemporaryDirectory(dir=apart.scene.workplace) as work:
        scene = apart.scene.copy(Path(work, "scene"))
        sources = snapshot(scene.sources)
        ended = inject(scene, apart.command(scene), step, what, program=PROGRAM, only=_index(scene))
        died = {-signal.SIGKILL, KILLED} if what.startswith("signal") else set()
        assert ended.code in {0, 3} | died, (step, ended)
        if ended.code not in died:
            assert spools(work) == set(), (what, step)
        if ended.code == 0:
            assert not _index(scene)[1].exists(), (what, step)
        try:
            apart.require_survival(scene, ended)
        except AssertionError as wrong:
            raise AssertionError(f"{what} at {step}: {wrong}") from wrong
        assert snapshot(scene.sources) == sources


@pytest.mark.tool("strace")
def test_the_second_process_writes_the_index_and_the_driver_does_not(steps: list[Step]) -> None:
    assert {"openat", "pwrite64", "unlink"} <= {step.call for step in steps}


@pytest.mark.tool("strace")
def test_killed_or_failed_at_a_sample_of_its_calls(apart: Trial, steps: list[Step]) -> None:
    for step, what in zip(spread(steps, 3), ("signal=SIGKILL", "error=EIO", "error=ENOSPC"), strict=True):
        strike(apart, step, what)


@pytest.mark.slow
@pytest.mark.tool("strace")
def test_killed_at_any_of_its_calls(apart: Trial, steps: list[Step]) -> None:
    for step in steps:
        strike(apart, step, "signal=SIGKILL")


@pytest.mark.slow
@pytest.mark.tool("strace")
@pytest.mark.parametrize("error", ERRORS)
def test_failed_at_any_of_its_calls(apart: Trial, steps: list[Step], error: str) -> None:
    for step in steps:
        strike(apart, step, f"error={error}")


def test_killed_at_a_sample_of_the_drivers_calls_it_is_done_without(apart: Trial) -> None:
    found = apart.points(Fault.WORKERS)
    assert len(found) > 40
    for at in found[len(found) // 2 :: len(found) // 4]:
        apart.strike(Fault.WORKERS, at)
