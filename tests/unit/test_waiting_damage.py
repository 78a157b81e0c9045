"""Damage that an audit found which waits for a signature is known to repair, status and incidents."""

from pathlib import Path

import pytest

from tests.archives import overwrite
from tests.waiting import Locked, copy_of


@pytest.fixture
def found(
    locked_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Locked:
    """A copy of it in which an audit that waits has found a damaged document."""
    locked = copy_of(locked_archive, tmp_path / "copy", monkeypatch, capsys)
    overwrite(next(locked.root.glob("bags/*/*/data/a.txt")), b"two")
    code, report = locked.ask("audit")
    assert (code, report["recorded"]) == (1, False)
    return locked


def test_a_plan_reads_what_it_found(found: Locked) -> None:
    code, report = found.ask("repair", "--plan")
    assert (code, report["looked"], report["counts"]["lacking"]) == (1, 1, 1)


def test_a_repair_without_the_passphrase_does_not_say_that_nothing_is_damaged(found: Locked) -> None:
    code, report = found.ask("repair", "--yes")
    assert (code, report["kind"]) == (2, "error")
    assert "passphrase" in report["message"]


def test_a_repair_with_it_records_the_audit_first(
    found: Locked, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good = tmp_path / "good.txt"
    good.write_bytes(b"one")
    monkeypatch.setenv("ARCHIVE_KEY_PASSPHRASE", "open sesame")
    code, report = found.ask("repair", "--yes", "--from", str(good))
    assert (report["kind"], report["looked"]) == ("repair-report", 1)
    assert found.ask("status")[1]["counts"]["waiting"] == 0
    assert found.ask("status")[1]["last_audit"]["outcome"] == "damaged"
    assert code == (0 if report["counts"]["repaired"] else 1)


def test_results_that_are_not_those_kept_are_named(found: Locked) -> None:
    chunk = next(found.root.glob("audits/*/results-1.json"))
    overwrite(chunk, chunk.read_bytes() + b" ")
    code, report = found.ask("repair", "--plan")
    assert (code, [one["code"] for one in report["findings"]]) == (1, ["AUDIT-WAITING-ALTERED"])


def test_status_and_incidents_count_it(found: Locked, capsys: pytest.CaptureFixture[str]) -> None:
    status = found.ask("status")[1]
    assert status["counts"]["waiting_damaged"] == 1
    assert [one["code"] for one in status["findings"]] == ["AUDIT-WAITING"]
    incidents = found.ask("incidents")[1]
    assert incidents["counts"]["waiting_damaged"] == 1
    assert [one["code"] for one in incidents["findings"]] == ["AUDIT-WAITING"]
