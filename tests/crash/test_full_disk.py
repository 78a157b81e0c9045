"""A disk that is full, out of inodes, or read-only: exit 3, nothing half done, and it goes on afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.services.ingest import room as ingest_room
from tests.crash.checks import snapshot
from tests.crash.disks import memory_disk, remount, require_mounts
from tests.crash.scenarios import Scenario
from tests.crash.scenes import Scene

KIB = 1024


@pytest.fixture(scope="module")
def large(crash_folder: Path, one_document: Scenario) -> Scenario:
    """Ingest of documents that need some 400 KiB."""
    scene = one_document.scene.copy(crash_folder / "large")
    (scene.sources / "a.txt").write_bytes(b"0123456789abcdef" * 16 * KIB)
    for name in ("b.txt", "c.txt"):
        (scene.sources / name).write_text(name)
        (scene.sources / f"{name}.dc.json").write_text('{"title": "T"}')
    return replace(one_document, scene=scene, expected=("first.txt", "a.txt", "b.txt", "c.txt"))


@pytest.fixture
def on_disk(large: Scenario) -> Iterator[Scene]:
    """The scene with its archive on a small disk of its own, which has room for the archive as it is."""
    require_mounts()
    folder = Path(tempfile.mkdtemp(dir=large.scene.workplace))
    scene = large.scene.copy(folder / "scene")
    shutil.rmtree(scene.root)
    with memory_disk(scene.root, "size=64m"):
        shutil.copytree(large.scene.root, scene.root, dirs_exist_ok=True)
        yield scene
    shutil.rmtree(folder)


def sampled(quick: Sequence[int], every: Sequence[int]) -> list[Any]:
    """The quick ones, and all others in the slow run."""
    slow = [pytest.param(number, marks=pytest.mark.slow) for number in every if number not in quick]
    return [*quick, *slow]


def _foresee_nothing() -> None:
    """As where a file system does not tell its room: whoever writes meets the end of it."""
    pytest.MonkeyPatch().setattr(ingest_room, "room_at", lambda _: None)


@pytest.mark.parametrize("foreseen", [False, True])
@pytest.mark.parametrize("room", sampled([0, 4, 40, 120, 300, 340, 380, 420], range(0, 480, 8)))
def test_a_full_disk_is_exit_3_and_more_room_completes_it(
    large: Scenario, on_disk: Scene, room: int, foreseen: bool
) -> None:
    sources = snapshot(on_disk.sources)
    remount(on_disk.root, f"size={shutil.disk_usage(on_disk.root).used // KIB + room}k")
    (ended,) = on_disk.run(large.command(on_disk), before=None if foreseen else _foresee_nothing)
    assert ended.code == 3 or (room > 300 and ended.code == 0), ended
    if ended.code:
        codes = [finding["code"] for finding in ended.report["findings"]]
        told = ended.report.get("message", "")
        assert (foreseen and codes == ["SRC-NO-ROOM"]) or "No space left" in told or "full" in told, ended
    (looked,) = on_disk.run(["audit", "--read-only"])
    assert (looked.code, looked.report["outcome"]) == (0, "intact")
    remount(on_disk.root, "size=64m")
    large.require_survival(on_disk, ended)
    assert snapshot(on_disk.sources) == sources


@pytest.mark.parametrize("inodes", sampled([0, 1, 5, 15, 40], range(60)))
def test_a_disk_out_of_inodes_is_exit_3_and_more_complete_it(
    large: Scenario, on_disk: Scene, inodes: int
) -> None:
    free = os.statvfs(on_disk.root)
    remount(on_disk.root, f"nr_inodes={free.f_files - free.f_ffree + inodes}")
    (ended,) = on_disk.run(large.command(on_disk))
    assert ended.code in {0, 3}, ended
    remount(on_disk.root, "nr_inodes=100000")
    large.require_survival(on_disk, ended)


def test_a_read_only_archive_is_audited_and_not_written(large: Scenario, on_disk: Scene) -> None:
    remount(on_disk.root, "ro")
    before = snapshot(on_disk.root)
    ingested, looked, meant = on_disk.run(large.command(on_disk), ["audit", "--read-only"], ["audit"])
    assert ingested.code == 3
    assert "read-only" in (ingested.report["message"] + ingested.report.get("remedy", "")).lower()
    assert (looked.code, looked.report["outcome"]) == (0, "intact")
    assert (meant.code, meant.report["outcome"], meant.report["recorded"]) == (3, "intact", False)
    assert snapshot(on_disk.root) == before
    remount(on_disk.root, "rw")
    large.require_survival(on_disk, ingested)
