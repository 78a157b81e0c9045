"""An audit that could not look everywhere closes no incident of the archive itself."""

import shutil
from pathlib import Path

import pytest

from archive.core.incidents import all_was_seen
from tests.archives import MadeArchive
from tests.changes import Changing, make_changing


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    make_changing(tmp_path)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
    return Changing(MadeArchive(tmp_path), capsys)


def _open(archive: Changing) -> list[tuple[str, str]]:
    return [(one["code"], one["state"]) for one in archive("incidents")["incidents"]]


def test_damage_stays_open_while_nobody_can_look(archive: Changing) -> None:
    archive("withdraw", archive.reference("a.txt"), "--reason", "x", "--yes")
    quarantine, kept = archive.root / "quarantine", archive.root.parent / "kept"
    shutil.copytree(quarantine, kept, symlinks=True)
    shutil.rmtree(next((quarantine / "withdrawn").glob("*/*")))
    archive("audit", code=1)
    assert _open(archive) == [("QUARANTINE-MISSING", "open")]

    shutil.rmtree(quarantine)
    quarantine.write_bytes(b"")
    codes = [one["code"] for one in archive("audit", code=3)["findings"]]
    assert "QUARANTINE-MISSING" not in codes
    assert "QUARANTINE-UNREADABLE" in codes
    assert _open(archive) == [("QUARANTINE-MISSING", "open")]
    archive("catalog", "rebuild", code=1)  # the withdrawn bag cannot be described
    assert _open(archive) == [("QUARANTINE-MISSING", "open")]

    quarantine.unlink()
    shutil.copytree(kept, quarantine, symlinks=True)
    archive("audit")
    assert _open(archive) == []


@pytest.mark.parametrize(
    ("listed", "seen"),
    [
        ([], True),
        ([{"code": "AUDIT-RESULTS", "severity": "error"}], True),
        ([{"code": "AUDIT-RESULTS-UNREADABLE", "severity": "error"}], False),
        ([{"code": "BAG-UNJUDGED", "severity": "warning"}], False),
        ([{"code": 7}], False),
        ([7], False),
        (None, False),
        ({}, False),
    ],
)
def test_whether_all_was_seen(listed: object, seen: bool) -> None:
    assert all_was_seen(listed) is seen
