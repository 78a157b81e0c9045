"""An audit whose key is locked keeps its results; they are recorded as they were, or not at all."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.core.canonical import readable
from archive.core.ledger.merkle import leaf_hash
from archive.services.audit.looking import Looking
from archive.storage.audits.waiting_runs import DamagedStatement, WaitingRuns
from tests.archives import overwrite
from tests.refusals import refuse
from tests.waiting import Locked, copy_of

Damage = Callable[[bytes, bytes], bytes | None]
PLANS: dict[str, Damage] = {
    "taken away": lambda *_: None,
    "emptied": lambda *_: b"",
    "another mode": lambda plan, _: plan.replace(b'"full"', b'"fuli"'),
    "a bit of its choice": lambda plan, _: plan.replace(b'"sample"', b'"sampld"'),
    "cut": lambda plan, _: plan[:-1],
    "other ends of lines": lambda plan, _: plan.replace(b"\n", b"\r\n"),
    "a mark before it": lambda plan, _: b"\xef\xbb\xbf" + plan,
    "twice": lambda plan, _: plan * 2,
    "an entry": lambda plan, _: plan.replace(b'  "mode"', b'  "entry": 5,\n  "mode"'),
    "that of another": lambda _, another: another,
}


@pytest.fixture
def locked(
    locked_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Locked:
    """A copy of it with keys of its own."""
    return copy_of(locked_archive, tmp_path / "copy", monkeypatch, capsys)


class TestWaiting:
    """Results are kept, the outcome is said, and the exit code is that of an audit that was not recorded."""

    def test_the_outcome_is_said_and_that_it_waits(self, locked: Locked) -> None:
        code, report = locked.ask("audit")
        assert (code, report["outcome"], report["recorded"]) == (3, "intact", False)
        assert "waits for a signature" in report["not_recorded"]
        assert [finding["code"] for finding in report["findings"]] == ["AUDIT-WAITING"]
        assert (locked.root / "audits" / report["run"] / "results-1.json").is_file()

    def test_a_wrong_passphrase_keeps_the_results_too(
        self, locked: Locked, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ARCHIVE_KEY_PASSPHRASE", "open barley")
        code, report = locked.ask("audit")
        assert (code, "passphrase is wrong" in report["not_recorded"]) == (3, True)
        monkeypatch.delenv("ARCHIVE_KEY_PASSPHRASE")
        assert locked.sign()[1]["recorded"] == [report["run"]]

    def test_damage_outweighs_the_missing_record(self, locked: Locked) -> None:
        overwrite(next(locked.root.glob("bags/*/*/data/a.txt")), b"two")
        code, report = locked.ask("audit")
        assert (code, report["outcome"]) == (1, "damaged")
        assert locked.sign()[0] == 0
        assert locked.about(report["run"])[1].get("outcome") == "damaged"

    def test_status_says_how_many_wait_and_what_to_do(self, locked: Locked) -> None:
        locked.wait()
        locked.wait()
        _, status = locked.ask("status")
        assert status["counts"]["waiting"] == 2
        assert any("archive key sign" in step for step in status["next"])

    def test_one_that_was_cut_off_before_it_read_anything_keeps_no_promise(
        self, locked: Locked, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        assert locked.ask("schedule", "--promise", opened=True)[0] == 0
        with monkeypatch.context() as patch:
            patch.setattr(Looking, "_take", interrupt)
            assert locked.ask("audit")[0] == 130
        assert [each["state"] for each in locked.ask("status")[1]["promised"]] == ["never"]
        locked.wait()
        assert [each["state"] for each in locked.ask("status")[1]["promised"]] == ["kept"]

    def test_another_audit_sees_that_it_waits_and_is_not_alarmed(self, locked: Locked) -> None:
        locked.wait()
        assert locked.codes() == (0, ["AUDIT-WAITING"])

    def test_other_writers_are_refused_without_the_passphrase(self, locked: Locked) -> None:
        code, error = locked.ask("key", "sign")
        assert (code, "passphrase was not given" in error["message"]) == (2, True)


class TestRecording:
    """The next signed command records what waits, as it was."""

    def test_both_entries_carry_the_times_of_the_audit(self, locked: Locked) -> None:
        run = locked.wait()
        statement = json.loads((locked.statements / f"{run}.json").read_text())
        assert locked.sign()[1]["recorded"] == [run]
        started, finished = locked.about(run)
        assert (started.type, finished.type) == ("audit started", "audit finished")
        assert started.time == json.loads(statement["started"])["time"]
        assert finished.time == statement["finished"]["time"]
        assert finished.get("recorded") >= finished.time
        assert locked.entries()[finished.get("started")].run == run

    def test_afterwards_nothing_waits_and_every_check_counts(self, locked: Locked) -> None:
        locked.wait()
        assert locked.sign()[0] == 0
        _, status = locked.ask("status")
        assert (status["counts"]["waiting"], status["counts"]["never_checked"]) == (0, 0)
        assert locked.codes() == (0, [])
        assert locked.ask("ledger", "verify")[0] == 0

    def test_any_signed_command_does_it_first(self, locked: Locked) -> None:
        run = locked.wait()
        code, report = locked.ask("audit", opened=True)
        assert (code, report["recorded"]) == (0, True)
        runs = [entry.run for entry in locked.entries() if entry.type.startswith("audit")]
        assert runs == [run, run, report["run"], report["run"]]

    def test_several_are_recorded_in_the_order_in_which_they_began(self, locked: Locked) -> None:
        runs = [locked.wait() for _ in range(3)]
        assert locked.sign()[1]["recorded"] == runs

    def test_the_seed_of_a_sample_is_the_hash_of_the_entry_that_is_signed_later(self, locked: Locked) -> None:
        code, report = locked.ask("audit", "--sample", "1")
        assert code == 3
        locked.sign()
        index = locked.about(report["run"])[1].get("started")
        assert report["scope"]["seed"] == leaf_hash(locked.made.opened.ledger.entry(index)).hex()

    def test_a_run_that_was_recorded_and_not_dropped_is_not_recorded_twice(self, locked: Locked) -> None:
        run = locked.wait()
        kept = (locked.statements / f"{run}.json").read_bytes()
        locked.sign()
        (locked.statements / f"{run}.json").write_bytes(kept)
        assert locked.sign()[1]["recorded"] == []
        assert (len(locked.about(run)), list(locked.statements.iterdir())) == (2, [])

    def test_a_run_that_was_killed_before_its_end_is_cleared_away(self, locked: Locked) -> None:
        run = locked.wait()
        locked.restate(run, finished=None)
        assert locked.sign()[1]["recorded"] == []
        assert not (locked.root / "audits" / run).exists()
        assert list(locked.statements.iterdir()) == []

    def test_a_rotation_signs_first_what_waits_for_the_old_key(self, locked: Locked) -> None:
        run = locked.wait()
        assert locked.ask("key", "rotate", opened=True)[0] == 0
        types = [entry.type for entry in locked.entries()]
        assert types.index("audit finished") < types.index("key changed")
        assert len(locked.about(run)) == 2


class TestRefusal:
    """What storage does not give is neither altered nor dead: it waits on."""

    @pytest.mark.parametrize("name", ["*.gz", "results-1.json", "plan.json"])
    def test_results_that_cannot_be_read(
        self, locked: Locked, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        run = locked.wait()
        (path,) = (locked.root / "audits" / run).glob(name)
        with monkeypatch.context() as refusing:
            refuse(refusing, "open", path)
            code, report = locked.sign()
        assert (code, report["recorded"]) == (3, [])
        assert [finding["code"] for finding in report["findings"]] == ["AUDIT-RESULTS-UNREADABLE"]
        assert locked.sign()[1]["recorded"] == [run]

    def test_a_plan_that_cannot_be_opened_is_not_that_of_a_dead_audit(
        self, locked: Locked, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = locked.wait()
        locked.restate(run, finished=None)
        with monkeypatch.context() as refusing:
            refuse(refusing, "open", locked.root / "audits" / run / "plan.json")
            assert locked.sign()[0] == 0
        assert (locked.root / "audits" / run).exists()
        assert locked.sign()[0] == 0
        assert not (locked.root / "audits" / run).exists()


class TestAlteration:
    """What was altered while it waited is found, and never signed."""

    def refuse(self, locked: Locked, run: str) -> None:
        """Found by an audit and by whoever would sign."""
        assert locked.codes() == (1, ["AUDIT-WAITING-ALTERED"])
        code, report = locked.sign()
        assert (code, report["recorded"]) == (5, [])
        assert [finding["code"] for finding in report["findings"]] == ["AUDIT-WAITING-ALTERED"]
        assert locked.about(run) == []

    def test_another_outcome_in_the_list_of_results(self, locked: Locked) -> None:
        run = locked.wait()
        path = locked.root / "audits" / run / "results-1.json"
        overwrite(path, path.read_bytes().replace(b'"intact"', b'"damaged"'))
        self.refuse(locked, run)

    def test_another_chunk(self, locked: Locked) -> None:
        run = locked.wait()
        chunk = next((locked.root / "audits" / run).glob("*.gz"))
        data = bytearray(chunk.read_bytes())
        data[-1] ^= 1
        overwrite(chunk, bytes(data))
        self.refuse(locked, run)

    @pytest.mark.parametrize("name", ["*.gz", "plan.json"])
    def test_what_cannot_be_read_is_not_called_altered(
        self, locked: Locked, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        run = locked.wait()
        refuse(monkeypatch, "open", next((locked.root / "audits" / run).glob(name)))
        assert locked.codes() == (3, ["AUDIT-RESULTS-UNREADABLE"])

    @pytest.mark.parametrize("damage", PLANS)
    def test_another_plan(self, locked: Locked, damage: str) -> None:
        another = locked.root / "audits" / locked.wait("--sample", "1") / "plan.json"
        assert locked.sign()[0] == 0
        run = locked.wait()
        plan = locked.root / "audits" / run / "plan.json"
        data = PLANS[damage](plan.read_bytes(), another.read_bytes())
        plan.unlink()
        if data is not None:
            plan.write_bytes(data)
        self.refuse(locked, run)

    def test_a_plan_that_is_a_link(self, locked: Locked) -> None:
        run = locked.wait()
        plan = locked.root / "audits" / run / "plan.json"
        plan.symlink_to(plan.rename(locked.made.folder / "elsewhere"))
        self.refuse(locked, run)

    def test_a_folder_that_is_a_link(self, locked: Locked) -> None:
        run = locked.wait()
        folder = locked.root / "audits" / run
        folder.symlink_to(folder.rename(locked.made.folder / "elsewhere"))
        self.refuse(locked, run)

    def test_the_plan_of_one_that_has_not_ended(self, locked: Locked) -> None:
        run = locked.wait()
        locked.restate(run, finished=None)
        plan = locked.root / "audits" / run / "plan.json"
        assert locked.codes() == (0, ["AUDIT-WAITING"])
        overwrite(plan, plan.read_bytes().replace(b'"full"', b'"fulk"'))
        assert locked.codes() == (1, ["AUDIT-WAITING-ALTERED"])
        plan.unlink()  # it may be the next thing that it writes
        assert locked.codes() == (0, ["AUDIT-WAITING"])

    def test_a_ledger_that_is_not_the_one_judged_by(self, locked: Locked) -> None:
        run = locked.wait()
        locked.restate(run, ledger={"size": 3, "root": "00" * 32})
        code, report = locked.sign()
        assert (code, report["findings"][0]["code"]) == (5, "AUDIT-WAITING-ALTERED")
        assert locked.about(run) == []

    @pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b"[" * 5000, b'{"version": 1}'])
    def test_a_statement_that_is_none_is_told_and_holds_up_nobody(
        self, locked: Locked, content: bytes
    ) -> None:
        run = locked.wait()
        (locked.statements / f"{run}.json").write_bytes(content)
        assert locked.sign()[0] == 5
        code, report = locked.ask("audit", opened=True)
        assert (report["recorded"], "AUDIT-WAITING-ALTERED" in json.dumps(report)) == (True, True)
        assert code == 1
        assert locked.about(run) == []

    def test_results_that_are_gone_are_missed(self, locked: Locked) -> None:
        run = locked.wait()
        shutil.rmtree(locked.root / "audits" / run)
        assert locked.codes() == (0, ["AUDIT-WAITING-MISSING"])
        assert locked.sign()[0] == 5

    def test_one_is_not_resumed_before_it_is_recorded_and_what_to_do_is_said(self, locked: Locked) -> None:
        run = locked.wait()
        code, error = locked.ask("audit", "--resume", run, opened=True)
        assert code == 2
        assert "waits for a signature" in error["message"]
        assert "archive key sign" in error["remedy"]
        locked.sign()
        code, error = locked.ask("audit", "--resume", run, opened=True)
        assert (code, "has ended" in error["message"]) == (2, True)

    def test_results_planted_in_the_archive_alone_are_never_signed(self, locked: Locked) -> None:
        run = locked.wait()
        (locked.statements / f"{run}.json").unlink()  # as on a machine that never made it
        code, report = locked.sign()
        assert (code, report["recorded"]) == (0, [])
        assert locked.about(run) == []
        assert locked.codes() == (0, ["AUDIT-WAITING"])


def test_a_statement_with_an_entry_of_a_newer_program_is_told_and_stops_nobody(tmp_path: Path) -> None:
    run = "01920000-0000-7000-8000-000000000001"
    started = json.dumps({"v": 2, "type": "audit started", "run": run})
    statement = {"version": 1, "run": run, "ledger": {"size": 1, "root": "ab"}, "started": started}
    (tmp_path / f"{run}.json").write_bytes(readable({**statement, "finished": None}))
    (found,) = WaitingRuns(str(tmp_path)).all()
    assert isinstance(found, DamagedStatement)
