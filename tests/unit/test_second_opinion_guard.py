"""bagit in its own process: whatever a bag or bagit does, the call ends in time and leaves nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from archive.core.errors import StorageError
from archive.core.second_opinion.model import Opinion, OpinionOutcome
from archive.services.second_opinion import judge_with_bagit
from archive.services.second_opinion.bagit_process import Guard, RefusedError
from tests.builders import damage, make_bag


def bag(tmp_path: Path, name: str = "bag") -> Path:
    return make_bag(tmp_path, name=name).path


def tree_of(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every name with its mode, time and bytes."""
    return {
        str(path): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(folder.rglob("*"))
    }


def with_script(tmp_path: Path, source: str, **limits: int) -> Opinion:
    """What comes of a process that runs `source` in bagit's place."""
    folder = tmp_path / "any"
    folder.mkdir(exist_ok=True)
    script = tmp_path / "script.py"
    script.write_text(source, encoding="utf-8")
    return judge_with_bagit(str(folder), script=str(script), **limits)


def running(mark: str) -> list[int]:
    """The processes whose command line holds the mark."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_a_valid_bag_is_valid_and_a_flipped_bit_is_named(tmp_path: Path) -> None:
    path = bag(tmp_path)
    opinion = judge_with_bagit(str(path))
    assert (opinion.outcome, opinion.message, opinion.complaints) == (OpinionOutcome.VALID, "", ())
    assert opinion.version
    damage(path / "data/letter.txt", "flip")
    opinion = judge_with_bagit(str(path))
    assert opinion.outcome is OpinionOutcome.INVALID
    assert [each.path for each in opinion.complaints] == ["data/letter.txt"]
    assert str(path) not in repr(opinion)


def test_a_path_that_bagit_crashes_on_is_judged_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "tagmanifest-x"
    folder.mkdir()
    assert judge_with_bagit(str(bag(folder))).outcome is OpinionOutcome.VALID


def test_a_relative_path_and_one_that_is_not_utf8_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bag(tmp_path)
    odd = tmp_path / os.fsdecode(b"b\xff\n-")
    path.rename(odd)
    monkeypatch.chdir(tmp_path)
    assert judge_with_bagit(odd.name).outcome is OpinionOutcome.VALID


def test_a_pipe_in_place_of_a_file_is_never_waited_for(tmp_path: Path) -> None:
    path = bag(tmp_path)
    (path / "bag-info.txt").unlink()
    os.mkfifo(path / "bag-info.txt")
    started = time.monotonic()
    opinion = judge_with_bagit(str(path), seconds=20)
    assert time.monotonic() - started < 10
    assert opinion.outcome is OpinionOutcome.NOT_JUDGED
    assert opinion.message == "bagit was about to open 'bag-info.txt', which is no regular file"


def test_a_link_out_of_the_bag_is_not_followed_and_no_verdict(tmp_path: Path) -> None:
    path = bag(tmp_path)
    (path / "manifest-sha512.txt").rename(tmp_path / "outside")
    (path / "manifest-sha512.txt").symlink_to(tmp_path / "outside")
    opinion = judge_with_bagit(str(path))
    assert opinion.outcome is OpinionOutcome.NOT_JUDGED
    assert opinion.message == "bagit was about to open 'manifest-sha512.txt', a link out of the bag"


def test_an_exception_that_is_no_verdict_of_bagit_is_none_here(tmp_path: Path) -> None:
    path = bag(tmp_path)
    (path / "bagit.txt").write_bytes(b"\xff\xfe\xff")
    opinion = judge_with_bagit(str(path))
    assert opinion.outcome is OpinionOutcome.NOT_JUDGED
    assert "UnicodeDecodeError" in opinion.message


def test_the_bag_is_the_same_afterwards(tmp_path: Path) -> None:
    path = bag(tmp_path)
    damage(path / "manifest-sha512.txt", "flip")
    before = tree_of(path)
    judge_with_bagit(str(path))
    assert tree_of(path) == before


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("open", ("data/new", "w", os.O_WRONLY | os.O_CREAT)),
        ("open", ("data/letter.txt", "r+b", os.O_RDWR)),
        ("open", ("data/letter.txt", None, os.O_RDONLY | os.O_TRUNC)),
        ("open", ("/etc/passwd", "r", os.O_RDONLY)),
        ("open", (b"/etc/passwd", "r", os.O_RDONLY)),
        ("open", ("data/../../outside", "r", os.O_RDONLY)),
        ("open", ("data/link", "r", os.O_RDONLY)),
        ("open", ("data/folder/letter.txt", "r", os.O_RDONLY)),
        ("open", ("data/pipe", "r", os.O_RDONLY)),
        ("os.remove", ("bagit.txt", -1)),
        ("os.rename", ("bagit.txt", "x", -1, -1)),
        ("os.mkdir", ("new", 0o777, -1)),
        ("os.utime", ("bagit.txt", None, None, -1)),
        ("os.chmod", ("bagit.txt", 0, -1)),
        ("os.truncate", ("bagit.txt", 0)),
        ("os.fork", ()),
        ("os.system", (b"true",)),
        ("shutil.rmtree", ("data", None)),
        ("subprocess.Popen", ("true", ["true"], None, None)),
        ("socket.connect", (None, ("127.0.0.1", 9))),
    ],
)
def test_the_guard_refuses_whatever_is_more_than_reading_the_bag(
    tmp_path: Path, event: str, arguments: tuple[Any, ...]
) -> None:
    guard = guard_of(tmp_path)
    if event == "open" and isinstance(arguments[0], str) and not arguments[0].startswith("/"):
        arguments = (f"{guard.below}{arguments[0]}", *arguments[1:])
    with pytest.raises(RefusedError, match="was about to"):
        guard(event, arguments)


@pytest.mark.parametrize("name", ["bagit.txt", "data/letter.txt", "data/absent", "data/inner"])
def test_the_guard_lets_files_of_the_bag_be_read(tmp_path: Path, name: str) -> None:
    guard = guard_of(tmp_path)
    guard("open", (guard.below + name, "r", os.O_RDONLY))
    guard("open", (json.__file__, "r", os.O_RDONLY))
    guard("os.scandir", (guard.below,))


def guard_of(tmp_path: Path) -> Guard:
    """The guard of a bag with a link out of it, one inside it, and a pipe."""
    path = bag(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "letter.txt").write_bytes(b"x")
    (path / "data/link").symlink_to(outside / "letter.txt")
    (path / "data/inner").symlink_to("letter.txt")
    (path / "data/folder").symlink_to(outside)
    os.mkfifo(path / "data/pipe")
    return Guard(str(path))


def test_the_process_cannot_write_even_where_the_guard_does_not_look(tmp_path: Path) -> None:
    source = (
        "import archive.services.second_opinion.bagit_process as process, os, sys\n"
        f"written = os.open({str(tmp_path / 'new')!r}, os.O_WRONLY | os.O_CREAT)\n"
        "process.bagit.Bag = lambda folder: os.write(written, b'x')\nprocess.main(*map(int, sys.argv[1:4]))\n"
    )
    opinion = with_script(tmp_path, source)
    assert opinion.outcome is OpinionOutcome.NOT_JUDGED
    assert "File too large" in opinion.message
    assert (tmp_path / "new").read_bytes() == b""


def test_a_process_that_hangs_ends_with_its_children_when_its_time_is_up(tmp_path: Path) -> None:
    mark = f"sleeper-{os.getpid()}"
    started = time.monotonic()
    opinion = with_script(
        tmp_path,
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99) # {mark}'])\ntime.sleep(99)\n",
        seconds=1,
    )
    assert time.monotonic() - started < 5
    assert opinion.outcome is OpinionOutcome.NOT_JUDGED
    assert opinion.message == "bagit was stopped: no answer within 1 s"
    deadline = time.monotonic() + 5
    while running(mark) and time.monotonic() < deadline:
        time.sleep(0.02)  # init reaps it
    assert running(mark) == []


def test_a_child_left_behind_by_a_process_that_ended_is_ended_too(tmp_path: Path) -> None:
    mark = f"orphan-{os.getpid()}"
    with_script(
        tmp_path,
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99) # {mark}'],"
        " stdout=-3, stderr=-3)\n",
    )
    deadline = time.monotonic() + 5
    while running(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert running(mark) == []


def test_a_process_that_closes_its_output_and_hangs_ends_in_time(tmp_path: Path) -> None:
    opinion = with_script(tmp_path, "import os, time\nos.close(1)\nos.close(2)\ntime.sleep(99)\n", seconds=1)
    assert opinion.outcome is OpinionOutcome.NOT_JUDGED


def test_a_flood_of_output_is_cut_off(tmp_path: Path) -> None:
    opinion = with_script(tmp_path, "while True: print('x' * 100_000)\n", seconds=30)
    assert "bytes of output" in opinion.message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("raise RuntimeError('no')", "exit code 1: RuntimeError: no"),
        ("import os; os.kill(os.getpid(), 11)", "signal 11"),
        ("print('[' * 100_000)", "exit code 0"),
        ('print(\'{"outcome": "splendid"}\')', "exit code 0"),
        ("import sys; sys.stderr.buffer.write(b'\\xff\\x1b[31m' * 99_999); sys.exit(3)", "exit code 3"),
    ],
)
def test_an_answer_that_is_none_is_no_verdict(tmp_path: Path, source: str, words: str) -> None:
    opinion = with_script(tmp_path, source)
    assert opinion.outcome is OpinionOutcome.NOT_JUDGED
    assert words in opinion.message
    assert len(opinion.message) < 3000


def test_memory_beyond_the_limit_is_no_verdict(tmp_path: Path) -> None:
    path = bag(tmp_path)
    opinion = judge_with_bagit(str(path), memory=1 << 20)
    assert opinion.outcome is OpinionOutcome.NOT_JUDGED


def test_a_bag_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="bagit could not be asked"):
        judge_with_bagit(str(tmp_path / "nowhere"))


def test_the_process_ends_when_its_parent_does(tmp_path: Path) -> None:
    mark = tmp_path / "bagit_process.py"
    mark.write_text(
        "import archive.services.second_opinion.bagit_process as process, sys, time\n"
        "process._judged = lambda folder: time.sleep(99)\nprocess.main(*map(int, sys.argv[1:4]))\n",
        encoding="utf-8",
    )
    arguments = f"{str(tmp_path)!r}, script={str(mark)!r}"
    code = f"from archive.services.second_opinion import judge_with_bagit as ask; ask({arguments})"
    parent = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 10
    while len(running(str(mark))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    while running(str(mark)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert running(str(mark)) == []
