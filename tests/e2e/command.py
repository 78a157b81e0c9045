"""The installed command in a subprocess, with a key folder of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TIMEOUT = 300  # seconds; a hang is a failure, a machine that is held up for a while is none


@dataclass(frozen=True)
class Done:
    """What a command left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Command:
    """Runs `archive` over one archive; `keys` is its key folder, so that no test sees another's keys."""

    root: Path
    keys: Path

    def __call__(self, *arguments: str | Path, code: int | None = 0, cwd: Path | None = None) -> Done:
        """Runs one command with `-C root`; fails unless it ends with the code expected (None: any)."""
        return self.bare("-C", self.root, *arguments, code=code, cwd=cwd)

    def bare(self, *arguments: str | Path, code: int | None = 0, cwd: Path | None = None) -> Done:
        """Runs one command without -C."""
        done = subprocess.run(
            [sys.executable, "-m", "archive", *map(os.fsdecode, arguments)],
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
            cwd=cwd,
            env=self.environment(),
        )
        result = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in result.err, result.err
        assert code is None or result.code == code, f"exit {result.code}\n{result.out}\n{result.err}"
        return result

    def environment(self) -> dict[str, str]:
        """The environment of a person without settings of their own."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("ARCHIVE_", "COV_CORE"))
        }
        return {**kept, "ARCHIVE_KEY_DIR": str(self.keys), "PYTHONUTF8": "1"}

    def init(self) -> "Command":
        """Makes the archive."""
        self.bare("init", self.root, "--name", "Valley Archive", "--agent", "Ana Example")
        return self
