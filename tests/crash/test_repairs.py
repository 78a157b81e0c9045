"""A repair killed or failed at its calls: the damaged bytes are kept, the rerun completes."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.harness import DEATHS, KILLED, Fault, Saboteur, Scene, debris, loose, make_scene

COMMAND = ("repair", "--all", "--from", "{}/copy", "--reason", "a test", "--yes", "--jobs", "1")
BAD = b"damaged bytes\n"
# What an audit may say of the damage itself, however far the repair came.
DAMAGE = frozenset(
    {"FIX-ALTERED", "FIX-MISSING", "FIX-SIZE", "FIX-BAG-MISSING", "FIX-UNLISTED", "CATALOG-INDEX"}
    | {"CATALOG-STALE", "CATALOG-BAG-DOUBTFUL"}
)


@pytest.fixture(scope="module")
def damaged(crash_folder: Path) -> Scene:
    """Three documents, one altered, one gone, one with a stranger in it; beside them a good copy."""
    scene = make_scene(crash_folder / "damaged", {"a.txt": b"one\n", "b.txt": b"two\n"})
    (ended,) = scene.run(["ingest", str(scene.sources), "--no-identify", "--jobs", "1"])
    assert ended.code == 0, ended
    shutil.copytree(scene.root, scene.folder / "copy", symlinks=True)
    paths = {path.name: path for path in scene.root.glob("bags/*/*/data/*")}
    paths["a.txt"].chmod(0o644)
    paths["a.txt"].write_bytes(BAD)
    shutil.rmtree(paths["b.txt"].parent.parent)
    stranger = paths["first.txt"].parent
    stranger.chmod(0o755)
    (stranger / "stranger").write_bytes(b"whose?\n")
    stranger.chmod(0o555)
    return scene


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of the bags."""
    files = (path for path in (folder / "bags").rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def command(scene: Scene) -> list[str]:
    """The repair over a copy of the scene."""
    return [word.replace("{}", str(scene.folder)) for word in COMMAND]


@pytest.fixture
def workplace(damaged: Scene) -> Iterator[Path]:
    """A folder beside the scene that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="repair-", dir=damaged.folder.parent) as work:
        yield Path(work)


def strike(damaged: Scene, workplace: Path, fault: Fault, *places: int) -> None:
    """The repair with a fault at these calls, one run for each, then all that must hold."""
    scene = damaged.copy(workplace / f"{fault.value}-{'-'.join(map(str, places))}")
    for at in places:
        (ended,) = scene.run(command(scene), saboteur=Saboteur(fault, at))
        assert ended.code in ({KILLED, 0} if fault in DEATHS else {0, 3}), ended
    kept = {path.read_bytes() for path in scene.root.rglob("*") if path.is_file()}
    assert BAD in kept, "the damaged bytes were destroyed"
    looked, again, audited = scene.run(["audit", "--read-only"], command(scene), ["audit"])
    told = [one for bag in looked.report["bags"] for one in bag["findings"]] + looked.report["findings"]
    wrong = [one for one in told if one["severity"] != "note" and one["code"] not in DAMAGE]
    assert wrong == [], f"audit before the rerun: {wrong}"
    assert again.code == 0, f"the same command again: {again}"
    assert (audited.code, audited.report["outcome"]) == (0, "intact"), audited
    assert [one for one in audited.report["findings"] if one["severity"] != "note"] == []
    assert contents(scene.root) == contents(scene.folder / "copy")
    aside = [path for path in scene.root.glob("quarantine/damaged/*/*/*/files/**/*") if path.is_file()]
    assert sorted(path.read_bytes() for path in aside) == [BAD, b"whose?\n"]
    require_one_entry_each(scene)
    assert loose(scene) == []
    assert debris(scene) == []
    shutil.rmtree(scene.folder)


def require_one_entry_each(scene: Scene) -> None:
    """Each repair stands in the ledger once, with the digest of its record."""
    from archive.services.opened import open_archive

    entries = map(json.loads, open_archive(scene.root).ledger.entries())
    repaired = [entry for entry in entries if entry["type"] == "repaired"]
    assert len({entry["bag"] for entry in repaired}) == len(repaired) == 3
    assert {entry["outcome"] for entry in repaired} == {"intact"}


@pytest.fixture(scope="module")
def steps(damaged: Scene) -> list[str]:
    """The calls by which the repair changes the disk."""
    with tempfile.TemporaryDirectory(prefix="steps-", dir=damaged.folder.parent) as work:
        scene = damaged.copy(Path(work, "scene"))
        return scene.steps(command(scene))


def test_a_repair_killed_at_a_sample_of_its_calls(damaged: Scene, steps: list[str], workplace: Path) -> None:
    renames = [at for at, name in enumerate(steps) if name == "rename"]
    for at in sorted({*renames, *range(3, len(steps), max(len(steps) // 8, 1))}):
        strike(damaged, workplace, Fault.KILL, at)


@pytest.mark.parametrize("fault", [Fault.TORN, Fault.ENOSPC, Fault.EIO, Fault.LOST, Fault.FLIPPED])
def test_a_repair_failed_at_a_sample_of_its_calls(
    damaged: Scene, steps: list[str], workplace: Path, fault: Fault
) -> None:
    start = list(Fault).index(fault)  # another sample for each
    for at in range(start, len(steps), max(len(steps) // 5, 1)):
        strike(damaged, workplace, fault, at)


def test_a_recovery_of_a_repair_that_is_killed_is_taken_up_again(
    damaged: Scene, steps: list[str], workplace: Path
) -> None:
    renames = [at for at, name in enumerate(steps) if name == "rename"]
    for first in renames[2:6]:
        strike(damaged, workplace, Fault.KILL, first, 14)


@pytest.mark.slow
@pytest.mark.parametrize("fault", list(Fault.__members__.values())[:5])
def test_a_repair_struck_at_any_of_its_calls(
    damaged: Scene, steps: list[str], workplace: Path, fault: Fault
) -> None:
    for at in range(len(steps)):
        strike(damaged, workplace, fault, at)


@pytest.mark.slow
def test_a_recovery_of_a_repair_killed_at_any_call_is_taken_up_again(
    damaged: Scene, steps: list[str], workplace: Path
) -> None:
    for first in range(20, len(steps), 9):
        for second in range(2, 70, 5):
            strike(damaged, workplace, Fault.KILL, first, second)
