"""What desktop programs left set aside, from held and withdrawn bags and from beside them."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.crash.checks import debris, loose, told
from tests.crash.scenes import Ended, Scene, make_scene
from tests.crash.trials import Trial

MARK = b"litter of "  # then the place that it lay in
# What an audit may say of litter, however much of it has gone.
FOUND = frozenset(
    {"FIX-LITTER", "FIX-SIZE", "QUARANTINE-LITTER", "NOTE-LITTER", "AUDIT-LITTER", "CATALOG-LITTER"}
    | {"LEDGER-UNKNOWN-FILE", "CATALOG-INDEX", "CATALOG-STALE"}
)


@dataclass(frozen=True, kw_only=True)
class Tidying(Trial):
    """Litter in three bags and beside them: it is all kept, and every bag is in the end as it was."""

    bags: dict[str, bytes]

    def require_survival(self, scene: Scene, ended: Ended) -> None:
        """Nothing destroyed, nothing else found wrong, and the same command again completes it."""
        places = litter(self.scene)
        assert sorted(litter(scene)) == sorted(places), "litter was destroyed"
        looked, again, audited = scene.run(["audit", "--read-only"], self.command(scene), ["audit"])
        assert told(looked) <= FOUND, f"audit before the rerun: {looked}"
        assert again.code == 0, f"the same command again: {again}"
        assert (audited.code, audited.report["outcome"]) == (0, "intact"), audited
        assert [one for one in audited.report["findings"] if one["severity"] != "note"] == []
        assert contents(scene.root) == self.bags, "a bag is not as it was"
        assert sorted(litter(scene)) == sorted(places)
        assert sorted(litter(scene, "quarantine/damaged")) == sorted(places)
        require_one_entry_each(scene, in_parts=ended.code in {1, 3})
        assert loose(scene) == []
        assert debris(scene) == []


def litter(scene: Scene, below: str = "") -> list[bytes]:
    """The litter below a folder of the archive."""
    found = (path.read_bytes() for path in (scene.root / below).rglob("*") if path.is_file())
    return [data for data in found if data.startswith(MARK)]


def contents(root: Path) -> dict[str, bytes]:
    """Every file of held and withdrawn bags."""
    files = (path for top in ("bags", "quarantine/withdrawn") for path in (root / top).rglob("*"))
    return {str(path.relative_to(root)): path.read_bytes() for path in files if path.is_file()}


def require_one_entry_each(scene: Scene, *, in_parts: bool) -> None:
    """What was set aside stands in the ledger once; `in_parts` some of a bag, or of the rest, came later."""
    from archive.services.opened import open_archive

    entries = map(json.loads, open_archive(scene.root).ledger.entries())
    repaired = [entry for entry in entries if entry["type"] == "repaired"]
    bags = {entry.get("bag") for entry in repaired}
    assert len(bags) == 4
    assert len(repaired) in ({4, 5} if in_parts else {4})
    last = {entry.get("bag"): entry["outcome"] for entry in repaired}
    assert set(last.values()) <= ({"intact", "unreadable"} if in_parts else {"intact"})
    assert sum(entry["moved"] for entry in repaired) == len(litter(scene))


def tidied(folder: Path) -> Tidying:
    """Two held documents and a withdrawn one, with litter in each, in a folder of it, and beside them."""
    scene = make_scene(folder / "littered", {"a.txt": b"one\n", "b.txt": b"two\n"})
    scene.made(
        ["ingest", str(scene.sources), "--no-identify", "--jobs", "1"],
        ["withdraw", "2026-000002", "--reason", "a test", "--yes"],
    )
    bags = contents(scene.root)
    for bag in (*scene.root.glob("bags/*/*"), *scene.root.glob("quarantine/withdrawn/*/*")):
        for place in (bag, bag / "data"):
            place.chmod(0o755)
            plant(place / "Thumbs.db", scene.root)
            place.chmod(0o555)
    for beside in ("bags", "runs", "quarantine/withdrawn"):
        plant(scene.root / beside / "desktop.ini", scene.root)
    (scene.root / "bags/__MACOSX").mkdir()
    plant(scene.root / "bags/__MACOSX/inner", scene.root)
    return Tidying(scene=scene, left=frozenset({1}), arguments=("tidy", "--yes"), bags=bags)


def plant(path: Path, root: Path) -> None:
    """A file of litter that says where it lay."""
    path.write_bytes(MARK + str(path.relative_to(root)).encode())
