"""Faults at the system calls of the installed program, put there by strace."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.scenes import Ended, Scene

TRACED = (
    "openat,write,pwrite64,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,syncfs,"
    "ftruncate,chmod,fchmod,fchmodat,utimensat,link,linkat,symlink,symlinkat"
)
# Call, arguments and return value as `strace -f -y` prints them.
_LINE = re.compile(r"(?P<pid>\d+) +(?P<call>\w+)\((?P<rest>.*)\) += (?P<value>-?\d+)")


@dataclass(frozen=True)
class Step:
    """The `when`-th call of that name in one process, and what it gave."""

    process: int
    call: str
    when: int
    value: int
    line: str


def require_strace() -> None:
    """Skips the test where strace is missing or may not trace."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    done = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("strace may not trace here")


PROGRAM = ("-m", "archive")


def _strace(
    scene: Scene, command: Sequence[str], options: Sequence[str], program: Sequence[str] = PROGRAM
) -> int:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COV_CORE")},
        "ARCHIVE_KEY_DIR": str(scene.keys),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(scene.workplace),
    }
    words = [sys.executable, *program, "-C", str(scene.root), "--format", "json", *command]
    done = subprocess.run(
        ["strace", "-f", "-qq", "-y", "-e", "signal=none", *options, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        timeout=120,
        check=False,
    )
    return done.returncode


def _only(paths: Sequence[Path]) -> list[str]:
    return [word for path in paths for word in ("-P", str(path))]


def trace(
    scene: Scene, command: Sequence[str], *, program: Sequence[str] = PROGRAM, only: Sequence[Path] = ()
) -> list[Step]:
    """The calls by which a clean run changes the scene, in order, driver and workers alike.

    With `only` those alone that are about one of these paths, and counted among them.
    """
    log = scene.workplace / f"{scene.folder.name}.strace"
    options = ["-o", str(log), "-e", f"trace={TRACED}", *_only(only)]
    assert _strace(scene, command, options, program) == 0
    seen: Counter[tuple[str, str]] = Counter()
    steps = []
    for line in log.read_text("utf-8", "replace").split("\n"):
        found = _LINE.match(line)
        if found is None:
            continue
        call = found["call"]
        seen[found["pid"], call] += 1
        changes = call != "openat" or "O_CREAT" in found["rest"]
        if changes and f"{scene.folder}/" in found["rest"] and int(found["value"]) >= 0:
            when = seen[found["pid"], call]
            steps.append(Step(int(found["pid"]), call, when, int(found["value"]), line))
    log.unlink()
    return steps


def inject(
    scene: Scene,
    command: Sequence[str],
    step: Step,
    what: str,
    *,
    program: Sequence[str] = PROGRAM,
    only: Sequence[Path] = (),
) -> Ended:
    """The command with `signal=…`, `error=…` or `retval=…` at one call, for `only` see `trace`."""
    options = [
        "-o",
        os.devnull,
        "-e",
        f"trace={step.call}",
        "-e",
        f"inject={step.call}:{what}:when={step.when}",
        *_only(only),
    ]
    return Ended(_strace(scene, command, options, program), None, "")


def spread(steps: Sequence[Step], count: int) -> list[Step]:
    """So many of the steps, evenly."""
    if len(steps) <= count:
        return list(steps)
    return [steps[int((number + 0.5) * len(steps) / count)] for number in range(count)]
