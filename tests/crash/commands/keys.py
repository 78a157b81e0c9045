"""The signing key: changed, replaced, put back, encrypted, kept elsewhere."""

import os
import shutil
from pathlib import Path

from tests.crash.outputs import Output, ends_with
from tests.crash.scenarios import Scenario
from tests.crash.scenes import Scene

REASON = ("--reason", "a test")
PHRASE = "open sesame"


def give_phrase() -> None:
    """The passphrase at hand, in the child that calls it."""
    os.environ["ARCHIVE_KEY_PASSPHRASE"] = PHRASE


def rotation(scene: Scene) -> Scenario:
    """A new key that the old one signs."""
    return Scenario(scene=scene, arguments=("key", "rotate", *REASON))


def replacement(scene: Scene, folder: Path) -> Scenario:
    """A new key in place of a lost one; once it is there, the answer is that it is not lost."""
    scene = scene.copy(folder / "lost")
    for key in scene.keys.glob("*/key.pem"):
        key.unlink()
    return Scenario(
        scene=scene,
        arguments=("key", "replace", "--lost", *REASON),
        done=frozenset({2}),
        told=frozenset({"LEDGER-KEY-REPLACED"}),
    )


def restoring(scene: Scene, folder: Path) -> Scenario:
    """A key from its backup; once it is there, the answer is that it is."""
    scene = scene.copy(folder / "restored")
    scene.made(["key", "backup", "--to", str(scene.folder / "backup.txt"), "--no-passphrase"])
    shutil.rmtree(scene.keys)
    return Scenario(scene=scene, arguments=("key", "restore", "{}/backup.txt"), done=frozenset({6}))


def encryption(scene: Scene, folder: Path) -> Scenario:
    """A key that was in clear is encrypted; with the passphrase at hand either opens."""
    scene = scene.copy(folder / "phrase")
    (scene.folder / "phrase").write_text(PHRASE)
    arguments = ("key", "passphrase", "--new-passphrase-file", "{}/phrase")

    def shown(scene: Scene) -> bool:
        (key,) = scene.keys.glob("*/key.pem")
        return b"ENCRYPTED" in key.read_bytes()

    return Scenario(scene=scene, arguments=arguments, before=give_phrase, shown=shown)


def signature(scene: Scene, folder: Path) -> Scenario:
    """An audit that waited for the passphrase is recorded."""
    scene = scene.copy(folder / "waiting")
    (scene.folder / "phrase").write_text(PHRASE)
    scene.made(["key", "passphrase", "--new-passphrase-file", str(scene.folder / "phrase")])
    (waiting,) = scene.run(["audit"])
    assert waiting.code == 3, waiting

    def shown(scene: Scene) -> bool:
        (log,) = scene.run(["ledger", "log"])
        recorded = {entry["run"] for entry in log.report["entries"] if entry["type"] == "audit finished"}
        return {path.name for path in (scene.root / "audits").iterdir()} <= recorded

    return Scenario(scene=scene, arguments=("key", "sign"), before=give_phrase, shown=shown)


def backup(scene: Scene) -> Output:
    """The key written to a file to keep elsewhere."""
    arguments = ("key", "backup", "--to", "{}/backup.txt", "--no-passphrase")
    clean = scene.copy(scene.folder.with_name("backup"))
    clean.made([argument.replace("{}", str(clean.folder)) for argument in arguments])
    lines = (clean.folder / "backup.txt").read_bytes().rstrip().split(b"\n")
    whole = ends_with(b"-----END PRIVATE KEY-----", lines[-1])
    return Output(scene=scene, arguments=arguments, made="backup.txt", whole=whole)
