"""Good bytes put in the place of damaged ones, in bags and in the archive's own files."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.crash.checks import debris, loose, told
from tests.crash.scenarios import Scenario
from tests.crash.scenes import Ended, Scene, make_scene
from tests.crash.trials import Trial

BAD = b"damaged bytes\n"
_OWN_FILES = 3  # that a repair of the archive's own files has to put back
# What an audit may say of the damage itself, however far the repair came.
DAMAGE = frozenset(
    {"FIX-ALTERED", "FIX-MISSING", "FIX-SIZE", "FIX-BAG-MISSING", "FIX-UNLISTED", "CATALOG-INDEX"}
    | {"CATALOG-STALE", "CATALOG-BAG-DOUBTFUL"}
)


@dataclass(frozen=True, kw_only=True)
class Repairing(Trial):
    """The repair of three bags; the damaged bytes are kept, and every bag is in the end as in the copy."""

    def kept(self, scene: Scene) -> object:
        """The copy that the bytes come from."""
        return contents(scene.folder / "copy")

    def require_survival(self, scene: Scene, ended: Ended) -> None:
        """Nothing destroyed, nothing else found wrong, and the same command again completes it."""
        kept = {path.read_bytes() for path in scene.root.rglob("*") if path.is_file()}
        assert BAD in kept, "the damaged bytes were destroyed"
        looked, again, audited = scene.run(["audit", "--read-only"], self.command(scene), ["audit"])
        assert told(looked) <= DAMAGE, f"audit before the rerun: {looked}"
        assert again.code == 0, f"the same command again: {again}"
        assert (audited.code, audited.report["outcome"]) == (0, "intact"), audited
        assert [one for one in audited.report["findings"] if one["severity"] != "note"] == []
        assert contents(scene.root) == contents(scene.folder / "copy")
        aside = [path for path in scene.root.glob("quarantine/damaged/*/*/*/files/**/*") if path.is_file()]
        assert sorted(path.read_bytes() for path in aside) == [BAD, b"whose?\n"]
        outcomes = {"intact", "unreadable"} if ended.code == 3 else {"intact"}
        if ended.code in self.left:  # the rest of a bag came back when the place gave it
            outcomes |= {"damaged", "missing"}
        require_one_entry_each(scene, outcomes=outcomes, again=ended.code in self.left)
        assert loose(scene) == []
        assert debris(scene) == []


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of the bags."""
    files = (path for path in (folder / "bags").rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def require_one_entry_each(scene: Scene, *, outcomes: set[str], again: bool = False) -> None:
    """Each repair stands in the ledger once, with one of these outcomes of reading the bag afterwards.

    `again`: one bag may have been repaired in part first, and then once more.
    """
    from archive.services.opened import open_archive

    entries = map(json.loads, open_archive(scene.root).ledger.entries())
    repaired = [entry for entry in entries if entry["type"] == "repaired"]
    assert len({entry["bag"] for entry in repaired}) == 3
    assert 3 <= len(repaired) <= 3 + again
    assert {entry["outcome"] for entry in repaired} <= outcomes


def repaired_bags(folder: Path) -> Repairing:
    """Three documents, one altered, one gone, one with a stranger in it; beside them a good copy."""
    scene = make_scene(folder / "damaged", {"a.txt": b"one\n", "b.txt": b"two\n"})
    scene.made(["ingest", str(scene.sources), "--no-identify", "--jobs", "1"])
    shutil.copytree(scene.root, scene.folder / "copy", symlinks=True)
    paths = {path.name: path for path in scene.root.glob("bags/*/*/data/*")}
    paths["a.txt"].chmod(0o644)
    paths["a.txt"].write_bytes(BAD)
    shutil.rmtree(paths["b.txt"].parent.parent)
    stranger = paths["first.txt"].parent
    stranger.chmod(0o755)
    (stranger / "stranger").write_bytes(b"whose?\n")
    stranger.chmod(0o555)
    arguments = ("repair", "--all", "--from", "{}/copy", "--reason", "a test", "--yes", "--jobs", "1")
    return Repairing(scene=scene, arguments=arguments, left=frozenset({1}))


def repaired_ledger(scene: Scene, folder: Path) -> Scenario:
    """A bundle of entries, a tile and the manifests of runs, damaged or gone, put back from a copy."""
    scene = scene.copy(folder / "evidence")
    shutil.copytree(scene.root, scene.folder / "copy", symlinks=True)
    for pattern in ("ledger/tile/entries/**/*", "runs/*.json"):
        path = next(path for path in sorted(scene.root.glob(pattern)) if path.is_file())
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-1])
    shutil.rmtree(scene.root / "ledger/tile/0")
    arguments = ("repair", "--ledger", "--from", "{}/copy", "--reason", "a test", "--yes")
    left = frozenset({1, 5})
    return Scenario(scene=scene, arguments=arguments, prior=0, left=left, shown=_are_put_back_as_told)


def _are_put_back_as_told(scene: Scene) -> bool:
    """The ledger has every file that was put back, also one of which nothing had to be set aside.

    A run that was killed between the two moves of a file, and the one after it, may both have it.
    """
    from archive.services.opened import open_archive

    entries = map(json.loads, open_archive(scene.root).ledger.entries())
    counted = sum(entry["restored"] for entry in entries if entry["type"] == "repaired")
    return counted in {_OWN_FILES, _OWN_FILES + 1}
