"""Pages of docs/ whose commands are run, in one shell, and compared with what the page says they print.

`UPDATE_GOLDEN=1` writes what they print into the page.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import SEEDS
from tests.e2e.command import TIMEOUT, Command

ROOT = SEEDS.parent
_BLOCK = re.compile("^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_MARK = "-- next --"


def blocks(page: Path) -> list[str]:
    """The blocks of commands with what they print."""
    return _BLOCK.findall(page.read_text("utf-8"))


def commands(page: Path) -> list[str]:
    """Every command of the page, in order."""
    return [line[2:] for block in blocks(page) for line in block.split("\n") if line[:2] == "$ "]


def printed(page: Path, folder: Path) -> list[str]:
    """What each command prints in that folder, stdout and stderr."""
    lines = [
        f'archive() {{ "{sys.executable}" -m archive "$@"; }}',
        f'python3() {{ "{sys.executable}" "$@"; }}',
    ]
    for command in commands(page):
        lines += [command, 'code=$?; [ $code = 0 ] || echo "exit code $code"', f"echo; echo '{_MARK}'"]
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


def walked(page: Path, folder: Path) -> tuple[str, str]:
    """The page as it is, and with what its commands print now; both are the same where it tells the truth."""
    outputs = iter(printed(page, folder))
    text = page.read_text("utf-8")

    def with_output(block: re.Match[str]) -> str:
        lines = [line for line in block[1].split("\n") if line[:2] == "$ "]
        parts = ["\n".join(filter(None, (line, next(outputs)))) for line in lines]
        return "```console\n" + "\n".join(parts) + "\n```"

    actual = _BLOCK.sub(with_output, text)
    if os.environ.get("UPDATE_GOLDEN"):
        page.write_text(actual, "utf-8")
    return text, actual
