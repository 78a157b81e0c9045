"""Results of audits that storage does not give for the index: it lacks them, and says so, until they come."""

from pathlib import Path

import pytest

from tests.archives import overwrite
from tests.changes import Changing
from tests.refusals import refuse


@pytest.fixture
def lacking(changing: Changing, monkeypatch: pytest.MonkeyPatch) -> Changing:
    """An archive whose index was made while the results of its one audit, which found damage, are refused."""
    overwrite(changing.bag("b.txt") / "data/b.txt", b"bad")
    changing("audit", code=1)
    (chunk,) = changing.root.glob("audits/*/*.gz")
    (changing.root / "catalog.sqlite").unlink()
    with monkeypatch.context() as refusing:
        refuse(refusing, "open", chunk)
        changing("describe", changing.reference("a.txt"), "--set", "dc.title=Other")
        assert changing.row("b.txt").last_outcome == "unknown"
        found = changing("catalog", "verify", code=3)["findings"]
        assert [one["code"] for one in found if one["severity"] == "error"] == ["AUDIT-RESULTS-UNREADABLE"]
    return changing


def test_nobody_is_accused_of_what_it_lacks(lacking: Changing) -> None:
    (found,) = lacking("catalog", "verify")["findings"]
    assert (found["code"], found["severity"]) == ("CATALOG-INDEX", "warning")
    assert "lacks results of an audit" in found["message"]


def test_whoever_reads_is_told_what_is_damaged(lacking: Changing) -> None:
    assert lacking.row("b.txt").last_outcome == "damaged"


def test_the_next_writer_makes_it_anew(lacking: Changing) -> None:
    lacking("describe", lacking.reference("a.txt"), "--set", "dc.title=Once more")
    assert lacking("catalog", "verify")["findings"] == []
    assert [one["state"] for one in lacking("incidents")["incidents"]] == ["open"]


@pytest.mark.parametrize("command", [("coverage",), ("history", "2026-000001", "--checks")])
@pytest.mark.parametrize("name", ["*.gz", "results-1.json"])
def test_results_that_are_refused_are_not_others(
    changing: Changing, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], name: str
) -> None:
    changing("audit")
    (path,) = Path(changing.root).glob(f"audits/*/{name}")
    refuse(monkeypatch, "open", path)
    report = changing(*command, code=None)
    assert [one["code"] for one in report["findings"] if one["severity"] == "error"] == [
        "AUDIT-RESULTS-UNREADABLE"
    ]
    if command == ("coverage",):
        changing("coverage", code=3)
