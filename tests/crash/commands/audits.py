"""Audits that are recorded, damage that is taken note of, derived files made anew."""

from pathlib import Path

from tests.crash.scenarios import Scenario
from tests.crash.scenes import Scene

DAMAGE = frozenset({"FIX-ALTERED"})


def recorded_audit(scene: Scene) -> Scenario:
    """An audit that is recorded."""
    return Scenario(scene=scene, arguments=("audit",))


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
