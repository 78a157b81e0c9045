"""Second copies: begun, brought up to date, as folders and as tars."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from archive.storage.copies.names import WORK
from tests.crash.checks import UNFINISHED, snapshot, told
from tests.crash.commands.changes import reference
from tests.crash.scenes import Ended, Scene, write_document
from tests.crash.trials import Trial

# Not of a copy: the index, what is at work, and the marker that tells a copy from the archive.
APART = {"catalog.sqlite", "staging", "copy.json"}


def copy_command(disk: Path | str, form: str) -> tuple[str, ...]:
    """`archive copy` to a folder."""
    return ("copy", "--to", str(disk), "--as", form, "--jobs", "1")


# What an audit of a copy may say of what the archive's storage refused to the run that wrote it.
_NOT_BROUGHT = {"CATALOG-MISSING", "CATALOG-RUN-MISSING", "CATALOG-STALE", "COPY-DERIVED"}


@dataclass(frozen=True, kw_only=True)
class Copying(Trial):
    """The command over a copy of a scene; `began` tells that there is a copy already, of an earlier state."""

    form: str
    began: bool
    disk: Path | None = None  # where the copy goes; else beside the archive

    def place(self, scene: Scene) -> Path:
        """Where the copy of this scene's archive goes."""
        return self.disk or scene.folder / "copy"

    def require_survival(self, scene: Scene, ended: Ended) -> None:
        """No harm to the archive, no half bag on the copy, and the same command again completes it."""
        disk = self.place(scene)
        before = snapshot(disk) if disk.exists() else {}
        copy = ["audit", "--copy", str(disk), "--read-only"]
        own, looked = scene.run(["audit", "--read-only"], copy)
        assert (own.code, own.report.get("outcome")) == (0, "intact"), own
        assert told(own) <= UNFINISHED, own
        if ended.code == 3 and ended.report.get("outcome") == "incomplete":  # it said what is not there
            assert looked.code in {0, 1}, looked
            assert told(looked) <= _NOT_BROUGHT, looked
        elif self.began or ended.code == 0:
            assert (looked.code, looked.report.get("outcome")) == (0, "intact"), looked
            assert told(looked) <= {"COPY-DERIVED"}, looked
        else:  # a first copy that has no ledger yet says that it was never finished
            assert looked.code in {0, 2}, looked
        assert (snapshot(disk) if disk.exists() else {}) == before
        again, checked, own = scene.run(self.command(scene), copy, ["audit"])
        assert (again.code, again.report.get("outcome")) == (0, "complete"), again
        assert (checked.code, told(checked)) == (0, set()), checked
        assert (own.code, told(own)) == (0, set()), own
        assert not (disk / WORK).exists()
        assert not [name for name in os.listdir(disk) if name.endswith(".tmp")]
        if self.form == "folder":
            mine, theirs = files(scene.root), files(disk)
            unknown = {each["place"] for each in own.report["findings"] if each["code"] == "NOTE-UNKNOWN"}
            different = [path for path in mine if theirs.get(path) != mine[path] and path not in unknown]
            assert different == [], f"not the same on the copy: {different}"


def files(root: Path) -> dict[str, bytes]:
    """Every file below a folder that archive and copy have in common, an audit since the copy left out."""
    apart = APART | {"audits", "ledger"}
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.relative_to(root).parts[0] not in apart
    }


def first_copy(scene: Scene, form: str) -> Copying:
    """A first copy."""
    return Copying(scene=scene, arguments=copy_command("{}/copy", form), form=form, began=False)


def next_copy(scene: Scene, form: str, folder: Path) -> Copying:
    """A copy of a state since which documents came, were described and withdrawn."""
    scene = scene.copy(folder / f"next-{form}")
    copying = Copying(scene=scene, arguments=copy_command("{}/copy", form), form=form, began=True)
    ingest = ["ingest", str(scene.folder / "more"), "--no-identify", "--jobs", "1"]
    write_document(scene.folder / "more", "new.txt", b"came later\n")
    write_document(scene.folder / "more", "gone.txt", b"goes again\n")
    scene.made(
        ingest,
        copying.command(scene),
        ["describe", reference(2), "--set", "dc.title=Twice"],
        ["withdraw", reference(3), "--reason", "asked back", "--yes"],
    )
    shutil.rmtree(scene.folder / "more")
    write_document(scene.folder / "more", "newest.txt", b"came last\n")
    scene.made(ingest)
    return copying


@dataclass(frozen=True, kw_only=True)
class Restoring(Trial):
    """The archive made anew from a copy: there whole, or no archive yet."""

    def kept(self, scene: Scene) -> object:
        """The copy is only read."""
        return snapshot(scene.folder / "copy")

    def require_survival(self, scene: Scene, ended: Ended) -> None:
        """No half archive; completed by the same command, byte for byte; nothing left of the work."""
        new = scene.folder / "new"
        done = (new / "archive.toml").exists()
        assert done or ended.code != 0, ended
        again, audit = scene.run(self.command(scene), ["audit", "--read-only", "-C", str(new)])
        assert again.code == (6 if done else 0), again
        assert (audit.code, told(audit)) == (0, set()), audit
        assert not (new / WORK).exists()
        mine, theirs = files(scene.root), files(new)
        assert [path for path in mine if theirs.get(path) != mine[path]] == []


def restored(scene: Scene, form: str, folder: Path) -> Restoring:
    """A restore from a copy that is up to date."""
    scene = scene.copy(folder / f"restore-{form}")
    scene.made([each.replace("{}", str(scene.folder)) for each in copy_command("{}/copy", form)])
    arguments = ("restore", "{}/copy", "--to", "{}/new", "--jobs", "1")
    return Restoring(scene=scene, arguments=arguments)
