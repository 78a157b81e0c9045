"""The event of a repair of the archive's own files that was made where the signing key is not."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.storage import own_file_restoration
from tests.archives import overwrite
from tests.damage.repair.own_files import newest, repair
from tests.repairs import Repairing, repairs

WAITS = "REPAIR-NOT-RECORDED"


def codes(report: Any) -> list[str]:
    return [one["code"] for one in report["findings"]]


def damage(archive: Repairing, what: str) -> Path:
    manifest = newest(archive.root, "runs/*.json")
    if what == "missing":
        manifest.unlink()
    else:
        overwrite(manifest, b"{}")
    return manifest


@pytest.fixture
def no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No key until it is undone."""
    patch = pytest.MonkeyPatch()
    patch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "no-keys"))
    return patch


@pytest.mark.parametrize("what", ["missing", "altered"])
@pytest.mark.parametrize("writer", ["repair", "audit"])
def test_what_is_put_back_without_the_key_is_said_and_recorded_with_it(
    archive: Repairing, no_key: pytest.MonkeyPatch, what: str, writer: str
) -> None:
    manifest = damage(archive, what)
    report: Any = repair(archive, "--reason", "a bad sector")
    place = f"quarantine/damaged/archive/{report['run']}"
    assert [(one["path"], one["outcome"]) for one in report["own_files"]] == [(f"runs/{manifest.name}", what)]
    assert manifest.read_bytes() == (archive.copy / "runs" / manifest.name).read_bytes()
    more: list[Any] = [repair(archive), repair(archive, "--plan")]
    for again in (report, *more):
        assert [(one["code"], one["place"]) for one in again["findings"]] == [(WAITS, place)]
    assert archive("audit", "--read-only")["outcome"] == "intact"
    no_key.undo()
    if writer == "audit":
        archive("audit")
    assert codes(repair(archive)) == []
    (entry,) = repairs(archive)
    assert (entry["run"], entry["restored"], entry["outcome"]) == (report["run"], 1, "intact")
    assert entry["moved"] == (what == "altered")
    assert "a bad sector" in json.dumps(archive("history"))
    archive.require_whole()


def test_it_is_said_in_words_too(
    archive: Repairing, no_key: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from archive.cli.frame import run

    damage(archive, "missing")
    words = ["-C", str(archive.root), "repair", "--ledger", "--yes", "--from", str(archive.copy)]
    for first in ("1 file of the archive itself put back", "own files are as the ledger says"):
        assert run(words) == 0
        told = capsys.readouterr().out
        assert first in told
        assert WAITS in told
        assert "the signing key" in told
    no_key.undo()


def test_a_repair_that_was_killed_tells_of_each_missing_file_that_it_put_back(
    archive: Repairing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in archive.root.glob("runs/*.json"):
        path.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(own_file_restoration, "keep_record", _killed)
        archive("repair", "--ledger", "--from", str(archive.copy), code=None)
    archive("audit")
    assert [entry["restored"] for entry in repairs(archive)] == [2]
    archive.require_whole()


def _killed(*_: object) -> bytes:
    raise KeyboardInterrupt


def test_what_was_put_back_is_said_also_where_another_program_keeps_it_from_the_ledger(
    archive: Repairing,
) -> None:
    damage(archive, "missing")
    newer = archive.root / "staging/0198f000-0000-7000-8000-000000000000"
    newer.mkdir()
    (newer / "intent.json").write_text(json.dumps({"version": 9, "run": newer.name, "command": "unheard-of"}))
    for _ in range(2):
        report: Any = repair(archive, code=6)
        assert codes(report) == [WAITS, "FIX-UNREADABLE"]
    (newer / "intent.json").unlink()
    newer.rmdir()
    assert codes(repair(archive)) == []
    assert [entry["restored"] for entry in repairs(archive)] == [1]
    archive.require_whole()
