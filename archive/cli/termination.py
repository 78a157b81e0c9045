"""What signals do to a command: as exceptions, so that every `finally` runs."""

import signal
from types import FrameType

_FROM_OUTSIDE = (signal.SIGTERM, signal.SIGHUP)


class Terminated(BaseException):
    """SIGTERM arrived, or the terminal went away: leave as after Ctrl-C, with its own exit code."""


def _terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    for each in _FROM_OUTSIDE:
        signal.signal(each, signal.SIG_IGN)
    raise Terminated


def end_at_once() -> None:
    """Until `terminate_cleanly` Ctrl-C ends the process without a word: nothing has begun."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is to be ignored
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def terminate_cleanly() -> None:
    """From now on SIGTERM and SIGHUP raise Terminated and Ctrl-C KeyboardInterrupt, in the main thread.

    What is to be ignored, as `nohup` asks of SIGHUP, stays so.
    """
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, _terminate)
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def end_undisturbed() -> None:
    """From now on none of them ends the process: the command is over, and its exit code known."""
    for each in _FROM_OUTSIDE:
        signal.signal(each, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def wait_for_children() -> None:
    """From now on programs that we start can be asked how they ended, whatever started us.

    A parent that ignores SIGCHLD hands that on: no exit code is to be had then, and `subprocess` makes 0 of
    it, so that a scanner that finds a virus would find none.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
