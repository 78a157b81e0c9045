"""Runs one command and says what it took: time, processor time, and on demand memory."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
_PROC = Path("/proc")
_SAMPLE_SECONDS = 0.05
_SHOWN_OF_STDERR = 2000
# Where it is set, a checkout is compiled at every start: 300 ms for an audit, which no installation pays.
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


class Usage(NamedTuple):
    """One finished run: seconds on the clock, in user code and in the kernel; peak memory in bytes."""

    wall: float
    user: float
    system: float
    peak_memory: int | None = None


class RunFailedError(Exception):
    """A command ended with an exit code that was not expected: its time means nothing."""


def run(
    command: Sequence[str],
    *,
    codes: Collection[int] = (0,),
    environment: Mapping[str, str] | None = None,
    sample_memory: bool = False,
) -> Usage:
    """Runs the command from the project's root and measures it with all processes that it starts.

    Processor time is that of the command and of the descendants it waited for. Memory is the highest sum of
    the proportional set sizes of its session, looked at every 50 ms; looking costs time, so a run measures
    either time or memory. Raises RunFailedError with the end of stderr for an exit code not in `codes`.
    """
    with tempfile.TemporaryFile() as errors:
        variables = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
        variables.update(environment or {})
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
        )
        sampler = _Sampler(process.pid) if sample_memory else None
        try:
            _, status, resources = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            wall = time.perf_counter() - start
            peak = sampler.stop() if sampler else None
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            raise RunFailedError(f"exit code {process.returncode} of {' '.join(command)}\n{_end_of(errors)}")
    return Usage(wall, resources.ru_utime, resources.ru_stime, peak)


def _end_of(errors: IO[bytes]) -> str:
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(size - _SHOWN_OF_STDERR, 0))
    return errors.read().decode(errors="replace")


class _Sampler:
    """Watches a session's memory from a thread of its own until it is stopped."""

    def __init__(self, session: int) -> None:
        self._session = session
        self._stopped = threading.Event()
        self._peak: int | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stopped.is_set():
            now = session_memory(self._session)
            if now is not None:
                self._peak = max(now, self._peak or 0)
            self._stopped.wait(_SAMPLE_SECONDS)

    def stop(self) -> int | None:
        """The peak in bytes, None where the system has no /proc."""
        self._stopped.set()
        self._thread.join()
        return self._peak


def session_memory(session: int) -> int | None:
    """Bytes of the proportional set sizes of a session's processes; None where none could be read.

    A page shared by two workers counts half in each, so the sum is what the machine really gave (proc(5)).
    """
    total = None
    for pid in _session_members(session):
        size = _proportional_set_size(pid)
        if size is not None:
            total = (total or 0) + size
    return total


def _session_members(session: int) -> Iterator[str]:
    if not _PROC.is_dir():
        return
    for name in os.listdir(_PROC):
        if not name.isdecimal():
            continue
        try:
            fields = (_PROC / name / "stat").read_bytes().rpartition(b")")[2].split()
        except OSError:  # it has ended since
            continue
        if int(fields[3]) == session:  # proc(5): after the name come state, parent, group, session
            yield name


def _proportional_set_size(pid: str) -> int | None:
    try:
        lines = (_PROC / pid / "smaps_rollup").read_bytes().splitlines()
    except OSError:  # ended, or somebody else's
        return None
    sizes = (int(line.split()[1]) * 1024 for line in lines if line.startswith(b"Pss:"))
    return next(sizes, None)
