"""One execution under guard: time, memory and open descriptors are laws of every target."""

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import NamedTuple

CPU_SECONDS = 5.0  # of this process: what others do on the machine is no hang of ours
WALL_SECONDS = 60.0  # for what waits without working, as on a pipe
TICKS = 60  # in which the wall seconds are counted: a process that was stopped gets one for all of them
MEMORY = 256 << 20  # bytes by which one execution may raise the peak of this process

_DESCRIPTORS = Path("/proc/self/fd")
_KIBIBYTE = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in


class HangError(BaseException):
    """The time is up. Not an Exception, so that no handler under test takes it for one of its own."""


class Crash(NamedTuple):
    """A law that an input broke; executions with one `signature` broke it in one place."""

    kind: str
    signature: str
    report: str


def execute(
    check: Callable[[bytes], object], data: bytes, *, cpu_seconds: float = CPU_SECONDS
) -> Crash | None:
    """Give the input to the check; None where every law held."""
    descriptors, peak = _descriptors(), _peak()
    try:
        with _limited(cpu_seconds):
            check(data)
    except HangError as trouble:
        return _crash("hang", trouble)
    except KeyboardInterrupt:
        raise
    except BaseException as trouble:  # noqa: BLE001 - SystemExit too is what no parser may raise
        return _crash(type(trouble).__name__, trouble)
    if _peak() - peak > MEMORY:
        return Crash("memory", "memory", f"the peak of memory rose by {(_peak() - peak) >> 20} MiB")
    if _descriptors() > descriptors:
        return Crash("descriptors", "descriptors", f"{_descriptors() - descriptors} descriptors left open")
    return None


@contextmanager
def _limited(cpu_seconds: float) -> Iterator[None]:
    left = TICKS

    def ring(number: int, frame: FrameType | None) -> None:
        nonlocal left
        left -= 1
        if number == signal.SIGPROF or left <= 0:
            raise HangError(number, frame)

    old = {number: signal.signal(number, ring) for number in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS / TICKS, WALL_SECONDS / TICKS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in old.items():
            signal.signal(number, handler)


def _crash(kind: str, trouble: BaseException) -> Crash:
    frames = traceback.extract_tb(trouble.__traceback__)
    ours = [each for each in frames if f"{os.sep}archive{os.sep}" in each.filename] or list(frames)
    last = ours[-1] if ours else None
    place = f"{Path(last.filename).name}:{last.name}" if last else ""
    if isinstance(trouble, AssertionError):
        place = f"{str(trouble)[:60]} {place}"
    signature = f"{kind} {place}".strip()
    return Crash(kind, signature, "".join(traceback.format_exception(trouble)))


def digest(text: str) -> str:
    """A short name for a signature."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTE


def _descriptors() -> int:
    return len(os.listdir(_DESCRIPTORS)) if _DESCRIPTORS.is_dir() else 0
