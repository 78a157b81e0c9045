"""Between the commit of a new key and the settings that name it: every reader accepts the ledger."""

import tempfile
from pathlib import Path

import pytest

from tests.crash.commands import Trials
from tests.crash.faults import Fault
from tests.crash.sabotage import Saboteur
from tests.crash.scenes import Scene


@pytest.mark.parametrize("name", ["key rotate", "key replace"])
def test_between_the_commit_and_archive_toml_every_reader_accepts_the_ledger(
    trials: Trials, name: str, crash_folder: Path
) -> None:
    scenario = trials[name]
    settings = (scenario.scene.root / "archive.toml").read_bytes()
    for at, step in enumerate(scenario.steps()):
        if step != "rename":
            continue
        with tempfile.TemporaryDirectory(dir=crash_folder) as work:
            scene = scenario.scene.copy(Path(work, "scene"))
            scene.run(scenario.command(scene), saboteur=Saboteur(Fault.KILL, at + 1))
            is_between = _size(scene) > _size(scenario.scene)
            if not is_between:
                continue
            assert (scene.root / "archive.toml").read_bytes() == settings
            commands = (["status"], ["list"], ["audit", "--read-only"], ["ledger", "log"], ["key", "show"])
            verified, *others = scene.run(["ledger", "verify"], *commands)
            assert "LEDGER-KEY-UNFINISHED" in {one["code"] for one in verified.report["findings"]}
            assert [ended.code for ended in (verified, *others)] == [0] * 6
            return
    raise AssertionError("nothing was committed")


def _size(scene: Scene) -> int:
    return int((scene.root / "ledger/checkpoint").read_text().split("\n")[1])
