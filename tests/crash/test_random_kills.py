"""kill -9 at moments that nobody chose: the driver, everything, or one worker of an ingest with two jobs."""

import contextlib
import json
import logging
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

import pytest

from archive.services.ingest.job import FILLED_APART
from tests.crash.checks import require_no_harm, snapshot
from tests.crash.running import Look, Phase, Running, wait_for_end
from tests.crash.scenarios import Scenario
from tests.crash.scenes import Ended, Scene, make_scene

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are looked for in /proc")

KILLS = int(os.environ.get("ARCHIVE_RANDOM_KILLS", "500"))  # of the slow run, shared among the victims
DOCUMENTS = FILLED_APART + 140  # two workers stage them, and a process of its own fills the index
IN_A_ROW = 8  # kills before a run is let to its end: recoveries are killed, too
# Moments by phase: most lie where most is under way, and few end a row of kills.
WEIGHTS = {Phase.BEGUN: 1, Phase.STAGING: 2, Phase.ANNOUNCED: 3, Phase.COMMITTED: 1}
_LOG = logging.getLogger(__name__)


class Victim(StrEnum):
    """Which processes are killed."""

    DRIVER = "driver"
    ALL = "all"
    WORKER = "worker"


SHARES = {Victim.DRIVER: 2, Victim.ALL: 2, Victim.WORKER: 1}  # an ingest outlives its workers: whole runs


@pytest.fixture(scope="module")
def many(crash_folder: Path) -> Scenario:
    """An ingest of enough documents."""
    scene = make_scene(crash_folder / "random", {})
    names = [f"{number:03d}.txt" for number in range(DOCUMENTS)]
    for name in names:
        (scene.sources / name).write_text(f"{name}\n")
    rows = [{"filename": name, "title": f"About {name}"} for name in names]
    (scene.sources / "metadata.json").write_text(json.dumps(rows))
    arguments = ("ingest", "{}/sources", "--no-identify", "--jobs", "2")
    return Scenario(scene=scene, arguments=arguments, expected=("first.txt", *names))


@pytest.fixture(scope="module")
def lengths(many: Scenario) -> dict[Phase, float]:
    """How long each phase of a clean run takes here, in seconds."""
    scene = many.scene.copy(many.scene.folder.with_name("measured"))
    look, came = Look.at(scene), []
    with Running(scene, many.command(scene)) as running:
        for phase in Phase:
            running.wait(look, phase)
            came.append(time.monotonic())
        assert running.code == 0
    shutil.rmtree(scene.folder)
    return dict(zip(Phase, (after - before for before, after in pairwise(came)), strict=False))


@dataclass
class Killing:
    """Runs of one command that are killed, each at a moment drawn within a phase that is drawn first."""

    scenario: Scenario
    lengths: dict[Phase, float]
    victim: Victim
    struck: Counter[Phase] = field(default_factory=Counter)
    filling: int = 0  # kills while the index was being filled

    def round(self, kills: int) -> None:
        """At most so many kills, one after the other, of an ingest; then all must hold."""
        folder = self.scenario.scene.folder.with_name(f"killed-{self.victim}")
        scene = self.scenario.scene.copy(folder)
        sources, goal, moments = snapshot(scene.sources), self.struck.total() + kills, []
        try:
            while self.struck.total() < goal:
                (phase,) = random.choices([*WEIGHTS], [*WEIGHTS.values()])
                delay = random.uniform(0, self.lengths[phase])
                moments.append(f"{delay:.4f} s after {phase}")
                ended = self._kill(scene, phase, delay)
                (looked,) = scene.run(["audit", "--read-only"])
                require_no_harm(looked, self.scenario.prior, frozenset(), "intact")
                if looked.report["scope"]["held"] > self.scenario.prior:
                    break
            self.scenario.require_survival(scene, ended)
            assert snapshot(scene.sources) == sources
        except AssertionError as wrong:
            raise AssertionError(f"{self.victim} killed {', then '.join(moments)}: {wrong}") from wrong
        shutil.rmtree(folder)

    def _kill(self, scene: Scene, phase: Phase, delay: float) -> Ended:
        """How a run ended; it may have been faster than the kill."""
        look = Look.at(scene)
        with Running(scene, self.scenario.command(scene)) as running:
            running.wait(look, phase)
            time.sleep(delay)
            workers = running.workers()
            if not running.has_ended() and (workers or self.victim is not Victim.WORKER):
                # Those that staged have ended by then: who is left fills the index.
                self.filling += bool(workers) and look.reached(Phase.ANNOUNCED)
                self.struck[phase] += 1
                self._strike(running.process, workers)
            running.wait()
            wait_for_end(workers)
        code = running.code
        assert code is not None
        assert code in ({0} if self.victim is Victim.WORKER else {0, -signal.SIGKILL}), code
        return Ended(code, None, "")

    def _strike(self, driver: int, workers: list[int]) -> None:
        match self.victim:
            case Victim.DRIVER:
                os.kill(driver, signal.SIGKILL)
            case Victim.ALL:
                os.killpg(driver, signal.SIGKILL)
            case Victim.WORKER:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(random.choice(workers), signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("victim", Victim)
def test_killed_at_random_moments_it_harms_nothing(
    many: Scenario, lengths: dict[Phase, float], victim: Victim
) -> None:
    killing, kills = Killing(many, lengths, victim), KILLS * SHARES[victim] // sum(SHARES.values())
    while killing.struck.total() < kills:
        killing.round(min(IN_A_ROW, kills - killing.struck.total()))
    told = f"{dict(killing.struck)}, {killing.filling} of them while the index was filled"
    _LOG.info("%s", told)
    assert killing.filling or killing.struck.total() < 30, told
