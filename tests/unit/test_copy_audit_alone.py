"""A copy audited by itself: what a run that was cut off brought first, and the records of repairs."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.exit_codes import UNREADABLE
from archive.core.ledger.note import Note, Signature, parse
from archive.storage.copies.names import WORK
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy, cut_off


def findings_alone(
    changing: Changing, disk: Path, capsys: pytest.CaptureFixture[str], code: int
) -> list[dict[str, Any]]:
    """What an audit of the copy finds that has no archive beside it."""
    away = changing.root.with_name("away")
    changing.root.rename(away)
    try:
        capsys.readouterr()
        found = run(["-C", str(disk), "--format", "json", "audit", "--read-only", "--jobs", "1"])
        report = json.loads(capsys.readouterr().out)
    finally:
        away.rename(changing.root)
    assert found == code, report
    told: list[dict[str, Any]] = report["findings"]
    return told


def alone(
    changing: Changing, disk: Path, capsys: pytest.CaptureFixture[str], code: int
) -> list[tuple[str, str]]:
    """The same as (code, severity)."""
    return [(one["code"], one["severity"]) for one in findings_alone(changing, disk, capsys, code)]


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


def test_a_copy_cut_off_while_its_newest_checkpoint_is_cosigned_is_not_rolled_back(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copy(changing, disk)
    changing("audit")
    real = os.rename

    def cosigned(source: Any, target: Any, **options: Any) -> None:
        real(source, target, **options)
        if "dst_dir_fd" in options and target == "checkpoint.new":
            signed = parse((changing.root / "ledger/checkpoint").read_bytes())
            line = Signature("witness.example/w", bytes(4), bytes(72))
            kept = changing.root / "ledger/checkpoints" / signed.text.split("\n")[1]
            overwrite(kept, Note(signed.text, (*signed.signatures, line)).to_bytes())

    monkeypatch.setattr(os, "rename", cosigned)
    cut_off(changing, disk, monkeypatch)
    kept = max((disk / "ledger/checkpoints").iterdir(), key=lambda each: int(each.name))
    assert kept.read_bytes() != (disk / "ledger/checkpoint.new").read_bytes()
    assert ("LEDGER-UNFINISHED", "note") in alone(changing, disk, capsys, 0)


def test_a_stranger_on_a_copy_that_is_finished_is_damage(
    changing: Changing, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy(changing, disk)
    (disk / "runs" / "01a205a4-7d15-7ee5-9bff-89d6c51f0000.json").write_bytes(b"{}")
    assert ("CATALOG-RUN-UNKNOWN", "error") in alone(changing, disk, capsys, 1)


def test_with_the_archive_at_hand_a_strange_bag_on_an_unfinished_copy_is_told(
    changing: Changing, disk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Alone nobody knows whether the run brought it, which is said; nothing is wrong with the ledger."""
    copy(changing, disk)
    changing.made.ingest({"d.txt": b"four"}, name="later")
    cut_off(changing, disk, monkeypatch)
    found = findings_alone(changing, disk, capsys, UNREADABLE)
    (told,) = [one for one in found if one["code"] == "BAG-UNJUDGED"]
    assert "has not ended" in told["message"]
    assert "archive copy --to" in told["remedy"]
    changing("audit", "--copy", str(disk), "--read-only")
    (disk / "bags" / RUN[-2:] / RUN).mkdir(parents=True)
    report = changing("audit", "--copy", str(disk), "--read-only", code=1)
    assert "BAG-UNKNOWN" in {one["code"] for one in [*report["findings"], *report["bags"][0]["findings"]]}
    assert "BAG-UNJUDGED" not in {one["code"] for one in report["findings"]}


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


RUN = "01a205a4-7d15-7ee5-9bff-89d6c51f0000"
# What a run can bring before the ledger that knows it, each with the one file that has a name of that kind.
ON_THEIR_WAY = [
    f"runs/{RUN}.json",
    f"audits/{RUN}/000001.jsonl.gz",
    f"quarantine/damaged/archive/{RUN}/record.json",
]
STRANGERS = [
    "runs/evil.sh",
    f"runs/{RUN}.sh",
    f"runs/{RUN}.json/evil",
    f"runs/{RUN}/evil",
    "audits/notes.txt",
    "audits/evil/plan.json",
    f"audits/{RUN}",
    f"audits/{RUN}/evil.sh",
    f"audits/{RUN}/plan.json/evil",
]


def _planted_when_cut_off(changing: Changing, disk: Path, place: str) -> None:
    copy(changing, disk)
    marker = disk / "copy.json"
    marker.write_text(marker.read_text().replace('"finished": true', '"finished": false'))
    assert "false" in marker.read_text()
    (disk / WORK).mkdir()
    (disk / place).parent.mkdir(parents=True, exist_ok=True)
    (disk / place).write_bytes(b"x")


@pytest.mark.parametrize("place", ON_THEIR_WAY)
def test_what_may_be_on_its_way_to_a_copy_that_was_cut_off_is_a_note(
    changing: Changing, disk: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _planted_when_cut_off(changing, disk, place)
    assert alone(changing, disk, capsys, 0) == [("COPY-PENDING", "note")]


@pytest.mark.parametrize("place", STRANGERS)
def test_what_no_run_brings_is_damage_on_a_copy_that_was_cut_off(
    changing: Changing, disk: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _planted_when_cut_off(changing, disk, place)
    found = alone(changing, disk, capsys, 1)
    assert [code for code, severity in found if severity == "error"] == [
        "CATALOG-RUN-UNKNOWN" if place.startswith("runs/") else "AUDIT-UNKNOWN"
    ]


def test_a_link_is_not_on_its_way_to_a_copy_that_was_cut_off(
    changing: Changing, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _planted_when_cut_off(changing, disk, f"runs/{RUN}.txt")
    (disk / f"runs/{RUN}.txt").unlink()
    (disk / f"runs/{RUN}.json").symlink_to(min((disk / "runs").iterdir()))
    (disk / "audits" / RUN).symlink_to(disk / "runs")
    found = [one for one in alone(changing, disk, capsys, 1) if one[1] == "error"]
    assert sorted(found) == [("AUDIT-UNKNOWN", "error"), ("CATALOG-RUN-UNKNOWN", "error")]
