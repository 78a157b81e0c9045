"""The installed program under strace: killed, failed and lied to at its real system calls, SQLite's too."""

import json
import signal
import tempfile
from pathlib import Path

import pytest

from tests.crash.checks import snapshot
from tests.crash.faults import ERRORS, Fault
from tests.crash.scenarios import Scenario
from tests.crash.scenes import Scene, make_scene
from tests.crash.tracing import Step, inject, require_strace, spread, trace

pytestmark = pytest.mark.tool("strace")


@pytest.fixture(scope="module")
def steps(one_document: Scenario) -> list[Step]:
    """Every call by which the ingest of one document changes the disk."""
    require_strace()
    with tempfile.TemporaryDirectory(dir=one_document.scene.workplace) as work:
        scene = one_document.scene.copy(Path(work, "scene"))
        return trace(scene, one_document.command(scene))


def strike(scenario: Scenario, step: Step, what: str) -> None:
    """The fault at that call, then all that must hold."""
    with tempfile.TemporaryDirectory(dir=scenario.scene.workplace) as work:
        scene = scenario.scene.copy(Path(work, "scene"))
        sources = snapshot(scene.sources)
        ended = inject(scene, scenario.command(scene), step, what)
        died = {-signal.SIGKILL, 128 + signal.SIGKILL} if what.startswith("signal") else set()
        assert ended.code in {0, 3} | died, (step, ended)
        try:
            scenario.require_survival(scene, ended)
        except AssertionError as wrong:
            raise AssertionError(f"{what} at {step}: {wrong}") from wrong
        assert snapshot(scene.sources) == sources


def test_killed_at_a_sample_of_system_calls(one_document: Scenario, steps: list[Step]) -> None:
    for step in spread(steps, 4):
        strike(one_document, step, "signal=SIGKILL")


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
def test_failed_at_a_sample_of_system_calls(one_document: Scenario, steps: list[Step], error: str) -> None:
    for step in spread(steps, 3):
        strike(one_document, step, f"error={error}")


def _writes(steps: list[Step]) -> list[Step]:
    # The index is a cache: what SQLite lost is not looked for before it is used.
    return [step for step in steps if step.call == "write" and "sqlite" not in step.line]


def test_a_lost_write_is_found_or_harmless(one_document: Scenario, steps: list[Step]) -> None:
    for step in spread(_writes(steps), 3):
        strike(one_document, step, f"retval={step.value}")


@pytest.mark.slow
def test_killed_at_any_system_call(one_document: Scenario, steps: list[Step]) -> None:
    for step in steps:
        strike(one_document, step, "signal=SIGKILL")


@pytest.mark.slow
@pytest.mark.parametrize("error", ERRORS)
def test_failed_at_any_system_call(one_document: Scenario, steps: list[Step], error: Fault) -> None:
    for step in steps[ERRORS.index(error) :: len(ERRORS)]:  # they differ by number only
        strike(one_document, step, f"error={error}")


@pytest.mark.slow
def test_any_lost_write_is_found_or_harmless(one_document: Scenario, steps: list[Step]) -> None:
    for step in _writes(steps):
        strike(one_document, step, f"retval={step.value}")


@pytest.fixture(scope="module")
def many(crash_folder: Path) -> Scenario:
    """Three hundred documents: two batches, each in a worker."""
    scene: Scene = make_scene(crash_folder / "many", {})
    names = [f"{number:03d}.txt" for number in range(300)]
    for name in names:
        (scene.sources / name).write_text(f"{name}\n")
    rows = [{"filename": name, "title": f"About {name}"} for name in names]
    (scene.sources / "metadata.json").write_text(json.dumps(rows))
    arguments = ("ingest", "{}/sources", "--no-identify", "--jobs", "2")
    return Scenario(scene=scene, arguments=arguments, expected=("first.txt", *names))


@pytest.mark.slow
def test_driver_or_worker_killed_at_a_system_call(many: Scenario) -> None:
    require_strace()
    with tempfile.TemporaryDirectory(dir=many.scene.workplace) as work:
        scene = many.scene.copy(Path(work, "scene"))
        found = trace(scene, many.command(scene))
    for step in spread(found, 16):
        strike(many, step, "signal=SIGKILL")
