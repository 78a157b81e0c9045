"""The watch over hostile runs sees what it is there to see."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.watched import WATCH, WatchedCommand

DEEDS = {
    "writes": "open({outside!r}, 'w')",
    "reads": "open('/etc/passwd')",
    "connects": "import socket; socket.socket(socket.AF_UNIX).connect('/nowhere')",
    "runs": "import subprocess; subprocess.run(['/nowhere'])",
    "megabytes": "pass",
}


@pytest.mark.parametrize("kind", DEEDS)
@pytest.mark.parametrize("ending", ["", "; import os; os._exit(0)"], ids=["ends", "ends at once"])
def test_each_deed_is_noted(tmp_path: Path, kind: str, ending: str) -> None:
    notes = tmp_path / "notes"
    deed = DEEDS[kind].format(outside=str(tmp_path / "outside"))
    script = f"try:\n    {deed}\nexcept OSError:\n    pass\nimport os{ending}"
    subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        env={**os.environ, "PYTHONPATH": str(WATCH), "WATCH_NOTES": str(notes)},
    )
    assert kind in {ast.literal_eval(line)[0] for line in notes.read_text().splitlines()}


def test_a_source_that_a_command_alters_is_seen(archive: WatchedCommand, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.txt").write_bytes(b"a")
    spoiler = tmp_path / "spoiler"
    spoiler.write_text(f"#!/bin/sh\necho more >> '{tmp_path}/source/a.txt'\n")
    spoiler.chmod(0o755)
    words = ("--describe-later", "--no-identify", "--virus-check", str(spoiler))
    with pytest.raises(AssertionError, match="a source was altered"):
        archive("ingest", tmp_path / "source", *words, code=None)


def test_a_program_that_no_option_named_is_seen(archive: WatchedCommand, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="ran /bin/true"):
        archive.require(["('runs', '/bin/true')", "('megabytes', 1)"], [str(tmp_path)], ("ingest",))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("('writes', '/outside')", "wrote outside"),
        ("('connects', ('socket.connect', ''))", "connects"),
        ("('reads', '/etc/passwd')", "reads"),
        ("('megabytes', 5000)", "5000"),
    ],
)
def test_what_may_not_be_fails_the_run(archive: WatchedCommand, tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        archive.require([line, "('megabytes', 1)"], [str(tmp_path)], ("ingest",))
