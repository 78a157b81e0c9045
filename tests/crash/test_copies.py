"""A copy with a fault at every call, on a full disk, on a pulled one: whole, and completed by a rerun."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.storage.copies.names import WORK
from tests.crash.disks import cut_power, loop_disk, make_image, memory_disk, remount, require_mounts
from tests.crash.harness import (
    DEATHS,
    KILLED,
    UNFINISHED,
    Ended,
    Fault,
    Saboteur,
    Scenario,
    Scene,
    snapshot,
    write_document,
)

KIB = 1024
FAULTS = [fault for fault in Fault if fault is not Fault.POWER]
# Not of a copy: the index, what is at work, and the marker that tells a copy from the archive.
APART = {"catalog.sqlite", "staging", "copy.json"}


@dataclass(frozen=True)
class Copying:
    """The command over a copy of a scene; `began` tells that there is a copy already, of an earlier state."""

    scene: Scene
    form: str
    began: bool

    def command(self, scene: Scene, disk: Path | None = None) -> list[str]:
        """`archive copy` to a folder beside the archive, or on a disk of its own."""
        return ["copy", "--to", str(disk or scene.folder / "copy"), "--as", self.form, "--jobs", "1"]

    def points(self, fault: Fault) -> list[int]:
        """The calls of a clean run that the fault can hit."""
        reach = Saboteur(fault, None).reach
        with tempfile.TemporaryDirectory(dir=self.scene.workplace) as work:
            scene = self.scene.copy(Path(work, "scene"))
            return [at for at, name in enumerate(scene.steps(self.command(scene))) if name in reach]

    def strike(self, fault: Fault, at: int) -> None:
        """The command with a fault at one call; then all that must hold."""
        with tempfile.TemporaryDirectory(dir=self.scene.workplace) as work:
            scene = self.scene.copy(Path(work, "scene"))
            (ended,) = scene.run(self.command(scene), saboteur=Saboteur(fault, at))
            assert ended.code in ({KILLED, 0} if fault in DEATHS else {3, 0}), ended
            self.require_survival(scene, scene.folder / "copy", ended)

    def require_survival(self, scene: Scene, disk: Path, ended: Ended) -> None:
        """No harm to the archive, no half bag on the copy, and the same command again completes it."""
        before = snapshot(disk) if disk.exists() else {}
        copy = ["audit", "--copy", str(disk), "--read-only"]
        own, looked = scene.run(["audit", "--read-only"], copy)
        assert (own.code, own.report["outcome"]) == (0, "intact"), own
        assert told(own) <= UNFINISHED, own
        if self.began or ended.code == 0:
            assert (looked.code, looked.report["outcome"]) == (0, "intact"), looked
            assert told(looked) <= {"COPY-DERIVED"}, looked
        else:  # a first copy that has no ledger yet says that it was never finished
            assert looked.code in {0, 2}, looked
        assert (snapshot(disk) if disk.exists() else {}) == before
        again, checked, own = scene.run(self.command(scene, disk), copy, ["audit"])
        assert (again.code, again.report["outcome"]) == (0, "complete"), again
        assert (checked.code, told(checked)) == (0, set()), checked
        assert (own.code, told(own)) == (0, set()), own
        assert not (disk / WORK).exists()
        assert not [name for name in os.listdir(disk) if name.endswith(".tmp")]
        if self.form == "folder":
            theirs = files(disk)
            mine = {path: data for path, data in files(scene.root).items() if is_of_a_copy(path, theirs)}
            assert {path: theirs.get(path) for path in mine} == mine


def is_of_a_copy(path: str, theirs: dict[str, bytes]) -> bool:
    """False for what an audit wrote after the copy, and for a note that a killed writer left to no entry."""
    top = path.partition("/")[0]
    return top not in {"ledger", "audits"} and (top != "notes" or path in theirs)


def files(root: Path) -> dict[str, bytes]:
    """Every file below a folder but those that only an archive, or only a copy, has."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.relative_to(root).parts[0] not in APART
    }


