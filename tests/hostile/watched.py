"""What must hold of every command that is given hostile input, whatever it answers."""

import ast
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.e2e.command import Command, Done
from tests.hostile.submission import require_plain

SECONDS = 60  # a hang, not a measurement: an answer takes one or two, and machines are busy
MEGABYTES = 512
LARGE = 64 << 20  # bytes; of a larger file its beginning stands for the whole
WATCH = Path(__file__).parent / "watch"
# Options whose value is written to.
_OUTPUTS = frozenset({"--to", "--report", "--annotate", "--output", "--fix", "--out", "--work"})
_RUNNING = frozenset({"--virus-check", "--cross-check"})


@dataclass(frozen=True)
class WatchedCommand(Command):
    """Runs `archive` as `Command` does, and holds each run to the common laws.

    No traceback, no hang, bounded memory; what was named is unaltered; nothing is written outside the
    archive, its keys, the folder for temporary files and what an option names, nothing connected to, nothing
    run that no option asked for, no file of the system read; what is printed can move no cursor.
    """

    def bare(self, *arguments: str | Path, code: int | None = 0, cwd: Path | None = None) -> Done:
        """Runs one command without -C."""
        named = [Path(os.fsdecode(each)) for each in self._named(arguments)]
        before = [list(states(each)) for each in named]
        with tempfile.TemporaryDirectory(dir=self.keys.parent) as scratch:
            notes = Path(scratch) / "notes"
            temporary = Path(scratch) / "temporary"
            temporary.mkdir()
            watched = _Watched(self.root, self.keys, notes, temporary)
            began = time.monotonic()
            done = watched.bare(*arguments, code=code, cwd=cwd)
            assert time.monotonic() - began < SECONDS
            lines = notes.read_text("ascii").splitlines()
            allowed = [self.root, self.keys, Path(scratch), *self._outputs(arguments)]
            self.require(lines, [os.path.realpath(each) for each in allowed], arguments)
        assert [list(states(each)) for each in named] == before, "a source was altered"
        require_plain(done.out, done.err)
        return done

    def require(self, lines: list[str], allowed: list[str], arguments: tuple[str | Path, ...]) -> None:
        """What the watch noted of one run is allowed; `allowed` are folders and files to be written to."""
        peaks = []
        for line in lines:
            kind, what = ast.literal_eval(line)
            if kind == "megabytes":
                peaks.append(what)
            elif kind == "writes":
                real = os.path.realpath(what)
                outside = not any(real == root or real.startswith(f"{root}/") for root in allowed)
                assert not outside or real == "/dev/null", f"wrote outside: {what}"
            elif kind == "runs":
                assert _RUNNING & set(map(str, arguments)), f"ran {what}"
            else:
                raise AssertionError(f"{kind} {what}")
        assert peaks, "nothing was watched"
        assert max(peaks) < MEGABYTES, f"{max(peaks)} MiB"

    def _named(self, arguments: tuple[str | Path, ...]) -> Iterator[str | Path]:
        """Files and folders among the arguments that the command may only read."""
        outputs = set(self._outputs(arguments))
        for each in arguments:
            path = Path(os.fsdecode(each))
            if not path.is_absolute() or not path.exists() or path in outputs:
                continue
            if not self.root.is_relative_to(path) and not path.is_relative_to(self.root):
                yield each

    def _outputs(self, arguments: tuple[str | Path, ...]) -> Iterator[Path]:
        for option, value in pairwise(arguments):
            if option in _OUTPUTS:
                yield Path(os.fsdecode(value))


@dataclass(frozen=True)
class _Watched(Command):
    """The command with the watch on its path."""

    notes: Path
    temporary: Path

    def environment(self) -> dict[str, str]:
        """That of a person, and where the watch notes what it sees."""
        return {
            **super().environment(),
            "PYTHONPATH": os.pathsep.join([str(WATCH), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
            "PYTHONDONTWRITEBYTECODE": "1",
            "WATCH_NOTES": str(self.notes),
            "TMPDIR": str(self.temporary),
        }


def states(path: Path) -> Iterator[tuple[str, int, int, int, str]]:
    """Of a file, or of everything in a folder: name, mode, size, time of change of its content, digest."""
    for each in [path, *sorted(path.rglob("*"))] if path.is_dir() and not path.is_symlink() else [path]:
        status = os.lstat(each)
        digest = ""
        if each.is_file() and not each.is_symlink() and os.access(each, os.R_OK):
            with open(each, "rb") as stream:
                digest = hashlib.sha256(stream.read(LARGE)).hexdigest()
        yield ascii(str(each)), status.st_mode, status.st_size, status.st_mtime_ns, digest
