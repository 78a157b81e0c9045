"""Where copies for use can be put: whole under a name that is free, outside of the archive, or not at all."""

import builtins
import errno
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import ConflictError
from archive.services.export import targets
from archive.services.export.targets import Target
from archive.storage.disk.folder_lock import lock_folder, unlock_folder
from tests.archives import MadeArchive
from tests.exported import asked, letters


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """The letters, to be read only."""
    with pytest.MonkeyPatch.context() as patch:
        yield letters(tmp_path_factory.mktemp("export"), patch)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--all", "--to", "ARCHIVE/out"], 2),
        (["--all", "--to", "FOLDER/full"], 6),
        (["--all", "--to", "FOLDER/a/b/c"], 2),
        (["--all", "--to", "FOLDER/" + "n" * 300], 2),
        (["--all", "--to", "FOLDER/" + "n" * 300 + "/out.zip"], 2),
        (["--all", "--to", "ARCHIVE"], 2),
        (["--all", "--to", "ARCHIVE/.."], 6),
        (["--all", "--to", "/"], 6),
        (["--to", "FOLDER/out"], 2),
        (["--all", "2026-000001", "--to", "FOLDER/out"], 2),
        (["--all", "--reason", "x", "--to", "FOLDER/out"], 2),
        (["--all", "--restricted-ok", "--to", "FOLDER/out"], 2),
        (["--all", "--as", "mets", "--as-received", "--to", "FOLDER/out"], 2),
        (["--accession", "none", "--to", "FOLDER/out"], 2),
        (["nothing", "--to", "FOLDER/out"], 2),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    (tmp_path / "full" / "x").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    given = [one.replace("ARCHIVE", str(made.root)).replace("FOLDER", str(tmp_path)) for one in arguments]
    assert asked(made, capsys, *given, code=code)["kind"] == "error"
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("form", ["files", "bag", "mets", "ro-crate"])
@pytest.mark.parametrize("to", ["out", "out.zip"])
@pytest.mark.parametrize("written", ["about.html", "manifest-sha512.txt", "2026-000001.json", "mets.xml"])
def test_a_disk_that_is_full_is_told_by_the_name_of_the_target(
    made: MadeArchive,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    form: str,
    to: str,
    written: str,
) -> None:
    real = io.open

    def full(path: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if os.path.basename(str(path)) == written and mode in {"xb", "wb"}:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, mode, *rest, **named)

    monkeypatch.setattr(builtins, "open", full)
    monkeypatch.setattr(io, "open", full)
    lacks = (written == "mets.xml" and form != "mets") or (written.endswith(".json") and form == "bag")
    report = asked(made, capsys, "--all", "--as", form, "--to", str(tmp_path / to), code=1 if lacks else 3)
    if not lacks:
        assert report["message"] == f"{tmp_path / to}: cannot write the copies: No space left on device"
        assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_of_a_zip_is_told_by_its_name(
    made: MadeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(targets, "_add", full)
    report = asked(made, capsys, "--all", "--to", str(tmp_path / "out.zip"), code=3)
    assert report["message"] == f"{tmp_path / 'out.zip'}: cannot write the copies: No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_the_call_is_there_already(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = made.folder / "beside"
    (beside / "x").mkdir(parents=True)
    monkeypatch.chdir(beside)
    assert "is there already" in asked(made, capsys, "--all", "--to", ".", code=6)["message"]
    monkeypatch.chdir(made.root)
    assert "inside the archive" in asked(made, capsys, "--all", "--to", ".", code=2)["message"]


def test_a_name_as_long_as_a_file_can_have_is_taken(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / ("\N{OPEN BOOK}" * 63)  # 252 bytes
    asked(made, capsys, "--all", "--to", str(out), code=1)
    assert (out / "about.html").is_file()


def test_a_folder_that_somebody_made_meanwhile_is_a_conflict(tmp_path: Path) -> None:
    to = tmp_path / "out"
    with Target(to) as target:
        (target.work / "ours").write_bytes(b"")
        to.mkdir()
        (to / "theirs").write_bytes(b"")
        with pytest.raises(ConflictError):
            target.publish()
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["out", "out/theirs"]


def test_what_a_killed_run_left_goes_with_the_next_for_the_same_target(tmp_path: Path) -> None:
    dead, alive, theirs = (tmp_path / f".out.{name}.tmp" for name in ("abcd_123", "living12", "theirs12"))
    for folder, name in ((dead, "copies"), (alive, "copies"), (theirs, "mine")):
        (folder / name).mkdir(parents=True)
    other = tmp_path / ".out2.abcd_123.tmp"
    other.mkdir()
    lock = lock_folder(str(alive))
    try:
        with Target(tmp_path / "out") as target:
            (target.work / "a.txt").write_bytes(b"a")
            target.publish()
    finally:
        unlock_folder(lock)
    assert {path.name for path in tmp_path.iterdir()} == {"out", alive.name, theirs.name, other.name}


def test_zip_that_is_there_is_not_overwritten(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "there.zip"
    there.write_bytes(b"mine")
    asked(made, capsys, "--all", "--to", str(there), code=6)
    assert there.read_bytes() == b"mine"
