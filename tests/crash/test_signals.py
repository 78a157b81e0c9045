"""SIGTERM and Ctrl-C: the command ends within five seconds, harms nothing, and can be given again."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from archive.storage import intents
from archive.storage.intents import Intent
from tests.e2e.command import Command

SECONDS = 30  # a hang, not a measurement
RUN = "01a1fc31-b30d-7004-be91-df14518aa6d3"
# Keeps staging busy for as long as nobody interrupts it.
SLOW_SCANNER = f"{sys.executable} -c 'import time; time.sleep(20)'"


def _submission(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:03d}.txt").write_text(f"letter {number}\n")
    return folder


def _begin(archive: Command, arguments: Sequence[str | Path]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "archive", "-C", str(archive.root), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=archive.environment(),
        start_new_session=True,
    )


def _wait_for(pattern: str, archive: Command) -> None:
    deadline = time.monotonic() + 30
    while not any(archive.root.glob(pattern)):
        assert time.monotonic() < deadline, f"{pattern} never came"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("number", "code", "documents", "jobs"),
    [
        (signal.SIGTERM, 143, 3, "1"),
        (signal.SIGHUP, 143, 3, "1"),
        (signal.SIGINT, 130, 3, "1"),
        (signal.SIGTERM, 143, 300, "2"),
        (signal.SIGHUP, 143, 300, "2"),
    ],
)
def test_a_signal_ends_an_ingest_in_seconds_and_it_can_be_given_again(
    archive: Command, tmp_path: Path, number: signal.Signals, code: int, documents: int, jobs: str
) -> None:
    source = _submission(tmp_path / "sources", documents)
    ingest: list[str | Path] = [
        "ingest",
        source,
        "--describe-later",
        "--no-identify",
        "--jobs",
        jobs,
        "--format",
        "json",
    ]
    running = _begin(archive, [*ingest, "--virus-check", SLOW_SCANNER])
    try:
        _wait_for("staging/*/0*/*/data/*", archive)
        begun = time.monotonic()
        os.killpg(running.pid, number)  # as a terminal does: to the workers too
        out, err = running.communicate(timeout=SECONDS)
        assert time.monotonic() - begun < SECONDS
    finally:
        running.kill()
    assert running.returncode == code, err.decode()
    assert json.loads(out)["exit_code"] == code
    assert b"Traceback" not in err
    assert archive("audit", "--read-only", "--format", "json").json["outcome"] == "intact"
    archive(*ingest)
    assert len(list(archive.root.glob("bags/*/*"))) == documents
    assert archive("audit", "--format", "json").json["findings"] == []
    assert [path.name for path in (archive.root / "staging").iterdir()] == [".lock"]


def test_a_signal_ends_a_wait_for_the_lock(archive: Command, tmp_path: Path) -> None:
    import fcntl

    source = _submission(tmp_path / "sources", 1)
    with open(archive.root / "staging" / ".lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        running = _begin(archive, ["ingest", source, "--describe-later"])
        assert running.stderr is not None
        assert b"waiting for" in running.stderr.readline()
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=SECONDS)
    assert running.returncode == 143


def test_staging_is_cleared_only_as_long_as_a_signal_allows(tmp_path: Path) -> None:
    intent = intents.begin(tmp_path, run=RUN, command="ingest", started="", size=1, root="00")
    for number in range(3):
        (intent.folder / f"{number:06d}" / "bag").mkdir(parents=True)
    intents.discard(intent, 0)
    assert len(list(intent.folder.iterdir())) == 4
    assert [left for left in intents.unfinished(tmp_path) if isinstance(left, Intent)] == [intent]
    intents.discard(intent, math.inf)
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_meets_a_scanner_as_it_begins_is_told_by_nobody(tmp_path: Path) -> None:
    code = """
import os, signal
from archive.services.ingest.virus_check import check_files
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGINT))
(found,) = check_files("true", [("letter.txt", "letter.txt")])
print(found.code)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"VIRUS-NOT-CHECKED\n", b"")


def test_a_command_that_is_to_outlive_its_terminal_does(archive: Command, tmp_path: Path) -> None:
    source = _submission(tmp_path / "sources", 3)
    arguments: list[str | Path] = ["ingest", source, "--describe-later", "--no-identify"]
    arguments += ["--virus-check", SLOW_SCANNER]
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup(1) does
    try:
        running = _begin(archive, arguments)
    finally:
        signal.signal(signal.SIGHUP, before)
    try:
        _wait_for("staging/*/0*/*/data/*", archive)
        os.killpg(running.pid, signal.SIGHUP)
        time.sleep(0.3)
        assert running.poll() is None
    finally:
        running.kill()
        running.communicate()
