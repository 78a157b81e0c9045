"""Reports that replace an older one of their name: never a device such as /dev/null, a pipe or a link."""

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.core.exit_codes import CONFLICT, DONE, USAGE
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


BROUGHT = {
    "assess": "assess ndsa --trust {0} --to {0}",
    "at": "audit --read-only --sample --seed x --at {0} --report {0}",
    "audit": "audit --read-only --trust {0} --report {0}",
    "coverage": "coverage --trust {0} --table {0}",
    "profile": "verify {1} --profile {0} --csv {0}",
    "report": "report --tsa-root {0} --to {0}",
    "show": "show 2026-000001 --trust {0} --report {0}",
    "verify": "verify {0} --csv {0}",
}
ENDINGS = {"coverage": ".csv", "profile": ".csv", "report": ".json", "verify": ".csv"}


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


@pytest.mark.parametrize("name", BROUGHT)
def test_a_report_never_takes_the_place_of_what_it_goes_by(
    made: MadeArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    read = tmp_path / f"read{ENDINGS.get(name, '.html')}"
    kept = (made.root / "ledger/checkpoint").read_bytes()
    read.write_bytes(kept)
    words = BROUGHT[name].format(read, next(made.root.glob("bags/*/*"))).split()
    assert run(["-q", "-C", str(made.root), *words[:-1], f"{read.parent}/./{read.name}"]) == USAGE
    assert "which is read and must not be changed" in " ".join(capsys.readouterr().err.split())
    assert read.read_bytes() == kept


@pytest.mark.parametrize("name", COMMANDS)
def test_a_report_has_the_ending_of_one_and_lies_in_no_archive_and_no_key(
    made: MadeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (bag,) = made.root.glob("bags/*/*")
    words = [word.format(bag=bag) for word in COMMANDS[name]]
    other, keys = tmp_path / "other", tmp_path / "keys"
    for folder in (other, keys):
        folder.mkdir()
        (folder / name).write_bytes(b"kept")
    (other / "archive.toml").touch()
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(keys))
    (tmp_path / "bag.tar").write_bytes(b"kept")
    for kept in (other / name, keys / name, tmp_path / "bag.tar"):
        assert run(["-q", "-C", str(made.root), *words, str(kept)]) == USAGE
        assert kept.read_bytes() == b"kept"


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
