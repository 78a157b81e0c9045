"""Plain bags made and mended with a fault at every call: old state, new state, or one that a rerun mends."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagVerdict
from archive.storage.tag_file_changes import FOLDER
from tests.crash.disks import cut_power, loop_disk, make_image, require_mounts
from tests.crash.harness import DEATHS, KILLED, Fault, Saboteur, Scene, in_memory, snapshot
from tests.plain_bags import accepted, call, folder, judged, old_bag, tree

DATE = ("--bagging-date", "2026-11-21")
FAULTS = [fault for fault in Fault if fault is not Fault.POWER]
POINTS = 6  # of each command and fault in the quick run


@dataclass(frozen=True)
class Task:
    """A command over a copy of a scene, the bag that it leaves, and what must hold of the bag in between."""

    scene: Scene
    arguments: tuple[str, ...]
    expected: dict[str, bytes]
    require_between: Callable[[Path], None]

    def command(self, scene: Scene) -> list[str]:
        """The command; `{}` stands for the folder of the scene."""
        return [argument.replace("{}", str(scene.folder)) for argument in self.arguments]

    def points(self, fault: Fault) -> list[int]:
        """The calls of a clean run that the fault can hit."""
        reach = Saboteur(fault, None).reach
        with tempfile.TemporaryDirectory(dir=self.scene.workplace) as work:
            scene = self.scene.copy(Path(work, "scene"))
            return [at for at, name in enumerate(scene.steps(self.command(scene))) if name in reach]

    def strike(self, fault: Fault, at: int) -> None:
        """The command with a fault at one call; then what must hold, and the same command again."""
        with tempfile.TemporaryDirectory(dir=self.scene.workplace) as work:
            scene = self.scene.copy(Path(work, "scene"))
            sources = snapshot(scene.folder / "source")
            (ended,) = scene.run(self.command(scene), saboteur=Saboteur(fault, at))
            assert ended.code in ({KILLED, 0} if fault in DEATHS else {3, 0}), ended
            bag = scene.folder / "bag"
            self.require_between(bag)
            if ended.code == 0:
                assert tree(bag) == self.expected
            (again,) = scene.run(self.command(scene))
            assert again.code in {0, 6}, again
            assert tree(bag) == self.expected
            assert sorted(path.name for path in scene.folder.iterdir()) == ["bag", "source"]
            assert snapshot(scene.folder / "source") == sources


def _nothing_or_all(bag: Path) -> None:
    """A bag that is made is there whole or not at all."""
    assert not bag.exists() or judged(bag).verdict is BagVerdict.VALID


def _valid(bag: Path) -> None:
    """A bag that is updated is valid at any instant, and another judge says the same."""
    report = judged(bag)
    assert report.verdict is BagVerdict.VALID, report.findings
    assert accepted(bag)


def _recoverable(bag: Path) -> None:
    """Where several files must change at once, the bag is valid or says that an update is unfinished."""
    assert (bag / FOLDER / "journal.json").exists() or judged(bag).verdict is BagVerdict.VALID
    if (bag / FOLDER / "journal.json").exists():
        assert (bag / FOLDER / "old/bagit.txt").read_bytes().startswith(b"BagIt-Version: 0.97\n")


def _task(
    base: Path, arguments: tuple[str, ...], prepare: Callable[[Path], object], between: Callable[[Path], None]
) -> Task:
    scene = Scene(base / "scene")
    scene.folder.mkdir(parents=True)
    folder(scene.folder / "source")
    prepare(scene.folder)
    done = scene.copy(base / "done")
    task = Task(scene, arguments, {}, between)
    assert call(*task.command(done)).code == 0
    return Task(scene, arguments, tree(done.folder / "bag"), between)


@pytest.fixture(scope="module")
def tasks() -> Iterator[dict[str, Task]]:
    """The commands, each with its scene in memory."""
    with in_memory() as base:
        new = ("bag", "{}/source", "--to", "{}/bag", *DATE)
        update = ("bag", "update", "{}/bag", "--jobs", "1")

        def bagged(at: Path) -> object:
            return call("bag", at / "source", "--to", at / "bag", *DATE)

        def old(at: Path) -> object:
            return old_bag(at / "bag", payload={"100%": b"1", "a": b"2"}, algorithms=("md5", "sha1"))

        digests = ("--add-algorithm", "sha256", "--remove-algorithm", "sha512", "--set", "Note: x")
        yield {
            "make": _task(base / "make", (*new, "--jobs", "1"), lambda _: None, _nothing_or_all),
            "update": _task(base / "update", (*update, *digests), bagged, _valid),
            "upgrade": _task(base / "upgrade", (*update, "--to-version", "1.0"), old, _recoverable),
        }


@pytest.mark.parametrize("name", ["make", "update", "upgrade"])
@pytest.mark.parametrize("fault", [Fault.KILL, Fault.EIO, Fault.LOST])
def test_no_fault_at_a_sample_of_calls_leaves_a_third_state(
    tasks: dict[str, Task], name: str, fault: Fault
) -> None:
    points = tasks[name].points(fault)
    for at in points[list(Fault).index(fault) % 3 :: max(len(points) // POINTS, 1)]:
        tasks[name].strike(fault, at)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["make", "update", "upgrade"])
@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_at_any_call_leaves_a_third_state(tasks: dict[str, Task], name: str, fault: Fault) -> None:
    for at in tasks[name].points(fault):
        tasks[name].strike(fault, at)


def _cut_at(image: Path, task: Task, at: int) -> None:
    """The power goes before the `at`-th call, or right after the exit; then what must hold, and a rerun."""
    with tempfile.TemporaryDirectory(dir=image.parent) as work:
        disk = Path(work, "disk")
        subprocess.run(["cp", "--sparse=always", str(image), str(disk)], check=True)
        with loop_disk(disk, Path(work, "mount")) as mounted:
            scene = Scene(mounted / "scene", Path(work))
            saboteur = Saboteur(Fault.POWER, at, cut=lambda: cut_power(mounted))
            (ended,) = scene.run(task.command(scene), saboteur=saboteur)
            if ended.code != KILLED:
                assert ended.code == 0, ended
                cut_power(mounted)
        with loop_disk(disk, Path(work, "mount")) as mounted:
            scene = Scene(mounted / "scene", Path(work))
            task.require_between(scene.folder / "bag")
            if ended.code == 0:
                assert tree(scene.folder / "bag") == task.expected, "acknowledged and lost"
            (again,) = scene.run(task.command(scene))
            assert again.code in {0, 6}, again
            assert tree(scene.folder / "bag") == task.expected


@pytest.mark.parametrize("name", ["make", "update", "upgrade"])
def test_a_power_cut_loses_nothing_acknowledged_and_leaves_no_third_state(
    tasks: dict[str, Task], name: str
) -> None:
    require_mounts()
    task = tasks[name]
    image = task.scene.folder.parent / "disk"
    make_image(image)
    with loop_disk(image, task.scene.folder.parent / "mount") as mounted:
        shutil.copytree(task.scene.folder, mounted / "scene")
    points = task.points(Fault.POWER)
    for at in (*points[2 :: max(len(points) // 4, 1)], 1_000_000):
        _cut_at(image, task, at)


def test_killed_in_the_recovery_it_is_recovered_again(tasks: dict[str, Task]) -> None:
    task = tasks["update"]
    points = task.points(Fault.KILL)
    with tempfile.TemporaryDirectory(dir=task.scene.workplace) as work:
        for at in points[len(points) // 2 :: 4]:
            scene = task.scene.copy(Path(work, str(at)))
            scene.run(task.command(scene), saboteur=Saboteur(Fault.KILL, at))
            scene.run(task.command(scene), saboteur=Saboteur(Fault.KILL, 2))
            _valid(scene.folder / "bag")
            assert scene.run(task.command(scene))[0].code == 0
            assert tree(scene.folder / "bag") == task.expected
            shutil.rmtree(scene.folder)
