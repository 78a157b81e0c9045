"""The conformance suite of the Library of Congress, judged as its harness does and as the RFC reads."""

import os
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.bagit.verdicts import BagVerdict
from tests.bags import judged

_SUITE = os.environ.get("CONFORMANCE_SUITE_DIR")
_BAGS = sorted(path for path in Path(_SUITE).glob("v*/*/*") if path.is_dir()) if _SUITE else []

pytestmark = pytest.mark.skipif(not _SUITE, reason="CONFORMANCE_SUITE_DIR names no conformance suite")

# Bags of the class "warning" that lack a listed file on a disk that keeps case and never saw a .DS_Store.
_LACKING = {"duplicate-file-with-different-case", "special-system-files"}


def _name(bag: Path) -> str:
    return str(bag.relative_to(_SUITE or "/"))


def test_the_suite_is_whole() -> None:
    assert len(_BAGS) == 60
    assert len([bag for bag in _BAGS if bag.parent.name != "windows-only"]) == 54


@pytest.mark.parametrize("bag", [bag for bag in _BAGS if bag.parent.name != "windows-only"], ids=_name)
def test_the_harness_of_the_suite_is_content(bag: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["verify", str(bag)])
    printed = capsys.readouterr()
    match bag.parent.name:
        case "valid":
            assert code == 0
        case "warning":  # accepted without a word is what the harness objects to
            assert code != 0 or printed.err
        case _:
            assert code != 0
            assert "✗" in printed.out


@pytest.mark.parametrize("bag", _BAGS, ids=_name)
def test_the_strict_reading(bag: Path) -> None:
    report = judged(bag)
    kind = bag.parent.name
    if (bag.name in _LACKING and kind == "warning") or bag.name == "missing-baginfo":
        assert report.verdict is BagVerdict.INCOMPLETE
    else:
        assert report.verdict is (BagVerdict.VALID if kind in {"valid", "warning"} else BagVerdict.INVALID)
    if kind == "warning":
        assert report.findings
