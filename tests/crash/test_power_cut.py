"""The power goes: what was acknowledged is there, everything else is invisible or complete."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.commands import Trials
from tests.crash.commands.ingests import small_batches
from tests.crash.disks import loop_disk, make_image, missing_for
from tests.crash.faults import Fault
from tests.crash.scenarios import Scenario
from tests.crash.trials import AFTERWARDS

POINTS = 3
# Right after exit 0 and in the middle: one command of each kind.
KINDS = (
    "describe",
    "repair",
    "copy (first, folders)",
    "copy (next, tars)",
    "bag",
    "bag update",
    "export --to",
    "key backup",
)


@pytest.fixture(params=[Fault.EXT4, Fault.XFS])
def power(request: pytest.FixtureRequest) -> Fault:
    """A power cut on each file system that can be mounted here."""
    why = missing_for(request.param.removeprefix("power-"))
    if why is not None:
        pytest.skip(why)
    found: Fault = request.param
    return found


def test_a_power_cut_at_a_sample_of_calls_harms_nothing(several_documents: Scenario, power: Fault) -> None:
    steps = len(several_documents.steps())
    for number in range(POINTS):
        several_documents.strike(power, int((number + 0.5) * steps / POINTS))


def test_a_power_cut_right_after_exit_0_loses_nothing_acknowledged(
    several_documents: Scenario, power: Fault
) -> None:
    several_documents.strike(power, AFTERWARDS)


@pytest.mark.parametrize("command", KINDS)
def test_a_power_cut_loses_nothing_that_any_command_acknowledged(trials: Trials, command: str) -> None:
    why = missing_for("ext4")
    if why is not None:
        pytest.skip(why)
    steps = len(trials[command].steps())
    for at in (2 * steps // 3, AFTERWARDS):
        trials[command].strike(Fault.EXT4, at)


def without_syncs() -> None:
    """A planted defect: nothing is made durable."""
    from archive.storage.disk import durable, file_system_sync

    small_batches()
    file_system_sync._syncfs = lambda: lambda _: 0
    durable.flush = lambda _: None  # type: ignore[assignment]


@pytest.mark.parametrize("command", ["ingest (three, three batches)", "copy (first, folders)", "bag"])
def test_the_harness_sees_what_is_lost_without_syncs(trials: Trials, command: str, power: Fault) -> None:
    with pytest.raises((AssertionError, OSError)):
        replace(trials[command], before=without_syncs).strike(power, AFTERWARDS)


def without_reading_back() -> None:
    """A planted defect: nobody looks at what was written."""
    from archive.storage.bags import bag_writing

    def look_away(*_: object, **__: object) -> None:
        pass

    bag_writing._read_back = look_away


def test_the_harness_sees_a_write_that_is_lost_unnoticed(one_document: Scenario) -> None:
    steps = one_document.steps()
    payload = steps.index("write", steps.index("utime") - 1)
    blind: Callable[[], None] = without_reading_back
    one_document.strike(Fault.LOST, payload)
    with pytest.raises(AssertionError, match=r"acknowledged|audit"):
        replace(one_document, before=blind).strike(Fault.LOST, payload)


def test_a_disk_is_unmounted_once_a_dying_process_has_let_go_of_it(tmp_path: Path) -> None:
    why = missing_for("ext4")
    if why is not None:
        pytest.skip(why)
    make_image(tmp_path / "disk")
    with loop_disk(tmp_path / "disk", tmp_path / "mount") as mounted:
        dying = subprocess.Popen(["sleep", "0.5"], cwd=mounted)
    assert dying.wait() == 0
    assert not (tmp_path / "mount").is_mount()