def told(ended: Ended) -> set[str]:
    """The codes of what was found and is no note."""
    inner = [one for bag in ended.report["bags"] for one in bag["findings"]]
    return {one["code"] for one in [*inner, *ended.report["findings"]] if one["severity"] != "note"}


@pytest.fixture(scope="module")
def copyings(two_held: Scenario, crash_folder: Path) -> dict[str, Copying]:
    """A first copy, and one of a state since which documents came, were described and withdrawn."""
    first = two_held.scene
    made = {}
    year = datetime.now(UTC).year
    for form in ("folder", "tar"):
        made[f"first-{form}"] = Copying(first, form, began=False)
        scene = first.copy(crash_folder / f"next-{form}")
        later = Copying(scene, form, began=True)
        write_document(scene.folder / "more", "new.txt", b"came later\n")
        write_document(scene.folder / "more", "gone.txt", b"goes again\n")
        commands: list[list[str]] = [
            ["ingest", str(scene.folder / "more"), "--no-identify", "--jobs", "1"],
            later.command(scene),
            ["describe", f"{year}-000002", "--set", "dc.title=Twice"],
            ["withdraw", f"{year}-000003", "--reason", "asked back", "--yes"],
        ]
        for ended in scene.run(*commands):
            assert ended.code == 0, ended
        shutil.rmtree(scene.folder / "more")
        write_document(scene.folder / "more", "newest.txt", b"came last\n")
        (ended,) = scene.run(["ingest", str(scene.folder / "more"), "--no-identify", "--jobs", "1"])
        assert ended.code == 0, ended
        made[f"next-{form}"] = later
    return made


NAMES = ("first-folder", "next-folder", "first-tar", "next-tar")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", [Fault.KILL, Fault.ENOSPC, Fault.LOST])
def test_no_fault_at_a_sample_of_calls_harms_copy_or_archive(
    copyings: dict[str, Copying], name: str, fault: Fault
) -> None:
    points = copyings[name].points(fault)
    start = (NAMES.index(name) + list(Fault).index(fault) * 3) * len(points) // 13 % len(points)
    copyings[name].strike(fault, points[start])


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_at_any_call_harms_copy_or_archive(
    copyings: dict[str, Copying], name: str, fault: Fault
) -> None:
    for at in copyings[name].points(fault):
        copyings[name].strike(fault, at)


