"""`archive check` of bags that could not be read: it ends as the ingest does."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.bagit.verdicts import BagReport, BagVerdict
from archive.core.findings import error
from archive.services.check import preflight_alone
from archive.services.ingest import submitted_bags, verdict
from tests.bags import LETTER, plain, write_bag

Printed = pytest.CaptureFixture[str]
JUDGEMENT = submitted_bags._judgement


@pytest.fixture
def unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bag of which storage refuses one file."""

    def refused(path: str, *arguments: Any) -> BagReport:
        report = JUDGEMENT(path, *arguments)
        if not path.endswith("unread"):
            return report
        finding = error("BAG-FILE-UNREADABLE", LETTER, "could not be read: Input/output error")
        return report._replace(verdict=BagVerdict.UNVERIFIABLE, findings=(finding,))

    monkeypatch.setattr(submitted_bags, "_judgement", refused)
    return write_bag(tmp_path / "unread", plain())


def codes(printed: Printed, *sources: Path, code: int) -> set[str]:
    """The errors of a check that ends with this exit code."""
    assert run(["check", *map(str, sources), "--describe-later", "--format", "json"]) == code
    found = json.loads(printed.readouterr().out)["findings"]
    return {each["code"] for each in found if each["severity"] == "error"}


def test_a_bag_that_could_not_be_read_is_not_called_wrong(unread: Path, capsys: Printed) -> None:
    assert codes(capsys, unread, code=3) == {"BAG-FILE-UNREADABLE", "SRC-BAG-REFUSED"}


def test_beside_one_that_is_wrong_something_is_wrong(unread: Path, capsys: Printed, tmp_path: Path) -> None:
    altered = write_bag(tmp_path / "altered", plain() | {LETTER: b"other"})
    found = {"BAG-FILE-ALTERED", "BAG-FILE-UNREADABLE", "SRC-BAG-REFUSED"}
    assert codes(capsys, unread, altered, code=1) == found


def test_check_and_ingest_call_the_same_unreadable() -> None:
    of_ingest_alone = verdict._UNREADABLE - preflight_alone._UNREADABLE
    assert of_ingest_alone == {"VIRUS-NOT-CHECKED"}
    assert preflight_alone._UNREADABLE < verdict._UNREADABLE
