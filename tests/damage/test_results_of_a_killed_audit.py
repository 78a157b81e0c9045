"""What an audit stored before it was cut off counts as far as something outside the archive knows of it."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.services.audit import looking
from archive.services.audit.chunk import Chunk, ChunkResult, audit_chunk
from archive.services.audit.recording import Recording
from archive.storage.audits.results import ChunkRow, pack
from archive.storage.audits.results_folder import ResultsFolder
from tests.archives import MadeArchive
from tests.cut_off_audits import interrupt_behind_a_chunk, three_chunks

Printed = pytest.CaptureFixture[str]
_FIRST = "000001.jsonl.gz"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """Three documents, each of which is a chunk of its own."""
    return three_chunks(tmp_path, monkeypatch)


def _killed(made: MadeArchive, *words: str) -> Path:
    """The results of an audit that was killed when it had stored those of its first document."""
    with pytest.MonkeyPatch.context() as patch:

        def close(self: Recording, _: object) -> None:
            assert self.folder is not None
            self.folder.close()

        interrupt_behind_a_chunk(patch)
        patch.setattr(Recording, "finish", close)
        assert run(["-C", str(made.root), "audit", "--jobs", "1", *words]) == 130
    return _folder(made)


def _folder(made: MadeArchive) -> Path:
    [plan] = (made.root / "audits").glob("*/plan.json")
    return plan.parent


def _resumed(made: MadeArchive, folder: Path, capsys: Printed, *, code: int = 0) -> Any:
    capsys.readouterr()
    words = ["--format", "json", "audit", "--jobs", "1", "--resume", folder.name]
    assert run(["-C", str(made.root), *words]) == code
    return json.loads(capsys.readouterr().out)


def _codes(report: Any) -> list[str]:
    return [one["code"] for one in report["findings"]]


def _marks(made: MadeArchive) -> list[Path]:
    return list((made.folder / "keys" / "unlisted").rglob("*.sha512"))


def _damage(made: MadeArchive, reference: str) -> None:
    payload = next((made.bag(reference) / "data").iterdir())
    payload.chmod(0o644)
    payload.write_bytes(b"x")


def _put(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def test_what_is_kept_with_the_keys_is_nobody_elses(made: MadeArchive) -> None:
    before = os.umask(0)
    try:
        assert run(["-q", "-C", str(made.root), "audit"]) == 0
    finally:
        os.umask(before)
    folders = [made.folder / "keys" / "unlisted", *(made.folder / "keys" / "unlisted").rglob("*")]
    assert {oct(path.stat().st_mode & 0o777) for path in folders if path.is_dir()} == {"0o700"}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bags that are read, as they are."""
    bags: list[str] = []

    def noted(chunk: Chunk) -> ChunkResult:
        bags.extend(expectation.bag for expectation in chunk.expectations)
        return audit_chunk(chunk)

    monkeypatch.setattr(looking, "audit_chunk", noted)
    return bags


def test_what_was_stored_is_not_read_again(made: MadeArchive, capsys: Printed, read: list[str]) -> None:
    folder = _killed(made)
    read.clear()
    report = _resumed(made, folder, capsys)
    assert (report["outcome"], report["counts"]["intact"], _codes(report)) == ("intact", 3, [])
    assert read == [made.bag(f"2026-00000{number}").name for number in (2, 3)]


def test_nothing_stays_with_the_keys(made: MadeArchive, capsys: Printed) -> None:
    folder = _killed(made)
    assert len(_marks(made)) == 1
    _resumed(made, folder, capsys)
    assert _marks(made) == []


def test_results_that_no_audit_found_are_not_believed(made: MadeArchive, capsys: Printed) -> None:
    folder = _killed(made)
    _damage(made, "2026-000003")
    bags = [made.bag(f"2026-00000{number}").name for number in (2, 3)]
    (folder / "000002.jsonl.gz").write_bytes(pack([ChunkRow(bag, "intact", 1, 1, []) for bag in bags]))
    report = _resumed(made, folder, capsys, code=1)
    assert report["counts"]["damaged"] == 1
    assert "AUDIT-READ-AGAIN" in _codes(report)
    assert run(["-C", str(made.root), "audit"]) == 1
    assert "AUDIT-UNKNOWN" not in capsys.readouterr().out


