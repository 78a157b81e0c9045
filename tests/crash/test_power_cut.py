"""The power goes: what was acknowledged is there, everything else is invisible or complete."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.crash.conftest import small_batches
from tests.crash.disks import cut_power, loop_disk, make_image, require_mounts
from tests.crash.harness import KILLED, Ended, Fault, Saboteur, Scenario, Scene

POINTS = 6


@pytest.fixture(scope="module")
def image(several_documents: Scenario) -> Iterator[Path]:
    """A disk with the scene of several documents on it."""
    require_mounts()
    folder = Path(tempfile.mkdtemp(dir=several_documents.scene.folder.parent))
    make_image(folder / "disk")
    with loop_disk(folder / "disk", folder / "mount") as mounted:
        shutil.copytree(several_documents.scene.folder, mounted / "scene")
    yield folder / "disk"
    shutil.rmtree(folder)


def cut_at(image: Path, scenario: Scenario, at: int, *, before: Callable[[], None] = small_batches) -> None:
    """The power goes before the `at`-th call of the command; past the last one: right after its exit."""
    with tempfile.TemporaryDirectory(dir=image.parent) as work:
        disk = Path(work, "disk")
        subprocess.run(["cp", "--sparse=always", str(image), str(disk)], check=True)
        with loop_disk(disk, Path(work, "mount")) as mounted:
            scene = Scene(mounted / "scene", Path(work))
            saboteur = Saboteur(Fault.POWER, at, cut=lambda: cut_power(mounted))
            (ended,) = scene.run(scenario.command(scene), saboteur=saboteur, before=before)
            if ended.code != KILLED:
                assert ended.code == scenario.code, ended
                cut_power(mounted)
        with loop_disk(disk, Path(work, "mount")) as mounted:
            scenario.require_survival(Scene(mounted / "scene", Path(work)), Ended(ended.code, None, ""))


def test_a_power_cut_at_a_sample_of_calls_harms_nothing(image: Path, several_documents: Scenario) -> None:
    steps = len(several_documents.steps())
    for number in range(POINTS):
        cut_at(image, several_documents, int((number + 0.5) * steps / POINTS))


def test_a_power_cut_right_after_exit_0_loses_nothing_acknowledged(
    image: Path, several_documents: Scenario
) -> None:
    cut_at(image, several_documents, 1_000_000)


@pytest.mark.slow
def test_a_power_cut_at_any_call_harms_nothing(image: Path, several_documents: Scenario) -> None:
    for at in range(len(several_documents.steps())):
        cut_at(image, several_documents, at)


def without_syncs() -> None:
    """A planted defect: nothing is made durable."""
    from archive.storage import durable, file_system_sync

    small_batches()
    file_system_sync._syncfs = lambda: lambda _: 0
    durable.flush = lambda _: None  # type: ignore[assignment]


def test_the_harness_sees_what_is_lost_without_syncs(image: Path, several_documents: Scenario) -> None:
    with pytest.raises(AssertionError):
        cut_at(image, several_documents, 1_000_000, before=without_syncs)


def without_reading_back() -> None:
    """A planted defect: nobody looks at what was written."""
    from archive.storage import bag_writing

    def look_away(*_: object, **__: object) -> None:
        pass

    bag_writing._read_back = look_away


def test_the_harness_sees_a_write_that_is_lost_unnoticed(one_document: Scenario) -> None:
    steps = one_document.steps()
    payload = steps.index("write", steps.index("utime") - 1)
    blind = Scenario(
        one_document.scene, one_document.arguments, one_document.expected, before=without_reading_back
    )
    one_document.strike(Fault.LOST, payload)
    with pytest.raises(AssertionError, match=r"acknowledged|audit"):
        blind.strike(Fault.LOST, payload)
