"""An audit without a signature, killed anywhere: it waits or it was never made, and nobody is alarmed."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.crash.faults import Fault
from tests.crash.sabotage import Saboteur
from tests.crash.scenarios import Scenario
from tests.crash.scenes import Ended, Scene

PHRASE = "open sesame"


@pytest.fixture(scope="session")
def locked(one_document: Scenario, crash_folder: Path) -> Scene:
    """An archive whose key is encrypted."""
    scene = one_document.scene.copy(crash_folder / "locked")
    (scene.folder / "phrase").write_text(PHRASE)
    phrase = str(scene.folder / "phrase")
    assert [one.code for one in scene.run(["key", "passphrase", "--new-passphrase-file", phrase])] == [0]
    return scene


def _opened(scene: Scene, *commands: Sequence[str]) -> list[Ended]:
    def give() -> None:
        os.environ["ARCHIVE_KEY_PASSPHRASE"] = PHRASE

    return scene.run(*commands, before=give)


def _strike(locked: Scene, command: list[str], at: int, *, opened: bool) -> None:
    """The command killed at a call; then a look, a signature and an audit by others."""
    with tempfile.TemporaryDirectory(dir=locked.folder.parent) as work:
        scene = locked.copy(Path(work, "scene"))
        if opened:
            scene.run(["audit"])

            def before() -> None:
                os.environ["ARCHIVE_KEY_PASSPHRASE"] = PHRASE

            scene.run(command, saboteur=Saboteur(Fault.KILL, at), before=before)
        else:
            scene.run(command, saboteur=Saboteur(Fault.KILL, at))
        (looked,) = scene.run(["audit", "--read-only"])
        wrong = [one for one in looked.report["findings"] if one["severity"] != "note"]
        assert [one for one in wrong if one["code"] not in {"CATALOG-INDEX", "CATALOG-STALE"}] == []
        signed, audited, last = _opened(scene, ["key", "sign"], ["audit"], ["audit", "--read-only"])
        assert (signed.code, audited.code, audited.report["recorded"]) == (0, 0, True), (at, signed, audited)
        assert [one["code"] for one in last.report["findings"]] == [], (at, last.report["findings"])
        runs = [path.name for path in (scene.root / "audits").iterdir()]
        (log,) = scene.run(["ledger", "log"])
        recorded = [entry["run"] for entry in log.report["entries"] if entry["type"] == "audit finished"]
        assert sorted(recorded) == sorted(runs), at


def _steps(locked: Scene, command: list[str], *, opened: bool) -> int:
    with tempfile.TemporaryDirectory(dir=locked.folder.parent) as work:
        scene = locked.copy(Path(work, "scene"))
        if not opened:
            return len(scene.steps(command, code=3))
        scene.run(["audit"])

        def before() -> None:
            os.environ["ARCHIVE_KEY_PASSPHRASE"] = PHRASE

        return len(scene.steps(command, before=before))


CASES = [(["audit"], False), (["key", "sign"], True)]


@pytest.mark.parametrize(("command", "opened"), CASES, ids=["kept", "signed"])
def test_killed_here_and_there_it_waits_or_was_never_made(
    locked: Scene, command: list[str], *, opened: bool
) -> None:
    steps = _steps(locked, command, opened=opened)
    for at in range(2, steps, max(steps // 6, 1)):
        _strike(locked, command, at, opened=opened)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "opened"), CASES, ids=["kept", "signed"])
def test_killed_at_any_call_it_waits_or_was_never_made(
    locked: Scene, command: list[str], *, opened: bool
) -> None:
    for at in range(_steps(locked, command, opened=opened)):
        _strike(locked, command, at, opened=opened)
