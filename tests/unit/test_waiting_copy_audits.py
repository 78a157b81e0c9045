"""An audit of a copy whose key is locked keeps its results; until they are signed its damage is known."""

import json
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.storage.audits.waiting_runs import DamagedStatement, WaitingRun, WaitingRuns
from tests.archives import overwrite
from tests.waiting import Locked, copy_of


@pytest.fixture
def locked(
    locked_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Locked:
    """One like it with keys of its own, and a copy of it on another disk."""
    made = copy_of(locked_archive, tmp_path / "made", monkeypatch, capsys)
    assert made.ask("copy", "--to", str(_disk(made)), opened=True)[0] == 0
    return made


@pytest.fixture
def found(locked: Locked) -> Locked:
    """An audit that waits has found a document damaged on the copy."""
    overwrite(next(_disk(locked).glob("bags/*/*/data/a.txt")), b"two")
    code, report = locked.ask("audit", "--copy", str(_disk(locked)))
    assert (code, report["outcome"], report["recorded"]) == (1, "damaged", False)
    assert "waits for a signature" in report["not_recorded"]
    return locked


def _disk(locked: Locked) -> Path:
    return locked.made.folder / "disk"


def test_it_is_recorded_as_the_audit_of_that_copy(found: Locked) -> None:
    code, report = found.sign()
    assert (code, len(report["recorded"])) == (0, 1)
    started, finished = found.about(report["recorded"][0])
    assert (started.type, finished.type) == ("copy audit started", "copy audited")
    (copied,) = (entry for entry in found.entries() if entry.type == "copied")
    place = found.made.opened.settings.copies[0].id
    assert (started.get("copy"), finished.get("copy")) == (place, place)
    assert (finished.get("outcome"), finished.get("size")) == ("damaged", copied.get("size") + 1)
    assert finished.get("recorded") >= finished.time
    status = found.ask("status")[1]
    assert (status["places"][0]["faults"], status["places"][0]["audited"]) == (1, "damaged")
    assert found.ask("audit", "--read-only")[0] == 0


def test_the_next_copy_records_it_first_and_mends_the_bag(found: Locked) -> None:
    code, report = found.ask("copy", "--to", str(_disk(found)), opened=True)
    assert (code, report["outcome"], report["counts"]["replaced"]) == (0, "complete", 1)
    assert next(_disk(found).glob("bags/*/*/data/a.txt")).read_bytes() == b"one"
    assert found.ask("audit", "--copy", str(_disk(found)), "--read-only")[0] == 0
    assert found.ask("status")[1]["counts"]["waiting"] == 0


def test_until_then_the_bag_is_no_good_copy(found: Locked) -> None:
    status = found.ask("status")[1]
    assert [place["faults"] for place in status["places"]] == [1]
    assert [(one["good"], one["documents"]) for one in status["copies"]] == [(1, 1), (2, 1)]
    assert any("archive copy --to" in step for step in status["next"])
    assert (status["counts"]["waiting"], status["counts"]["waiting_damaged"]) == (1, 0)
    assert ["on the copy" in one["message"] for one in status["findings"]] == [True]
    below = found.ask("list", "--copies-below", "2")[1]["documents"]
    assert len(below) == 1
    assert found.ask("show", below[0]["id"])[1]["copies"]["good"] == 1
    assert found.ask("copy", "--to", str(_disk(found)), "--dry-run")[1]["counts"]["planned"] == 1


def test_a_repair_of_the_archive_has_nothing_to_do_for_it(found: Locked) -> None:
    code, report = found.ask("repair", "--plan")
    assert (code, report["looked"]) == (0, 0)


def test_one_that_was_altered_keeps_the_copy_from_being_called_complete(found: Locked) -> None:
    results = next(
        path for path in found.root.glob("audits/*/results-1.json") if b"damaged" in path.read_bytes()
    )
    overwrite(results, results.read_bytes() + b" ")
    code, report = found.ask("copy", "--to", str(_disk(found)), opened=True)
    assert (code, report["outcome"]) == (1, "incomplete")
    assert "AUDIT-WAITING-ALTERED" in [one["code"] for one in report["findings"]]


def test_a_copy_of_another_history_counts_for_nothing_meanwhile(locked: Locked) -> None:
    checkpoint = _disk(locked) / "ledger" / "checkpoint"
    note = checkpoint.read_bytes().replace(locked.made.opened.settings.origin.encode(), b"example.org/other")
    overwrite(checkpoint, note)
    for kept in (_disk(locked) / "ledger" / "checkpoints").iterdir():
        kept.unlink()
    code, report = locked.ask("audit", "--copy", str(_disk(locked)))
    assert (code, report["recorded"]) == (5, False)
    waiting = WaitingRuns.of(locked.made.opened.settings.archive_id).finished()
    assert [one.finished["outcome"] for one in waiting if one.finished] == ["evidence-broken"]
    before = locked.ask("status")[1]
    assert locked.sign()[0] == 0
    after = locked.ask("status")[1]
    assert before["copies"] == after["copies"]
    assert before["places"][0]["lacking"] == after["places"][0]["lacking"] == 2


def test_it_keeps_no_promise_of_audits_of_the_archive(locked: Locked) -> None:
    assert locked.ask("schedule", "--promise", opened=True)[0] == 0
    locked.wait("--copy", str(_disk(locked)))
    promised = locked.ask("status")[1]["promised"]
    assert [each["state"] for each in promised if each["task"] == "audit"] == ["never"]


def test_what_was_found_good_before_others_found_it_damaged_mends_nothing(locked: Locked) -> None:
    disk = _disk(locked)
    run_ = locked.wait("--copy", str(disk))
    statement = locked.statements / f"{run_}.json"
    waits = statement.read_bytes()
    statement.unlink()  # as on the machine where nobody has the passphrase
    overwrite(next(disk.glob("bags/*/*/data/a.txt")), b"two")
    assert locked.ask("audit", "--copy", str(disk), opened=True)[0] == 1
    statement.write_bytes(waits)
    assert locked.sign()[1]["recorded"] == [run_]
    place = locked.ask("status")[1]["places"][0]
    assert (place["faults"], place["audited"]) == (1, "damaged")


@pytest.mark.parametrize("size", [None, -1, "5", True])
def test_a_statement_that_says_no_state_of_the_ledger_is_none(locked: Locked, size: object) -> None:
    name = locked.wait("--copy", str(_disk(locked)))
    finished = json.loads((locked.statements / f"{name}.json").read_bytes())["finished"]
    locked.restate(name, finished={**finished, "size": size})
    (one,) = WaitingRuns(str(locked.statements)).all()
    assert isinstance(one, DamagedStatement)
    locked.restate(name, finished=finished)
    (one,) = WaitingRuns(str(locked.statements)).all()
    assert isinstance(one, WaitingRun)


class TestAdvice:
    """The last line advises what mends the copy, and nothing that does not."""

    @pytest.mark.parametrize("keeps", ["read-only", "no key", "key"])
    def test_what_nobody_keeps_is_recorded_first(
        self, locked: Locked, keeps: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        overwrite(next(_disk(locked).glob("bags/*/*/data/a.txt")), b"two")
        if keeps == "no key":
            monkeypatch.setenv("ARCHIVE_KEY_DIR", str(locked.made.folder / "none"))
        more = ["--read-only"] if keeps == "read-only" else []
        capsys.readouterr()
        assert run(["-C", str(locked.root), "audit", "--copy", str(_disk(locked)), *more]) == 1
        said = capsys.readouterr().err
        assert ("archive audit --copy" in said) == (keeps != "key"), said
        assert "archive copy --to" in said
        assert "have 2 good copies" not in said
