"""What a command is started with: locales, ignored signals, terminals that go away, an impatient Ctrl-C."""

import contextlib
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.archives import MadeArchive, make_archive

SECONDS = 60  # a hang, not a measurement
# A locale of ASCII, which every system has: names of files would be read as ASCII with escapes.
ASCII = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
MAIN = (sys.executable, "-c", "from archive.cli.main import main; main()")


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    return make_archive(tmp_path, monkeypatch)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two documents and the table that describes them, by their names."""
    folder = tmp_path / "source"
    folder.mkdir()
    for name in ("é.txt", "b.txt"):
        (folder / name).write_text(name)
    (folder / "metadata.csv").write_text("filename,title\né.txt,Accent\nb.txt,Plain\n")
    return folder


def _begin(made: MadeArchive, *words: str | Path, **how: Any) -> "subprocess.Popen[bytes]":
    named = [*MAIN, "-C", str(made.root), *map(str, words)]
    return subprocess.Popen(named, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how})


def test_a_locale_without_accents_reads_and_writes_the_same_names(made: MadeArchive, source: Path) -> None:
    running = _begin(made, "--format", "json", "ingest", source, env={**os.environ, **ASCII})
    out, err = running.communicate(timeout=SECONDS)
    assert (running.returncode, err) == (0, b"")
    assert sorted(row["source"] for row in json.loads(out)["ingested"]) == ["b.txt", "é.txt"]
    assert [path.name for path in made.root.glob("bags/*/*/data/*") if path.name != "b.txt"] == ["é.txt"]


def test_a_virus_is_found_where_nobody_waits_for_children(made: MadeArchive, source: Path) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    running = _begin(made, "ingest", source, "--virus-check", "false", preexec_fn=ignore)
    running.communicate(timeout=SECONDS)
    assert running.returncode == 4
    assert list(made.root.glob("bags/*/*")) == []


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.1])
def test_ctrl_c_before_anything_began_ends_without_a_word(
    made: MadeArchive, source: Path, delay: float
) -> None:
    # Our part of the start says when it begins; what Python does before that is not ours.
    script = (
        "import archive.cli.termination as t, os\nends = t.end_at_once\n"
        "def end():\n    ends()\n    os.write(1, b'.')\nt.end_at_once = end\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", script + MAIN[2], "-C", str(made.root), "ingest", str(source)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None
    assert running.stdout.read(1) == b"."
    time.sleep(delay)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=SECONDS)
    assert running.returncode in {0, 130, -signal.SIGINT}
    assert b"Traceback" not in err


def _on_a_terminal(
    made: MadeArchive, source: Path, act: "Callable[[subprocess.Popen[bytes]], None] | None"
) -> tuple[int, bytes]:
    """The exit code, and what an ingest drew on its terminal.

    `act` is called once the bar is there; None takes the terminal away.
    """
    terminal, end = pty.openpty()
    running = _begin(
        made,
        "ingest",
        source,
        "--jobs",
        "1",
        stdin=end,
        stderr=end,
        env={**os.environ, "TERM": "xterm"},
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    os.close(end)
    drawn = b""
    try:
        while b"\x1b[?25l" not in drawn:
            drawn += os.read(terminal, 1 << 16)
        if act is not None:
            act(running)
            drawn += _rest(terminal)
    finally:
        os.close(terminal)
    running.communicate(timeout=SECONDS)
    return running.returncode, drawn


def _rest(terminal: int) -> bytes:
    """What is drawn until whoever draws has ended."""
    drawn, deadline = b"", time.monotonic() + SECONDS
    poll = select.poll()  # select(2) knows no descriptor above 1023
    poll.register(terminal, select.POLLIN)
    with contextlib.suppress(OSError):
        while time.monotonic() < deadline and poll.poll(SECONDS * 1000):
            drawn += os.read(terminal, 1 << 16)
    return drawn


def test_ctrl_c_in_the_preflight_leaves_a_terminal_that_can_be_used(made: MadeArchive, source: Path) -> None:
    for number in range(1000):
        (source / f"{number}.txt").write_text("x")
    code, drawn = _on_a_terminal(made, source, lambda running: running.send_signal(signal.SIGINT))
    assert code == 130
    assert drawn.rfind(b"\x1b[?25h") > drawn.rfind(b"\x1b[?25l")  # the cursor is shown again


def test_a_terminal_that_goes_away_stops_no_work(made: MadeArchive, source: Path) -> None:
    code, _ = _on_a_terminal(made, source, None)
    assert code == 0
    assert len(list(made.root.glob("bags/*/*"))) == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [("list",), ("ingest", "nowhere"), ("nonsense",)])
def test_messages_that_cannot_be_written_change_no_exit_code(
    made: MadeArchive, words: tuple[str, ...]
) -> None:
    def ended(errors: Any) -> int:
        running = _begin(made, *words, stderr=errors)
        running.communicate(timeout=SECONDS)
        return running.returncode

    with open("/dev/full", "wb") as full:
        assert ended(full) == ended(subprocess.DEVNULL)


@pytest.mark.parametrize("words", [("status",), ("init", "new")])
def test_a_folder_that_is_gone_under_the_caller_is_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    call = "import os, sys; os.chdir(sys.argv.pop(1)); os.rmdir(os.getcwd()); " + MAIN[2]
    ended = subprocess.run(
        [sys.executable, "-c", call, str(gone), *words],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert ended.returncode == 3
    assert "the folder in which this was called is not there any more" in ended.stderr
