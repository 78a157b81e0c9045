"""Audits that are recorded, damage that is taken note of, derived files made anew."""

from pathlib import Path

from tests.crash.scenarios import Scenario
from tests.crash.scenes import Scene
from tests.crash.trials import Trial

DAMAGE = frozenset({"FIX-ALTERED"})


def recorded_audit(scene: Scene) -> Scenario:
    """An audit that is recorded."""
    return Scenario(scene=scene, arguments=("audit",))


def small_chunks() -> None:
    """Few bags a chunk, in the child that calls it: workers have something to do."""
    from archive.services.audit import ahead

    ahead.FIRST_BAGS = 1


def audit_in_workers(several: Trial, folder: Path) -> Scenario:
    """An audit whose workers read bags before the ledger is verified."""
    scene = several.scene.copy(folder / "several-held")
    scene.made([*several.command(scene)])
    expected = ("first.txt", "a.txt", "letters/b:c.txt", "empty.txt")
    arguments = ("audit", "--jobs", "2")
    return Scenario(scene=scene, arguments=arguments, expected=expected, prior=4, before=small_chunks)


def catalog_rebuild(scene: Scene) -> Scenario:
    """The derived files made anew."""
    return Scenario(scene=scene, arguments=("catalog", "rebuild"))


def damaged(scene: Scene, folder: Path) -> Scene:
    """The one document altered."""
    scene = scene.copy(folder / "altered")
    (payload,) = scene.root.glob("bags/*/*/data/*")
    payload.chmod(0o644)
    payload.write_bytes(b"damaged bytes\n")
    payload.chmod(0o444)
    return scene


def acknowledging_audit(altered: Scene) -> Scenario:
    """An audit that finds damage and takes note of it."""
    arguments = ("audit", "--acknowledge", "the disk fell")
    return Scenario(scene=altered, arguments=arguments, code=1, outcome="damaged", told=DAMAGE)


def acknowledgement(altered: Scene, folder: Path) -> Scenario:
    """Known damage that is taken note of."""
    scene = altered.copy(folder / "known")
    (found,) = scene.run(["audit"])
    assert found.code == 1, found
    (listed,) = scene.run(["incidents"])
    incident = listed.report["incidents"][0]["id"]
    arguments = ("incidents", incident, "--acknowledge", "the disk fell")

    def shown(scene: Scene) -> bool:
        (listed,) = scene.run(["incidents"])
        return bool(listed.report["incidents"][0]["acknowledged"])

    return Scenario(scene=scene, arguments=arguments, outcome="damaged", told=DAMAGE, shown=shown)
