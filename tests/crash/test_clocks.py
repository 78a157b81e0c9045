"""A clock that is wrong: order is that of the ledger, a step back is a note, and nothing else is said."""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.crash.checks import debris, held, told
from tests.crash.scenarios import Scenario

YEARS = (1969, 1970, 2001, 2100)


def at_clock(year: int) -> Callable[[], None]:
    """Sets the clock of the child that calls it."""
    nanoseconds = int(datetime(year, 6, 1, tzinfo=UTC).timestamp()) * 10**9

    def set_clock() -> None:
        time.time_ns = lambda: nanoseconds
        time.time = lambda: nanoseconds / 10**9

    return set_clock


@pytest.mark.parametrize("year", YEARS)
def test_documents_taken_in_by_a_wrong_clock_are_held_and_audited(
    one_document: Scenario, crash_folder: Path, year: int
) -> None:
    with tempfile.TemporaryDirectory(dir=crash_folder) as work:
        scene = one_document.scene.copy(Path(work, "scene"))
        ingested, audited = scene.run(one_document.command(scene), ["audit"], before=at_clock(year))
        assert (ingested.code, ingested.report["counts"]["ingested"]) == (0, 1), ingested
        assert (audited.code, audited.report["outcome"]) == (0, "intact"), audited
        _, again, back, verified, listed = scene.run(
            ["audit"], one_document.command(scene), ["audit"], ["catalog", "verify"], ["list"]
        )
        assert (back.code, back.report["recorded"], told(back)) == (0, True, set()), back
        notes = {one["code"] for one in back.report["findings"]}
        assert "LEDGER-CLOCK-BACK" in notes, "backward at first, or forward and then back"
        assert (again.code, again.report["counts"]["held"]) == (0, 1), again
        assert verified.code == 0, verified
        assert held(listed.report) == sorted(one_document.expected)
        assert debris(scene) == []


def test_an_archive_made_by_a_wrong_clock_goes_on_by_the_right_one(
    one_document: Scenario, crash_folder: Path
) -> None:
    with tempfile.TemporaryDirectory(dir=crash_folder) as work:
        scene = one_document.scene.copy(Path(work, "scene"))
        new = ["init", str(scene.folder / "other"), "--name", "Other", "--agent", "Ana Example"]
        (made,) = scene.run(new, before=at_clock(1969))
        assert made.code == 0, made
        there = ["-C", str(scene.folder / "other")]
        ingested, audited = scene.run([*one_document.command(scene), *there], ["audit", *there])
        assert ingested.code == 0, ingested
        assert (audited.code, audited.report["outcome"], told(audited)) == (0, "intact", set()), audited
