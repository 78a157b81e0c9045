"""A stream that is closed or full never costs data, and never looks like success where an answer is lost."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.archives import MadeArchive, make_archive

LIST = (sys.executable, "-c", "from archive.cli.main import main; main()", "-C")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    archive = make_archive(tmp_path, monkeypatch)
    archive.ingest({"a.txt": b"a"})
    return archive


def _ended(made: MadeArchive, redirected: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = ("sh", "-c", f'exec "$@" {redirected}', "sh", *LIST, str(made.root), *words)
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("redirected", [">&-", ">/dev/full"])
def test_an_answer_that_cannot_be_written_is_said_and_is_no_success(
    made: MadeArchive, redirected: str, form: str
) -> None:
    if "full" in redirected and not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    ended = _ended(made, redirected, "--format", form, "list")
    assert ended.returncode == 3
    assert "standard output cannot be written" in ended.stderr or "No space left" in ended.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_results_and_what_is_told_beside_them_stand_in_order_in_one_file(
    made: MadeArchive, monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    shown = _ended(made, "2>&1", "list").stdout
    assert 0 <= shown.index("[a.txt]") < shown.index("1 document")


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("words", [("list",), ("help", "bag"), ("ledger", "log")])
def test_a_reader_who_leaves_is_no_finding(made: MadeArchive, words: tuple[str, ...], form: str) -> None:
    gone, answer = os.pipe()
    os.close(gone)
    command = (*LIST, str(made.root), "--format", form, *words)
    ended = subprocess.run(command, stdout=answer, stderr=subprocess.PIPE, check=False, timeout=120)
    os.close(answer)
    assert (ended.returncode, ended.stderr) == (3, b"")


@pytest.mark.parametrize("words", [("--help",), ("-h",), ("--version",), ("list", "--help")])
def test_a_reader_of_help_who_leaves_is_no_finding_either(words: tuple[str, ...]) -> None:
    gone, answer = os.pipe()
    os.close(gone)
    command = (sys.executable, "-m", "archive", *words)
    ended = subprocess.run(command, stdout=answer, stderr=subprocess.PIPE, check=False, timeout=120)
    os.close(answer)
    assert (ended.returncode, ended.stderr) == (3, b"")


def test_without_a_place_for_messages_the_answer_is_as_ever(made: MadeArchive) -> None:
    ended = _ended(made, "2>&- <&-", "--format", "json", "list")
    assert (ended.returncode, ended.stdout[:1]) == (0, "{")


def test_what_was_asked_for_is_done_where_nobody_can_be_told(made: MadeArchive, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more/b.txt").write_text("b")
    ended = _ended(made, ">&- 2>&- <&-", "ingest", str(tmp_path / "more"), "--describe-later")
    assert ended.returncode == 3
    assert len(list((made.root / "bags").glob("*/*"))) == 2


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_answer_that_was_cut_short_is_said_and_is_no_success(
    made: MadeArchive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unbuffered: str, form: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    words = ("history", "--help") if form == "text" else ("--format", "json", "status")
    whole = _ended(made, "", *words).stdout.encode()
    with open(tmp_path / "answer", "wb") as answer:
        ended = subprocess.run(
            (*LIST, str(made.root), *words),
            stdout=answer,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400)),
        )
    assert (tmp_path / "answer").stat().st_size == 400 < len(whole)
    assert ended.returncode == 3
    assert "standard output cannot be written" in ended.stderr
