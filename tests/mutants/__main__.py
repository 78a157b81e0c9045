"""Puts each defect into a copy of the project and runs the tests that have to notice: `make mutants`.

Words choose the defects whose name holds one of them. Exit 0 where each was noticed, 1 where one survived, 2
where the tests fail without any defect or no name holds a word.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.defect import Defect
from tests.mutants.defects import DEFECTS

ROOT = Path(__file__).resolve().parents[2]
_LONGEST = 900  # seconds for the tests of one defect: a hang is noticed, too


def main(words: Sequence[str]) -> int:
    """Runs the defects whose name holds one of the words, or all."""
    chosen = [defect for defect in DEFECTS if not words or any(word in defect.name for word in words)]
    if not chosen:
        print(f"no defect has any of these words in its name: {', '.join(words)}")
        return 2
    survived: list[Defect] = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = _copied(Path(folder))
        suites = sorted({tests for defect in chosen for tests in defect.tests})
        print(f"{len(chosen)} defects; first the tests without any: {', '.join(suites)}", flush=True)
        if failed := _failure(copy, suites, longest=None):  # nearly the whole suite
            print(f"the tests fail without a defect: nothing can be said\n{failed}")
            return 2
        for defect in chosen:
            begun = time.monotonic()
            seen = _is_seen(copy, defect)
            survived += [] if seen else [defect]
            word = "noticed " if seen else "SURVIVED"
            print(f"{word} {time.monotonic() - begun:5.1f} s  {defect.name}", flush=True)
    print(f"{len(chosen) - len(survived)} of {len(chosen)} defects were noticed")
    return 1 if survived else 0


def _copied(folder: Path) -> Path:
    for path in ROOT.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(path, folder / path.name)
    return folder


def _is_seen(copy: Path, defect: Defect) -> bool:
    path = copy / defect.file
    sound = path.read_text(encoding="utf-8")
    path.write_text(sound.replace(defect.before, defect.after), encoding="utf-8")
    try:
        return any(_failure(copy, [tests]) for tests in defect.tests)
    finally:
        path.write_text(sound, encoding="utf-8")


def _failure(copy: Path, tests: Sequence[str], longest: int | None = _LONGEST) -> str:
    """Which test fails, or that they do not end; nothing where all hold."""
    # Before any installed package: programs that tests start get the copy, too. No bytecode, which a change
    # within the same second would not make stale.
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not slow", "-p", "no:cacheprovider"]
    if len(tests) > 2 or any((copy / one).is_dir() for one in tests):
        command += ["-n", "2"]
    try:
        done = subprocess.run(
            [*command, *tests], cwd=copy, env=environment, capture_output=True, timeout=longest, check=False
        )
    except subprocess.TimeoutExpired:
        return "they do not end"
    failed = [line for line in done.stdout.decode().splitlines() if line.startswith(("FAILED", "ERROR"))]
    if done.returncode and not failed:
        raise SystemExit(f"pytest could not run {' '.join(tests)}:\n{done.stdout.decode()[-2000:]}")
    return "\n".join(failed) if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
