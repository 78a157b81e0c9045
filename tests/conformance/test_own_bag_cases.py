"""Our own BagIt cases: what `archive verify` says of each, and what bagit-python says.

`UPDATE_GOLDEN=1` writes docs/bagit.md anew from the cases.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import bagit
import pytest

from archive.cli.frame import run
from archive.core.bagit_judge import Policy
from archive.core.finding_codes import FINDING_CODES
from archive.core.second_opinion.comparison import compare
from archive.core.second_opinion.model import Opinion as OpinionOfBagit
from archive.core.second_opinion.model import OpinionOutcome
from archive.schemas import explain
from archive.services.verify.judging import judge_bag
from archive.services.verify.lanes import ProcessLanes
from archive.storage.bag_sources.folder import FolderSource
from tests.bags import judged
from tests.conformance.bag_cases import CASES, second_opinion
from tests.conformance.bag_cases.bag import LETTER, build
from tests.conformance.bag_cases.case import Case, Opinion
from tests.conformance.bag_cases.second_opinion_page import rendered

PAGE = Path(__file__).parents[2] / "docs" / "bagit.md"
SECONDS = 1.0  # for one bag of a few kilobytes: more is a hang
BROKEN = 1  # some bag is invalid, which outweighs that some other is unverifiable
UNVERIFIABLE = 3
UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]

_QUICK = [case for case in CASES if not case.slow and not case.root_reads_it]
_SLOW = [case for case in CASES if case.slow]
_LOCKED = [case for case in CASES if case.root_reads_it]
_ASKED = [case for case in CASES if case.bagit is not Opinion.NOT_ASKED]


def _name(case: Case) -> str:
    return case.name


def _built(case: Case, room: Path) -> Path:
    """The case's bag in a room of its own, beside files that no reader of the bag may touch."""
    (room / "outside").mkdir(parents=True)
    (room / "outside.txt").write_bytes(LETTER)
    (room / "outside" / "x").write_bytes(b"x")
    build(case.bag(), room / case.folder)
    return room / case.folder


def _require_judged(case: Case, bag: Path) -> None:
    source = FolderSource(str(bag), ProcessLanes(1))
    try:
        report = judge_bag(source, Policy())
    finally:
        source.close()
    _require(case, report.verdict.value, ((one.severity.value, one.code) for one in report.findings))


def _require(case: Case, verdict: str, findings: Iterable[tuple[str, str]]) -> None:
    found = set(findings)
    assert {
        "verdict": verdict,
        "errors": sorted(code for severity, code in found if severity == "error"),
        "warnings": sorted(code for severity, code in found if severity == "warning"),
    } == {
        "verdict": case.verdict,
        "errors": sorted(case.errors),
        "warnings": sorted(case.warnings),
    }


@pytest.mark.parametrize("case", _QUICK, ids=_name)
def test_a_case_is_judged_by_its_law(case: Case, tmp_path: Path) -> None:
    _require_judged(case, _built(case, tmp_path / "room"))


def test_the_command_gives_the_same_verdicts_and_the_heaviest_exit_code(tmp_path: Path) -> None:
    bags = {str(_built(case, tmp_path / str(number))): case for number, case in enumerate(_QUICK)}
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = run(["verify", "--format", "json", "--jobs", "1", *bags])
    report = json.loads(out.getvalue())
    assert explain("verify-report", report) == []
    verdicts = {judged["bag"]: judged["verdict"] for judged in report["bags"]}
    assert verdicts == {path: case.verdict for path, case in bags.items()}
    assert code == BROKEN


@pytest.mark.slow
@pytest.mark.parametrize("case", _SLOW, ids=_name)
def test_a_costly_case_is_judged_by_its_law(case: Case, tmp_path: Path) -> None:
    _require_judged(case, _built(case, tmp_path / "room"))


@pytest.mark.parametrize("case", _LOCKED, ids=_name)
def test_a_case_of_locked_files_is_judged_by_its_law(case: Case, tmp_path: Path) -> None:
    bag = _built(case, tmp_path / "room")
    command = [sys.executable, "-m", "archive", "verify", "--format", "json", str(bag)]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("setpriv is not here, and root reads everything")
        command = [*UNPRIVILEGED, *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == UNVERIFIABLE
    (judged,) = json.loads(done.stdout)["bags"]
    _require(case, judged["verdict"], ((one["severity"], one["code"]) for one in judged["findings"]))


@pytest.fixture(scope="module")
def opinions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """By the name of a case, what bagit-python says of its bag."""
    room = tmp_path_factory.mktemp("asked")
    bags = {str(_built(case, room / str(number))): case.name for number, case in enumerate(_ASKED)}
    done = subprocess.run(
        [sys.executable, str(second_opinion.__file__), str(SECONDS)],
        input=json.dumps(list(bags)),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return {bags[path]: opinion for path, opinion in json.loads(done.stdout).items()}


def test_bagit_python_says_of_every_case_what_is_written_down(opinions: dict[str, str]) -> None:
    assert opinions == {case.name: case.bagit.value for case in _ASKED}


_PASSED_OVER = [case for case in _QUICK if case.errors and case.bagit is Opinion.VALID]


@pytest.mark.parametrize("case", _PASSED_OVER, ids=_name)
def test_why_bagit_says_nothing_of_an_error_is_known(case: Case, tmp_path: Path) -> None:
    report = judged(_built(case, tmp_path / "room"))
    checked = compare(report, OpinionOfBagit(outcome=OpinionOutcome.VALID))
    assert [each.ours for each in checked.differences if each.why is None] == []


def test_a_difference_is_argued() -> None:
    assert [case.law for case in CASES if case.differs and not case.why] == []


def test_a_law_is_stated_once() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


def test_the_cases_name_registered_codes_only() -> None:
    assert {code for case in CASES for code in case.errors | case.warnings} - FINDING_CODES.keys() == set()


def test_what_is_not_valid_has_an_error_and_what_is_valid_has_none() -> None:
    assert [case.law for case in CASES if (case.verdict == "valid") == bool(case.errors)] == []


def test_the_page_is_what_the_cases_give() -> None:
    page = rendered(bagit.VERSION)
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page