def test_killed_twice_it_completes_all_the_same(copyings: dict[str, Copying]) -> None:
    copying = copyings["next-folder"]
    points = copying.points(Fault.KILL)
    with tempfile.TemporaryDirectory(dir=copying.scene.workplace) as work:
        for at in points[len(points) // 2 :: max(len(points) // 3, 1)]:
            scene = copying.scene.copy(Path(work, str(at)))
            scene.run(copying.command(scene), saboteur=Saboteur(Fault.KILL, at))
            (ended,) = scene.run(copying.command(scene), saboteur=Saboteur(Fault.KILL, at // 2))
            copying.require_survival(scene, scene.folder / "copy", ended)


# -- disks of their own ------------------------------------------------------------------------------------


@pytest.fixture
def large(copyings: dict[str, Copying], crash_folder: Path) -> Iterator[Copying]:
    """A first copy of an archive that holds some 600 KiB."""
    folder = Path(tempfile.mkdtemp(dir=crash_folder))
    scene = copyings["first-folder"].scene.copy(folder / "scene")
    for number in range(3):
        write_document(scene.folder / "large", f"{number}.txt", bytes([number]) * 200 * KIB)
    (ended,) = scene.run(["ingest", str(scene.folder / "large"), "--no-identify", "--jobs", "1"])
    assert ended.code == 0, ended
    yield Copying(scene, "folder", began=False)
    shutil.rmtree(folder)


@pytest.mark.parametrize("room", [0, 300])
def test_a_full_disk_is_exit_3_and_more_room_completes_it(large: Copying, room: int) -> None:
    require_mounts()
    with memory_disk(large.scene.folder / "disk", "size=64m") as disk:
        remount(disk, f"size={room or 4}k")
        copy = disk / "copy"
        (ended,) = large.scene.run(large.command(large.scene, copy))
        assert ended.code == 3, ended
        said = ended.report.get("message", "") + "".join(one["message"] for one in ended.report["findings"])
        assert "No space left" in said, ended
        remount(disk, "size=64m")
        large.require_survival(large.scene, copy, ended)


class Pulled(Saboteur):
    """The copy's disk goes in the middle, and the program goes on."""

    def _strike(
        self,
        name: str,  # noqa: ARG002
        real: Callable[..., Any],
        arguments: tuple[Any, ...],
        options: dict[str, Any],
    ) -> Any:
        if self.cut is not None:
            self.cut()
            self.cut = None
        return real(*arguments, **options)


def test_a_disk_pulled_in_the_middle_is_exit_3_recorded_and_completed_when_it_is_back(
    large: Copying,
) -> None:
    require_mounts()
    scene = large.scene
    image = scene.folder / "disk"
    make_image(image)
    with tempfile.TemporaryDirectory(dir=scene.workplace) as work:
        mount = Path(work, "mount")
        with loop_disk(image, mount) as mounted:
            steps = scene.copy(Path(work, "dry")).steps(large.command(scene, mounted / "dry"))
        for at in (len(steps) // 2, 4 * len(steps) // 5):
            disk = Path(work, f"disk{at}")
            subprocess.run(["cp", "--sparse=always", str(image), str(disk)], check=True)
            now = scene.copy(Path(work, f"scene{at}"))
            copying = Copying(now, "folder", began=False)
            with loop_disk(disk, mount) as mounted:
                pulled = Pulled(Fault.EIO, at, cut=lambda mounted=mounted: cut_power(mounted))  # type: ignore[misc]
                (ended,) = now.run(copying.command(now, mounted / "copy"), saboteur=pulled)
                assert ended.code == 3, ended
            with loop_disk(disk, mount) as mounted:
                (status,) = now.run(["status"])
                assert status.code == 0, status
                copying.require_survival(now, mounted / "copy", ended)


@pytest.mark.parametrize("name", ["first-folder", pytest.param("next-tar", marks=pytest.mark.slow)])
def test_a_power_cut_loses_nothing_acknowledged(copyings: dict[str, Copying], name: str) -> None:
    require_mounts()
    copying = copyings[name]
    with tempfile.TemporaryDirectory(dir=copying.scene.workplace) as work:
        image, mount = Path(work, "image"), Path(work, "mount")
        make_image(image)
        with loop_disk(image, mount) as mounted:
            if copying.began:
                shutil.copytree(copying.scene.folder / "copy", mounted / "copy", symlinks=True)
        points = copying.points(Fault.POWER)
        for at in (points[len(points) // 3], points[2 * len(points) // 3], 1_000_000):
            disk = Path(work, f"disk{at}")
            subprocess.run(["cp", "--sparse=always", str(image), str(disk)], check=True)
            scene = copying.scene.copy(Path(work, f"scene{at}"))
            shutil.rmtree(scene.folder / "copy", ignore_errors=True)
            with loop_disk(disk, mount) as mounted:
                saboteur = Saboteur(Fault.POWER, at, cut=lambda mounted=mounted: cut_power(mounted))  # type: ignore[misc]
                (ended,) = scene.run(copying.command(scene, mounted / "copy"), saboteur=saboteur)
                if ended.code != KILLED:
                    assert ended.code == 0, ended
                    cut_power(mounted)
            with loop_disk(disk, mount) as mounted:
                copying.require_survival(scene, mounted / "copy", ended)
