"""Sparse files of a terabyte, and what ends a test that reads them."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import pytest

HOLE: Final = 1 << 40
READ_AT_MOST: Final = 512 << 20  # bytes; the limit of a line is 64 MiB
_SECONDS: Final = 20


def make_hole(path: Path) -> None:
    """Grows a file, or makes one, to a terabyte of which the disk holds nothing."""
    with suppress(FileNotFoundError):
        path.chmod(0o644)
    path.touch()
    os.truncate(path, HOLE)


@contextmanager
def reading_little() -> Iterator[None]:
    """Ends what reads a hole, and fails where this process has read more than any limit allows."""

    def stop(*_: Any) -> None:
        pytest.fail("reads a hole to its end")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(_SECONDS)
    read = _bytes_read()
    try:
        yield
        assert _bytes_read() - read < READ_AT_MOST
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _bytes_read() -> int:
    """What the system counts as read by this process; 0 where it does not tell."""
    with suppress(OSError):
        return int(Path("/proc/self/io").read_text().split()[1])
    return 0
