"""Changing, replacing and restoring a key, killed anywhere: the old key or the new one, never a third."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.crash.harness import Fault, Saboteur, Scenario, Scene

REASON = ("--reason", "a test")


@pytest.fixture(scope="session")
def rotation(one_document: Scenario) -> Scenario:
    """A new key that the old one signs."""
    return Scenario(one_document.scene, ("key", "rotate", *REASON))


@pytest.fixture(scope="session")
def replacement(one_document: Scenario, crash_folder: Path) -> Scenario:
    """A new key in place of a lost one; once it is there, the answer is that it is not lost."""
    scene = one_document.scene.copy(crash_folder / "lost")
    for key in scene.keys.glob("*/key.pem"):
        key.unlink()
    return Scenario(
        scene,
        ("key", "replace", "--lost", *REASON),
        done=frozenset({2}),
        told=frozenset({"LEDGER-KEY-REPLACED"}),
    )


@pytest.fixture(scope="session")
def restoring(one_document: Scenario, crash_folder: Path) -> Scenario:
    """A key from its backup; once it is there, the answer is that it is."""
    scene = one_document.scene.copy(crash_folder / "restored")
    backup = ["key", "backup", "--to", str(scene.folder / "backup.txt"), "--no-passphrase"]
    assert [ended.code for ended in scene.run(backup)] == [0]
    shutil.rmtree(scene.keys)
    return Scenario(scene, ("key", "restore", "{}/backup.txt"), done=frozenset({6}))


NAMES = ["rotation", "replacement", "restoring"]


@pytest.mark.parametrize("name", NAMES)
def test_killed_at_the_moments_that_matter_nothing_is_lost(name: str, request: pytest.FixtureRequest) -> None:
    scenario: Scenario = request.getfixturevalue(name)
    steps = scenario.steps()
    renames = [at + after for at, step in enumerate(steps) if step == "rename" for after in (0, 1)]
    for at in [*renames[:: 1 if name == "restoring" else 4], len(steps) - 1]:
        scenario.strike(Fault.KILL, at)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault.KILL, Fault.TORN, Fault.ENOSPC, Fault.EIO])
@pytest.mark.parametrize("name", NAMES)
def test_a_fault_at_any_call_is_survived(name: str, fault: Fault, request: pytest.FixtureRequest) -> None:
    scenario: Scenario = request.getfixturevalue(name)
    for at in range(len(scenario.steps())):
        scenario.strike(fault, at)


@pytest.mark.slow
def test_a_recovery_from_a_change_of_keys_that_is_killed_is_taken_up_again(rotation: Scenario) -> None:
    steps = rotation.steps()
    commit = [at for at, step in enumerate(steps) if step == "rename"]
    for first in (at + 1 for at in commit[::3]):
        for second in range(0, 60, 4):
            rotation.strike_twice(first, second)


def _verified(scene: Scene, *arguments: str) -> tuple[int, set[str]]:
    (ended,) = scene.run(["ledger", "verify", *arguments])
    return ended.code, {finding["code"] for finding in ended.report["findings"]}


@pytest.mark.parametrize("name", ["rotation", "replacement"])
def test_between_the_commit_and_archive_toml_every_reader_accepts_the_ledger(
    name: str, request: pytest.FixtureRequest, crash_folder: Path
) -> None:
    scenario: Scenario = request.getfixturevalue(name)
    settings = (scenario.scene.root / "archive.toml").read_bytes()
    for at, step in enumerate(scenario.steps()):
        if step != "rename":
            continue
        with tempfile.TemporaryDirectory(dir=crash_folder) as work:
            scene = scenario.scene.copy(Path(work, "scene"))
            scene.run(scenario.command(scene), saboteur=Saboteur(Fault.KILL, at + 1))
            is_between = _size(scene) > _size(scenario.scene)
            if not is_between:
                continue
            assert (scene.root / "archive.toml").read_bytes() == settings
            commands = (["status"], ["list"], ["audit", "--read-only"], ["ledger", "log"], ["key", "show"])
            verified, *others = scene.run(["ledger", "verify"], *commands)
            assert "LEDGER-KEY-UNFINISHED" in {one["code"] for one in verified.report["findings"]}
            assert [ended.code for ended in (verified, *others)] == [0] * 6
            return
    raise AssertionError("nothing was committed")


def _size(scene: Scene) -> int:
    return int((scene.root / "ledger/checkpoint").read_text().split("\n")[1])
