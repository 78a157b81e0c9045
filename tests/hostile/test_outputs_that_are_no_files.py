"""Reports that replace an older one of their name: never a device such as /dev/null, a pipe or a link."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.exit_codes import CONFLICT, DONE
from tests.archives import MadeArchive, make_archive

COMMANDS = {
    "assessment.html": ("assess", "ndsa", "--to"),
    "audit.csv": ("audit", "--read-only", "--report"),
    "coverage.csv": ("coverage", "--table"),
    "document.html": ("show", "2026-000001", "--report"),
    "report.json": ("report", "--to"),
    "verify.csv": ("verify", "{bag}", "--csv"),
}

NEW_FILES = {
    "annotated.csv": ("check", "{source}", "--metadata", "{source}/a.csv", "--annotate"),
    "checked.html": ("check", "{source}", "--report"),
    "descriptions.csv": ("template", "{source}", "--output"),
    "fixed.csv": ("check", "{source}", "--metadata", "{source}/a.csv", "--fix"),
    "pack.zip": ("ledger", "pack", "--out"),
    "receipt.html": ("receipt", "2026-000001", "--to"),
    "statement.txt": ("ledger", "statement", "--says", "seen", "--out"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MadeArchive:
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("reported"), patch)
        made.ingest({"a.txt": b"one"})
        return made


def _link(path: Path) -> None:
    (path.parent / "kept.txt").write_bytes(b"kept")
    path.symlink_to("kept.txt")


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("put", [os.mkfifo, _link])
def test_a_report_takes_the_place_of_files_only(
    made: MadeArchive, tmp_path: Path, name: str, put: Callable[[Path], None]
) -> None:
    target = tmp_path / name
    (bag,) = made.root.glob("bags/*/*")
    words = [word.format(bag=bag) for word in COMMANDS[name]]
    put(target)
    kind = stat.S_IFMT(target.lstat().st_mode)
    assert run(["-q", "-C", str(made.root), *words, str(target)]) == CONFLICT
    assert stat.S_IFMT(target.lstat().st_mode) == kind
    target.unlink()
    for _ in range(2):
        assert run(["-q", "-C", str(made.root), *words, str(target)]) == DONE


@pytest.mark.parametrize("name", [*COMMANDS, *NEW_FILES])
def test_a_folder_in_the_place_of_a_file_is_in_the_way(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    target = tmp_path / name
    target.mkdir()
    (bag,) = made.root.glob("bags/*/*")
    words = [word.format(bag=bag, source=made.folder / "source") for word in {**COMMANDS, **NEW_FILES}[name]]
    assert run(["-C", str(made.root), "--format", "json", *words, str(target)]) == CONFLICT
    assert json.loads(capsys.readouterr().out)["exit_code"] == CONFLICT
    assert list(tmp_path.rglob("*")) == [target]
