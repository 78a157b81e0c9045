"""A copy audited by itself: what a run that was cut off brought first, and the records of repairs."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.exit_codes import UNREADABLE
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy


def alone(
    changing: Changing, disk: Path, capsys: pytest.CaptureFixture[str], code: int
) -> list[tuple[str, str]]:
    """(code, severity) of what an audit of the copy finds that has no archive beside it."""
    away = changing.root.with_name("away")
    changing.root.rename(away)
    try:
        capsys.readouterr()
        found = run(["-C", str(disk), "--format", "json", "audit", "--read-only", "--jobs", "1"])
        report = json.loads(capsys.readouterr().out)
    finally:
        away.rename(changing.root)
    assert found == code, report
    return [(one["code"], one["severity"]) for one in report["findings"]]


def cut_off(changing: Changing, disk: Path, patch: pytest.MonkeyPatch) -> None:
    """A second copy dies ahead of its ledger, when what the ledger refers to is there."""
    real = os.rename

    def dies(source: Any, target: Any, **options: Any) -> None:
        if "dst_dir_fd" in options and target == "checkpoint":
            raise KeyboardInterrupt
        real(source, target, **options)

    with patch.context() as dying:
        dying.setattr(os, "rename", dies)
        copy(changing, disk, code=130)


def test_what_a_copy_brought_before_its_ledger_is_no_damage(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy(changing, disk)
    changing.made.ingest({"d.txt": b"four"}, name="later")
    changing("audit")
    cut_off(changing, disk, monkeypatch)
    found = alone(changing, disk, capsys, UNREADABLE)  # the new bag is not judged
    assert ("COPY-PENDING", "note") in found
    assert {code for code, severity in found if severity != "note"} == {"BAG-UNJUDGED"}


def test_a_stranger_on_a_copy_that_is_finished_is_damage(
    changing: Changing, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy(changing, disk)
    (disk / "runs" / "01a205a4-7d15-7ee5-9bff-89d6c51f0000.json").write_bytes(b"{}")
    assert ("CATALOG-RUN-UNKNOWN", "error") in alone(changing, disk, capsys, 1)


@pytest.mark.parametrize("lost", [False, True])
def test_the_record_of_a_repair_on_a_copy_is_looked_at(changing: Changing, disk: Path, lost: bool) -> None:
    copy(changing, disk)
    overwrite(changing.bag("a.txt") / "data" / "a.txt", b"eno")
    changing("audit", code=1)
    changing("repair", "--from", str(disk), "--yes")
    copy(changing, disk)
    assert changing("audit", "--copy", str(disk), "--read-only")["findings"] == []
    (record,) = (disk / "quarantine" / "damaged").rglob("record.json")
    if lost:
        record.unlink()
    else:
        overwrite(record, record.read_bytes() + b" ")
    report = changing("audit", "--copy", str(disk), "--read-only", code=1)
    assert [one["code"] for one in report["findings"]] == ["QUARANTINE-RECORD"]
