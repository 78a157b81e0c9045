"""`archive restore` in tests: the disk fails, and a report says what came back."""

from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.services.restore import run as restoring
from archive.storage.layout import bag_path
from tests.changes import Changing
from tests.copying import files_of


def kept(root: Path) -> dict[str, bytes]:
    """Every file, but for the partial tiles that earlier checkpoints left beside the present ones."""
    return {path: data for path, data in files_of(root).items() if ".p/" not in path}


def lose(changing: Changing) -> dict[str, bytes]:
    """The archive's disk fails; what was on it."""
    held = kept(changing.root)
    changing.root.rename(changing.root.with_name("lost"))
    return held


def restore(changing: Changing, *copies: Path, code: int = 0, more: tuple[str, ...] = ()) -> Any:
    """The report of a restore to where the archive was."""
    return changing("restore", *map(str, copies), "--to", str(changing.root), "--jobs", "1", *more, code=code)


def bag_on(root: Path, bag: str) -> Path:
    """A bag on a copy, to be damaged: its folders may be written to."""
    folder = root / bag_path(bag)
    for each in (folder, folder / "data"):
        each.chmod(0o755)
    return folder


def cut_off(changing: Changing, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restore that is interrupted once all bags are there."""

    def fail(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "rebuild", fail)
        assert run(["restore", str(source), "--to", str(changing.root), "--jobs", "1"]) == 130
