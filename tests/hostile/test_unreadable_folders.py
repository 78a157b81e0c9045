"""A folder that may not be read is storage that fails (3), and no mistake in the command line."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import Command

UNPRIVILEGED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


def refused(
    copied: Command, tmp_path: Path, closed: str, words: tuple[str, ...]
) -> "subprocess.CompletedProcess[str]":
    """What a command answers to somebody who may not read the closed folder."""
    unprivileged = [] if os.geteuid() else UNPRIVILEGED
    if unprivileged and shutil.which("setpriv") is None:
        pytest.skip("setpriv is not here, and root reads everything")
    folder = copied.root if closed == "archive" else tmp_path / closed
    names = {"ARCHIVE": copied.root, "COPY": tmp_path / "copy", "SOURCE": tmp_path / "source"}
    program = [*unprivileged, sys.executable, "-m", "archive"]
    mode = folder.stat().st_mode
    folder.chmod(0)
    try:
        return subprocess.run(
            [*program, *(str(names.get(word, word)) for word in words)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=copied.environment() | {"PYTHONPATH": os.getcwd()},
            timeout=60,
            check=False,
        )
    finally:
        folder.chmod(mode)


@pytest.mark.parametrize(
    ("closed", "words"),
    [
        ("archive", ("-C", "ARCHIVE", "audit")),
        ("archive", ("-C", "ARCHIVE", "list")),
        ("archive", ("-C", "ARCHIVE", "key", "show")),
        ("copy", ("-C", "ARCHIVE", "audit", "--copy", "COPY")),
        ("copy", ("-C", "ARCHIVE", "copy", "--to", "COPY")),
        ("copy", ("-C", "ARCHIVE", "repair", "--all", "--from", "COPY")),
        ("copy", ("restore", "COPY", "--to", "restored")),
        ("source", ("template", "SOURCE")),
        ("source", ("check", "SOURCE")),
    ],
)
def test_a_closed_folder_is_no_mistake_in_the_command_line(
    copied: Command, tmp_path: Path, closed: str, words: tuple[str, ...]
) -> None:
    done = refused(copied, tmp_path, closed, words)
    assert done.returncode == 3, done.stderr
    assert "Permission denied" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_of_a_closed_folder_is_not_begun(copied: Command, tmp_path: Path) -> None:
    assert refused(copied, tmp_path, "source", ("template", "SOURCE")).stdout == ""
    printed = refused(copied, tmp_path, "source", ("template", "SOURCE", "--format", "json")).stdout
    assert json.loads(printed)["kind"] == "error"
