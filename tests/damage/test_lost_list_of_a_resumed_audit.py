"""An audit is resumed whose list of results was lost: nothing of it is removed, and the verdict says so."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from tests.archives import MadeArchive
from tests.cut_off_audits import cut_off_audit, three_chunks

_FIRST, _SECOND, _CHUNK = "results-1.json", "results-2.json", "000001.jsonl.gz"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """Three documents, each of which is a chunk of its own."""
    return three_chunks(tmp_path, monkeypatch)


def _audit(made: MadeArchive, capsys: pytest.CaptureFixture[str], *words: str, code: int) -> Any:
    capsys.readouterr()
    assert run(["-C", str(made.root), "--format", "json", "audit", "--jobs", "1", *words]) == code
    return json.loads(capsys.readouterr().out)


def _told(report: Any) -> list[tuple[str, str]]:
    return [(one["code"], one["place"]) for one in report["findings"]]


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _flip(path: Path) -> None:
    """Another list than the ledger's, as one bit in a time makes it."""
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data.replace(b'"time": "2', b'"time": "3', 1))
    assert path.read_bytes() != data


def _cut_short(path: Path) -> None:
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-9])


@pytest.mark.parametrize("lose", [_flip, _cut_short, Path.unlink], ids=["altered", "cut short", "missing"])
def test_nothing_is_removed_beside_a_lost_list(
    lose: Callable[[Path], None], made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = cut_off_audit(made.root)
    lose(folder / _FIRST)
    before = _files(folder)
    report = _audit(made, capsys, "--resume", folder.name, code=1)
    assert _told(report) == [("AUDIT-RESULTS", f"audits/{folder.name}")]
    assert (report["outcome"], report["counts"]["intact"]) == ("damaged", 3)
    after = _files(folder)
    assert {name: after[name] for name in before} == before
    assert _SECOND in after
    assert _told(_audit(made, capsys, code=1)) == [("AUDIT-RESULTS", f"audits/{folder.name}")]


def test_the_list_that_is_put_back_makes_it_whole(
    made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = cut_off_audit(made.root)
    kept = (folder / _FIRST).read_bytes()
    _flip(folder / _FIRST)
    _audit(made, capsys, "--resume", folder.name, code=1)
    (folder / _FIRST).write_bytes(kept)
    assert _told(_audit(made, capsys, code=0)) == []


def test_altered_results_of_an_earlier_part_are_told(
    made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = cut_off_audit(made.root)
    _cut_short(folder / _CHUNK)
    report = _audit(made, capsys, "--resume", folder.name, code=1)
    assert _told(report) == [("AUDIT-RESULTS", f"audits/{folder.name}/{_CHUNK}")]
    assert report["counts"]["intact"] == 3


def test_an_earlier_list_under_a_later_name_is_not_the_newest(
    made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = cut_off_audit(made.root)
    cut_off_audit(made.root, "--resume", folder.name)
    shutil.copy(folder / _FIRST, folder / "results-9.json")
    before = _files(folder)
    assert _told(_audit(made, capsys, "--resume", folder.name, code=0)) == []
    after = _files(folder)
    assert {name: after[name] for name in before} == before
    found = _told(_audit(made, capsys, code=1))
    assert found == [("AUDIT-UNKNOWN", f"audits/{folder.name}/results-9.json")]
