"""The life of a forked worker, and how messages travel over its pipes.

A message is its length (8 bytes, little-endian) and a pickle: `(task, work, batch)` to a worker,
`(task, succeeded, value or error)` from it.
"""

import ctypes
import os
import pickle
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple, NoReturn

ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
READ = 1 << 18  # bytes, more than a pipe holds: one read takes all there is
IDLE_AFTER = 1000  # milliseconds
_LENGTH = 8
_PR_SET_PDEATHSIG = 1


class WorkerEnds(NamedTuple):
    """What a worker reads its tasks from, sends its results to, and says on that it has nothing to do."""

    tasks: int
    results: int
    idle: int


def packed(message: Any) -> bytes:
    """A message as it travels. Raises what pickle raises."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(_LENGTH, "little") + data


def take_message(received: bytearray) -> Any:
    """The first message of what was received, taken off; None where it is not whole. Raises on a torn one."""
    end = _LENGTH + int.from_bytes(received[:_LENGTH], "little")
    if len(received) < max(end, _LENGTH):
        return None
    with memoryview(received) as view:
        message = pickle.loads(view[_LENGTH:end])  # noqa: S301 - between a process and its own child
    del received[:end]
    return message


def die_with_parent() -> None:
    """Has the kernel kill this process once the one that made it is gone; nothing where it cannot."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def live(driver: int, ends: WorkerEnds) -> NoReturn:
    """Serve until the driver is gone; never returns into the code that it was forked from."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
        os.set_blocking(ends.idle, False)
        die_with_parent()
        if os.getppid() == driver:  # else it died before the line above
            _serve(ends)
        code = 0
    finally:
        os._exit(code)


def _serve(ends: WorkerEnds) -> None:
    poll = select.poll()
    poll.register(ends.tasks, select.POLLIN)
    received = bytearray()
    while True:
        while (message := take_message(received)) is not None:
            view = memoryview(_answer(*message))
            while view:
                view = view[os.write(ends.results, view) :]
        if not poll.poll(IDLE_AFTER):
            with suppress(BlockingIOError):
                os.write(ends.idle, b".")
        elif block := os.read(ends.tasks, READ):
            received += block
        else:
            return


def _answer(task: int, work: Callable[[Any], Any], batch: Any) -> bytes:
    try:
        return packed((task, True, work(batch)))
    except Exception as trouble:  # noqa: BLE001 - the driver raises it
        import traceback

        trouble.add_note("in a worker process:\n" + traceback.format_exc())
        try:
            take_message(bytearray(message := packed((task, False, trouble))))
        except Exception:  # noqa: BLE001 - an error that cannot travel is told in words
            return packed((task, False, RuntimeError(f"{type(trouble).__name__}: {trouble}")))
        return message
