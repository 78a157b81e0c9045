"""An audit of two lists of results, where a list lies under another name than the ledger's order gives it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cut_off_audits import cut_off_audit
from tests.damage.repair.own_files import repair
from tests.repairs import Repairing, altered

FIRST, SECOND = "results-1.json", "results-2.json"


@pytest.fixture
def cut_off(archive: Repairing) -> Path:
    """The folder of an audit that was cut off when it had looked at every bag."""
    return cut_off_audit(archive.root)


@pytest.fixture
def results(archive: Repairing, cut_off: Path) -> Path:
    """The same, resumed; the copy has it too."""
    archive("audit", "--jobs", "1", "--resume", cut_off.name)
    shutil.rmtree(archive.copy)
    shutil.copytree(archive.root, archive.copy, symlinks=True)
    return cut_off


def held(folder: Path) -> dict[str, bytes]:
    """The lists of results of a folder."""
    return {path.name: path.read_bytes() for path in folder.glob("results-*.json")}


def on_copy(archive: Repairing, results: Path) -> Path:
    """The same folder of the copy."""
    return archive.copy / results.relative_to(archive.root)


def test_a_list_that_a_copy_has_under_anothers_name_takes_the_place_of_none(
    archive: Repairing, results: Path
) -> None:
    before = held(results)
    (results / FIRST).unlink()
    (on_copy(archive, results) / FIRST).replace(on_copy(archive, results) / SECOND)
    place = f"audits/{results.name}/{FIRST}"
    for words, code in ((["--plan"], 1), ([], 0)):
        files: Any = repair(archive, *words, code=code)["own_files"]
        assert [(one["path"], one["outcome"]) for one in files] == [(place, "missing")]
    assert held(results) == before
    assert list((archive.root / "quarantine").rglob("results-*.json")) == []
    assert repair(archive)["own_files"] == []
    archive.require_whole()


def test_a_list_whose_name_is_taken_by_another_of_the_record_comes_under_a_free_one(
    archive: Repairing, results: Path
) -> None:
    """As where the first list was lost before an earlier version resumed the audit."""
    before = held(results)
    (results / SECOND).replace(results / FIRST)
    files: Any = repair(archive)["own_files"]
    place = f"audits/{results.name}/{SECOND}"
    assert [(one["path"], one["outcome"]) for one in files] == [(place, "missing")]
    assert held(results) == {FIRST: before[SECOND], SECOND: before[FIRST]}
    assert list((archive.root / "quarantine").rglob("results-*.json")) == []
    archive.require_whole()


def test_what_was_written_anew_after_the_first_results_were_lost_is_not_taken_for_damage(
    archive: Repairing, cut_off: Path
) -> None:
    """The audit then began anew, so that both lists name the same file, each with another digest."""
    [chunk] = cut_off.glob("*.gz")
    shutil.rmtree(archive.copy)
    shutil.copytree(archive.root, archive.copy, symlinks=True)
    (cut_off / FIRST).unlink()
    chunk.unlink()
    altered(archive)  # so that what is found now is something else
    archive("audit", "--jobs", "1", "--resume", cut_off.name, code=1)
    before = {path.name: path.read_bytes() for path in cut_off.iterdir()}
    files: Any = repair(archive, code=None)["own_files"]
    assert [(one["path"], one["outcome"]) for one in files] == [(f"audits/{cut_off.name}/{FIRST}", "missing")]
    after = {path.name: path.read_bytes() for path in cut_off.iterdir()}
    assert {name: after[name] for name in before} == before


def test_of_two_names_of_one_list_the_one_that_is_not_its_own_is_unknown(
    archive: Repairing, results: Path
) -> None:
    shutil.copy(results / FIRST, results / "results-9.json")
    found = [place for code, place in archive.audit(code=1) if code == "AUDIT-UNKNOWN"]
    assert found == [f"audits/{results.name}/results-9.json"]


def test_a_copy_keeps_the_list_that_the_archive_has_lost_to_a_second_name(
    archive: Repairing, results: Path
) -> None:
    disk = archive.made.folder / "disk"
    archive("copy", "--to", str(disk), "--jobs", "1")
    before = held(disk / "audits" / results.name)
    (results / FIRST).replace(results / SECOND)
    archive("copy", "--to", str(disk), "--jobs", "1", code=None)
    assert held(disk / "audits" / results.name) == before
