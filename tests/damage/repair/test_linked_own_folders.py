"""A folder of the archive's own files that is a link: its repair says what the next audit says."""

from pathlib import Path
from typing import Any

import pytest

from tests.damage.repair.own_files import repair
from tests.repairs import Repairing

PLACES = ("ledger/checkpoints", "ledger/tile", "quarantine/damaged", "quarantine/withdrawn")


@pytest.mark.parametrize("place", PLACES)
def test_a_linked_folder_is_no_archive_in_order(
    archive: Repairing, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from archive.cli.frame import run

    (archive.root / place).mkdir(parents=True, exist_ok=True)
    (archive.root / place).rename(tmp_path / "elsewhere")
    (archive.root / place).symlink_to(tmp_path / "elsewhere")
    found = [("FIX-LINK", place)]
    for words in (["--plan"], []):
        findings: Any = repair(archive, *words, code=1)["findings"]
        assert [(one["code"], one["place"]) for one in findings] == found
        assert run(["-C", str(archive.root), "repair", "--ledger", "--yes", *words]) == 1
        said = capsys.readouterr().out
        assert place in said
        assert "are as the ledger says" not in said
    assert archive.audit(code=1) == found
