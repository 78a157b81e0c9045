"""docs/auditing.md as an auditor follows it: every command runs, and prints what the page says.

`UPDATE_GOLDEN=1` writes what they print into the page. Ids, digests, keys and times differ each time and are
left out of the comparison.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SEEDS
from tests.e2e.command import TIMEOUT, Command

ROOT = SEEDS.parent
PAGE = ROOT / "docs" / "auditing.md"
_BLOCK = re.compile("^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_MARK = "-- next --"
# What is another one each time: ids, keys, roots, times and days, and how many files the drawn bags have.
_VARIES = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\+[0-9a-f]{8}\+\S+|root +\S+|run [0-9a-f]{8}"
    r"|\d{4}-\d\d-\d\d([T ][0-9:.]+Z?)?|Read \d+ files, [0-9.]+ KiB"
)


def commands() -> list[str]:
    """Every command of the page, in order."""
    return [
        line[2:]
        for block in _BLOCK.findall(PAGE.read_text("utf-8"))
        for line in block.split("\n")
        if line[:2] == "$ "
    ]


def printed(folder: Path) -> list[str]:
    """What each command prints, stdout and stderr, in one shell."""
    shutil.copytree(SEEDS / "texts", folder / "texts")
    (folder / "later").mkdir()
    (folder / "later" / "note.txt").write_text("a later note\n")
    shutil.copy(ROOT / "independent" / "verify_archive.py", folder)
    lines = [
        f'archive() {{ "{sys.executable}" -m archive "$@"; }}',
        f'python3() {{ "{sys.executable}" "$@"; }}',
    ]
    for command in commands():
        lines += [command, '[ $? = 0 ] || echo "exit code $?"', f"echo; echo '{_MARK}'"]
    environment = Command(folder / "unused", folder / "keys").environment()
    done = subprocess.run(
        ["sh", "-c", "\n".join(lines)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=TIMEOUT,
        cwd=folder,
        env=environment | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)},
    )
    return [part.strip("\n") for part in done.stdout.decode().split(_MARK)[:-1]]


def test_the_walk_prints_what_the_page_says(tmp_path: Path) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    outputs = iter(printed(tmp_path))
    text = PAGE.read_text("utf-8")

    def with_output(block: re.Match[str]) -> str:
        lines = [line for line in block[1].split("\n") if line[:2] == "$ "]
        parts = ["\n".join(filter(None, (line, next(outputs)))) for line in lines]
        return "```console\n" + "\n".join(parts) + "\n```"

    actual = _BLOCK.sub(with_output, text)
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(actual, "utf-8")
    assert _VARIES.sub("…", actual) == _VARIES.sub("…", text)


def test_the_page_shows_no_failure() -> None:
    assert "exit code" not in "".join(_BLOCK.findall(PAGE.read_text("utf-8")))
    assert len(commands()) > 15
