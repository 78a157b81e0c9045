"""Commands that write a file or folder of their own beside the archive: it is there whole, or not at all."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.crash.checks import snapshot
from tests.crash.scenes import Ended, Scene
from tests.crash.trials import Trial

Whole = Callable[[Path], bool]


@dataclass(frozen=True, kw_only=True)
class Output(Trial):
    """A command that makes `made`, a path in the scene, and leaves the archive as it was.

    `whole` tells whether what is there was written to its end; `done` are further codes with which the
    command may answer when what it makes is there already; `beside` are other names that it makes. What is
    `partial` is written with exit 3 also where storage did not give all of it, which is said.
    """

    made: str
    whole: Whole
    done: frozenset[int] = frozenset({2, 4, 6})
    beside: frozenset[str] = frozenset()
    partial: bool = False

    def kept(self, scene: Scene) -> object:
        """Sources, keys and the archive itself but for its index, a cache."""
        archive = {name: each for name, each in snapshot(scene.root).items() if "catalog.sqlite" not in name}
        return snapshot(scene.sources), archive, snapshot(scene.keys)

    def require_survival(self, scene: Scene, ended: Ended) -> None:
        """Whole or absent, there once it was acknowledged, and whole after the same command again."""
        made = scene.folder / self.made
        if self.partial and ended.code == 3 and made.exists():
            assert "-UNREADABLE" in str(ended.report.get("findings")), ended
            made.unlink()
        if ended.code == self.code or made.exists():
            assert made.exists(), "acknowledged and lost"
            assert self.whole(made), f"{self.made} is there in part"
        was_there = made.exists()
        (again,) = scene.run(self.command(scene), before=self.before)
        assert again.code in {self.code} | (self.done if was_there else set()), f"again: {again}"
        assert self.whole(made), f"{self.made} is there in part"
        before = {path.name for path in self.scene.folder.iterdir()}
        left = {path.name for path in scene.folder.iterdir()} - before - {self.made} - self.beside
        if ended.code in {self.code, 3} and ended.could_remove:
            assert left == set(), f"left behind: {left}"
        assert {name for name in left if not name.endswith((".tmp", ".part"))} == set(), (
            f"left behind: {left}"
        )


def is_page(path: Path) -> bool:
    """A page that was written to its end."""
    return path.read_bytes().rstrip().endswith(b"</html>")


def is_json(path: Path) -> bool:
    """One JSON document and no more."""
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True


def is_zip(path: Path) -> bool:
    """A zip file whose every member can be read."""
    try:
        with zipfile.ZipFile(path) as opened:
            return opened.testzip() is None
    except (zipfile.BadZipFile, EOFError):
        return False


def ends_with(*ends: bytes) -> Whole:
    """A text with all of these in it, the last of them at its end."""

    def is_whole(path: Path) -> bool:
        content = path.read_bytes()
        return all(end in content for end in ends) and content.rstrip().endswith(ends[-1])

    return is_whole


def is_same_as(clean: bytes) -> Whole:
    """The bytes that a clean run writes."""
    return lambda path: path.read_bytes() == clean
