"""Plain bags made and mended: the old state, the new one, or one that says that it is unfinished."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from archive.core.bagit.verdicts import BagVerdict
from archive.storage.bags.tag_file_changes import FOLDER
from tests.crash.checks import snapshot
from tests.crash.scenes import Ended, Scene
from tests.crash.trials import Trial
from tests.plain_bags import accepted, call, folder, judged, old_bag, tree

DATE = ("--bagging-date", "2026-11-21")
NEW = ("bag", "{}/sources", "--to", "{}/bag", *DATE)
UPDATE = ("bag", "update", "{}/bag", "--jobs", "1")


@dataclass(frozen=True, kw_only=True)
class Bagging(Trial):
    """A command, the bag that it leaves, and what must hold of the bag in between."""

    expected: dict[str, bytes]
    require_between: Callable[[Path], None]

    def kept(self, scene: Scene) -> object:
        """The folder that is bagged."""
        return snapshot(scene.sources)

    def require_survival(self, scene: Scene, ended: Ended) -> None:
        """No third state; there once it was acknowledged; completed by the same command; nothing left."""
        bag = scene.folder / "bag"
        self.require_between(bag)
        if ended.code == 0:
            assert tree(bag) == self.expected, "acknowledged and lost"
        (again,) = scene.run(self.command(scene))
        assert again.code in {0, 6}, again
        assert tree(bag) == self.expected
        assert sorted(path.name for path in scene.folder.iterdir()) == ["bag", "sources"]


def nothing_or_all(bag: Path) -> None:
    """A bag that is made is there whole or not at all."""
    assert not bag.exists() or judged(bag).verdict is BagVerdict.VALID


def valid(bag: Path) -> None:
    """A bag that is updated is valid at any instant, and another judge says the same."""
    report = judged(bag)
    assert report.verdict is BagVerdict.VALID, report.findings
    assert accepted(bag)


def recoverable(bag: Path) -> None:
    """Where several files must change at once, the bag is valid or says that an update is unfinished."""
    assert (bag / FOLDER / "journal.json").exists() or judged(bag).verdict is BagVerdict.VALID
    if (bag / FOLDER / "journal.json").exists():
        assert (bag / FOLDER / "old/bagit.txt").read_bytes().startswith(b"BagIt-Version: 0.97\n")


def _bagging(
    base: Path, arguments: tuple[str, ...], prepare: Callable[[Path], object], between: Callable[[Path], None]
) -> Bagging:
    scene = Scene(base / "scene")
    scene.folder.mkdir(parents=True)
    folder(scene.sources)
    prepare(scene.folder)
    done = scene.copy(base / "done")
    trial = Bagging(scene=scene, arguments=arguments, expected={}, require_between=between)
    assert call(*trial.command(done)).code == 0
    expected = tree(done.folder / "bag")
    return Bagging(scene=scene, arguments=arguments, expected=expected, require_between=between)


def made(base: Path) -> Bagging:
    """A bag of a folder."""
    return _bagging(base / "make", (*NEW, "--jobs", "1"), lambda _: None, nothing_or_all)


def updated(base: Path) -> Bagging:
    """Manifests and bag-info.txt of a bag changed."""

    def bagged(at: Path) -> object:
        return call("bag", at / "sources", "--to", at / "bag", *DATE)

    digests = ("--add-algorithm", "sha256", "--remove-algorithm", "sha512", "--set", "Note: x")
    return _bagging(base / "update", (*UPDATE, *digests), bagged, valid)


def upgraded(base: Path) -> Bagging:
    """A bag of an older version brought to 1.0."""

    def old(at: Path) -> object:
        return old_bag(at / "bag", payload={"100%": b"1", "a": b"2"}, algorithms=("md5", "sha1"))

    return _bagging(base / "upgrade", (*UPDATE, "--to-version", "1.0"), old, recoverable)
