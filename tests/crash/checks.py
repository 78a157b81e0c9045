"""What must hold of a scene, whatever happened to the command."""

from hashlib import sha512
from pathlib import Path
from typing import Any

from tests.crash.scenes import Ended, Scene

# What an audit may say beside notes of an archive whose writer was killed and not yet followed by another.
UNFINISHED = frozenset({"CATALOG-INDEX", "CATALOG-STALE"})
EXIT_OF = {"intact": 0, "damaged": 1}


def snapshot(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Mode, modification time and content of everything below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = sha512(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_mtime_ns, content)
    return found


def debris(scene: Scene) -> list[str]:
    """What an unfinished command left and nobody took away: staged work and temporary files."""
    left = [path for path in scene.root.glob("staging/*") if path.name != ".lock"]
    audits = scene.root / "audits"  # what an audit was killed over stays until it is resumed
    left += [
        path
        for path in (*scene.root.rglob("*.tmp"), *scene.root.rglob(".*"))
        if path.name != ".lock" and audits not in path.parents and "data" not in path.parts
    ]
    left += list(scene.root.glob("*-journal")) + list(scene.root.glob("ledger/checkpoint.new"))
    settings = (scene.root / "archive.toml").read_text()
    for folder in scene.keys.glob("*"):
        if f"+{folder.name}+" in settings:  # not the key of an `init` that never came to its end
            left += [path for path in folder.iterdir() if path.name == "pending.json" or "tmp" in path.name]
    return sorted({str(path.relative_to(scene.folder)) for path in left})


def loose(scene: Scene) -> list[str]:
    """Folders of held and withdrawn bags that may be written to."""
    bags = (*scene.root.glob("bags/*/*"), *scene.root.glob("quarantine/withdrawn/*/*"))
    folders = [path for bag in bags for path in (bag, *bag.rglob("*")) if path.is_dir()]
    return sorted(str(path.relative_to(scene.root)) for path in folders if path.stat().st_mode & 0o222)


def titles(listing: Any) -> tuple[str, ...]:
    """The titles that a `list` names, in its order."""
    return tuple(str(row["title"]) for row in listing["documents"])


def held(listing: Any) -> list[str]:
    """The sources of the documents that a `list` names, in order."""
    return sorted(str(row["source"]) for row in listing["documents"])


def told(ended: Ended) -> set[str]:
    """The codes of what an audit found that is no note, of bags and of the archive itself."""
    inner = [one for bag in ended.report["bags"] for one in bag["findings"]]
    return {one["code"] for one in [*inner, *ended.report["findings"]] if one["severity"] != "note"}


def wrong(ended: Ended, expected: frozenset[str]) -> list[Any]:
    """What an audit found of the archive itself that is neither a note nor expected."""
    found = ended.report["findings"]
    return [one for one in found if one["severity"] != "note" and one["code"] not in expected]


def require_no_harm(looked: Ended, prior: int, expected: frozenset[str], outcome: str) -> None:
    """An audit before anybody cleans up: nothing held is harmed, nothing half done is taken for held."""
    assert looked.code == EXIT_OF[outcome], f"audit before the rerun: {looked}"
    assert looked.report["outcome"] == outcome
    assert looked.report["scope"]["held"] >= prior
    assert looked.report["counts"]["unknown"] == 0
    found = wrong(looked, UNFINISHED | expected)
    assert found == [], f"audit before the rerun: {found}"
