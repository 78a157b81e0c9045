"""A copy on a full disk and on a pulled one: exit 3, recorded, and completed by the same command again."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.commands import Trials
from tests.crash.commands.copies import Copying, copy_command
from tests.crash.disks import cut_power, loop_disk, make_image, memory_disk, remount, require_mounts
from tests.crash.faults import Fault
from tests.crash.sabotage import Saboteur
from tests.crash.scenes import Scene, write_document

KIB = 1024


def onto(scene: Scene, disk: Path) -> Copying:
    """A first copy of a scene onto a disk of its own."""
    arguments = copy_command(disk, "folder")
    return Copying(scene=scene, arguments=arguments, form="folder", began=False, disk=disk)


@pytest.fixture
def large(trials: Trials, crash_folder: Path) -> Iterator[Scene]:
    """An archive that holds some 600 KiB."""
    folder = Path(tempfile.mkdtemp(dir=crash_folder))
    scene = trials.two.copy(folder / "scene")
    for number in range(3):
        write_document(scene.folder / "large", f"{number}.txt", bytes([number]) * 200 * KIB)
    yield scene.made(["ingest", str(scene.folder / "large"), "--no-identify", "--jobs", "1"])
    shutil.rmtree(folder)


@pytest.mark.parametrize("room", [0, 60, 300, 650])
def test_a_full_disk_is_exit_3_and_more_room_completes_it(large: Scene, room: int) -> None:
    require_mounts()
    with memory_disk(large.folder / "disk", "size=64m") as disk:
        remount(disk, f"size={room or 4}k")
        copying = onto(large, disk / "copy")
        (ended,) = large.run(copying.command(large))
        assert ended.code == 3, ended
        said = ended.report.get("message", "") + "".join(one["message"] for one in ended.report["findings"])
        assert "No space left" in said, ended
        remount(disk, "size=64m")
        copying.require_survival(large, ended)


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
    large: Scene,
) -> None:
    require_mounts()
    scene = large
    image = scene.folder / "disk"
    make_image(image)
    with tempfile.TemporaryDirectory(dir=scene.workplace) as work:
        mount = Path(work, "mount")
        with loop_disk(image, mount) as mounted:
            dry = onto(scene.copy(Path(work, "dry")), mounted / "dry")
            steps = dry.scene.steps(dry.command(dry.scene))
        for at in range(len(steps) // 4, len(steps), len(steps) // 3):
            disk = Path(work, f"disk{at}")
            subprocess.run(["cp", "--sparse=always", str(image), str(disk)], check=True)
            now = scene.copy(Path(work, f"scene{at}"))
            with loop_disk(disk, mount) as mounted:
                copying = onto(now, mounted / "copy")
                pulled = Pulled(Fault.EIO, at, cut=lambda mounted=mounted: cut_power(mounted))  # type: ignore[misc]
                (ended,) = now.run(copying.command(now), saboteur=pulled)
                assert ended.code == 3, ended
            with loop_disk(disk, mount) as mounted:
                (status,) = now.run(["status"])
                assert status.code == 0, status
                copying.require_survival(now, ended)


def test_what_the_disk_of_a_copy_keeps_otherwise_is_found_as_it_is_read_back(trials: Trials) -> None:
    copying = trials["copy (first, folders)"]
    for at in copying.points(Fault.FLIPPED)[::12]:
        copying.strike(Fault.FLIPPED, at)