@pytest.mark.parametrize("change", ["altered", "another's name", "a link", "cut short"])
def test_results_that_are_not_those_that_were_stored_are_read_again(
    change: str, made: MadeArchive, capsys: Printed, tmp_path: Path
) -> None:
    folder = _killed(made)
    stored = folder / _FIRST
    data = stored.read_bytes()
    stored.unlink()
    if change == "altered":
        stored.write_bytes(gzip.compress(gzip.decompress(data).replace(b'"files":8', b'"files":9'), 6))
        assert stored.read_bytes() != data
    elif change == "another's name":
        (folder / "000009.jsonl.gz").write_bytes(data)
    elif change == "cut short":
        stored.write_bytes(data[:-9])
    else:
        outside = tmp_path / "outside.gz"
        outside.write_bytes(data)
        stored.symlink_to(outside)
    report = _resumed(made, folder, capsys)
    assert (report["counts"]["intact"], _codes(report)) == (3, ["AUDIT-READ-AGAIN"])


@pytest.mark.parametrize("kept", ["nothing", "half a line", "zeros", "a folder"])
def test_what_the_keys_do_not_know_whole_is_read_again(
    kept: str, made: MadeArchive, capsys: Printed, read: list[str]
) -> None:
    folder = _killed(made)
    [marks] = _marks(made)
    line = marks.read_bytes()
    marks.unlink()
    if kept == "a folder":
        marks.mkdir()
    elif kept != "nothing":
        marks.write_bytes(line[:-20] if kept == "half a line" else bytes(len(line)))
    read.clear()
    report = _resumed(made, folder, capsys)
    assert (report["counts"]["intact"], len(read)) == (3, 3)
    assert _codes(report) == ["AUDIT-READ-AGAIN"]


def test_what_is_stopped_while_it_is_stored_was_not_looked_at(
    made: MadeArchive, capsys: Printed, read: list[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(ResultsFolder, "add", stop)
        assert run(["-C", str(made.root), "audit", "--jobs", "1", "--older-than", "90d"]) == 130
    folder = _folder(made)
    [summary] = folder.glob("results-*.json")
    told = json.loads(summary.read_text())
    assert (told["chunks"], told["counts"]["intact"]) == ([], 0)
    read.clear()
    assert _resumed(made, folder, capsys)["outcome"] == "intact"
    assert len(read) == 3


@pytest.mark.parametrize("name", [_FIRST, "000002.jsonl.gz"], ids=["altered", "added"])
@pytest.mark.parametrize("index", ["with its index", "without"])
def test_results_that_nothing_vouches_for_put_no_document_off(
    index: str, name: str, made: MadeArchive, read: list[str]
) -> None:
    assert run(["-C", str(made.root), "audit", "2026-000001"]) == 0
    bag = made.bag("2026-000002").name
    _put(_folder(made) / name, pack([ChunkRow(bag, "intact", 8, 1, [])]))
    if index == "without":
        (made.root / "catalog.sqlite").unlink()
        assert run(["-C", str(made.root), "catalog", "rebuild"]) == 0
    read.clear()
    run(["-C", str(made.root), "audit", "--jobs", "1", "--older-than", "90d"])
    assert bag in read


def test_no_audit_is_resumed_through_a_link(made: MadeArchive, capsys: Printed) -> None:
    folder, elsewhere = _killed(made), made.folder / "elsewhere"
    folder.rename(elsewhere)
    (elsewhere / "000009.jsonl.gz").write_bytes(b"of somebody else")
    (elsewhere / ".draft.tmp").write_bytes(b"of somebody else")
    before = sorted(elsewhere.iterdir())
    folder.symlink_to(elsewhere)
    assert "is a link" in _resumed(made, folder, capsys, code=3)["message"]
    assert sorted(elsewhere.iterdir()) == before
    folder.unlink()
    elsewhere.rename(folder)
    assert _resumed(made, folder, capsys)["outcome"] == "intact"
