"""A statement beside the keys that is not what the audit wrote is told, and never signed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.storage.audits.waiting_runs import WaitingRun
from tests.archives import overwrite
from tests.waiting import Locked, copy_of

Statement = dict[str, Any]
Change = Callable[[Statement], Statement]


@pytest.fixture
def locked(
    locked_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Locked:
    return copy_of(locked_archive, tmp_path / "copy", monkeypatch, capsys)


def _ended(**members: Any) -> Change:
    """Other members of how it ended."""
    return lambda statement: {"finished": {**statement["finished"], **members}}


def _begun(**members: Any) -> Change:
    return lambda statement: {"started": json.dumps({**json.loads(statement["started"]), **members})}


def _counted(statement: Statement) -> Statement:
    return _ended(counts={**statement["finished"]["counts"], "intact": 3})(statement)


CHANGES: dict[str, Change] = {
    "an outcome that is none": _ended(outcome="hntact"),
    "an outcome that is a list": _ended(outcome=["intact"]),
    "damage that nobody found": _ended(outcome="damaged"),
    "documents that are not there": _counted,
    "counts that are words": _ended(counts={"intact": "two"}),
    "no counts": _ended(counts=None),
    "an interruption that was none": _ended(interrupted=True),
    "no interruption, as a number": _ended(interrupted=0),
    "another agent": _ended(agents=["urn:uuid:00000000-0000-4000-8000-000000000000"]),
    "nobody": _ended(agents=[]),
    "a time that is none": _ended(time="yesterday"),
    "another list": _ended(results="00" * 64),
    "a member too many": _ended(note="seen"),
    "another beginning": _begun(type="audit finished"),
    "the beginning of a run over a copy": _begun(type="copy audit started", copy="1"),
    "another mode": _begun(mode="share"),
    "a member more of its own": lambda _: {"note": "seen"},
}


def _statement(locked: Locked, run: str) -> Statement:
    statement: Statement = json.loads((locked.statements / f"{run}.json").read_bytes())
    return statement


def _refused(locked: Locked, run: str) -> None:
    code, codes = locked.codes()
    assert (code, "AUDIT-WAITING-ALTERED" in codes) == (1, True)
    code, report = locked.sign()
    assert (code, report["recorded"]) == (5, [])
    assert [finding["code"] for finding in report["findings"]] == ["AUDIT-WAITING-ALTERED"]
    assert locked.about(run) == []


@pytest.mark.parametrize("what", CHANGES)
def test_a_statement_that_the_results_contradict_is_not_signed(locked: Locked, what: str) -> None:
    run = locked.wait()
    locked.restate(run, **CHANGES[what](_statement(locked, run)))
    _refused(locked, run)


def test_damage_is_not_signed_as_intact(locked: Locked) -> None:
    overwrite(next(locked.root.glob("bags/*/*/data/a.txt")), b"two")
    _, report = locked.ask("audit")
    run = report["run"]
    locked.restate(run, **_ended(outcome="intact")(_statement(locked, run)))
    _refused(locked, run)


def test_no_bit_of_a_statement_is_signed_otherwise(locked: Locked) -> None:
    path = locked.statements / f"{locked.wait()}.json"
    data = path.read_bytes()
    for at in range(0, len(data), 11):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert locked.sign()[0] == 5, at
    for other in (data.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + data, data * 2, data[:-1]):
        path.write_bytes(other)
        assert locked.sign()[0] == 5
    path.write_bytes(data)
    assert locked.sign()[0] == 0


def test_a_statement_of_an_earlier_version_has_no_digest_of_itself(locked: Locked) -> None:
    run = locked.wait()
    assert "sha512" in _statement(locked, run)
    locked.restate(run)
    assert "sha512" not in _statement(locked, run)
    assert locked.sign()[1]["recorded"] == [run]


SAID: dict[str, dict[str, Any]] = {
    "outcome": {"outcome": "damaged"},
    "counts": {"counts": {"intact": 3}},
    "interrupted": {"interrupted": True},
}


@pytest.mark.parametrize("what", SAID)
def test_an_entry_that_says_another_end_than_its_list_is_found(
    locked: Locked, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    run = locked.wait()
    statement = _statement(locked, run)
    finished = {**statement["finished"], **SAID[what]}
    signed = WaitingRun(
        run=run,
        size=statement["ledger"]["size"],
        root=statement["ledger"]["root"],
        started=statement["started"],
        finished=finished,
    )
    with monkeypatch.context() as unchecked:  # as an earlier version signed it
        unchecked.setattr("archive.services.signing.recording.require_as_kept", lambda *_: None)
        unchecked.setattr("archive.storage.audits.waiting_runs.WaitingRuns._read", lambda *_: signed)
        assert locked.sign()[1]["recorded"] == [run]
    code, report = locked.ask("audit", "--read-only")
    (found,) = [one for one in report["findings"] if one["severity"] == "error"]
    assert (code, found["code"], found["place"]) == (1, "AUDIT-RESULTS", f"audits/{run}/results-1.json")
    assert what in found["message"]
