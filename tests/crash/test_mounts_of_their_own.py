"""A folder of the archive that is a mount for itself, of the same file system: no rename leads there.

What cannot be carried out is refused before the ledger says it, so that later writers are not held up.
"""

from pathlib import Path

import pytest

from archive.core.exit_codes import FINDINGS, UNREADABLE
from archive.services.opened import open_archive
from tests.archives import overwrite
from tests.changes import Changing
from tests.crash.disks import bound, require_mounts


def _ready(changing: Changing, command: str, folder: Path) -> list[str]:
    """The words of a command that has something to do."""
    bag = changing.row("a.txt").bag
    if command == "dispose":
        changing("withdraw", bag, "--reason", "asked back")
        return ["dispose", bag, "--authority", "Board", "--yes"]
    if command == "repair":
        good = folder / "good.txt"
        good.write_bytes(b"one")
        overwrite(changing.bag("a.txt") / "data/a.txt", b"eno")
        return ["repair", bag, "--from", str(good), "--yes"]
    if command == "tidy":
        (changing.root / "bags/.DS_Store").write_bytes(b"x")
        return ["tidy", "--yes"]
    return ["withdraw", bag, "--reason", "asked back"]


@pytest.mark.parametrize(
    ("command", "folder"),
    [
        ("withdraw", "quarantine"),
        ("withdraw", "bags"),
        ("dispose", "quarantine"),
        ("dispose", "staging"),
        ("repair", "quarantine"),
        ("repair", "staging"),
        ("tidy", "quarantine"),
    ],
)
def test_nothing_is_announced_that_would_lead_from_one_mount_to_another(
    changing: Changing, tmp_path: Path, command: str, folder: str
) -> None:
    require_mounts()
    (changing.root / "quarantine").mkdir(exist_ok=True)
    words = _ready(changing, command, tmp_path)
    before = open_archive(changing.root).checkpoint().size
    with bound(changing.root / folder, changing.root.parent / "bound"):
        report = changing(*words, code=UNREADABLE)
        assert "on two mounts" in report["message"]
        assert open_archive(changing.root).checkpoint().size == before
        changing("audit", code=FINDINGS if command in {"repair", "tidy"} else 0)
        changing("catalog", "rebuild")
    changing(*words)
    changing.require_whole()


@pytest.mark.parametrize("folder", ["bags", "runs", "staging"])
def test_an_ingest_leaves_nothing_that_holds_up_later_writers(
    changing: Changing, tmp_path: Path, folder: str
) -> None:
    require_mounts()
    source = tmp_path / "more"
    source.mkdir()
    (source / "later.txt").write_bytes(b"later")
    words = ["ingest", str(source), "--describe-later", "--no-identify"]
    with bound(changing.root / folder, changing.root.parent / "bound"):
        report = changing(*words, code=UNREADABLE)
        assert "on two mounts" in report["message"]
        changing("audit")
    changing(*words)
    changing.require_whole()
