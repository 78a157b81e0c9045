"""A command over a scene, struck at any of its calls; each kind of command says what must hold afterwards."""

import errno
import os
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from tests.crash.checks import snapshot
from tests.crash.disks import cut_power, loop_disk, make_image
from tests.crash.faults import DEATHS, KILLED, POWER_CUTS, Fault, reach
from tests.crash.refusals import Refusals, worth_refusing
from tests.crash.sabotage import Call, Saboteur
from tests.crash.scenes import Before, Ended, Scene

_UNREMOVABLE = frozenset({Fault.EIO, Fault.EACCES})  # faults under which a name cannot be removed
AFTERWARDS = 1_000_000  # a call that never comes: the power goes right after the exit


@dataclass(frozen=True, kw_only=True)
class Trial(ABC):
    """A command, and the exit `code` of a clean run; `{}` in an argument stands for the scene's folder.

    `before` runs in the child ahead of everything, to make batches small, say. `left` are exit codes by which
    the command says that something it knows of is left, as it may where a look was refused.
    """

    scene: Scene
    arguments: tuple[str, ...]
    code: int = 0
    before: Before | None = None
    left: frozenset[int] = frozenset()

    @abstractmethod
    def require_survival(self, scene: Scene, ended: Ended) -> None:
        """What must hold after the command died or failed, and after it ran again."""

    def kept(self, scene: Scene) -> object:
        """What no fault may change: the sources."""
        return snapshot(scene.sources)

    def command(self, scene: Scene) -> list[str]:
        """The command over a copy of the scene."""
        return [argument.replace("{}", str(scene.folder)) for argument in self.arguments]

    @cached_property
    def calls(self) -> list[Call]:
        """The calls by which a clean run changes the disk."""
        with tempfile.TemporaryDirectory(prefix="steps-", dir=self.scene.folder.parent) as work:
            scene = self.scene.copy(Path(work, "scene"))
            return scene.calls(self.command(scene), code=self.code, before=self.before)

    def steps(self) -> list[str]:
        """The names of those calls."""
        return [call.name for call in self.calls]

    def points(self, fault: Fault) -> list[int]:
        """The calls that the fault can hit; the power may also go right after the exit."""
        found = [at for at, call in enumerate(self.calls) if call.name in reach(fault)]
        if fault is Fault.WORKERS:
            return [at for at in found if self.calls[at].is_beside]
        return [*found, AFTERWARDS] if fault in POWER_CUTS else found

    def prepare(self, fault: Fault) -> None:
        """Makes the disk that a power cut needs, ahead of several processes that use it."""
        if fault in POWER_CUTS:
            self._image(fault)

    def strike(self, fault: Fault, at: int, *, lasting: bool = False) -> None:
        """The command over a fresh copy with a fault at the `at`-th call, then all that must hold."""
        if fault in POWER_CUTS:
            self._cut(fault, at)
            return
        with tempfile.TemporaryDirectory(prefix="strike-", dir=self.scene.folder.parent) as work:
            scene = self.scene.copy(Path(work, "scene"))
            kept = self.kept(scene)
            saboteur = Saboteur(fault, at, lasting=lasting)
            (ended,) = scene.run(self.command(scene), saboteur=saboteur, before=self.before)
            self._require_ending(fault, ended)
            ended = replace(ended, could_remove=not (lasting and fault in _UNREMOVABLE))
            left = spools(work)
            if ended.code != KILLED:
                assert not left or fault in _UNREMOVABLE, f"left in the folder of temporary files: {left}"
                assert not list(scene.folder.rglob("*-journal")), "a journal of the index is left"
            self.require_survival(scene, ended)
            assert spools(work) <= left, f"left in the folder of temporary files: {spools(work) - left}"
            assert self.kept(scene) == kept, "what is only read was changed"

    @cached_property
    def looks(self) -> list[int]:
        """The looks of a clean run that are worth refusing: the first and the last from every place."""
        _ = self.calls  # what the command imports is imported by then
        with tempfile.TemporaryDirectory(prefix="looks-", dir=self.scene.folder.parent) as work:
            scene, told = self.scene.copy(Path(work, "scene")), Path(work, "told")
            (ended,) = scene.run(self.command(scene), saboteur=Refusals(told), before=self.before)
            assert ended.code == self.code, ended
            return worth_refusing(told)

    def refuse(self, at: int, error: int) -> None:
        """The command over a fresh copy with its look of that number refused, then all that must hold."""
        with tempfile.TemporaryDirectory(prefix="refused-", dir=self.scene.folder.parent) as work:
            scene, told = self.scene.copy(Path(work, "scene")), Path(work, "told")
            kept = self.kept(scene)
            (ended,) = scene.run(self.command(scene), saboteur=Refusals(told, at, error), before=self.before)
            about = f"look {at}, {errno.errorcode[error]}, {told.read_text()}: "
            assert ended.code in {3, self.code, *self.left}, f"{about}{ended}"
            try:
                self.require_survival(scene, ended)
            except AssertionError as wrong:
                raise AssertionError(f"{about}{ended}: {wrong}") from wrong
            assert self.kept(scene) == kept, f"{about}what is only read was changed"

    def strike_twice(self, first: int, second: int) -> None:
        """Killed at the `first` call; the same command, which cleans up after it, killed at its `second`."""
        with tempfile.TemporaryDirectory(prefix="strike-", dir=self.scene.folder.parent) as work:
            scene = self.scene.copy(Path(work, "scene"))
            for at in (first, second):
                saboteur = Saboteur(Fault.KILL, at)
                (ended,) = scene.run(self.command(scene), saboteur=saboteur, before=self.before)
            self.require_survival(scene, ended)

    def strike_before(self, at: int, *others: Sequence[str]) -> None:
        """Killed at the call; other commands, which clean up after it; then all must hold."""
        with tempfile.TemporaryDirectory(prefix="strike-", dir=self.scene.folder.parent) as work:
            scene = self.scene.copy(Path(work, "scene"))
            (ended,) = scene.run(self.command(scene), saboteur=Saboteur(Fault.KILL, at), before=self.before)
            scene.run(*others, before=self.before)
            self.require_survival(scene, ended)

    def _require_ending(self, fault: Fault, ended: Ended) -> None:
        # 3 or the code of a clean run after a death, too: a worker died, not the driver.
        assert ended.code in {3, self.code} | ({KILLED} if fault in DEATHS else set()), ended

    def _cut(self, fault: Fault, at: int) -> None:
        """The power goes before the `at`-th call, or right after the exit, and comes back."""
        image = self._image(fault)
        with tempfile.TemporaryDirectory(prefix="cut-", dir=image.parent) as work:
            disk, mount = Path(work, "disk"), Path(work, "mount")
            subprocess.run(["cp", "--sparse=always", str(image), str(disk)], check=True)
            with loop_disk(disk, mount) as mounted:
                scene = Scene(mounted / "scene", Path(work))
                kept = self.kept(scene)
                saboteur = Saboteur(fault, at, cut=lambda: cut_power(mounted))
                (ended,) = scene.run(self.command(scene), saboteur=saboteur, before=self.before)
                if ended.code != KILLED:
                    self._require_ending(fault, ended)
                    cut_power(mounted)
            with loop_disk(disk, mount) as mounted:
                scene = Scene(mounted / "scene", Path(work))
                self.require_survival(scene, ended)
                assert self.kept(scene) == kept, "what is only read was changed"

    def _image(self, fault: Fault) -> Path:
        """A disk with the scene on it, made once for all trials of the scene."""
        image = self.scene.folder.with_name(f"{self.scene.folder.name}.{fault}")
        if not image.exists():
            with tempfile.TemporaryDirectory(prefix="image-", dir=image.parent) as work:
                made = Path(work, "disk")
                make_image(made, fault.removeprefix("power-"))
                with loop_disk(made, Path(work, "mount")) as mounted:
                    shutil.copytree(self.scene.folder, mounted / "scene", symlinks=True)
                made.rename(image)
        return image


def spools(folder: str) -> set[str]:
    """What our programs left in the folder that they were given for temporary files."""
    return {name for name in os.listdir(folder) if name.startswith("document-archive-")}
