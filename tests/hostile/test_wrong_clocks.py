"""A clock that was ahead for a while: what was written down by it hides nothing that is found afterwards."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import copy


@contextmanager
def clock_at(year: int) -> Iterator[None]:
    """The clock stands in that year."""
    ahead = int((datetime(year, 6, 1, tzinfo=UTC) - datetime.now(UTC)).total_seconds() * 1_000_000_000)
    right = time.time_ns
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: right() + ahead)
        yield


@pytest.fixture
def audited_ahead(changing: Changing) -> Changing:
    """An archive whose last audit, which found all of it intact, was made in the year 2100."""
    changing("audit")
    with clock_at(2100):
        changing("audit")
    return changing


def test_damage_is_known_that_an_audit_finds_after_one_by_a_clock_that_was_ahead(
    audited_ahead: Changing,
) -> None:
    changing = audited_ahead
    overwrite(changing.bag("a.txt") / "data" / "a.txt", b"eno")
    changing("audit", code=1)
    for _ in range(2):
        status = changing("status")
        assert status["counts"]["damaged"] == 1
        assert [one["source"] for one in status["damaged"]] == ["a.txt"]
        covered = changing("coverage")
        assert sum(bag["damaged_since"] is not None for bag in covered["bags"]) == 1
        changing("catalog", "rebuild", code=None)


def test_what_was_checked_by_a_clock_that_was_ahead_is_due_until_it_is_checked_again(
    audited_ahead: Changing,
) -> None:
    changing = audited_ahead
    assert changing("status")["counts"]["overdue"] == 0  # taken in today
    status = changing("status")
    assert (status["counts"]["never_checked"], status["oldest_check"]) == (3, None)
    assert changing("coverage")["counts"]["claimed_within"] == 0
    assert (
        changing("report", "--from", "2020-01-01", "--until", "2199-12-31")["checks"]["at_the_end"][
            "claimed_within"
        ]
        == 0
    )
    for expected in (3, 0):
        assert changing("audit", "--older-than", "1d")["scope"]["selected"] == expected
    assert changing("coverage")["counts"]["claimed_within"] == 3
    assert {one["last_checked"][:2] for one in changing("list")["documents"]} == {"20"}
    changing.require_whole()


def test_what_was_taken_in_and_checked_by_a_clock_that_was_ahead_is_checked_again(
    changing: Changing, tmp_path: Path
) -> None:
    (tmp_path / "late.txt").write_bytes(b"late")
    with clock_at(2100):
        changing("ingest", str(tmp_path / "late.txt"), "--describe-later", "--no-identify")
        changing("audit")
    report = changing("report", "--from", "2020-01-01", "--until", "2199-12-31")
    assert report["holdings"]["closing"]["documents"] == report["checks"]["at_the_end"]["held"] == 4
    assert sum(row["looks"] for row in report["checks"]["stretches"]) == 4
    assert changing("audit", "--older-than", "1d")["scope"]["selected"] == 4
    assert changing("audit", "--older-than", "1d")["scope"]["selected"] == 0


def test_a_clock_that_is_behind_makes_nothing_overdue(changing: Changing) -> None:
    changing("audit")
    with clock_at(1980):
        assert changing("status")["counts"]["overdue"] == 0
        assert changing("audit", "--read-only", "--budget", "1h")["counts"]["overdue"] == 0
        assert changing("coverage")["counts"]["overdue"] == 0


def test_an_audit_by_a_clock_that_was_ahead_keeps_no_promise(changing: Changing) -> None:
    changing.configure('[promises]\naudit = "daily"\n')

    def state() -> str:
        (promised,) = changing("status")["promised"]
        return str(promised["state"])

    with clock_at(2100):
        changing("audit")
        assert state() == "kept"
    assert state() == "never"
    changing("audit")
    assert state() == "kept"


def test_a_copy_that_was_written_by_a_clock_that_was_ahead_is_to_be_read_again(
    changing: Changing, tmp_path: Path
) -> None:
    with clock_at(2100):
        copy(changing, tmp_path / "copy")
    status = changing("status")
    assert "last seen when a clock was ahead" in changing.text("status")
    assert any(step.startswith("read it again: archive audit --copy") for step in status["next"])
    changing("audit", "--copy", str(tmp_path / "copy"))
    assert not any(step.startswith("read it again") for step in changing("status")["next"])
    assert "last seen today" in changing.text("status")


@pytest.mark.parametrize("moment", [-(10**12), 253_402_300_799_999, 253_402_300_800_000, 10**17])
def test_every_command_that_reads_answers_whatever_the_clock_says(
    changing: Changing, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: moment * 1_000_000)
    for command in (["status"], ["report"], ["report", "--year", "2020"], ["assess", "ndsa"], ["coverage"]):
        changing(*command)
    assert changing("audit", "--read-only")["outcome"] == "intact"
