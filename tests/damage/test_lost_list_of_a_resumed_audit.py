"""An audit is resumed whose list of results was lost: nothing of it is removed, and the verdict says so."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.services.audit import ahead
from archive.storage.audits.results_folder import ResultsFolder
from tests.archives import MadeArchive, make_archive

_FIRST, _SECOND, _CHUNK = "results-1.json", "results-2.json", "000001.jsonl.gz"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """Three documents, each of which is a chunk of its own."""
    monkeypatch.setattr(ahead, "CHUNK_BAGS", 1)
    monkeypatch.setattr(ahead, "FIRST_BAGS", 1)
    archive = make_archive(tmp_path, monkeypatch)
    archive.ingest({"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"})
    return archive


def _cut_off(made: MadeArchive, *words: str) -> Path:
    """The results of an audit that was interrupted behind the next document; the ledger has its list."""
    with pytest.MonkeyPatch.context() as patch:
        add = ResultsFolder.add

        def once(self: ResultsFolder, data: bytes, time: str) -> None:
            add(self, data, time)
            raise KeyboardInterrupt

        patch.setattr(ResultsFolder, "add", once)
        assert run(["-C", str(made.root), "audit", "--jobs", "1", *words]) == 130
    [plan] = (made.root / "audits").glob("*/plan.json")
    return plan.parent


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
    folder = _cut_off(made)
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
    folder = _cut_off(made)
    kept = (folder / _FIRST).read_bytes()
    _flip(folder / _FIRST)
    _audit(made, capsys, "--resume", folder.name, code=1)
    (folder / _FIRST).write_bytes(kept)
    assert _told(_audit(made, capsys, code=0)) == []


def test_altered_results_of_an_earlier_part_are_told(
    made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _cut_off(made)
    _cut_short(folder / _CHUNK)
    report = _audit(made, capsys, "--resume", folder.name, code=1)
    assert _told(report) == [("AUDIT-RESULTS", f"audits/{folder.name}/{_CHUNK}")]
    assert report["counts"]["intact"] == 3


def test_an_earlier_list_under_a_later_name_is_not_the_newest(
    made: MadeArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _cut_off(made)
    _cut_off(made, "--resume", folder.name)
    shutil.copy(folder / _FIRST, folder / "results-9.json")
    before = _files(folder)
    assert _told(_audit(made, capsys, "--resume", folder.name, code=0)) == []
    after = _files(folder)
    assert {name: after[name] for name in before} == before
    found = _told(_audit(made, capsys, code=1))
    assert found == [("AUDIT-UNKNOWN", f"audits/{folder.name}/results-9.json")]
