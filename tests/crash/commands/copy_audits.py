"""Audits of a copy: recorded, or kept until they can be signed where the key is locked."""

from dataclasses import dataclass
from pathlib import Path

from tests.crash.checks import UNFINISHED, debris, told
from tests.crash.commands.changes import BOTH
from tests.crash.commands.copies import copy_command
from tests.crash.commands.keys import PHRASE, give_phrase
from tests.crash.scenarios import Scenario
from tests.crash.scenes import Ended, Scene
from tests.crash.trials import Trial

AUDIT_COPY = ("audit", "--copy", "{}/copy")


def _copied(two: Scene, folder: Path) -> Scene:
    scene = two.copy(folder)
    scene.made([each.replace("{}", str(scene.folder)) for each in copy_command("{}/copy", "folder")])
    return scene


def recorded_audit_of_copy(two: Scene, folder: Path) -> Scenario:
    """An audit of a copy that is up to date."""

    def shown(scene: Scene) -> bool:
        (log,) = scene.run(["ledger", "log"])
        return any(entry["type"] == "copy audited" for entry in log.report["entries"])

    scene = _copied(two, folder / "audited-copy")
    return Scenario(scene=scene, arguments=AUDIT_COPY, expected=BOTH, prior=2, shown=shown)


@dataclass(frozen=True, kw_only=True)
class WaitingAudit(Trial):
    """An audit of a damaged copy whose results wait for the passphrase: what it told is never lost."""

    def require_survival(self, scene: Scene, ended: Ended) -> None:
        """No harm to the archive; once it said that its results are kept, the next copy mends the damage."""
        (own,) = scene.run(["audit", "--read-only"])
        assert (own.code, own.report["outcome"]) == (0, "intact"), own
        assert told(own) <= UNFINISHED, own
        if not _is_kept(ended):
            (again,) = scene.run(self.command(scene))
            assert again.code == self.code, f"the same command again: {again}"
            assert _is_kept(again), f"the same command again: {again}"
        copy = [each.replace("{}", str(scene.folder)) for each in copy_command("{}/copy", "folder")]
        copied, looked, own = scene.run(copy, self.command(scene), ["audit"], before=give_phrase)
        assert copied.code == 0, copied
        assert (looked.code, looked.report["outcome"], told(looked)) == (0, "intact", set()), looked
        assert (own.code, told(own)) == (0, set()), own
        left = debris(scene)
        assert left == [], f"left behind: {left}"


def _is_kept(ended: Ended) -> bool:
    found = ended.report["findings"] if ended.code == 1 else ()
    return any(one["code"] == "AUDIT-WAITING" for one in found)


def waiting_audit_of_copy(two: Scene, folder: Path) -> WaitingAudit:
    """The key is encrypted and the passphrase is not at hand; one file of the copy is damaged."""
    scene = _copied(two, folder / "waiting-copy")
    (scene.folder / "phrase").write_text(PHRASE)
    scene.made(["key", "passphrase", "--new-passphrase-file", str(scene.folder / "phrase")])
    (payload,) = (scene.folder / "copy").glob("bags/*/*/data/a.txt")
    payload.chmod(0o644)
    payload.write_bytes(b"damaged bytes\n")
    payload.chmod(0o444)
    return WaitingAudit(scene=scene, arguments=AUDIT_COPY, code=1)
