"""Where storage does not answer, results and what lies in quarantine are unreadable: not lost or altered."""

from pathlib import Path

import pytest

from tests.archives import overwrite
from tests.changes import Changing
from tests.refusals import refuse
from tests.repairs import set_aside


@pytest.fixture
def chunk(changing: Changing) -> Path:
    """The results of the one audit."""
    changing("audit")
    (chunk,) = changing.root.glob("audits/*/*.gz")
    return chunk


@pytest.mark.parametrize("calls", [("lstat", "stat"), ("open",)])
def test_results_that_cannot_be_looked_at_are_not_called_missing(
    changing: Changing, chunk: Path, monkeypatch: pytest.MonkeyPatch, calls: tuple[str, ...]
) -> None:
    for call in calls:
        refuse(monkeypatch, call, chunk)
    place = str(chunk.relative_to(changing.root))
    assert changing.audit(code=3) == [("AUDIT-RESULTS-UNREADABLE", place)]


def test_results_that_are_no_file_are_still_missing(changing: Changing, chunk: Path) -> None:
    place = str(chunk.relative_to(changing.root))
    chunk.unlink()
    assert changing.audit(code=1) == [("AUDIT-RESULTS", place)]
    chunk.mkdir()
    assert changing.audit(code=1) == [("AUDIT-RESULTS", place)]


def test_a_folder_of_results_that_cannot_be_looked_at_does_not_pass_for_one_that_is_no_link(
    changing: Changing, chunk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "lstat", chunk.parent)
    place = str(chunk.parent.relative_to(changing.root))
    assert changing.audit(code=3) == [("AUDIT-RESULTS-UNREADABLE", place)]


def test_a_withdrawn_bag_that_cannot_be_looked_at_is_not_called_missing(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = changing.row("b.txt").bag
    changing("withdraw", bag, "--reason", "asked back")
    (aside,) = changing.root.glob(f"quarantine/withdrawn/*/{bag}")
    for call in ("lstat", "stat"):
        refuse(monkeypatch, call, aside)
    report = changing("audit", "--quick", "--read-only", code=3)
    assert [one["code"] for one in report["findings"]] == ["QUARANTINE-UNREADABLE"]


def test_a_folder_of_what_a_repair_set_aside_that_cannot_be_looked_at_is_not_called_empty(
    changing: Changing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "b.txt").write_bytes(b"two")
    overwrite(changing.bag("b.txt") / "data/b.txt", b"bad")
    changing("repair", changing.reference("b.txt"), "--from", str(tmp_path), "--yes")
    (kept,) = set_aside(changing)
    folder = kept.parents[1]
    refuse(monkeypatch, "lstat", folder)
    assert changing.audit(code=3) == [("QUARANTINE-UNREADABLE", str(folder.relative_to(changing.root)))]


def test_an_audit_judges_where_what_others_left_cannot_be_looked_at(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    overwrite(changing.bag("b.txt") / "data/b.txt", b"bad")
    refuse(monkeypatch, "listdir", changing.root / "staging")
    report = changing("audit", code=1)
    assert report["counts"]["damaged"] == 1
    assert "AUDIT-NOT-RECORDED" in {one["code"] for one in report["findings"]}
