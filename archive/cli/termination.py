"""SIGTERM as an exception, so that every `finally` runs."""

import signal
from types import FrameType
from typing import NoReturn


class Terminated(BaseException):
    """SIGTERM arrived: leave as after Ctrl-C, with its own exit code."""


def _terminate(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Terminated


def terminate_cleanly() -> None:
    """From now on SIGTERM raises Terminated in the main thread."""
    signal.signal(signal.SIGTERM, _terminate)
