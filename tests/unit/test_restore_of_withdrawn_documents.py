"""`archive restore` and documents that are not held any more: what is wrong with them is not passed over."""

import shutil
from pathlib import Path

import pytest

from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy
from tests.restoring import lose, restore


@pytest.mark.parametrize("kind", ["gone", "altered"])
def test_a_withdrawn_document_that_no_copy_has_whole_is_damage(
    changing: Changing, disk: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = changing.reference("a.txt")
    changing("withdraw", reference, "--reason", "asked back")
    copy(changing, disk)
    (aside,) = (disk / "quarantine/withdrawn").glob("*/*")
    if kind == "gone":
        shutil.rmtree(aside)
    else:
        overwrite(aside / "data/a.txt", b"two")
    lose(changing)
    report = restore(changing, disk, code=1)
    assert [row["reference"] for row in report["documents"]] == [reference]
    assert not any(one["place"].startswith("bags/") for one in report["documents"][0]["findings"])
    assert report["counts"] | {"held": 2, "whole": 2, "withdrawn": 1} == report["counts"]
    remedies = [one["remedy"] for one in report["documents"][0]["findings"] if one["severity"] == "error"]
    assert remedies
    assert all("archive repair is about held documents" in one for one in remedies)
    changing("audit", "--read-only", code=1)
    shutil.rmtree(changing.root)
    text = changing.text("restore", str(disk), "--to", str(changing.root), "--jobs", "1", code=1)
    assert "✗ The archive is back" in text
    assert "repair --all" not in text + capsys.readouterr().err
